"""Backups, their files and their archive."""
