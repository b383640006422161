"""A CDR text file as usage, row by row; a row that cannot be read is handed on whole, with its line and the column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from linehouse.edge.network.cdr_csv.layout import Column, Layout, exact, parse_layout
from linehouse.edge.network.tap3.words import offset_minutes
from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.kernel.outcome import Problem
from linehouse.kernel.quantity import Quantity
from linehouse.rating.values import Direction, UsageType
from linehouse.usage.errors import FileRefused, Refusal, Suspension
from linehouse.usage.values import FileTotals, ParsedFile, RawUsage, UnreadableRecord, WholesaleCharge, sum_charges

_MOST_DECIMALS = 12


class _RowError(ValueError):
    """A row has a value that cannot be read; the text names the column."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Sequence[str]


def read(data: bytes, settings: Mapping[str, Any]) -> ParsedFile:
    """Read a whole file by the layout in ``settings``.

    Raises FileRefused: octets that are not of the encoding, a column that the header does not have, a missing trailer;
    FeedInvalid when the layout itself is wrong.
    """
    layout = parse_layout(settings)
    rows = list(_rows(data, layout))
    places = _places(rows.pop(0) if layout.header and rows else None, layout)
    stated: FileTotals | None = None
    if layout.trailer is not None:
        rows, stated = _take_trailer(rows, layout)
    records = tuple(_record(place, row, layout, places) for place, row in enumerate(rows, start=1))
    return ParsedFile(
        "csv",
        layout.sender,
        layout.recipient,
        "",
        records,
        stated or FileTotals(),
        disagreements=_disagreements(records, stated),
    )


def _rows(data: bytes, layout: Layout) -> Iterator[_Row]:
    try:
        # A NUL is no text; the database would refuse it.
        content = data.decode(layout.encoding).removeprefix("\ufeff").replace("\x00", "\ufffd")
    except UnicodeDecodeError as error:
        raise FileRefused(
            Refusal.UNREADABLE,
            f"octet {error.start} is no {layout.encoding} text",
            offset=error.start,
            field="encoding",
            value=layout.encoding,
        ) from error
    reader = csv.reader(
        io.StringIO(content, newline=""), delimiter=layout.delimiter, quotechar=layout.quote, strict=True
    )
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(Refusal.UNREADABLE, f"line {line} cannot be split: {error}", offset=line) from error


def _places(head: _Row | None, layout: Layout) -> dict[str, int]:
    wanted: dict[str, Column] = {**layout.columns, **{f"keep.{name}": column for name, column in layout.keep.items()}}
    names = [cell.strip() for cell in head.cells] if head else []
    places = {}
    for field, column in wanted.items():
        if isinstance(column, int):
            places[field] = column - 1
        elif column in names:
            places[field] = names.index(column)
        else:
            raise FileRefused(
                Refusal.UNREADABLE,
                f"the header has no column {column!r}",
                field=field,
                value=column,
                expected=", ".join(names) or "a header line",
            )
    return places


def _take_trailer(rows: list[_Row], layout: Layout) -> tuple[list[_Row], FileTotals]:
    trailer = layout.trailer
    if trailer is None or not rows or rows[-1].cells[0].strip() != trailer.marker:
        raise FileRefused(
            Refusal.UNREADABLE,
            "the trailer line is missing; the file may be cut short",
            field="trailer",
            expected=trailer.marker if trailer else "",
        )
    last = rows[-1]

    def cell(place: int | None) -> str | None:
        return None if place is None else last.cells[place - 1].strip()

    try:
        count, charge = cell(trailer.records), cell(trailer.charge)
        return rows[:-1], FileTotals(
            None if count is None else int(count),
            None if charge is None else _charge(charge, layout),
        )
    except (ValueError, IndexError) as error:
        raise FileRefused(
            Refusal.UNREADABLE, f"the trailer on line {last.line} cannot be read", field="trailer", value=last.cells
        ) from error


def _disagreements(records: Sequence[RawUsage | UnreadableRecord], stated: FileTotals | None) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    if stated is None:
        return ()
    if stated.records is not None and stated.records != len(records):
        problems.append(
            Problem(
                "wrong_totals",
                f"the trailer counts {stated.records} records, there are {len(records)}",
                "trailer.records",
                str(stated.records),
                str(len(records)),
            )
        )
    # A row that cannot be read has no charge to add, so its file's sum is not judged.
    if stated.charge is not None and not any(isinstance(record, UnreadableRecord) for record in records):
        summed = sum_charges(record.wholesale for record in records)
        if (summed.exact if summed else 0) != stated.charge.exact:
            problems.append(
                Problem(
                    "wrong_totals",
                    f"the trailer says {stated.charge}, the records sum to {summed or 0}",
                    "trailer.charge",
                    str(stated.charge),
                    str(summed or 0),
                )
            )
    return tuple(problems)


def _record(position: int, row: _Row, layout: Layout, places: Mapping[str, int]) -> RawUsage | UnreadableRecord:
    reference = f"line {row.line}"
    try:
        return _usage(position, reference, row, layout, places)
    except (_RowError, DomainError) as error:
        evidence = layout.delimiter.join(row.cells)
        return UnreadableRecord(position, reference, Suspension.UNREADABLE, f"{reference}: {error}", evidence)


def _usage(position: int, reference: str, row: _Row, layout: Layout, places: Mapping[str, int]) -> RawUsage:
    def cell(field: str) -> str:
        place = places.get(field)
        if place is None:
            return ""
        if place >= len(row.cells):
            raise _RowError(
                f"column {layout.columns.get(field, field)!r} is missing, the row has {len(row.cells)} columns"
            )
        return row.cells[place].strip()

    usage_type, direction = _kind(cell("type"), cell("direction"), layout)
    started, offset = _started(cell("started"), cell("utc-offset"), layout)
    amount, facts = _amount(usage_type, cell, layout)
    charge, tax = cell("charge"), cell("tax")
    return RawUsage(
        position=position,
        reference=reference,
        usage_type=usage_type,
        direction=direction,
        quantity=Quantity(amount, usage_type.unit),
        started_at=started,
        utc_offset=offset,
        imsi=cell("imsi"),
        msisdn=cell("msisdn"),
        party=cell("party"),
        party_form=layout.party_form,
        plmn=cell("network") or str(layout.network or ""),
        tadig=cell("tadig"),
        apn=cell("apn").lower(),
        event_reference=cell("reference"),
        cause=cell("cause"),
        wholesale=_charge_cell(charge, layout, "charge"),
        wholesale_tax=_charge_cell(tax, layout, "tax"),
        attributes={**facts, **{name: value for name in layout.keep if (value := cell(f"keep.{name}"))}},
        ended_at=_ended(cell("ended"), cell("utc-offset"), started, layout),
        amount=_money(cell("amount"), layout),
    )


def _ended(written: str, offset: str, started: datetime, layout: Layout) -> datetime | None:
    if not written:
        return None
    ended, _ = _started(written, offset, layout)
    if ended < started:
        raise _RowError(f"ended {written!r} is before it started")
    return ended


def _money(written: str, layout: Layout) -> Money | None:
    charge = _charge_cell(written, layout, "amount")
    return None if charge is None else charge.money()


def _kind(written: str, direction: str, layout: Layout) -> tuple[UsageType, Direction]:
    kind = layout.types.get(written)
    if kind is None:
        raise _RowError(f"type {written!r} is not one of {', '.join(layout.types)}")
    if kind.direction is not None:
        return kind.usage_type, kind.direction
    if not direction and kind.usage_type is UsageType.DATA:
        return kind.usage_type, Direction.OUT
    try:
        return kind.usage_type, Direction(direction.lower())
    except ValueError:
        raise _RowError(f"direction {direction!r} is not one of {', '.join(Direction)}") from None


def _started(written: str, offset: str, layout: Layout) -> tuple[datetime, int | None]:
    try:
        stamp = datetime.strptime(written, layout.time)  # noqa: DTZ007  # the zone follows from offset, format or layout
    except ValueError:
        raise _RowError(f"time {written!r} is not of the form {layout.time}") from None
    if offset:
        minutes = offset_minutes(offset.replace(":", ""))
        if minutes is None:
            raise _RowError(f"UTC offset {offset!r} is not of the form +0100")
        stamp = stamp.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    elif stamp.tzinfo is None:
        # The hour that a clock change repeats is read as its first pass: the layout names a zone, the row no offset.
        stamp = stamp.replace(tzinfo=layout.zone)
    shift = stamp.utcoffset()
    return stamp.astimezone(UTC), None if shift is None else int(shift.total_seconds()) // 60


def _amount(usage_type: UsageType, cell: Any, layout: Layout) -> tuple[int, dict[str, str]]:
    unit = layout.units[usage_type]
    if usage_type is UsageType.DATA and ("octets-in" in layout.columns or "octets-out" in layout.columns):
        incoming = _whole(cell("octets-in") or "0", unit, "octets-in", layout)
        outgoing = _whole(cell("octets-out") or "0", unit, "octets-out", layout)
        return incoming + outgoing, {"octets-in": str(incoming), "octets-out": str(outgoing)}
    written = cell("quantity")
    if not written and usage_type in (UsageType.SMS, UsageType.MMS, UsageType.EVENT):
        return 1, {}
    return _whole(written, unit, "quantity", layout), {}


def _whole(written: str, unit: int, field: str, layout: Layout) -> int:
    try:
        amount = exact(written, layout.decimal) * unit
    except ValueError:
        raise _RowError(f"{field} {written!r} is no number") from None
    if amount.denominator != 1:
        raise _RowError(f"{field} {written!r} is no whole number of base units")
    return amount.numerator


def _charge_cell(written: str, layout: Layout, field: str) -> WholesaleCharge | None:
    if not written:
        return None
    try:
        return _charge(written, layout)
    except ValueError:
        raise _RowError(f"{field} {written!r} is no amount") from None


def _charge(written: str, layout: Layout) -> WholesaleCharge:
    exact(written, layout.decimal)
    whole, _, part = written.strip().partition(layout.decimal)
    if len(part) > _MOST_DECIMALS:
        raise ValueError(written)
    return WholesaleCharge(int(whole + part), len(part), layout.currency)
