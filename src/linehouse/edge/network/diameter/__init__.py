"""Diameter: the base protocol, credit control (Gy, Ro) and spending limits (Sy). Imports no Django."""
