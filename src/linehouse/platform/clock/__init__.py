"""The business clock of a brand: one row that decides money, state and validity, and can be moved forward."""
