"""Keeping what an installation holds: backups, restores, drills, upgrades."""
