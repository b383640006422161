"""Reading what comes from outside: a range of numbers, a vendor's file of cards."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from linehouse.kernel.error import Invalid
from linehouse.kernel.numbering import Iccid, Imsi, Msisdn
from linehouse.kernel.outcome import Ok, Outcome, Problem, Refused
from linehouse.resource.errors import RangeWrong
from linehouse.resource.values import SimRow

#: A slip of the finger must not create a country's numbering plan.
RANGE_LIMIT = 1_000_000
_PUK = re.compile(r"^\d{8}$")
_COLUMNS = ("iccid", "imsi", "puk")


def number_range(first: str, last: str) -> Iterator[Msisdn]:
    """Every number from ``first`` to ``last``, both included, in international form. Raises RangeWrong, Invalid."""
    start, end = Msisdn.parse(first), Msisdn.parse(last)
    low, high = int(start.digits), int(end.digits)
    if len(start.digits) != len(end.digits) or high < low:
        raise RangeWrong(
            "the ends of the range do not fit",
            field="last",
            value=last,
            expected=f"a number from {first} on, as long",
        )
    if high - low >= RANGE_LIMIT:
        raise RangeWrong(
            "the range is too large",
            field="last",
            value=last,
            expected=f"at most {RANGE_LIMIT} numbers at a time",
        )
    return (Msisdn(str(value)) for value in range(low, high + 1))


def read_sims(text: str) -> Outcome[list[SimRow]]:
    """The cards of a CSV file: iccid, imsi, puk (8 digits, 3GPP TS 22.022). All wrong rows are named at once."""
    reader = csv.DictReader(io.StringIO(text))
    columns = tuple(name.strip().lower() for name in reader.fieldnames or ())
    if missing := [name for name in _COLUMNS if name not in columns]:
        return Refused(
            (
                Problem(
                    "resource.column_missing",
                    f"the file lacks the column {missing[0]}",
                    "columns",
                    ",".join(columns),
                    "iccid,imsi,puk",
                ),
            )
        )
    reader.fieldnames = columns
    rows: list[SimRow] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for line, raw in enumerate(reader, start=2):
        row = _sim(raw, line)
        if isinstance(row, Problem):
            problems.append(row)
            continue
        for digits in (row.iccid.digits, row.imsi.digits):
            if digits in seen:
                problems.append(
                    Problem(
                        "resource.row_repeated",
                        f"line {line} repeats line {seen[digits]}",
                        f"line {line}",
                        digits,
                        "each card once",
                    )
                )
            seen[digits] = line
        rows.append(row)
    if not rows and not problems:
        problems.append(
            Problem(
                "resource.file_empty",
                "the file has no cards",
                "rows",
                "0",
                "at least one",
            )
        )
    return Refused(tuple(problems)) if problems else Ok(rows)


def _sim(raw: dict[str, str], line: int) -> SimRow | Problem:
    try:
        puk = (raw["puk"] or "").strip()
        if not _PUK.match(puk):
            # A PUK is a secret: the message does not repeat it.
            raise Invalid("the PUK is wrong", field="puk", expected="8 digits")
        return SimRow(Iccid.parse(raw["iccid"] or ""), Imsi.parse(raw["imsi"] or ""), puk)
    except Invalid as error:
        return Problem(
            "resource.row_wrong",
            f"line {line}: {error.message}",
            error.field,
            str(error.value or ""),
            error.expected,
        )
