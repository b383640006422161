"""Cells of usage as the engine wants them. A cell that says nothing that can be rated is told with what would be right.

Everything is done to whole columns; only cells that are written in an unusual way are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.quantity import Quantity
from linehouse.rating.batch.events import DIRECTIONS, USAGE_TYPES

_INSTANT = "%Y-%m-%dT%H:%M:%S%.f%#z"
_LOCAL = "%Y-%m-%dT%H:%M:%S%.f"
_UNITS = [one.unit.value for one in USAGE_TYPES]
_WHOLE = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}
_WHOLE |= {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "sms": 1, "event": 1}
_UNIT_OF = {word: Quantity.parse(f"1 {word}").unit.value for word in _WHOLE}
_YES, _NO = ["true", "yes", "1"], ["false", "no", "0"]
TEXTS = ("apn", "service", "groups", "friends", "segments")

RIGHT = {
    "started": "an instant with offset, such as 2026-11-02T18:00:00+01:00 (or --time-zone for files without offsets)",
    "type": f"one of {', '.join(USAGE_TYPES)}",
    "quantity": "a whole number of ms, octets, messages or events, or one with a unit that fits the type, such as 61 s",
    "direction": f"one of {', '.join(DIRECTIONS)}, or nothing for out",
    "network": "MCC-MNC, such as 204-04",
    "party_network": "MCC-MNC, such as 204-08",
    "country": "an ISO 3166-1 code of two letters, such as NL",
    "rating_group": "a whole number",
    "on_net": "true, false or nothing",
    "correction": "true, false or nothing",
    "amount": "a decimal with a point and at most six decimals, such as 12.50",
    "ended": "an instant with offset, or nothing",
    "utc_offset": "an offset such as +01:00, or minutes, or nothing",
}
"""What would be right in a column."""


class Cells:
    """The columns of one frame of usage. ``wrong`` names, for each column that has any, which rows are."""

    def __init__(self, frame: pl.DataFrame, zone: str | None) -> None:
        self.frame = frame
        self._zone = zone
        self.made: dict[str, pl.Series] = {}
        self.wrong: dict[str, pl.Series] = {}

    def read(self) -> Cells:
        """Read every column that is there."""
        frame = self.frame
        self._required("started", instants(frame["started"], self._zone))
        self._required("usage_type", _places(frame["type"], [str(one) for one in USAGE_TYPES]), "type")
        self._required("quantity", self._quantities(frame["quantity"], self.made["usage_type"]))
        if "direction" in frame.columns:
            self._optional("direction", _places(frame["direction"], [str(one) for one in DIRECTIONS]))
            self.made["direction"] = self.made["direction"].fill_null(0)
        else:
            self.made["direction"] = pl.repeat(0, len(frame), dtype=pl.Int8, eager=True).alias("direction")
        if "party" in frame.columns:
            self.made["party"] = _text(frame["party"]).fill_null("")
        else:
            self.made["party"] = pl.repeat("", len(frame), dtype=pl.String, eager=True).alias("party")
        for name, read in self._others().items():
            if name in frame.columns and frame[name].null_count() < len(frame):
                self._optional(name, read(frame[name]))
        return self

    def _others(self) -> dict[str, Callable[[pl.Series], pl.Series]]:
        texts: dict[str, Callable[[pl.Series], pl.Series]] = dict.fromkeys(TEXTS, _text)
        return texts | {
            "network": lambda one: _each(one, lambda text: str(Plmn.parse(text)), pl.String),
            "party_network": lambda one: _each(one, lambda text: str(Plmn.parse(text)), pl.String),
            "country": _countries,
            "rating_group": lambda one: one.cast(pl.Int64, strict=False) if _is_text(one) else one.cast(pl.Int64),
            "on_net": _truths,
            "correction": _truths,
            "amount": whole_micros,
            "ended": lambda one: instants(one, self._zone),
            "utc_offset": lambda one: _each(one, _minutes, pl.Int32),
        }

    def _required(self, name: str, made: pl.Series, column: str = "") -> None:
        self.made[name] = made.alias(name)
        if made.null_count():
            self.wrong[column or name] = made.is_null()

    def _optional(self, name: str, made: pl.Series) -> None:
        self.made[name] = made.alias(name)
        if made.null_count() > self.frame[name].null_count():
            wrong = made.is_null() & self.frame[name].is_not_null()
            if _is_text(self.frame[name]):
                wrong &= self.frame[name].cast(pl.String).str.strip_chars() != ""
            if wrong.any():
                self.wrong[name] = wrong

    def _quantities(self, series: pl.Series, types: pl.Series) -> pl.Series:
        """Base units: a whole number, or one with a unit of the record's kind."""
        if not _is_text(series):
            return series.cast(pl.Int64, strict=False)
        text = _text(series)
        made = text.cast(pl.Int64, strict=False)
        if made.null_count() == text.null_count():
            return made
        parts = pl.DataFrame({"text": text, "type": types, "made": made}).with_columns(
            pl.col("text").str.extract_groups(r"^(\d+) ?([A-Za-z]+)$").alias("in"),
        )
        number, word = pl.col("in").struct[0].cast(pl.Int64, strict=False), pl.col("in").struct[1]
        scale = word.replace_strict(_WHOLE, default=None, return_dtype=pl.Int64)
        fits = word.replace_strict(_UNIT_OF, default=None, return_dtype=pl.String) == pl.col("type").replace_strict(
            dict(enumerate(_UNITS)), default=None, return_dtype=pl.String
        )
        small = number <= 2**62 // scale
        made = parts.select(pl.coalesce("made", pl.when(fits & small).then(number * scale)))["made"]
        left = made.is_null() & text.is_not_null() & types.is_not_null()
        if not left.any():
            return made
        rest = parts.filter(left).select("text", "type").unique()
        read = [_quantity(one, kind) for one, kind in rest.iter_rows()]
        known = rest.with_columns(pl.Series("more", read, dtype=pl.Int64))
        more = parts.select("text", "type").join(known, on=["text", "type"], how="left", maintain_order="left")["more"]
        return made.fill_null(more)

    def frame_of(self, keep: pl.Series | None) -> pl.DataFrame:
        """The columns as they were read, of the rows to keep."""
        made = pl.DataFrame(list(self.made.values()))
        return made if keep is None else made.filter(keep)

    def reasons(self) -> Iterator[tuple[int, str, str]]:
        """Row, column and sentence of each row of which a cell is wrong: the first such column."""
        told: set[int] = set()
        for column, wrong in self.wrong.items():
            rows = wrong.arg_true()
            for row, value in zip(rows, self.frame[column].gather(rows), strict=True):
                if row not in told:
                    told.add(row)
                    said = f"{column} is empty" if value is None or value == "" else f"{column} is {str(value)!r}"
                    yield row, column, f"{said}; expected {RIGHT[column]}"


def instants(series: pl.Series, zone: str | None) -> pl.Series:
    """Microseconds since 1970; nothing where there is no instant. ``zone`` is for those without an offset."""
    kind = series.dtype
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None:
            if zone is None:
                return pl.repeat(None, len(series), dtype=pl.Int64, eager=True)
            series = series.cast(pl.Datetime("us"))
            series = series.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
        return series.cast(pl.Datetime("us", "UTC")).dt.epoch("us")
    text = _text(series).str.replace(" ", "T", literal=True)
    made = text.str.to_datetime(_INSTANT, time_unit="us", time_zone="UTC", strict=False)
    if zone is not None and made.null_count():
        local = text.str.to_datetime(_LOCAL, time_unit="us", strict=False)
        local = local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
        made = made.fill_null(local.dt.convert_time_zone("UTC"))
    return made.dt.epoch("us")


def whole_micros(series: pl.Series) -> pl.Series:
    """Decimal texts as micro-units; nothing where there is no amount."""
    return _each(series, lambda text: Money.of(text, "EUR").micros, pl.Int64)


def _is_text(series: pl.Series) -> bool:
    return series.dtype in (pl.String, pl.Categorical, pl.Enum)


def _text(series: pl.Series) -> pl.Series:
    """Without blanks around; nothing where there is nothing."""
    text = series.cast(pl.String).str.strip_chars()
    return text.set(text == "", None) if (text == "").any() else text


def _places(series: pl.Series, words: list[str]) -> pl.Series:
    places = {word: place for place, word in enumerate(words)}
    made = series.cast(pl.String).replace_strict(places, default=None, return_dtype=pl.Int8)
    if made.null_count() == series.null_count():
        return made
    return _text(series).str.to_lowercase().replace_strict(places, default=None, return_dtype=pl.Int8)


def _each(series: pl.Series, read: Callable[[str], Any], kind: Any) -> pl.Series:
    """By its different values: there are few. What cannot be read is nothing."""
    texts = series.cast(pl.String)
    known: dict[str, Any] = {}
    for value in texts.unique().drop_nulls():
        try:
            known[value] = read(value.strip()) if value.strip() else None
        except (DomainError, ValueError):
            known[value] = None
    if known == {value: value for value in known} and kind == pl.String:
        return texts
    return texts.replace_strict(known, default=None, return_dtype=kind)


def _countries(series: pl.Series) -> pl.Series:
    text = _text(series).str.to_uppercase()
    return text.set(~text.str.contains(r"^[A-Z]{2}$"), None)


def _truths(series: pl.Series) -> pl.Series:
    if series.dtype == pl.Boolean:
        return series
    words = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
    return _text(series).str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)


def _minutes(text: str) -> int:
    sign, digits = (-1 if text[0] == "-" else 1), text.lstrip("+-")
    hours, colon, rest = digits.partition(":")
    minutes = int(hours) * 60 + int(rest) if colon else int(hours)
    if minutes > 18 * 60:
        raise ValueError(text)
    return sign * minutes


def _quantity(text: str, kind: int) -> int | None:
    try:
        found = Quantity.parse(text)
    except DomainError:
        return None
    return found.amount if found.unit.value == _UNITS[kind] and found.amount <= 2**62 else None
