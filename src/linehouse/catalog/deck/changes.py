"""What a deck changes: destination by destination, the largest jumps first."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from linehouse.catalog.deck.values import Fault, Line, Mark, State, Terms

_CALLS = (1, 6, 30, 31, 61, 180, 601)
"""Lengths of calls, in seconds, by which increments of one rate are compared."""


class What(StrEnum):
    """What becomes of a destination."""

    NEW = "new"
    GONE = "gone"
    DEARER = "dearer"
    CHEAPER = "cheaper"
    BLOCKED = "blocked"
    OPENED = "opened"
    """It was blocked."""
    OTHER = "other"
    """It had a price that no deck can say."""
    SAME = "unchanged"


@dataclass(frozen=True, slots=True)
class Moved:
    """A prefix that another destination had before."""

    prefix: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One destination before and after. ``percent`` by the rate per minute, to a tenth.

    A new one's ``before`` is what its prefixes cost until now, where they were priced; ``came`` are new prefixes,
    ``left`` those it has no longer, moved ones included.
    """

    what: What
    key: str
    name: str
    before: Terms | None
    after: Terms | None
    percent: Decimal | None
    prefixes: int
    came: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that changes on a day."""

    day: date
    changes: tuple[Change, ...]
    moved: tuple[Moved, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many destinations of each kind; kinds without any are left out."""
        seen = Counter(one.what for one in self.changes)
        return {what.value: seen[what] for what in What if seen[what]}

    @property
    def empty(self) -> bool:
        """Whether everything is in force already."""
        return not self.moved and all(one.what is What.SAME and not one.came and not one.left for one in self.changes)


def difference(day: date, before: State, after: State) -> Difference:
    """What differs between the two: new and gone ones last, the largest jumps first."""
    held = {prefix: key for key, one in before.items() for prefix in one.prefixes}
    holds = {prefix: key for key, one in after.items() for prefix in one.prefixes}
    moved = tuple(
        Moved(prefix, before[held[prefix]].name, after[key].name)
        for prefix, key in sorted(holds.items())
        if prefix in held and held[prefix] != key
    )
    changes = [_change(key, before, after, held, holds) for key in sorted(before.keys() | after.keys())]
    return Difference(day, tuple(sorted(changes, key=_jump)), moved)


def _change(key: str, before: State, after: State, held: Mapping[str, str], holds: Mapping[str, str]) -> Change:
    old, new = before.get(key), after.get(key)
    if new is None and old is not None:
        later = _covered(old.prefixes, after, holds)
        return Change(What.GONE, key, old.name, old.terms, later, None, 0, (), tuple(sorted(old.prefixes)))
    if new is None:
        raise KeyError(key)
    if old is None:
        earlier = _covered(new.prefixes, before, held)
        percent = _percent(earlier, new.terms)
        return Change(
            What.NEW, key, new.name, earlier, new.terms, percent, len(new.prefixes), tuple(sorted(new.prefixes))
        )
    came, left = tuple(sorted(new.prefixes - old.prefixes)), tuple(sorted(old.prefixes - new.prefixes))
    what = _what(old.terms, new.terms)
    return Change(
        what, key, new.name, old.terms, new.terms, _percent(old.terms, new.terms), len(new.prefixes), came, left
    )


def _what(old: Terms | None, new: Terms | None) -> What:
    if old == new:
        return What.SAME
    if new is None or old is None:
        return What.OTHER
    if new.blocked or old.blocked:
        return What.BLOCKED if new.blocked else What.OPENED
    if old.rate != new.rate and old.rate is not None and new.rate is not None:
        return What.DEARER if new.rate > old.rate else What.CHEAPER
    was, will = (sum(terms.cost(seconds) for seconds in _CALLS) for terms in (old, new))
    return What.SAME if was == will else What.DEARER if will > was else What.CHEAPER


def _percent(old: Terms | None, new: Terms | None) -> Decimal | None:
    if old is None or new is None or not old.rate or new.rate is None:
        return None
    return ((new.rate - old.rate) * 100 / old.rate).quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def _covered(prefixes: Iterable[str], state: State, owner: Mapping[str, str]) -> Terms | None:
    """What the prefixes cost in a state that does not know their destination, where that is one price for all."""
    found: set[Terms | None] = set()
    for prefix in prefixes:
        key = next((owner[prefix[:size]] for size in range(len(prefix), 0, -1) if prefix[:size] in owner), None)
        found.add(state[key].terms if key is not None else None)
    return found.pop() if len(found) == 1 else None


_ORDER = {what: place for place, what in enumerate((What.NEW, What.GONE, What.SAME), 2)}


def _jump(one: Change) -> tuple[int, Decimal, str]:
    rank = _ORDER.get(one.what, 0 if one.what in (What.BLOCKED, What.OPENED, What.OTHER) else 1)
    return rank, -abs(one.percent or Decimal(0)), one.key


def doubts(lines: Sequence[Line], found: Difference) -> tuple[Fault, ...]:
    """Lines whose own mark says something else than what comes of them."""
    by_key = {one.key: one for one in found.changes}
    fits = {
        Mark.NEW: {What.NEW, What.OPENED},
        Mark.DEARER: {What.DEARER, What.NEW},
        Mark.CHEAPER: {What.CHEAPER, What.NEW},
        Mark.SAME: {What.SAME},
    }
    told: dict[str, Fault] = {}
    for line in lines:
        change = by_key.get(line.key)
        if line.mark not in fits or change is None or line.effective != found.day or line.key in told:
            continue
        if change.what not in fits[line.mark]:
            message = f"{line.name} is marked {line.mark.value} and is {change.what.value}"
            prices = f"{change.before or 'nothing'} → {change.after or 'nothing'}"
            told[line.key] = Fault(line.row, "mark", line.mark.value, message, prices)
    return tuple(told.values())


def as_csv(found: Difference) -> str:
    """The difference as a table; cells that a spreadsheet would run begin with an apostrophe."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(
        ("change", "destination", "before", "after", "percent", "prefixes", "new prefixes", "prefixes gone", "from")
    )
    for one in found.changes:
        percent = "" if one.percent is None else f"{one.percent:f}"
        rows.writerow(
            (
                one.what.value, _safe(one.name), _said(one.before), _said(one.after), percent, one.prefixes,
                " ".join(one.came), " ".join(one.left), found.day.isoformat(),
            )
        )  # fmt: skip
    for move in found.moved:
        rows.writerow(
            ("moved", move.prefix, _safe(move.before), _safe(move.after), "", 1, "", "", found.day.isoformat())
        )
    return out.getvalue()


def deck_csv(state: State, currency: str, day: date) -> str:
    """The state as a deck that reads back as what it is: one line a prefix."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(
        ("destination", "prefix", "rate", "currency", "increments", "connection fee", "effective date", "mark")
    )
    for key in sorted(state):
        one = state[key]
        if one.terms is None:
            continue
        rate = "" if one.terms.rate is None else f"{one.terms.rate.normalize():f}"
        words = (
            rate, currency, f"{one.terms.first}/{one.terms.next}", f"{one.terms.connect.normalize():f}",
            day.isoformat(), Mark.BLOCKED.value if one.terms.blocked else "",
        )  # fmt: skip
        for prefix in sorted(one.prefixes):
            rows.writerow((_safe(one.name), prefix, *words))
    return out.getvalue()


def _said(terms: Terms | None) -> str:
    return "" if terms is None else str(terms)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
