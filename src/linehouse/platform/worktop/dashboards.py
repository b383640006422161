"""Which tiles somebody wants to see on the first page of a brand."""

from __future__ import annotations

from collections.abc import Sequence

from linehouse.platform.work import Actor, unit_of_work
from linehouse.platform.worktop.models import Dashboard


def chosen_tiles(owner_id: str) -> tuple[str, ...] | None:
    """The tiles in their order; None for somebody who has not chosen."""
    row = Dashboard.objects.filter(owner_id=owner_id).first()
    return None if row is None else tuple(str(key) for key in row.tiles)


def choose_tiles(tiles: Sequence[str], *, actor: Actor) -> None:
    """Keep the choice of tiles."""
    with unit_of_work(actor, "dashboard arranged") as work:
        Dashboard.objects.update_or_create(
            owner_id=actor.id,
            defaults={"tiles": list(tiles), "changed_at": work.now},
            create_defaults={"tiles": list(tiles), "created_at": work.now, "changed_at": work.now},
        )


def forget_tiles(*, actor: Actor) -> None:
    """Go back to the dashboard of one's role."""
    with unit_of_work(actor, "dashboard as the role has it"):
        Dashboard.objects.filter(owner_id=actor.id).delete()
