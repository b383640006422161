"""Catalog files: how offerings, specifications and the brand are written, read and written again."""
