"""Ported numbers: which network a number is in at an instant, and what that makes of on-net."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from linehouse.kernel.error import DomainError
from linehouse.kernel.numbering import Msisdn, Plmn
from linehouse.kernel.period import day_start, require_aware
from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.marked import MarkedNode

COLUMNS = ("number", "network", "since")
MOST_NUMBERS = 5_000_000
_DAY = len("2026-11-01")


@dataclass(frozen=True, slots=True)
class Ported:
    """A number (E.164 digits without plus) is in a network from an instant on; None: back where its prefix says."""

    number: str
    network: Plmn | None
    since: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "since", require_aware(self.since))


class PortedNumbers:
    """Every move of every number that is known, for many questions in memory."""

    def __init__(self, moves: Iterable[Ported]) -> None:
        self._moves: dict[str, list[Ported]] = {}
        for move in sorted(moves, key=lambda one: one.since):
            self._moves.setdefault(move.number, []).append(move)

    def network_of(self, number: str, at: datetime) -> Plmn | None:
        """The network to which the number had been ported by then; None: none, as far as anybody knows."""
        moves = self._moves.get(number.removeprefix("+"), ())
        return next((move.network for move in reversed(moves) if move.since <= at), None)


def is_on_net(subscriber: bool, network: Plmn | None, home: Plmn | None) -> bool:
    """Whether a number is the brand's: a subscriber's, and not known to have been ported to another network since."""
    return subscriber and (network is None or network == home)


def read_ported(text: str, source: str, *, country: str, zone: ZoneInfo) -> Iterator[Ported]:
    """The moves of a CSV file: ``number,network,since``; an empty network brings a number back.

    National numbers are those of ``country``; a day is its beginning in ``zone``. Raises SourceTextInvalid, naming
    line and column.
    """
    first, _, _ = text.partition("\n")
    rows = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    cells = [cell.strip().lower().removeprefix("\ufeff") for cell in next(rows, [])]
    head = [MarkedNode(cell, source, 1, "columns").choice(COLUMNS) for cell in cells]
    for name in COLUMNS:
        if head.count(name) != 1:
            MarkedNode(None, source, 1, "columns").fail(f"the file needs one column `{name}`", ", ".join(COLUMNS))
    for line, row in enumerate(rows, 2):
        if not row:
            continue
        if len(row) < len(head):
            MarkedNode(None, source, line).fail(f"this line has {len(row)} of {len(head)} columns", ", ".join(COLUMNS))
        if line > MOST_NUMBERS + 1:
            MarkedNode(None, source, line).fail("the file holds too much", f"at most {MOST_NUMBERS} numbers")
        given = {name: MarkedNode(cell.strip(), source, line, name) for name, cell in zip(head, row, strict=False)}
        yield Ported(_number(given["number"], country), _network(given), _since(given["since"], zone))


def _number(node: MarkedNode, country: str) -> str:
    try:
        return Msisdn.parse(node.text(), country).digits
    except SourceTextInvalid:
        raise
    except DomainError as problem:
        node.fail(problem.message, problem.expected)


def _network(given: Mapping[str, MarkedNode]) -> Plmn | None:
    node = given["network"]
    if not node.value:
        return None
    try:
        return Plmn.parse(node.text())
    except DomainError as problem:
        node.fail(problem.message, "MCC-MNC such as 204-04, or nothing where the number went back")


def _since(node: MarkedNode, zone: ZoneInfo) -> datetime:
    text = node.text()
    if len(text) == _DAY:
        return day_start(node.day(), zone)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        node.fail(f"{text!r} is no day and no instant", "2026-11-01 or 2026-11-01T08:00:00+01:00")
    if found.tzinfo is None:
        node.fail(f"{text!r} does not say where", "an offset such as +01:00, or Z")
    return found
