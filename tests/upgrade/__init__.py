"""Upgrades: the previous release meets the schema of this one."""
