"""What is in force by a deck, written into catalog files: a deck of prefixes, and a block of rules in the tariff.

Everything else in the tariff's file stays byte for byte. The same state gives the same bytes, so that a deck that is
applied twice changes nothing.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath

import yaml

from linehouse.catalog.deck.values import Destination, State, Terms
from linehouse.catalog.errors import DeckRefused
from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.marked import MarkedNode
from linehouse.rating.prefix_deck import PrefixesNode
from linehouse.rating.values import Direction, Tariff, TaxMode, UsageType
from linehouse.rating.yaml_source import load_marked

BEGINS = "# === rate deck: written by its import, changed by hand only in its prices ==="
ENDS = "# === end of the rate deck ==="
RULE = "deck-"
"""How the keys of the deck's rules begin."""
_BLOCK = re.compile(rf"^[ \t]*{re.escape(BEGINS)}\n.*?^[ \t]*{re.escape(ENDS)}\n", re.MULTILINE | re.DOTALL)
_MICRO = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The tariff that takes the deck. What it says itself, where it exists already, counts before this.

    ``line`` and ``network_zones`` are what its rules say besides; None: as the deck's rules that are there have it.
    """

    tariff: str
    name: str = ""
    currency: str = "EUR"
    tax: TaxMode = TaxMode.NET
    time_zone: str = "Europe/Amsterdam"
    line: str | None = None
    network_zones: tuple[str, ...] | None = None


def zone_file(tariff: str) -> str:
    """Where the prefixes of a tariff's deck stand."""
    return f"zones/{tariff}-deck.csv"


def tariff_file(files: Mapping[str, str], tariff: str) -> str:
    """The file that writes the tariff; where it would be written, if there is none."""
    said = re.compile(rf"^tariff:\s*[\"']?{re.escape(tariff)}[\"']?\s*(#.*)?$", re.MULTILINE)
    for path, text in files.items():
        if path.startswith("tariffs/") and said.search(text):
            return path
    return f"tariffs/{tariff}.yaml"


def deck_zones(files: Mapping[str, str], tariff: str) -> Mapping[str, frozenset[str]]:
    """The zones of the tariff's deck with their prefixes, as its file has them. Raises SourceTextInvalid."""
    path = zone_file(tariff)
    if path not in files:
        return {}
    found = {}
    for key, node in load_marked(files[path], path).entries()["number-zones"].entries().items():
        prefixes: MarkedNode = node.entries()["prefixes"]
        found[key] = prefixes.prefixes if isinstance(prefixes, PrefixesNode) else frozenset[str]()
    return found


def with_deck(
    files: Mapping[str, str], state: State, target: Target, day: date, existing: Tariff | None
) -> dict[str, str]:
    """The files with the state in them. ``existing`` is the tariff as it is read now. Raises DeckRefused."""
    path = tariff_file(files, target.tariff)
    text = files.get(path) or _new_tariff(target, day)
    line, networks = _besides(target, existing)
    text = _with_zone_file(text, path, PurePosixPath(zone_file(target.tariff)).stem)
    text = _with_rules(text, path, _rules(state, line, networks))
    return {**files, path: text, zone_file(target.tariff): _prefixes(state)}


def _besides(target: Target, existing: Tariff | None) -> tuple[str, tuple[str, ...]]:
    there = next((rule for rule in existing.rules if rule.key.startswith(RULE)), None) if existing else None
    line = target.line if target.line is not None else there.line if there else ""
    networks = target.network_zones
    if networks is None:
        networks = there.conditions.network_zones if there else ()
    return line, networks


def _prefixes(state: State) -> str:
    """The zone file: a zone's name and kind stand at its first prefix only, which keeps large decks small."""
    kinds = any(one.kind for one in state.values())
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("prefix", "zone", "name", "kind") if kinds else ("prefix", "zone", "name"))
    for key in sorted(state):
        one = state[key]
        for place, prefix in enumerate(sorted(one.prefixes)):
            words = ("" if place else one.name, "" if place else one.kind)
            rows.writerow((prefix, key, *(words if kinds else words[:1])))
    return out.getvalue()


def _rules(state: State, line: str, networks: Sequence[str]) -> str:
    besides = f", network-zone: [{', '.join(networks)}]" if networks else ""
    on_line = f"\n  line: {line}" if line else ""
    return "".join(
        f"- rule: {RULE}{key}\n  name: {_quoted(state[key].name)}{on_line}\n"
        f"  when: {{usage-type: {UsageType.VOICE}, direction: [{Direction.OUT}, {Direction.FORWARDED}],"
        f" number-zone: {_quoted(key)}{besides}}}\n  price: {_price(state[key])}\n"
        for key in sorted(state)
    )


def _price(one: Destination) -> str:
    terms = one.terms
    if terms is None:
        raise DeckRefused(f"{one.name} has a price that no deck can say", field="destination", value=one.name)
    if terms.rate is None:
        return "blocked"
    if terms.free:
        return "free"
    connect = f"connect: {terms.connect.normalize():f}, " if terms.connect else ""
    return f"{{{connect}steps: [{', '.join(_steps(terms.rate, terms))}]}}"


def _steps(rate: Decimal, terms: Terms) -> list[str]:
    exact = rate == rate.quantize(_MICRO)
    price = f"price: {(rate if exact else rate * 1000).normalize():f}, unit: {1 if exact else 1000} min"
    first = f"{{{price}, block: {terms.first} s}}"
    if terms.first == terms.next:
        return [first]
    return [first, f"{{from: {terms.first} s, {price}, block: {terms.next} s}}"]


def _quoted(text: str) -> str:
    """The text as YAML reads it back: plain where it is words, else quoted."""
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9 ()+./'-]*", text) and text.strip() == text and ": " not in text
    words = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
    return text if plain and text.lower() not in words else json.dumps(text, ensure_ascii=False)


def _new_tariff(target: Target, day: date) -> str:
    return (
        "# yaml-language-server: $schema=../schemas/tariff.schema.json\n"
        "# What calls cost by a rate deck. The prefixes of each destination are in the zone file beside it.\n"
        f"tariff: {target.tariff}\n"
        f"name: {_quoted(target.name or target.tariff)}\n"
        f'version: "{day}"\n'
        f"valid-from: {day}\n"
        f"currency: {target.currency}\n"
        f"prices: {target.tax}\n"
        f"time-zone: {target.time_zone}\n"
        "zones: []\n"
        "\n"
        "rules:\n"
    )


def _with_zone_file(text: str, path: str, name: str) -> str:
    """The text with the zone file in its `zones`."""
    node = _below(text, path, "zones", needed=True)
    if isinstance(node, yaml.ScalarNode):
        if node.value == name:
            return text
        return _spliced(text, node.start_mark.index, node.end_mark.index, f"[{node.value}, {name}]")
    if not isinstance(node, yaml.SequenceNode):
        raise DeckRefused(f"{path}: `zones` names zone files", field="zones", expected="`zones: [numbers]`")
    names = [item.value for item in node.value]
    if name in names:
        return text
    if node.flow_style or not names:
        return _spliced(text, node.start_mark.index, node.end_mark.index, f"[{', '.join([*names, name])}]")
    last = node.value[-1]
    dash = " " * node.start_mark.column + f"\n{' ' * node.start_mark.column}- {name}"
    return _spliced(text, last.end_mark.index, last.end_mark.index, dash[node.start_mark.column :])


def _with_rules(text: str, path: str, rules: str) -> str:
    """The text with the deck's rules in their block; a first block comes behind all rules that are there."""
    found = _BLOCK.search(text)
    if found is not None:
        indent = found[0][: len(found[0]) - len(found[0].lstrip(" \t"))]
        return text[: found.start()] + _block(rules, indent) + text[found.end() :]
    text = text if text.endswith("\n") else f"{text}\n"
    node = _below(text, path, "rules", needed=False)
    if node is None:  # `rules:` of a new tariff, with nothing below
        return text + _block(rules, "  ")
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        raise DeckRefused(f"{path}: `rules` cannot be added to", field="rules", expected="one rule below the other")
    line = _last_line(node)
    at = _start_of(text, line + 1)
    return text[:at] + _block(rules, " " * node.start_mark.column) + text[at:]


def _block(rules: str, indent: str) -> str:
    inner = "".join(f"{indent}{line}\n" for line in rules.splitlines())
    return f"{indent}{BEGINS}\n{inner}{indent}{ENDS}\n"


def _below(text: str, path: str, key: str, *, needed: bool) -> yaml.Node | None:
    head = _BLOCK.sub("", text)
    try:
        root = yaml.compose(head, Loader=yaml.SafeLoader)
    except yaml.YAMLError as problem:
        raise SourceTextInvalid(f"{path}: {problem}", field="file", value=path) from None
    found = None
    if isinstance(root, yaml.MappingNode):
        found = next((value for word, value in root.value if word.value == key), None)
    empty = isinstance(found, yaml.ScalarNode) and found.tag == "tag:yaml.org,2002:null"
    if found is None or (empty and needed):
        raise DeckRefused(f"{path} has no `{key}`", field=key, expected="a tariff file")
    return None if empty else found


def _last_line(node: yaml.Node) -> int:
    """The line on which the last value stands: block nodes end only where the next one begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    return int(end.line if end.column or isinstance(node, yaml.CollectionNode) else end.line - 1)


def _start_of(text: str, line: int) -> int:
    at = 0
    for _ in range(line):
        end = text.find("\n", at)
        if end < 0:
            return len(text)
        at = end + 1
    return at


def _spliced(text: str, start: int, end: int, value: str) -> str:
    kept = text[start:end]
    return text[:start] + value + kept[len(kept.rstrip()) :] + text[end:]
