"""Banks: statements in ISO 20022 camt.053."""
