"""Conformance with what others have published."""
