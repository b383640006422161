"""Destinations as number zones: overlapping sets of prefixes become zones of which each number is in one.

CGRateS tries ever shorter prefixes of a number until one belongs to a destination that the plan rates. A zone is a set
of prefixes for which that comes out the same in every plan, so that nothing is lost where destinations overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from linehouse.catalog.cgrates.slugs import Keys
from linehouse.catalog.cgrates.values import Finding, Kind, Place, Wishes, refuse
from linehouse.catalog.cgrates.yaml_text import quoted
from linehouse.rating.prefix_deck import PREFIX

Chain = tuple[tuple[str, ...], ...]
"""Destinations by prefix, the longest prefix first; those of one prefix together."""


@dataclass(slots=True)
class Zone:
    """A number zone. ``chain`` is the destinations that its numbers belong to."""

    key: str
    name: str
    chain: Chain
    prefixes: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Zones:
    """All of them, and what was found on the way."""

    zones: Sequence[Zone]
    findings: Sequence[Finding]
    refused: Mapping[str, Finding]
    """Destinations that cannot be told, each with the first reason."""

    def deck(self) -> str:
        """The deck of prefixes: one a line."""
        rows = sorted((prefix, zone.key, zone.name) for zone in self.zones for prefix in zone.prefixes)
        return "prefix,zone,name\n" + "".join(f"{prefix},{key},{_cell(name)}\n" for prefix, key, name in rows)

    def code_lines(self) -> Iterator[str]:
        """The zones of short codes, as lines of a zone file; nothing when there are none."""
        zones = [zone for zone in self.zones if zone.codes]
        if zones:
            yield "number-zones:"
        for zone in zones:
            codes = ", ".join(f'"{code}"' for code in sorted(zone.codes))
            yield f"  {zone.key}:"
            yield f"    name: {quoted(zone.name)}"
            yield "    kind: short-code"
            yield f"    short-codes: [{codes}]"


def _cell(text: str) -> str:
    return f'"{text}"' if "," in text else text


def zones_of(destinations: Mapping[str, Mapping[str, Place]], used: frozenset[str], wishes: Wishes) -> Zones:
    """Share out the prefixes of the destinations that are used."""
    findings: list[Finding] = []
    refused: dict[str, Finding] = {}
    by_prefix: dict[str, set[str]] = {}
    by_code: dict[str, set[str]] = {}
    for tag in sorted(destinations.keys() & used):
        _take(tag, destinations[tag], wishes, (by_prefix, by_code), findings, refused)
    for tag in sorted(destinations.keys() - used):
        place = next(iter(destinations[tag].values()))
        why = "no rating plan that is imported names it"
        findings.append(Finding(Kind.LEFT_OUT, place, "Id", tag, why))
    keys = Keys()
    zones: dict[tuple[Chain, bool], Zone] = {}
    for short, table in ((False, by_prefix), (True, by_code)):
        for text in sorted(table):
            chain = _chain(text, table[text], by_prefix)
            zone = zones.get((chain, short))
            if zone is None:
                key = keys.give(*chain[0], "short" if short else "")
                zone = zones[chain, short] = Zone(key, _name(chain), chain)
            (zone.codes if short else zone.prefixes).add(text)
    return Zones(list(zones.values()), findings, refused)


def _take(
    tag: str,
    prefixes: Mapping[str, Place],
    wishes: Wishes,
    tables: tuple[dict[str, set[str]], dict[str, set[str]]],
    findings: list[Finding],
    refused: dict[str, Finding],
) -> None:
    by_prefix, by_code = tables
    for written, place in prefixes.items():
        digits = _digits(written, wishes)
        if not (digits.isascii() and digits.isdigit()):
            why = "no number begins with it, so no number is rated by it"
            findings.append(Finding(Kind.LEFT_OUT, place, "Prefix", written, why))
        elif tag in wishes.short_codes:
            if not 2 <= len(digits) <= 6:
                refused.setdefault(tag, refuse(place, "Prefix", written, "a short code has 2 to 6 digits").finding)
            by_code.setdefault(digits, set()).add(tag)
        elif not PREFIX.match(digits):
            why = "numbers are matched in international form, without 00 or 0 before them"
            remedy = "such as --replace-prefix 00= or --replace-prefix 0=49"
            refused.setdefault(tag, refuse(place, "Prefix", written, why, remedy).finding)
        else:
            by_prefix.setdefault(digits, set()).add(tag)


def _digits(written: str, wishes: Wishes) -> str:
    for begins, instead in wishes.replace_prefix:
        if written.startswith(begins):
            return instead + written[len(begins) :]
    return written.removeprefix("+")


def _chain(text: str, own: set[str], by_prefix: Mapping[str, set[str]]) -> Chain:
    """A destination is asked once, at the longest prefix of it."""
    levels, seen = [tuple(sorted(own))], set(own)
    for length in range(len(text), 0, -1):
        further = by_prefix.get(text[:length], set()) - seen
        if further:
            levels.append(tuple(sorted(further)))
            seen |= further
    return tuple(levels)


def _name(chain: Chain) -> str:
    own, *outer = (", ".join(level) for level in chain)
    return own if not outer else f"{own} (within {outer[0]})"
