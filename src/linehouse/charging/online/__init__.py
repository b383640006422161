"""Charging while it happens, pure: a request against what is known of its line, and what is to be kept of it."""
