"""Use cases of contacts."""

from __future__ import annotations

from linehouse.care.service.annotating import annotate
from linehouse.care.service.finding import (
    find_follow_up,
    find_interaction,
    find_interactions,
    follow_ups,
    interactions_by_id,
)
from linehouse.care.service.following import create_follow_up, finish_follow_up
from linehouse.care.service.recording import move_interaction, record_interaction, withdraw_interaction

__all__ = [
    "annotate",
    "create_follow_up",
    "find_follow_up",
    "find_interaction",
    "find_interactions",
    "finish_follow_up",
    "follow_ups",
    "interactions_by_id",
    "move_interaction",
    "record_interaction",
    "withdraw_interaction",
]
