"""Custom characteristics."""
