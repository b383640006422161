"""The design system: what every server-rendered screen of desk and self-care is made of."""
