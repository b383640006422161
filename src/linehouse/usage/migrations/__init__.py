"""Migrations of usage."""
