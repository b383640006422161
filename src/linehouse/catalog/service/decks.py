"""Rate decks at the desk: handed in, read, compared with what is in force on each of their days, and drafted."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from linehouse.catalog import store
from linehouse.catalog.deck.changes import deck_csv
from linehouse.catalog.deck.columns import Table, has_deck, suggest, table_of
from linehouse.catalog.deck.lines import currency_of, key_of, read_lines
from linehouse.catalog.deck.plan import Step, standing, steps
from linehouse.catalog.deck.standing import destinations_of
from linehouse.catalog.deck.states import days_of
from linehouse.catalog.deck.values import Covers, DayOrder, Deck, Fault, Reading, Zero
from linehouse.catalog.deck.written import Target
from linehouse.catalog.errors import DeckFaulty, DeckRefused, DeckUnknown, NothingPublished
from linehouse.catalog.events import DeckDrafted, DeckReceived
from linehouse.catalog.models import CatalogDeck, CatalogVersion
from linehouse.catalog.service.drafts import draft, open_with
from linehouse.catalog.service.read import published
from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import Problem
from linehouse.kernel.period import day_start, local_date
from linehouse.platform.clock.service import business_now
from linehouse.platform.documents import service as documents
from linehouse.platform.imports.reading import read_table
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work
from linehouse.rating.values import TaxMode

SERIES = default_series("catalog-deck", "DECK-{n:04d}")
DOCUMENT = "catalog.deck"
"""Kind of the kept files."""
_KEPT = 4
_tables: deque[tuple[str, Table]] = deque(maxlen=2)
_looks: dict[tuple[Any, ...], DeckLook] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeckView:
    """A deck that was handed in. ``drafts`` are the days on which it changed something, each with its draft."""

    id: UUID
    number: str
    tariff: str
    file_name: str
    heading: tuple[str, ...]
    reading: Reading
    name: str
    tax: TaxMode
    line: str
    rows: int
    opened_by: str
    created_at: datetime
    changed_at: datetime
    drafts: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class DeckLook:
    """How the deck reads, and what it changes: one step for each of its days, on top of what is in force then."""

    sample: tuple[tuple[str, tuple[str, ...]], ...]
    """Each heading with what stands below it in the first rows."""
    deck: Deck
    steps: tuple[Step, ...]
    new_tariff: bool
    currency: str

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What keeps it from being drafted."""
        return self.deck.faults or tuple(fault for step in self.steps for fault in step.faults)

    @property
    def notes(self) -> tuple[Fault, ...]:
        """What refuses nothing, and somebody should look at."""
        return (*self.deck.notes, *(note for step in self.steps for note in step.notes))

    @property
    def empty(self) -> bool:
        """Whether everything is in force, or planned, already."""
        return not self.faults and all(step.difference.empty for step in self.steps)


def receive_deck(tariff: str, name: str, data: bytes, *, actor: Actor) -> DeckView:
    """Take a file in for a tariff, existing or new, and suggest how it is read: as the last such file was.

    Raises FileUnreadable, DeckRefused for no key of a tariff, NothingPublished.
    """
    key = tariff.strip()
    if key_of(key) != key or len(key) > 100:
        raise DeckRefused(
            "this is no key of a tariff", field="tariff", value=key, expected="lower-case words with hyphens"
        )
    published()
    table = _table(hashlib.sha256(data).hexdigest(), name, data)
    with unit_of_work(actor, f"rate deck {name}") as work:
        number = next_number(SERIES)
        media_type = "text/csv" if data[:2] != b"PK" else "application/octet-stream"
        document_id = documents.store(name[:255], media_type, data, kind=DOCUMENT, subject=number)
        earlier = next(
            (
                row
                for row in CatalogDeck.objects.filter(tariff=key).order_by("-changed_at")[:20]
                if row.columns and set(row.columns.values()) <= set(table.heading)
            ),
            None,
        )
        row = CatalogDeck(
            id=new_id(),
            number=number,
            tariff=key,
            file_name=name[:255],
            document_id=document_id,
            heading=list(table.heading),
            columns=earlier.columns if earlier else suggest(table.heading),
            constants={k: v for k, v in earlier.constants.items() if k != "effective"} if earlier else {},
            settings=earlier.settings if earlier else {},
            rows=len(table.rows),
            opened_by=actor.name[:200],
            created_at=work.now,
            changed_at=work.now,
        )
        row.save(force_insert=True)
        emit(DeckReceived(deck_id=row.id, number=number, tariff=key, rows=row.rows))
        return _view(row)


def set_deck_reading(
    number: str, reading: Reading, *, name: str = "", tax: TaxMode = TaxMode.NET, line: str = "", actor: Actor
) -> DeckView:
    """Say which column is what and how its cells are meant; ``name``, ``tax`` and ``line`` are of a new tariff.

    Raises DeckUnknown.
    """
    with unit_of_work(actor, f"reading of rate deck {number}") as work:
        row = _row(number, lock=True)
        row.columns = dict(reading.columns)
        row.constants = {key: text.strip() for key, text in reading.constants.items() if text.strip()}
        row.settings = {
            "days": reading.days.value,
            "zero": reading.zero.value,
            "covers": reading.covers.value,
            "name": name.strip()[:120],
            "tax": tax.value,
            "line": line.strip()[:120],
        }
        row.changed_at = work.now
        row.save(update_fields=["columns", "constants", "settings", "changed_at"])
        return _view(row)


def decks(*, offset: int = 0, limit: int = 50) -> tuple[Sequence[DeckView], int]:
    """A page of decks, the newest first, and how many there are."""
    rows = CatalogDeck.objects.order_by("-number")
    return [_view(row) for row in rows[offset : offset + limit]], rows.count()


def find_deck(number: str) -> DeckView:
    """One deck. Raises DeckUnknown."""
    return _view(_row(number))


def deck_is_read(number: str) -> bool:
    """Whether ``look_at_deck`` answers at once, because this process has read it. Raises DeckUnknown."""
    row, newest, today = _now(number)
    return _kept_as(row, newest, today) in _looks


def look_at_deck(number: str) -> DeckLook:
    """Read the deck and compare it, day by day, with what is in force then. Raises DeckUnknown, NothingPublished."""
    row, newest, today = _now(number)
    kept = _kept_as(row, newest, today)
    found = _looks.get(kept)
    if found is None:
        found = _look(row, newest, today)
        while len(_looks) >= _KEPT:
            _looks.pop(next(iter(_looks)), None)
        _looks[kept] = found
    return found


def _now(number: str) -> tuple[CatalogDeck, CatalogVersion, date]:
    row = _row(number)
    newest = store.newest()
    if newest is None:
        raise NothingPublished("no catalogue is in force", expected="linehouse catalog apply")
    return row, newest, local_date(business_now(), store.catalogue_of(newest).brand.zone)


def _kept_as(row: CatalogDeck, newest: CatalogVersion, today: date) -> tuple[Any, ...]:
    """What a look depends on."""
    return row.id, json.dumps([row.columns, row.constants, row.settings]), newest.id, today


def draft_deck(number: str, *, actor: Actor) -> DeckView:
    """Make a draft for each day on which the deck changes something; none where everything is in force already.

    A later day's draft holds the earlier one's changes: they are published in their order.
    Raises DeckUnknown, DeckFaulty with every row that is wrong.
    """
    found = look_at_deck(number)
    if found.faults:
        raise DeckFaulty(tuple(_problem(fault) for fault in found.faults))
    with unit_of_work(actor, f"rate deck {number}") as work:
        row = _row(number, lock=True)
        wanted = [step for step in found.steps if not step.difference.empty]
        if _drafted(row, wanted):
            return _view(row)
        made = []
        for step in wanted:
            name = f"{row.tariff}: {row.file_name}"[:180]
            made.append((step.day, open_with(f"{name}, {step.day}", step.files, actor=actor).number))
        if made:
            row.drafts = [{"day": day.isoformat(), "draft": one} for day, one in made]
            row.changed_at = work.now
            row.save(update_fields=["drafts", "changed_at"])
            emit(DeckDrafted(deck_id=row.id, number=number, drafts=tuple(one for _, one in made)))
        return _view(row)


def _table(digest: str, name: str, data: bytes) -> Table:
    """The file's table; the last ones are kept, since a large workbook takes seconds to read."""
    known = next((table for seen, table in tuple(_tables) if seen == digest), None)
    if known is None:
        known = table_of(read_table(name, data, has_deck))
        _tables.append((digest, known))
    return known


def _drafted(row: CatalogDeck, wanted: Sequence[Step]) -> bool:
    """Whether its open drafts say this already."""
    if [one["day"] for one in row.drafts] != [step.day.isoformat() for step in wanted]:
        return False
    made = [draft(one["draft"]) for one in row.drafts]
    return all(one.state == "open" and one.files == step.files for one, step in zip(made, wanted, strict=True))


def _problem(fault: Fault) -> Problem:
    return Problem("catalog.deck_faulty", str(fault), "deck", fault.value, fault.expected)


def exported_deck(tariff: str) -> str:
    """What a tariff asks for calls now, as a deck: for one that has a rate deck, importing it changes nothing.

    Raises DeckUnknown where there is no such tariff.
    """
    catalogue = published()
    row = store.in_force(business_now())
    found = standing(store.files_of(row), catalogue.tariffs, tariff) if row else None
    if found is None or found.tariff is None:
        raise DeckUnknown(
            "there is no such tariff", field="tariff", value=tariff, expected=", ".join(catalogue.tariffs)
        )
    state = found.state or destinations_of(found.tariff)
    return deck_csv(state, found.tariff.currency, local_date(catalogue.valid_from, catalogue.brand.zone))


def _look(row: CatalogDeck, newest: CatalogVersion, today: date) -> DeckLook:
    view = _view(row)
    kept = documents.load(row.document_id)
    table = _table(kept.sha256, row.file_name, kept.content)
    sample = tuple(
        (name, tuple(cells[place] for _, cells in table.rows[:3] if cells[place]))
        for place, name in enumerate(table.heading)
    )
    catalogue = store.catalogue_of(newest)
    current = standing(store.files_of(newest), catalogue.tariffs, row.tariff)
    currency = current.tariff.currency if current.tariff else currency_of(table, view.reading)
    currency = currency or catalogue.brand.currency
    deck = read_lines(table, view.reading, currency=currency, taken=current.taken)
    new_tariff = current.tariff is None
    if deck.faults:
        return DeckLook(sample, deck, (), new_tariff, currency)
    zone = catalogue.brand.zone
    target = Target(
        tariff=row.tariff,
        name=view.name,
        currency=currency,
        tax=view.tax,
        time_zone=str(zone),
        line=view.line or None,
    )
    found: list[Step] = []
    base: CatalogVersion | None = None
    for day in days_of(deck.lines, today):
        instant = max(day_start(day, zone), business_now())
        in_force = store.in_force(instant) or newest
        if base is None or in_force.id != base.id:
            base = in_force
            current = standing(store.files_of(base), store.catalogue_of(base).tariffs, row.tariff)
        (step,) = steps(current, deck.lines, (day,), target, view.reading.covers)
        if not step.difference.empty and instant < newest.valid_from:
            begins = local_date(newest.valid_from, zone)
            wrong = Fault(
                0, "effective", str(day), f"version {newest.number} is planned from {begins} on", "withdraw it first"
            )
            step = replace(step, faults=(*step.faults, wrong))
        found.append(step)
        if step.faults:
            break
        current = replace(current, files=step.files, state=step.state)
    return DeckLook(sample, deck, tuple(found), new_tariff, currency)


def _row(number: str, *, lock: bool = False) -> CatalogDeck:
    rows = CatalogDeck.objects.select_for_update() if lock else CatalogDeck.objects
    row = rows.filter(number=number).first()
    if row is None:
        raise DeckUnknown("there is no such rate deck", field="deck", value=number, expected="such as DECK-0001")
    return row


def _view(row: CatalogDeck) -> DeckView:
    said: Mapping[str, str] = row.settings
    return DeckView(
        id=row.id,
        number=row.number,
        tariff=row.tariff,
        file_name=row.file_name,
        heading=tuple(row.heading),
        reading=Reading(
            dict(row.columns),
            dict(row.constants),
            DayOrder(said.get("days", "guess")),
            Zero(said.get("zero", "refuse")),
            Covers(said.get("covers", "everything")),
        ),
        name=said.get("name", ""),
        tax=TaxMode(said.get("tax", "net")),
        line=said.get("line", ""),
        rows=row.rows,
        opened_by=row.opened_by,
        created_at=row.created_at,
        changed_at=row.changed_at,
        drafts=tuple((date.fromisoformat(one["day"]), one["draft"]) for one in row.drafts),
    )
