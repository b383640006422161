"""Host operators' text files: a layout says what is what, and every mistake names its line and column."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from linehouse.edge.network.cdr_csv.layout import parse_layout
from linehouse.edge.network.cdr_csv.reader import read
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.usage.errors import FeedInvalid, FileRefused, Refusal, Suspension
from linehouse.usage.values import Direction, ParsedFile, RawUsage, UnreadableRecord, UsageType, WholesaleCharge

LAYOUT: dict[str, Any] = {
    "delimiter": ";",
    "zone": "Europe/Amsterdam",
    "time": "%d-%m-%Y %H:%M:%S",
    "columns": {
        "type": "service",
        "started": "start",
        "msisdn": "number",
        "party": "other",
        "quantity": "used",
        "charge": "cost",
    },
    "types": {"V": "voice out", "v": "voice in", "S": "sms out", "D": "data"},
    "units": {"voice": "s", "data": "kB"},
    "currency": "EUR",
    "keep": {"cell": "cell"},
    "trailer": {"marker": "END", "records": 2, "charge": 3},
}
HEAD = "service;start;number;other;used;cost;cell"


def parsed(*rows: str, head: str = HEAD, end: str = "", **changes: Any) -> ParsedFile:
    lines = [head, *rows, *([end] if end else [])]
    return read("\r\n".join(lines).encode(), {**LAYOUT, **changes})


def usage(row: str, **changes: Any) -> RawUsage:
    (record,) = parsed(row, trailer=None, **changes).records
    assert isinstance(record, RawUsage), record
    return record


def mistake(row: str, **changes: Any) -> str:
    (record,) = parsed(row, trailer=None, **changes).records
    assert isinstance(record, UnreadableRecord), record
    assert record.code == Suspension.UNREADABLE
    assert record.evidence == row
    return record.message


def test_a_call() -> None:
    call = usage("V;02-11-2026 09:30:00;0612345678;112;61;0.0200;c1")
    assert (call.usage_type, call.direction) == (UsageType.VOICE, Direction.OUT)
    assert call.quantity == Quantity(61_000, Unit.MILLISECOND)
    assert (call.started_at, call.utc_offset) == (datetime(2026, 11, 2, 8, 30, tzinfo=UTC), 60)
    assert (call.msisdn, call.party, call.reference) == ("0612345678", "112", "line 2")
    assert call.wholesale == WholesaleCharge(200, 4, "EUR")
    assert call.attributes == {"cell": "c1"}


def test_units_are_exact() -> None:
    assert usage("D;02-11-2026 09:30:00;1;;1.5;;").quantity == Quantity(1_500, Unit.OCTET)
    assert "no whole number" in mistake("D;02-11-2026 09:30:00;1;;1.0005;;")
    assert usage("S;02-11-2026 09:30:00;1;2;;;").quantity == Quantity(1, Unit.MESSAGE)
    assert usage("V;02-11-2026 09:30:00;1;2;-5;;").quantity.amount == -5_000, "judged later, not here"


def test_decimal_comma() -> None:
    call = usage("V;02-11-2026 09:30:00;1;2;1,5;0,25;", decimal=",")
    assert (call.quantity.amount, call.wholesale) == (1_500, WholesaleCharge(25, 2, "EUR"))
    assert "no number" in mistake("V;02-11-2026 09:30:00;1;2;1.5;0,25;", decimal=",")


def test_octets_in_two_columns_and_times_with_their_own_offset() -> None:
    columns = {**LAYOUT["columns"], "octets-in": "used", "octets-out": "other", "utc-offset": "cost"}
    del columns["charge"]
    data = usage("D;02-11-2026 09:30:00;1;10;2;-05:00;", columns=columns)
    assert data.quantity.amount == 12_000
    assert data.started_at == datetime(2026, 11, 2, 14, 30, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_read_as_its_first_pass() -> None:
    assert usage("V;25-10-2026 02:30:00;1;2;1;;").started_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_columns_by_place_without_a_header() -> None:
    layout = {**LAYOUT, "header": False, "trailer": None, "keep": {}}
    layout["columns"] = {"type": 1, "started": 2, "quantity": 3}
    (record,) = read(b"V;02-11-2026 09:30:00;7", layout).records
    assert isinstance(record, RawUsage)
    assert (record.quantity.amount, record.reference) == (7_000, "line 1")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("X;02-11-2026 09:30:00;1;2;3;;", "line 2: type 'X' is not one of V, v, S, D"),
        ("V;2026-11-02;1;2;3;;", "time '2026-11-02' is not of the form"),
        ("V;02-11-2026 09:30:00;1;2;many;;", "quantity 'many' is no number"),
        ("V;02-11-2026 09:30:00;1;2;3;free;", "charge 'free' is no amount"),
        (f"V;02-11-2026 09:30:00;1;2;3;0.{'0' * 99};", "is no amount"),
        ("V;02-11-2026 09:30:00", "is missing, the row has 2 columns"),
        ("V;02-11-2026 09:30:00;1;2;;;", "quantity '' is no number"),
    ],
)
def test_a_row_that_cannot_be_read_names_line_and_column(row: str, words: str) -> None:
    assert words in mistake(row)


def test_a_bad_row_does_not_harm_its_neighbours() -> None:
    file = parsed("V;02-11-2026 09:30:00;1;2;3;0.01;", "V;nonsense;1;2;3;0.01;", end="END;2;0.02")
    assert [type(record).__name__ for record in file.records] == ["RawUsage", "UnreadableRecord"]
    assert file.disagreements == ()


def test_quoted_cells_over_two_lines_keep_the_count_of_lines() -> None:
    file = parsed('V;02-11-2026 09:30:00;1;2;3;;"a\r\nb"', "V;bad;1;2;3;;", trailer=None)
    assert file.records[1].reference == "line 4"


def test_the_trailer_is_compared() -> None:
    rows = ("V;02-11-2026 09:30:00;1;2;3;0.010;", "S;02-11-2026 09:31:00;1;2;;0.02;")
    assert parsed(*rows, end="END;2;0.03").disagreements == ()
    assert [p.field for p in parsed(*rows, end="END;3;0.04").disagreements] == ["trailer.records", "trailer.charge"]
    with pytest.raises(FileRefused, match="trailer line is missing") as caught:
        parsed(*rows)
    assert caught.value.refusal is Refusal.UNREADABLE
    with pytest.raises(FileRefused, match="trailer on line 4 cannot be read"):
        parsed(*rows, end="END;two;0.03")


def test_a_file_that_cannot_be_text_and_a_header_that_lacks_a_column() -> None:
    with pytest.raises(FileRefused, match="octet 3 is no utf-8 text") as caught:
        read(b"abc\xff", LAYOUT)
    assert caught.value.offset == 3
    with pytest.raises(FileRefused, match="no column 'start'"):
        parsed("x", head="service;number;other;used;cost;cell")
    with pytest.raises(FileRefused, match="cannot be split"):
        parsed('V;"open', trailer=None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"columns": {"type": "a", "quantity": "b"}}, "columns.started"),
        ({"columns": {"type": "a", "started": "b"}}, "columns.quantity"),
        ({"columns": {"type": "a", "started": "b", "quantity": "c", "size": "d"}}, "columns.size"),
        ({"columns": {"type": "a", "started": "b", "quantity": 0}}, "columns.quantity"),
        ({"types": {"V": "voice"}}, "types.V"),
        ({"types": {"V": "song out"}}, "types.V"),
        ({"types": {}}, "types"),
        ({"units": {"voice": "kB"}}, "units.voice"),
        ({"units": {"song": "s"}}, "units.song"),
        ({"zone": "Europe/Nowhere"}, "zone"),
        ({"time": "%H:%M"}, "time"),
        ({"delimiter": ";;"}, "delimiter"),
        ({"encoding": "klingon"}, "encoding"),
        ({"header": "yes"}, "header"),
        ({"header": False}, "columns.type"),
        ({"party-form": "loud"}, "party-form"),
        ({"network": "20"}, "network"),
        ({"currency": "QQQ"}, "currency"),
        ({"currency": ""}, "currency"),
        ({"trailer": {"records": 2}}, "trailer.marker"),
        ({"trailer": {"marker": "END", "records": 0}}, "trailer.records"),
    ],
)
def test_a_layout_that_cannot_be_names_the_word(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(FeedInvalid) as caught:
        parse_layout({**LAYOUT, **changes})
    assert caught.value.field == field


def test_what_was_bought_and_when_a_session_was_closed() -> None:
    columns = {**LAYOUT["columns"], "amount": "paid", "ended": "end"}
    head = f"{HEAD};paid;end"
    (bought,) = parsed(
        "D;02-11-2026 09:30:00;0612345678;;61;0;c1;4.99;02-11-2026 11:00:00", head=head, columns=columns, trailer=None
    ).records
    assert isinstance(bought, RawUsage)
    assert (bought.amount, bought.ended_at) == (Money.of("4.99", "EUR"), datetime(2026, 11, 2, 10, tzinfo=UTC))
    (wrong,) = parsed(
        "D;02-11-2026 09:30:00;0612345678;;61;0;c1;;02-11-2026 09:00:00", head=head, columns=columns, trailer=None
    ).records
    assert isinstance(wrong, UnreadableRecord)
    assert "before it started" in wrong.message
