"""Charging while it happens: requests that arrive together are decided together and committed once. No Django."""

from linehouse.charging.node.engine import Charger, unavailable
from linehouse.charging.node.requests import Asking

__all__ = ["Asking", "Charger", "unavailable"]
