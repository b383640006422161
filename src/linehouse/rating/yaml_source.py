"""Reading a catalogue file so that every complaint names file, line, column and what would be right.

Scalars stay the text that was written: ``0.15`` is never a float, ``NO`` is a country and no truth value.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.marked import FieldSet, MarkedNode, Plain
from linehouse.rating.prefix_deck import read_deck

__all__ = ["DEEPEST", "MOST_NODES", "FieldSet", "MarkedNode", "Plain", "from_plain", "load_marked"]

MOST_NODES = 500_000
"""How many values one file may hold: far more than any price list, far less than fills a machine's memory."""
DEEPEST = 50
"""How many levels a file may nest."""


def load_marked(given: Path | str, source: str = "") -> MarkedNode:
    """Read a YAML file, or text when a string is given; ``source`` is what complaints call it (default: file name).

    A name that ends with ``.csv`` is a deck of prefixes, read as the zone file that says the same.
    Raises SourceTextInvalid: no YAML, a key twice, an empty file, or one that is not UTF-8.
    """
    if isinstance(given, Path):
        name = source or given.name
        try:
            text = given.read_text(encoding="utf-8")
        except UnicodeDecodeError as problem:
            raise SourceTextInvalid(f"{name}: not UTF-8 at byte {problem.start}", field="file", value=name) from None
    else:
        name, text = source or "text", given
    if name.endswith(".csv"):
        return read_deck(text, name)
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        where = f"{name}, line {mark.line + 1}, column {mark.column + 1}" if mark is not None else name
        raise SourceTextInvalid(f"{where}: {problem.problem or 'no YAML'}", field="file", value=name) from None
    except yaml.YAMLError as problem:
        raise SourceTextInvalid(f"{name}: {problem}", field="file", value=name) from None
    if root is None:
        raise SourceTextInvalid(f"{name}: the file is empty", field="file", value=name)
    return _Marking(name).mark(root, "", ())


def from_plain(data: Plain, source: str) -> MarkedNode:
    """The node of JSON data that ``plain`` gave; lines are unknown (0), the path still tells the place."""
    return _from_plain(data, source, "")


def _from_plain(data: Plain, source: str, path: str) -> MarkedNode:
    if isinstance(data, dict):
        entries = {key: _from_plain(value, source, _below(path, key)) for key, value in data.items()}
        return MarkedNode(entries, source, 0, path)
    if isinstance(data, list):
        nodes = tuple(_from_plain(value, source, f"{path}[{place}]") for place, value in enumerate(data))
        return MarkedNode(nodes, source, 0, path)
    if isinstance(data, bool):
        return MarkedNode("true" if data else "false", source, 0, path)
    return MarkedNode(None if data is None else str(data), source, 0, path)


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


class _Marking:
    """Marks the nodes of one file. Aliases are written once and read often, so what they become is counted."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._left = MOST_NODES

    def mark(
        self, node: yaml.Node, path: str, above: Sequence[yaml.Node], key_at: tuple[int, int] | None = None
    ) -> MarkedNode:
        """The node and all below it; raises SourceTextInvalid."""
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self._bound(node, MarkedNode(None, self._source, line, path, column), above)
        here = (*above, node)
        if isinstance(node, yaml.MappingNode):
            return MarkedNode(self._entries(node, path, here), self._source, line, path, column, key_at)
        if isinstance(node, yaml.SequenceNode):
            nodes = tuple(self.mark(child, f"{path}[{place}]", here) for place, child in enumerate(node.value))
            return MarkedNode(nodes, self._source, line, path, column, key_at)
        empty = node.tag == "tag:yaml.org,2002:null"
        return MarkedNode(None if empty else node.value, self._source, line, path, column, key_at)

    def _entries(self, node: yaml.MappingNode, path: str, here: Sequence[yaml.Node]) -> dict[str, MarkedNode]:
        entries: dict[str, MarkedNode] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
            mark = key_node.start_mark
            place = MarkedNode(key, self._source, mark.line + 1, _below(path, key), mark.column + 1)
            if not key or key == "<<":
                place.fail("a key is a plain word")
            if key in entries:
                place.fail(f"`{key}` stands there twice", f"one `{key}`; the first is on line {entries[key].line}")
            entries[key] = self.mark(value_node, _below(path, key), here, (mark.line + 1, mark.column + 1))
        return entries

    def _bound(self, node: yaml.Node, place: MarkedNode, above: Sequence[yaml.Node]) -> None:
        if any(node is parent for parent in above):
            place.fail("an alias contains itself")
        if len(above) >= DEEPEST:
            place.fail("the file is nested too deeply", f"at most {DEEPEST} levels")
        self._left -= 1
        if self._left < 0:
            place.fail("the file holds too much, with all aliases written out", f"at most {MOST_NODES} values")
