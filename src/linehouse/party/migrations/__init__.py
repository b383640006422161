"""Migrations of the party tables."""
