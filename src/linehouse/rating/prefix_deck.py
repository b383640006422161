"""Decks of prefixes: a CSV file with one prefix a line, for zones of a hundred thousand prefixes and more.

``prefix,zone[,name][,kind]``: the first line names the columns; comma, semicolon or tab divides them. The deck is read
as the zone file that says the same, only that the prefixes of a zone are one set instead of a node each.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from linehouse.rating.marked import MarkedNode, Plain

COLUMNS = ("prefix", "zone", "name", "kind")
MOST_PREFIXES = 2_000_000
"""How many prefixes one deck may hold: all number ranges of the world are fewer."""
PREFIX = re.compile(r"^[1-9][0-9]{0,14}$")
E164 = "E.164 digits without plus, at most 15"


@dataclass(frozen=True, slots=True)
class PrefixesNode(MarkedNode):
    """The prefixes of one zone of a deck, each checked when it was read."""

    prefixes: frozenset[str] = frozenset()

    def many(self) -> tuple[MarkedNode, ...]:
        """Each prefix as a node, in order."""
        return tuple(MarkedNode(prefix, self.source, self.line, self.path) for prefix in sorted(self.prefixes))

    def plain(self) -> Plain:
        """The prefixes in order."""
        return list[Plain](sorted(self.prefixes))


@dataclass(slots=True)
class _Zone:
    line: int
    name: str = ""
    kind: str = ""
    prefixes: set[str] = field(default_factory=set)


def read_deck(text: str, source: str) -> MarkedNode:
    """The zone file that the deck says.

    Raises SourceTextInvalid: a column unknown or missing, what is no prefix, or a prefix twice.
    """
    first, _, _ = text.partition("\n")
    divider = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=divider)
    head = _columns(next(rows, []), source)
    at_prefix, at_zone = head["prefix"], head["zone"]
    at_name, at_kind = head.get("name"), head.get("kind")
    zones: dict[str, _Zone] = {}
    seen: dict[str, str] = {}
    for line, row in enumerate(rows, 2):
        if not row:
            continue
        if len(row) < len(head):
            MarkedNode(None, source, line).fail(f"this line has {len(row)} of {len(head)} columns", ", ".join(head))
        prefix, key = row[at_prefix].strip().removeprefix("+"), row[at_zone].strip()
        zone = zones.get(key)
        if zone is None:
            zone = zones[MarkedNode(key, source, line, "zone").key()] = _Zone(line)
        if not PREFIX.match(prefix):
            MarkedNode(prefix, source, line, "prefix").fail(f"{prefix!r} is no prefix", E164)
        if prefix in seen:
            MarkedNode(prefix, source, line, "prefix").fail(
                f"{prefix} stands there twice, in zone {seen[prefix]!r} and in zone {key!r}", "each prefix once"
            )
        seen[prefix] = key
        zone.prefixes.add(prefix)
        if at_name is not None and row[at_name].strip():
            zone.name = row[at_name].strip()
        if at_kind is not None and row[at_kind].strip():
            zone.kind = row[at_kind].strip()
        if len(seen) > MOST_PREFIXES:
            MarkedNode(None, source, line).fail("the deck holds too much", f"at most {MOST_PREFIXES} prefixes")
    if not zones:
        MarkedNode(None, source, 1).fail("the deck holds no prefix", "lines such as `31610,nl-mobile`")
    return _file(zones, source)


def _columns(cells: Iterable[str], source: str) -> Mapping[str, int]:
    """Where each column stands."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = MarkedNode(cell.strip().lower().removeprefix("\ufeff"), source, 1, "columns").choice(COLUMNS)
        if name in found:
            MarkedNode(name, source, 1, "columns").fail(f"the column {name!r} stands there twice", ", ".join(COLUMNS))
        found[name] = place
    for name in ("prefix", "zone"):
        if name not in found:
            MarkedNode(None, source, 1, "columns").fail(f"a deck needs the column `{name}`", ", ".join(COLUMNS))
    return found


def _file(zones: Mapping[str, _Zone], source: str) -> MarkedNode:
    entries: dict[str, MarkedNode] = {}
    for key, zone in zones.items():
        path = f"number-zones.{key}"
        given = {
            "name": MarkedNode(zone.name or key, source, zone.line, f"{path}.name"),
            "prefixes": PrefixesNode(None, source, zone.line, f"{path}.prefixes", prefixes=frozenset(zone.prefixes)),
        }
        if zone.kind:
            given["kind"] = MarkedNode(zone.kind, source, zone.line, f"{path}.kind")
        entries[key] = MarkedNode(given, source, zone.line, path)
    return MarkedNode({"number-zones": MarkedNode(entries, source, 1, "number-zones")}, source, 1)
