"""What insight tells: a plan was tried on usage of the past."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class WhatIfStateChanged(Event, name="insight.what_if.state_changed", version=1, aggregate="what_if_id"):
    """A trial of a plan began, ended, failed, was cancelled or goes on; ``old`` is empty when it begins."""

    what_if_id: UUID
    number: str
    old: str
    new: str
    done: int
    total: int
