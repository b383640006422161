"""Double-entry journal: every movement of value, as transfers between accounts of one asset."""
