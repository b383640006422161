"""Columns, constraints and history that all business tables share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pghistory
import pgtrigger
from django.db import models

from linehouse.kernel.ids import new_id
from linehouse.kernel.lifecycle import Lifecycle

M = TypeVar("M", bound=models.Model)


class MicrosField(models.BigIntegerField):  # type: ignore[type-arg]  # generic only for the type checker
    """An amount in micro-units (10^-6 of the currency's major unit)."""

    description = "micro-units of money"


class CurrencyField(models.CharField):  # type: ignore[type-arg]  # generic only for the type checker
    """An ISO 4217 code."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 3)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature is wider


class BusinessModel(models.Model):
    """A row of a business table: a time-ordered id, and when it was made and changed by the business clock."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(help_text="business clock")
    changed_at = models.DateTimeField(help_text="business clock")

    class Meta:
        abstract = True


def tracked(model: type[M]) -> type[M]:
    """Keep the history of a business table: every insert, update and delete, with who, why and when (machine clock).

    The rows are written by triggers, so that no way around the code leaves a change unrecorded. Who and why come from
    the surrounding unit of work.
    """
    wrap: Callable[[type[M]], type[M]] = pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()
    )
    return wrap(model)


def state_constraint(lifecycle: Lifecycle, field: str = "state") -> models.CheckConstraint:
    """The database holds only declared states."""
    return models.CheckConstraint(
        name=f"{lifecycle.name.replace(' ', '_').replace('.', '_')}_{field}_known",
        condition=models.Q(**{f"{field}__in": list(lifecycle.states)}),
    )


def state_trigger(lifecycle: Lifecycle, field: str = "state") -> pgtrigger.Trigger:
    """The database refuses a move that the lifecycle does not declare."""
    return pgtrigger.FSM(
        name=f"{lifecycle.name.replace(' ', '_').replace('.', '_')}_{field}_moves",
        field=field,
        transitions=list(lifecycle.transitions),
    )
