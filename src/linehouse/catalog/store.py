"""Rows of published catalogues, and catalogues from rows. A parsed version is kept: it never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from linehouse.catalog.content import digest_of
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.models import CatalogElement, CatalogFile, CatalogVersion
from linehouse.catalog.plan import elements
from linehouse.catalog.values import Catalogue
from linehouse.kernel.ids import new_id
from linehouse.platform.sql import hot_cursor

_KEPT = 32
"""How many versions a process keeps parsed, over all its brands."""
_catalogues: dict[UUID, Catalogue] = {}


def files_digest(files: Mapping[str, str]) -> str:
    """SHA-256 over paths and texts."""
    return hashlib.sha256(json.dumps(sorted(files.items()), ensure_ascii=False).encode()).hexdigest()


def newest() -> CatalogVersion | None:
    """The version on which the next one must be built."""
    return CatalogVersion.objects.filter(state="published").order_by("-number").first()


def in_force(at: datetime) -> CatalogVersion | None:
    """The version in force at the instant: of those that have begun, the newest."""
    rows = CatalogVersion.objects.filter(state="published", valid_from__lte=at)
    return rows.order_by("-number").first()


def published_at(at: datetime) -> Catalogue | None:
    """The catalogue in force at the instant; its row is read whole only by a process that has not parsed it yet."""
    with hot_cursor() as cursor:
        cursor.execute(
            "SELECT id FROM catalog_catalogversion WHERE state = 'published' AND valid_from <= %s"
            " ORDER BY number DESC LIMIT 1",
            [at],
        )
        found = cursor.fetchone()
    if found is None:
        return None
    kept = _catalogues.get(found[0])
    return kept if kept is not None else catalogue_of(CatalogVersion.objects.get(id=found[0]))


def files_of(row: CatalogVersion) -> dict[str, str]:
    """The files of a version by path."""
    return dict(CatalogFile.objects.filter(version=row).order_by("path").values_list("path", "text"))


def catalogue_of(row: CatalogVersion) -> Catalogue:
    """The catalogue of a version, parsed once per process."""
    kept = _catalogues.get(row.id)
    if kept is None:
        versions = {e.key: e.version for e in elements_at(row.number) if e.kind == "offering"}
        written = read_catalogue(files_of(row))
        kept = written.catalogue.numbered(row.number, row.valid_from, versions)
        while len(_catalogues) >= _KEPT:
            _catalogues.pop(next(iter(_catalogues)), None)
        _catalogues[row.id] = kept
    return kept


def elements_at(number: int) -> QuerySet[CatalogElement]:
    """The latest version of each element that was known when catalogue version ``number`` was published."""
    known = CatalogElement.objects.filter(since__number__lte=number)
    return known.order_by("kind", "key", "-version").distinct("kind", "key").select_related("since")


def save(row: CatalogVersion, files: Mapping[str, str], catalogue: Catalogue, now: datetime) -> None:
    """Keep a new version with its files, and a new version of each element whose content changed.

    An element is compared with the newest version as it is read now: a release that knows more words, at their
    defaults, changes nothing. Only what the newest version lacks is compared with the digest that was kept.
    """
    last = newest()
    held = {which: digest_of(value) for which, value in elements(catalogue_of(last)).items()} if last else {}
    row.save(force_insert=True)
    CatalogFile.objects.bulk_create(CatalogFile(version=row, path=path, text=text) for path, text in files.items())
    known = {(e.kind, e.key): e for e in elements_at(row.number)}
    new = []
    for (kind, key), value in elements(catalogue).items():
        digest = digest_of(value)
        before = known.get((kind, key))
        if before is None or held.get((kind, key), before.digest) != digest:
            new.append(
                CatalogElement(
                    id=new_id(),
                    kind=kind,
                    key=key,
                    version=before.version + 1 if before else 1,
                    digest=digest,
                    since=row,
                    created_at=now,
                    changed_at=now,
                )
            )
    CatalogElement.objects.bulk_create(new)
