"""Doors to partners and to formats that partners read."""
