"""Reading what is published."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from linehouse.catalog import store
from linehouse.catalog.errors import CatalogVersionUnknown, NothingPublished
from linehouse.catalog.folder import write_base, write_folder
from linehouse.catalog.models import CatalogVersion
from linehouse.catalog.values import Catalogue
from linehouse.platform.clock.service import business_now


def published(at: datetime | None = None) -> Catalogue:
    """The catalogue in force at the instant (now by default); frozen, so keep it as long as you like.

    Raises NothingPublished.
    """
    instant = at or business_now()
    found = store.published_at(instant)
    if found is None:
        raise NothingPublished(
            "no catalogue is in force", field="at", value=instant.isoformat(), expected="linehouse catalog apply"
        )
    return found


def version(number: int) -> Catalogue:
    """The catalogue of that version, in force or not. Raises CatalogVersionUnknown."""
    return store.catalogue_of(version_row(number))


def exported_files(number: int | None = None) -> dict[str, str]:
    """The files of a version (the newest by default), byte for byte as they were published.

    Raises NothingPublished, CatalogVersionUnknown.
    """
    return store.files_of(_row(number))


def export(folder: Path, number: int | None = None) -> int:
    """Write a version (the newest by default) below the folder and note it there as their base; returns its number.

    Raises NothingPublished, CatalogVersionUnknown.
    """
    row = _row(number)
    write_folder(folder, store.files_of(row))
    write_base(folder, row.number)
    return row.number


def version_row(number: int) -> CatalogVersion:
    """The row of a version. Raises CatalogVersionUnknown."""
    row = CatalogVersion.objects.filter(number=number).first()
    if row is None:
        raise CatalogVersionUnknown("no such catalog version", field="number", value=number)
    return row


def _row(number: int | None) -> CatalogVersion:
    if number is not None:
        return version_row(number)
    row = store.newest()
    if row is None:
        raise NothingPublished("nothing was published yet", expected="linehouse catalog apply")
    return row
