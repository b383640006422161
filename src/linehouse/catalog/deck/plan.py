"""A deck on top of catalog files: what is in force, what differs on each of its days, and the files of that day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linehouse.catalog.deck.changes import Difference, difference, doubts
from linehouse.catalog.deck.standing import destinations_of
from linehouse.catalog.deck.states import state_on
from linehouse.catalog.deck.values import Covers, Fault, Line, State
from linehouse.catalog.deck.written import Target, deck_zones, with_deck
from linehouse.rating.values import Tariff


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the files hold of a tariff's deck. ``tariff`` is None where the deck begins one.

    ``taken`` are the keys of the tariff's other zones, ``outside`` their prefixes.
    """

    files: Mapping[str, str]
    tariff: Tariff | None
    state: State
    taken: frozenset[str]
    outside: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One day of a deck: what is in force from then on, what differs, and the files that say so.

    With ``faults`` the files are those from before. ``notes`` are for somebody to look at.
    """

    day: date
    state: State
    difference: Difference
    files: Mapping[str, str]
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()


def standing(files: Mapping[str, str], tariffs: Mapping[str, Tariff], key: str) -> Standing:
    """What is in force by the deck of a tariff. Raises SourceTextInvalid."""
    tariff = tariffs.get(key)
    if tariff is None:
        return Standing(files=files, tariff=None, state={}, taken=frozenset(), outside={})
    mine = deck_zones(files, key)
    others = {name: zone for name, zone in tariff.number_zones.items() if name not in mine}
    return Standing(
        files=files,
        tariff=tariff,
        state=destinations_of(tariff, mine.keys()),
        taken=frozenset(others),
        outside={prefix: name for name, zone in others.items() for prefix in zone.prefixes},
    )


def steps(
    before: Standing,
    lines: Sequence[Line],
    days: Sequence[date],
    target: Target,
    covers: Covers,
    against: State | None = None,
) -> tuple[Step, ...]:
    """The days one after the other, each on top of the one before; ends at the first that is impossible.

    ``against`` is what the first day is compared with, where that is not the deck that is there.
    """
    state, files, found = before.state, before.files, []
    for place, day in enumerate(days):
        after, faults = state_on(day, lines, state, covers=covers, outside=before.outside)
        compared = against if against is not None and place == 0 else state
        differs = difference(day, compared, after)
        if not faults and not difference(day, state, after).empty:
            files = with_deck(files, after, target, day, before.tariff)
        found.append(
            Step(day=day, state=after, difference=differs, files=files, faults=faults, notes=doubts(lines, differs))
        )
        if faults:
            break
        state = after
    return tuple(found)
