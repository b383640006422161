"""Changing one value in a catalog file and nothing else: comments, order and layout stay byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import yaml

from linehouse.catalog.errors import OfferingUnknown

_PLAIN = re.compile(r"[A-Za-z0-9ÀÖØ-öø-ÿ][A-Za-z0-9À-ÖØ-öø-ÿ ()'+./-]*")
"""Texts that YAML reads as themselves without quotes, in block and in flow style."""
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
        places.append((node.start_mark.index, node.end_mark.index, _written(value)))
    for start, end, value in sorted(places, reverse=True):
        # The end mark of a plain scalar may lie behind blanks that belong to nobody.
        kept = text[start:end]
        text = text[:start] + value + kept[len(kept.rstrip()) :] + text[end:]
    return text


def _scalar(node: yaml.MappingNode, path: tuple[str, ...]) -> yaml.ScalarNode | None:
    found: yaml.Node = node
    for name in path:
        if not isinstance(found, yaml.MappingNode):
            return None
        found = next((value for word, value in found.value if word.value == name), yaml.SequenceNode("", []))
    return found if isinstance(found, yaml.ScalarNode) else None


def _written(value: str) -> str:
    plain = _PLAIN.fullmatch(value) and value == value.strip() and value.lower() not in _WORDS
    return value if plain and not re.match(r"[\d.+-]+$", value) else json.dumps(value, ensure_ascii=False)
