"""Which column of a deck is what: its heading found among the first rows, and recognised by the words carriers use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from linehouse.catalog.deck.values import Fault, Reading
from linehouse.platform.imports.values import Field

FIELDS = (
    Field("destination", "Destination", aliases=(
        "destination name", "destinations", "dest", "code name", "area name", "zone", "zone name", "route", "network",
        "description", "ziel", "zielname", "bestemming", "destino", "country", "land", "pays", "país",
    ), example="Germany Mobile"),
    Field("prefix", "Prefixes", aliases=(
        "prefixes", "prefix list", "code", "codes", "dial code", "dial codes", "dialcode", "dialing code",
        "area code", "area codes", "breakout", "breakouts", "digits", "vorwahl", "vorwahlen", "préfixe", "indicatif",
        "prefijo", "prefijos", "kengetal", "number range", "ranges",
    ), example="49151, 49160-49163"),
    Field("country-code", "Country code before the prefixes", aliases=("cc", "country prefix"), example="49"),
    Field("rate", "Rate per minute", required=True, aliases=(
        "rate", "price", "rate per min", "price per minute", "price per min", "rate min", "new rate", "new price",
        "per minute", "tariff", "charge", "cost", "preis", "preis pro minute", "prijs", "prijs per minuut", "tarief",
        "prix", "prix par minute", "tarif", "precio", "tarifa", "voice rate", "amount",
    ), example="0.0123"),
    Field("currency", "Currency", aliases=(
        "curr", "ccy", "währung", "valuta", "munt", "devise", "moneda",
    ), example="EUR"),
    Field("increments", "Billing increments", aliases=(
        "increment", "billing increment", "billing", "billing terms", "rounding", "rounding rules", "interval",
        "billing interval", "charging interval", "taktung", "takt", "facturering", "min increment", "pulse",
    ), example="60/60"),
    Field("first", "First increment, seconds", aliases=(
        "initial increment", "minimum duration", "min duration", "minimum", "interval 1", "initial", "first interval",
        "minimal time", "min time",
    ), example="30"),
    Field("next", "Following increments, seconds", aliases=(
        "subsequent increment", "additional increment", "interval n", "interval 2", "next interval", "subsequent",
        "following increment",
    ), example="6"),
    Field("connect", "Connection fee", aliases=(
        "connection fee", "connect fee", "setup fee", "set-up fee", "call setup", "connection charge", "setup",
        "surcharge", "verbindungsentgelt", "starttarief",
    ), example="0.01"),
    Field("effective", "Effective date", aliases=(
        "effective", "effective from", "eff date", "valid from", "start date", "from", "date", "start", "active from",
        "gültig ab", "gültig von", "ingangsdatum", "geldig vanaf", "date d'effet", "fecha", "vigente desde",
        "new rate effective date", "activation date",
    ), example="2026-12-01"),
    Field("end", "Last day", aliases=(
        "end date", "valid to", "valid until", "expiry date", "expires", "until", "till", "gültig bis",
        "geldig tot en met", "discontinued",
    ), example="2026-12-31"),
    Field("mark", "Change mark", aliases=(
        "change", "status", "rate change", "type of change", "indicator", "action",
        "change type", "increase decrease",
    ), example="increase"),
)  # fmt: skip
_BY_NAME = {one.name: one for one in FIELDS}
_LOOKED_AT = 40
"""So many rows at the top may be somebody's letterhead."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows below its heading, each with its number."""

    heading: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def plain(text: str) -> str:
    """A heading without case, accents, spaces and punctuation."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", text).casefold())


_WORDS: Mapping[str, str] = {
    plain(word): one.name for one in reversed(FIELDS) for word in (*reversed(one.aliases), one.label, one.name)
}
_RANK: Mapping[tuple[str, str], int] = {
    (one.name, plain(word)): rank
    for one in FIELDS
    for rank, word in reversed(list(enumerate((one.name, one.label, *one.aliases))))
}
_PARTS = (
    ("effective", "effective"), ("validfrom", "effective"), ("expir", "end"), ("validto", "end"), ("enddate", "end"),
    ("connect", "connect"), ("setup", "connect"), ("increment", "increments"), ("rounding", "increments"),
    ("currency", "currency"), ("countrycode", "country-code"), ("dialcode", "prefix"), ("prefix", "prefix"),
    ("areacode", "prefix"), ("destination", "destination"), ("perminute", "rate"), ("permin", "rate"),
    ("price", "rate"), ("rate", "rate"), ("change", "mark"), ("code", "prefix"),
)  # fmt: skip


def table_of(rows: Sequence[tuple[int, tuple[str, ...]]]) -> Table:
    """The rows below the heading: the first row that names most of what a deck has."""
    best, most = 0, 1
    for place, (_, cells) in enumerate(rows[:_LOOKED_AT]):
        known = len(suggest(_named(cells)))
        if known > most:
            best, most = place, known
    heading = _named(rows[best][1])
    width = len(heading)
    return Table(heading, tuple((at, (cells + ("",) * width)[:width]) for at, cells in rows[best + 1 :]))


def has_deck(rows: Sequence[tuple[int, tuple[str, ...]]]) -> bool:
    """Whether one of the first rows is the heading of a deck: it names a rate, and a prefix or destination."""
    for _, cells in rows[:_LOOKED_AT]:
        known = suggest(_named(cells))
        if "rate" in known and known.keys() & {"prefix", "destination"}:
            return True
    return False


def suggest(heading: Sequence[str]) -> dict[str, str]:
    """Field → column, as far as headings are recognised: whole words of carriers first, then parts of headings."""
    found: dict[str, tuple[int, str]] = {}
    for column in heading:
        word = plain(column)
        name = _WORDS.get(word)
        if name is not None:
            rank = _RANK[name, word]
            if name not in found or rank < found[name][0]:
                found[name] = (rank, column)
    taken = {column for _, column in found.values()}
    for part, name in _PARTS:
        if name in found:
            continue
        fits = next((one for one in heading if one not in taken and part in plain(one)), None)
        if fits is not None:
            found[name] = (0, fits)
            taken.add(fits)
    return {one.name: found[one.name][1] for one in FIELDS if one.name in found}


def mapping_faults(reading: Reading, heading: Sequence[str]) -> Iterator[Fault]:
    """What is wrong with a mapping: an unknown field or column, one column twice, or what must be there missing."""
    names = ", ".join(_BY_NAME)
    for name in sorted({*reading.columns, *reading.constants} - _BY_NAME.keys()):
        yield Fault(0, "mapping", name, "a deck has no such field", names)
    for name, column in reading.columns.items():
        if column not in heading:
            yield Fault(0, "mapping", column, f"the file has no such column for {name}", ", ".join(heading))
    given = {*reading.columns, *(name for name, text in reading.constants.items() if text)}
    if "rate" not in given:
        yield Fault(0, "rate", "", "no column is the rate per minute", f"one of: {', '.join(heading)}")
    if not given & {"prefix", "destination"}:
        yield Fault(0, "prefix", "", "no column has prefixes or destinations", f"one of: {', '.join(heading)}")
    if "effective" not in given:
        yield Fault(0, "effective", "", "the file says no effective date", "a column, or one date for all rows")
    if "increments" not in given and not {"first", "next"} <= given:
        yield Fault(0, "increments", "", "the file says no billing increments", "a column, or one text such as 60/60")


def _named(cells: Sequence[str]) -> tuple[str, ...]:
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    named: list[str] = []
    for place, cell in enumerate(kept, 1):
        name = " ".join(cell.split()) or f"column {place}"
        named.append(name if name not in named else f"{name} ({place})")
    return tuple(named)
