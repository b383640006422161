"""Migrations of the customer tables."""
