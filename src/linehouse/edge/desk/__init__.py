"""The agent desk and back office: every screen that staff use, one brand at a time."""
