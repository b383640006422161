"""What a deck makes of what is in force: day by day, prefix by prefix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from linehouse.catalog.deck.values import Covers, Destination, Fault, Line, State, Terms

_NAMED = 5
"""How many examples a complaint gives."""


@dataclass(frozen=True, slots=True)
class _Owner:
    """Which destination a prefix belongs to on a day, and since which row (0: it did before)."""

    key: str
    name: str
    terms: Terms | None
    row: int


def days_of(lines: Sequence[Line], today: date | None = None) -> tuple[date, ...]:
    """The days on which the deck changes something; what began before ``today`` begins today."""
    days = {line.effective for line in lines}
    days |= {line.end + timedelta(days=1) for line in lines if line.end is not None}
    if today is None:
        return tuple(sorted(days))
    return tuple(sorted({max(day, today) for day in days}))


def state_on(
    day: date, lines: Sequence[Line], base: State, *, covers: Covers, outside: Mapping[str, str] | None = None
) -> tuple[State, tuple[Fault, ...]]:
    """What is in force from the day on, where ``base`` was before it; and what makes that impossible.

    ``outside`` are prefixes that other zones of the tariff hold, with their zone: a prefix cannot be in two.
    """
    owners = {prefix: _Owner(one.key, one.name, one.terms, 0) for one in base.values() for prefix in one.prefixes}
    faults: list[Fault] = []
    listed, newest = _newest(day, lines, base, faults)
    if covers is Covers.EVERYTHING:
        owners = {prefix: owner for prefix, owner in owners.items() if prefix in listed}
    owner_of: dict[int, _Owner] = {}
    for prefix, line in newest.items():
        if line.terms is None or (line.end is not None and line.end < day):
            owners.pop(prefix, None)
            continue
        owner = owner_of.get(id(line))
        if owner is None:
            owner = owner_of[id(line)] = _Owner(line.key, line.name, line.terms, line.row)
        owners[prefix] = owner
    found = _destinations(day, owners, base, faults)
    if outside:
        shared = sorted(owners.keys() & outside.keys())
        if shared:
            faults.append(
                Fault(
                    owners[shared[0]].row,
                    "prefix",
                    ", ".join(shared[:_NAMED]) + ("…" if len(shared) > _NAMED else ""),
                    f"prefixes in other zones of the tariff: {len(shared)}, the first in {outside[shared[0]]!r}",
                    "a tariff of the deck's own, which the other one names as its `fallback`",
                )
            )
    if not found and not faults:
        faults.append(Fault(0, "", str(day), "no destination would be left", "a deck with at least one rate"))
    return found, tuple(faults)


def _newest(day: date, lines: Sequence[Line], base: State, faults: list[Fault]) -> tuple[set[str], dict[str, Line]]:
    """Every prefix that the deck lists, and its line on the day."""
    listed: set[str] = set()
    newest: dict[str, Line] = {}
    for line in sorted(lines, key=lambda one: one.effective):
        prefixes: Sequence[str] = line.prefixes
        if not prefixes:
            held = base.get(line.key)
            if held is None:
                if line.terms is not None and line.effective <= day:
                    faults.append(
                        Fault(line.row, "prefix", line.name, "the destination has no prefixes yet", "its prefixes")
                    )
                continue
            prefixes = sorted(held.prefixes)
        listed.update(prefixes)
        if line.effective <= day:
            newest.update(dict.fromkeys(prefixes, line))
    return listed, newest


def _destinations(day: date, owners: Mapping[str, _Owner], base: State, faults: list[Fault]) -> dict[str, Destination]:
    grouped: dict[str, list[tuple[str, _Owner]]] = {}
    for prefix, owner in owners.items():
        grouped.setdefault(owner.key, []).append((prefix, owner))
    found: dict[str, Destination] = {}
    for key in sorted(grouped):
        several = grouped[key]
        head = max((owner for _, owner in several), key=lambda one: one.row)
        split = next((pair for pair in several if pair[1].terms != head.terms), None)
        if split is not None:
            prefix, other = split
            where = f"row {other.row}" if other.row else "in force"
            faults.append(
                Fault(
                    head.row,
                    "destination",
                    head.name,
                    f"on {day} it has two prices: {head.terms}, and {other.terms} for {prefix} ({where})",
                    "one price for all prefixes of a destination, or another name for some",
                )
            )
        before = base.get(key)
        destination = Destination(key, head.name, frozenset(prefix for prefix, _ in several), head.terms)
        found[key] = replace(destination, kind=before.kind) if before else destination
    return found
