"""Contacts with parties, notes about them, and what was promised to be done next."""
