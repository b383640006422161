"""Customers and their billing accounts."""
