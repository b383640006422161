"""The end of a brand: a last backup and a last export, checked, before anything goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from linehouse.platform.settings import Settings
from linehouse.run.welcome import Progress

if TYPE_CHECKING:
    from linehouse.platform.postgres.databases import Installation
    from linehouse.platform.work import Actor


def end_with_a_copy(
    installation: Installation, settings: Settings, key: str, folder: Path, actor: Actor, told: Progress
) -> str:
    """Delete a brand for good; returns the id of its last backup. Call it in the control realm.

    Raises BrandInUse, BackupFailed, BackupDamaged, Invalid: then everything is as it was.
    """
    from django.db import connections

    from linehouse.insight.service.full_export import export_everything
    from linehouse.platform.postgres.brands import end_brand
    from linehouse.platform.scope import brand_scope
    from linehouse.run.keeping.backups import Wanted, keys_of, make_backup, shelf_of
    from linehouse.simulators.world.brands import forget

    with brand_scope(key):
        export_everything(folder, actor=actor, reason="last export", told=told)
    made = make_backup(installation, settings, Wanted(brand=key), told)
    shelf_of(settings).verify(made, keys_of(settings), told)
    connections[key].close()
    told("Deleting the brand")
    end_brand(installation, key)
    forget(settings.home, key)
    return made.id
