"""Migrations of the catalog tables."""
