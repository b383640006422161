"""Imported at start: declares the ledger's laws."""

from linehouse.ledger import laws

__all__ = ["laws"]
