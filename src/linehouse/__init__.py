"""Linehouse: the business support system of a mobile brand."""
