"""Planning and publishing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from linehouse.catalog import store
from linehouse.catalog.accepting import Advice, Standing
from linehouse.catalog.checks import advice, located, located_advice, red
from linehouse.catalog.errors import AlreadyInForce, PublishRefused, StaleBase, ValidFromRefused
from linehouse.catalog.events import VersionPublished, VersionWithdrawn
from linehouse.catalog.files import Written
from linehouse.catalog.folder import read_base, read_folder, write_base
from linehouse.catalog.lifecycle import VERSION
from linehouse.catalog.models import CatalogVersion
from linehouse.catalog.plan import ElementChange, difference
from linehouse.catalog.ports import active_products
from linehouse.catalog.pricing import PriceEffect, price_effect
from linehouse.catalog.service.parsed import parsed
from linehouse.catalog.service.read import version_row
from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import Problem
from linehouse.kernel.period import local_date, require_aware
from linehouse.platform.approval.reading import undecided
from linehouse.platform.approval.service import needs_approval, propose
from linehouse.platform.approval.values import Change
from linehouse.platform.clock.service import business_now
from linehouse.platform.numbers.service import declare_series
from linehouse.platform.outbox.service import emit
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, Work, unit_of_work

PRICES = "catalog.prices"
"""The kind of proposal for a version that changes what customers pay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """What publishing would do. ``stale``: the files were made from another version than ``newest``.

    ``red``: the examples and checks that refuse it. ``layout_only``: the texts differ and mean the same. ``advice``:
    what keeps nothing from being published and that somebody should look at; given when it is planned.
    """

    newest: int
    base: int | None
    changes: tuple[ElementChange, ...]
    red: tuple[Problem, ...]
    layout_only: bool = False
    advice: tuple[Problem, ...] = ()
    standing: tuple[Standing, ...] = ()
    """Warnings that were accepted, until today or longer."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to publish."""
        return not self.changes

    @property
    def stale(self) -> bool:
        """Whether publishing would be refused because something else was published in between."""
        return not self.empty and self.base != self.newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What publishing did; ``changes`` are empty when there was nothing to publish and no version was made.

    ``proposal`` is the number of the proposal where new prices exceed the limit of the role: another decides first.
    """

    number: int
    valid_from: datetime
    changes: tuple[ElementChange, ...]
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class FileTest:
    """What is wrong with files: what would refuse their publication, and what somebody should look at."""

    red: tuple[Problem, ...]
    advice: tuple[Problem, ...]
    standing: tuple[Standing, ...] = ()


def plan_files(folder: Path, *, base_version: int | None = None) -> FilePlan:
    """What applying the folder would change, and what would refuse it; nothing is written.

    Raises FilesMissing, FilesInvalid.
    """
    return plan_texts(read_folder(folder), base_version=base_version if base_version is not None else read_base(folder))


def plan_texts(files: Mapping[str, str], *, base_version: int | None = None) -> FilePlan:
    """The same for files handed in by path. Raises FilesInvalid."""
    written = parsed(files)
    plan = _plan(files, written, base_version)
    found = _advice(written, files)
    return replace(plan, red=located(plan.red, files), advice=found.open, standing=found.standing)


def test_files(folder: Path) -> FileTest:
    """Execute all examples and checks of a folder. Raises FilesMissing, FilesInvalid."""
    files = read_folder(folder)
    written = parsed(files)
    found = _advice(written, files)
    return FileTest(located(red(written), files), found.open, found.standing)


def _advice(written: Written, files: Mapping[str, str]) -> Advice:
    newest = store.newest()
    published = store.catalogue_of(newest) if newest else None
    today = local_date(business_now(), written.catalogue.brand.zone)
    return located_advice(advice(written, published, today), files)


def apply_files(
    folder: Path,
    *,
    actor: Actor,
    base_version: int | None = None,
    valid_from: datetime | None = None,
    note: str = "",
) -> Publication:
    """Publish the catalog files of a brand's folder.

    ``base_version`` is the version that the files were made from; the folder itself says it where it was exported.
    ``valid_from`` is when it comes into force (business time, now by default); only the first version of a brand may
    begin in the past. Applying what is published already changes nothing. Raises FilesMissing, FilesInvalid,
    PublishRefused (a red example is named), StaleBase, ValidFromRefused. New prices beyond the limit of the actor's
    role are proposed instead (``Publication.proposal``).
    """
    noted = read_base(folder)
    base = base_version if base_version is not None else noted
    done = apply_texts(read_folder(folder), actor=actor, base_version=base, valid_from=valid_from, note=note)
    if noted is not None and not done.proposal:
        write_base(folder, done.number)
    return done


def apply_texts(
    files: Mapping[str, str],
    *,
    actor: Actor,
    base_version: int | None = None,
    valid_from: datetime | None = None,
    note: str = "",
    draft: str = "",
) -> Publication:
    """The same for files handed in by path; see ``apply_files``. ``draft`` is the number of the draft that they are."""
    written = parsed(files)
    with unit_of_work(actor, note) as work:
        _one_at_a_time()
        plan = _plan(files, written, base_version)
        newest = store.newest()
        if newest is not None and plan.empty:
            return Publication(number=newest.number, valid_from=newest.valid_from, changes=())
        if plan.stale:
            raise StaleBase(
                "something else was published since these files were made"
                if plan.base is not None
                else "the files do not say from which version they were made",
                field="base_version",
                value=plan.base,
                expected=f"{plan.newest}, after looking at what changed",
            )
        if plan.red:
            raise PublishRefused(plan.red)
        start = _valid_from(valid_from, newest, work)
        published = store.catalogue_of(newest) if newest else None
        tariffs = frozenset(change.key for change in plan.changes if change.kind == "tariff")
        found = price_effect(published, written.catalogue, tariffs, active_products())
        if found.changes and needs_approval(PRICES, actor, found.effect):
            return _proposed(files, plan, found, valid_from, note, draft, actor, written.catalogue.brand.key)
        return _publish(files, written, plan, start, note, work)


def _proposed(
    files: Mapping[str, str],
    plan: FilePlan,
    found: PriceEffect,
    valid_from: datetime | None,
    note: str,
    draft: str,
    actor: Actor,
    brand: str,
) -> Publication:
    newest = store.newest()
    if newest is None:
        raise StaleBase("nothing is published", field="base_version", expected="a first version")
    made = undecided(PRICES, brand) or propose(
        PRICES,
        subject=brand,
        changes=[
            Change(f"{one.offering} {one.price} ({one.products} products)", one.before, one.after)
            for one in found.changes
        ],
        reason=note or "new prices",
        effect=found.effect,
        payload={
            "files": dict(files),
            "base": plan.newest,
            "from": valid_from.isoformat() if valid_from else "",
            "note": note,
            "draft": draft,
        },
        actor=actor,
    )
    return Publication(number=newest.number, valid_from=newest.valid_from, changes=(), proposal=made.number)


def publish_approved(payload: Mapping[str, Any], work: Work) -> Publication:
    """Publish what was proposed, in the surrounding unit of work; approval is not asked any more.

    Raises StaleBase when something else was published since, PublishRefused, ValidFromRefused.
    """
    files = dict(payload["files"])
    written = parsed(files)
    _one_at_a_time()
    plan = _plan(files, written, int(payload["base"]))
    newest = store.newest()
    if plan.stale:
        raise StaleBase("something else was published since", field="base_version", value=plan.base)
    if plan.red:
        raise PublishRefused(plan.red)
    wanted = datetime.fromisoformat(payload["from"]) if payload["from"] else None
    # What was to begin meanwhile begins now: approval takes its time.
    start = _valid_from(max(wanted, work.now) if wanted else None, newest, work)
    return _publish(files, written, plan, start, payload["note"], work)


def newest_number(_payload: Mapping[str, Any]) -> str:
    """The newest version: a proposal made on another one is stale."""
    newest = store.newest()
    return str(newest.number if newest else 0)


def _publish(
    files: Mapping[str, str], written: Written, plan: FilePlan, start: datetime, note: str, work: Work
) -> Publication:
    row = CatalogVersion(
        id=new_id(),
        number=_next_number(),
        base_number=plan.newest,
        valid_from=start,
        published_by=work.actor.name,
        note=note,
        digest=store.files_digest(files),
        created_at=work.now,
        changed_at=work.now,
    )
    store.save(row, files, written.catalogue, work.now)
    for name, pattern in written.catalogue.brand.series.items():
        declare_series(name, pattern)
    changed = tuple(change.key for change in plan.changes if change.kind == "offering")
    emit(
        VersionPublished(
            catalog_version_id=row.id,
            number=row.number,
            base_number=row.base_number,
            valid_from=start,
            changed_offerings=changed,
        )
    )
    return Publication(number=row.number, valid_from=start, changes=plan.changes)


def withdraw(number: int, *, actor: Actor, reason: str) -> None:
    """Take back a version that is not in force yet. Raises CatalogVersionUnknown, AlreadyInForce, IllegalTransition."""
    with unit_of_work(actor, reason) as work:
        _one_at_a_time()
        row = version_row(number)
        if row.valid_from <= work.now:
            raise AlreadyInForce(
                "what is in force stays; publish another version",
                field="number",
                value=number,
                expected="a later one",
            )
        row.state = VERSION.require(row.state, "withdrawn")
        row.changed_at = work.now
        row.save(update_fields=["state", "changed_at"])
        emit(VersionWithdrawn(catalog_version_id=row.id, number=row.number))


def _plan(files: Mapping[str, str], written: Written, base_version: int | None) -> FilePlan:
    newest = store.newest()
    published = store.catalogue_of(newest) if newest else None
    changes = difference(published, written.catalogue)
    number = newest.number if newest else 0
    return FilePlan(
        newest=number,
        base=0 if newest is None and base_version is None else base_version,
        changes=changes,
        red=red(written),
        layout_only=newest is not None and not changes and newest.digest != store.files_digest(files),
    )


def _valid_from(wanted: datetime | None, newest: CatalogVersion | None, work: Work) -> datetime:
    start = require_aware(wanted) if wanted else work.now
    if newest is None:
        return start
    if start < work.now:
        raise ValidFromRefused(
            "what is past keeps its prices", field="valid_from", value=start.isoformat(), expected="now or later"
        )
    if start < newest.valid_from:
        raise ValidFromRefused(
            f"version {newest.number} is already published to come into force later",
            field="valid_from",
            value=start.isoformat(),
            expected=f"from {newest.valid_from.isoformat()} on, or withdraw version {newest.number} first",
        )
    return start


def _next_number() -> int:
    last = CatalogVersion.objects.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _one_at_a_time() -> None:
    """Two publications at once would build on one base; the second waits and then sees the first."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('catalog', 0))")
