"""The products and services that customers have, and who is behind a number at a given instant."""
