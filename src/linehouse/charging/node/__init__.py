"""Charging while it happens: requests that arrive together are decided together and committed once. No Django."""

from linehouse.charging.node.asking_again import Reach
from linehouse.charging.node.engine import Charger, unavailable
from linehouse.charging.node.recalling import answered_before, session_known
from linehouse.charging.node.requests import Asking, Door, Who

__all__ = ["Asking", "Charger", "Door", "Reach", "Who", "answered_before", "session_known", "unavailable"]
