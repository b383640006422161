"""Texts that people read, in their language: which languages there are, the catalogues, and codes as words."""
