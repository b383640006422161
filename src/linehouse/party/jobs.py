"""What is registered for parties at start."""

from linehouse.party import laws

__all__ = ["laws"]
