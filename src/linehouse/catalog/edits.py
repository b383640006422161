"""Changing one value in a catalog file and nothing else: comments, order and layout stay byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import yaml

from linehouse.catalog.errors import OfferingUnknown

_PLAIN = re.compile(r"[A-Za-z0-9ÀÖØ-öø-ÿ][A-Za-z0-9À-ÖØ-öø-ÿ ()'+./-]*")
"""Texts that YAML reads as themselves without quotes, in block and in flow style."""
_NUMBER = re.compile(r"\d+(\.\d+)?|\d{4}-\d{2}-\d{2}")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def with_offering(files: Mapping[str, str], key: str, changes: Mapping[tuple[str, ...], str]) -> dict[str, str]:
    """The files with some scalars of an offering at their new values, by path such as ``("text", "nl")``.

    Raises OfferingUnknown for an offering or a path that no file holds.
    """
    for path, text in files.items():
        root = next(_offerings(text, key), None)
        if root is not None:
            return {**files, path: _changed(text, root, key, changes)}
    raise OfferingUnknown("no catalog file declares this offering", field="offering", value=key)


def with_scalars(text: str, changes: Mapping[tuple[str | int, ...], str]) -> str:
    """The text with some scalars at their new values, by the number of the document and the way down from its root.

    Values are written as they are when YAML reads them as themselves, numbers included, else quoted.
    Raises OfferingUnknown for a place that holds no single value.
    """
    roots = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    places = []
    for path, value in changes.items():
        document, *way = path
        root = roots[document] if isinstance(document, int) and document < len(roots) else None
        node = _scalar(root, way) if root is not None else None
        if node is None:
            raise OfferingUnknown("no single value stands there", field=".".join(map(str, path)), value=value)
        written = value if _NUMBER.fullmatch(value) and node.style is None else as_scalar(value)
        places.append((node.start_mark.index, node.end_mark.index, written))
    return _spliced(text, places)


def _offerings(text: str, key: str) -> Iterator[yaml.MappingNode]:
    for node in yaml.compose_all(text, Loader=yaml.SafeLoader):
        if isinstance(node, yaml.MappingNode):
            named = _scalar(node, ("offering",))
            if named is not None and named.value == key:
                yield node


def _changed(text: str, root: yaml.MappingNode, key: str, changes: Mapping[tuple[str, ...], str]) -> str:
    places = []
    for path, value in changes.items():
        node = _scalar(root, path)
        if node is None:
            raise OfferingUnknown(f"{key} says nothing of {'.'.join(path)}", field=".".join(path), value=value)
        places.append((node.start_mark.index, node.end_mark.index, as_scalar(value)))
    return _spliced(text, places)


def _spliced(text: str, places: Iterable[tuple[int, int, str]]) -> str:
    for start, end, value in sorted(places, reverse=True):
        # The end mark of a plain scalar may lie behind blanks that belong to nobody.
        kept = text[start:end]
        text = text[:start] + value + kept[len(kept.rstrip()) :] + text[end:]
    return text


def _scalar(node: yaml.Node, path: Sequence[str | int]) -> yaml.ScalarNode | None:
    found: yaml.Node = node
    for name in path:
        if isinstance(name, int):
            if not isinstance(found, yaml.SequenceNode) or name >= len(found.value):
                return None
            found = found.value[name]
            continue
        if not isinstance(found, yaml.MappingNode):
            return None
        found = next((value for word, value in found.value if word.value == name), yaml.SequenceNode("", []))
    return found if isinstance(found, yaml.ScalarNode) else None


def as_scalar(value: str) -> str:
    """The value as YAML reads it back: bare where it may stand so, else in quotation marks."""
    plain = _PLAIN.fullmatch(value) and value == value.strip() and value.lower() not in _WORDS
    return value if plain and not re.match(r"[\d.+-]+$", value) else json.dumps(value, ensure_ascii=False)
