"""The layout of a CDR text file: its separators, columns, times, units and totals, as a feed's YAML describes them."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from linehouse.kernel.error import Invalid
from linehouse.kernel.money import require_currency
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.quantity import Quantity
from linehouse.rating.values import Direction, UsageType
from linehouse.usage.errors import FeedInvalid
from linehouse.usage.values import NumberForm

FIELDS = frozenset(
    {"type", "direction", "imsi", "msisdn", "party", "started", "utc-offset", "quantity", "octets-in", "octets-out"}
    | {"network", "tadig", "apn", "reference", "cause", "charge", "tax", "amount", "ended"}
)
"""What a column can be. ``quantity`` is in the unit of the record's type; data may come as two columns of octets."""
_WORDS = frozenset(
    {"delimiter", "quote", "encoding", "header", "columns", "keep", "types", "time", "zone", "units", "decimal"}
    | {"party-form", "network", "currency", "trailer", "sender", "recipient"}
)
_TRAILER_WORDS = frozenset({"marker", "records", "charge"})

Column = str | int
"""A column by the name in the header line, or by its place from 1."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value of the type column means."""

    usage_type: UsageType
    direction: Direction | None


@dataclass(frozen=True, slots=True)
class Trailer:
    """The last line: it begins with ``marker`` and may state how many records there are and what they cost."""

    marker: str
    records: int | None = None
    charge: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A file's layout. ``units`` are how many base units one written unit is, by usage type."""

    columns: Mapping[str, Column]
    types: Mapping[str, Kind]
    units: Mapping[UsageType, int]
    zone: ZoneInfo
    time: str = "%Y-%m-%dT%H:%M:%S"
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    header: bool = True
    decimal: str = "."
    party_form: NumberForm = NumberForm.DIALLED
    network: Plmn | None = None
    currency: str = ""
    trailer: Trailer | None = None
    sender: str = ""
    recipient: str = ""
    keep: Mapping[str, Column] = field(default_factory=dict)


def parse_layout(settings: Mapping[str, Any]) -> Layout:
    """Read a feed's settings. Raises FeedInvalid that names the word, its value and what would be right."""
    _only(settings, _WORDS, "")
    columns = _columns(settings.get("columns"), "columns", FIELDS)
    for needed in ("type", "started"):
        if needed not in columns:
            raise FeedInvalid(f"columns lack {needed}", field=f"columns.{needed}", expected="a column name or place")
    if not {"quantity", "octets-in", "octets-out"} & set(columns):
        raise FeedInvalid("no column says how much was used", field="columns.quantity", expected="quantity")
    layout = Layout(
        columns=columns,
        types=_types(settings.get("types"), has_direction="direction" in columns),
        units=_units(settings.get("units", {})),
        zone=_zone(settings.get("zone", "UTC")),
        time=_time(settings.get("time", "%Y-%m-%dT%H:%M:%S")),
        delimiter=_character(settings.get("delimiter", ","), "delimiter"),
        quote=_character(settings.get("quote", '"'), "quote"),
        encoding=_encoding(settings.get("encoding", "utf-8")),
        header=_flag(settings.get("header", True), "header"),
        decimal=_character(settings.get("decimal", "."), "decimal"),
        party_form=_party_form(settings.get("party-form", "dialled")),
        network=_plmn(settings.get("network")),
        currency=_currency(settings.get("currency", "")),
        trailer=_trailer(settings.get("trailer")),
        sender=str(settings.get("sender", "")),
        recipient=str(settings.get("recipient", "")),
        keep=_columns(settings.get("keep", {}), "keep", None),
    )
    if not layout.header:
        for name, column in {**layout.columns, **layout.keep}.items():
            if not isinstance(column, int):
                raise FeedInvalid(
                    "without a header line a column is named by its place",
                    field=f"columns.{name}",
                    value=column,
                    expected="1, 2, …",
                )
    charged = {"charge", "tax", "amount"} & set(columns) or (
        layout.trailer is not None and layout.trailer.charge is not None
    )
    if charged and not layout.currency:
        raise FeedInvalid("a charge needs a currency", field="currency", expected="an ISO 4217 code such as EUR")
    return layout


def _only(given: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    for word in given:
        if word not in known:
            raise FeedInvalid(
                f"{word!r} is no word of a CSV layout",
                field=f"{where}{word}",
                value=given[word],
                expected=" or ".join(sorted(known)),
            )


def _columns(given: Any, where: str, known: frozenset[str] | None) -> dict[str, Column]:
    if not isinstance(given, Mapping):
        raise FeedInvalid(f"{where} must be a mapping", field=where, value=given, expected="field: column")
    if known is not None:
        _only(given, known, f"{where}.")
    for name, column in given.items():
        if isinstance(column, bool) or not isinstance(column, str | int) or column in ("", 0):
            raise FeedInvalid(
                "a column is a header name or a place from 1",
                field=f"{where}.{name}",
                value=column,
                expected="name or 1",
            )
    return dict(given)


def _types(given: Any, *, has_direction: bool) -> dict[str, Kind]:
    if not isinstance(given, Mapping) or not given:
        raise FeedInvalid("types must say what each value means", field="types", value=given, expected="V: voice out")
    kinds = {}
    for written, meaning in given.items():
        words = str(meaning).split()
        try:
            kinds[str(written)] = Kind(UsageType(words[0]), Direction(words[1]) if len(words) > 1 else None)
        except (ValueError, IndexError):
            raise FeedInvalid(
                f"{meaning!r} is no usage",
                field=f"types.{written}",
                value=meaning,
                expected="such as voice out or data",
            ) from None
        if len(words) == 1 and not has_direction and words[0] != UsageType.DATA:
            raise FeedInvalid(
                "no direction is given and no column says it",
                field=f"types.{written}",
                value=meaning,
                expected=f"{words[0]} out",
            )
    return kinds


def _units(given: Any) -> dict[UsageType, int]:
    units = {
        UsageType.VOICE: 1000,
        UsageType.SMS: 1,
        UsageType.MMS: 1,
        UsageType.DATA: 1,
        UsageType.EVENT: 1,
    }
    for name, unit in dict(given).items():
        try:
            usage_type = UsageType(name)
            quantity = Quantity.parse(f"1 {unit}")
        except (ValueError, Invalid):
            raise FeedInvalid(
                "units name a unit per usage type", field=f"units.{name}", value=unit, expected="voice: s, data: kB"
            ) from None
        if quantity.unit is not usage_type.unit:
            raise FeedInvalid(
                f"{name} is not counted in {unit}", field=f"units.{name}", value=unit, expected=str(usage_type.unit)
            )
        units[usage_type] = quantity.amount
    return units


def _zone(given: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(given))
    except (ZoneInfoNotFoundError, ValueError):
        raise FeedInvalid("no such time zone", field="zone", value=given, expected="such as Europe/Amsterdam") from None


def _time(given: Any) -> str:
    try:
        written = datetime(2026, 10, 31, 23, 59, 58, tzinfo=UTC).strftime(str(given))
        parsed = datetime.strptime(written, str(given))  # noqa: DTZ007  # only the digits are compared
    except ValueError as error:
        raise FeedInvalid(f"the time format is not usable: {error}", field="time", value=given) from error
    if (parsed.year, parsed.month, parsed.day, parsed.hour, parsed.minute) != (2026, 10, 31, 23, 59):
        raise FeedInvalid("the time format loses part of the time", field="time", value=given, expected="%Y%m%d%H%M%S")
    return str(given)


def _character(given: Any, field_name: str) -> str:
    if not isinstance(given, str) or len(given) != 1:
        raise FeedInvalid("one character is needed", field=field_name, value=given, expected="one character")
    return given


def _encoding(given: Any) -> str:
    try:
        return codecs.lookup(str(given)).name
    except LookupError:
        raise FeedInvalid("no such encoding", field="encoding", value=given, expected="such as utf-8") from None


def _flag(given: Any, field_name: str) -> bool:
    if not isinstance(given, bool):
        raise FeedInvalid("yes or no is needed", field=field_name, value=given, expected="true or false")
    return given


def _party_form(given: Any) -> NumberForm:
    try:
        return NumberForm(given)
    except ValueError:
        raise FeedInvalid(
            "no such way of writing numbers", field="party-form", value=given, expected="dialled or international"
        ) from None


def _plmn(given: Any) -> Plmn | None:
    if given is None:
        return None
    try:
        return Plmn.parse(str(given))
    except Invalid as error:
        raise FeedInvalid(error.message, field="network", value=given, expected="such as 204-04") from error


def _currency(given: Any) -> str:
    try:
        return require_currency(given) if given else ""
    except Invalid as error:
        raise FeedInvalid(error.message, field="currency", value=given, expected=error.expected) from error


def _trailer(given: Any) -> Trailer | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or not given.get("marker"):
        raise FeedInvalid("a trailer has a marker", field="trailer.marker", value=given, expected="marker: TRL")
    _only(given, _TRAILER_WORDS, "trailer.")
    places = {name: given.get(name) for name in ("records", "charge")}
    for name, place in places.items():
        if place is not None and (not isinstance(place, int) or place < 1):
            raise FeedInvalid("a place counts from 1", field=f"trailer.{name}", value=place, expected="2")
    return Trailer(str(given["marker"]), places["records"], places["charge"])


def exact(written: str, decimal: str) -> Fraction:
    """A decimal number as written, exactly. Raises ValueError."""
    plain = written.strip()
    if not plain or set(plain) - set(f"+-0123456789{decimal}"):
        raise ValueError(written)
    return Fraction(plain.replace(decimal, "."))
