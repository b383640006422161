"""A draft's changes carried over to a newer version, file by file; nothing of either side is lost in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff

LONG = 5_000
"""Files of more lines are not laid beside each other line by line: decks of prefixes, rules of a rate deck."""
Changes = Mapping[str, str | None]
"""Texts by path; None: the file goes."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The changes as they stand on the newer version. ``conflicts`` are paths that both sides changed differently."""

    changes: dict[str, str | None]
    conflicts: tuple[str, ...]


def applied(files: Mapping[str, str], changes: Changes) -> dict[str, str]:
    """The files with the changes made."""
    after = {**files, **changes}
    return {path: text for path, text in sorted(after.items()) if text is not None}


def effective(files: Mapping[str, str], changes: Changes) -> dict[str, str | None]:
    """Those of the changes that differ from the files."""
    return {path: text for path, text in changes.items() if files.get(path) != text}


def rebased(changes: Changes, base: Mapping[str, str], newer: Mapping[str, str], mine: frozenset[str]) -> Merged:
    """Carry changes made on ``base`` over to ``newer``; a path in ``mine`` keeps the draft's text whatever came."""
    conflicts = [
        path
        for path, text in changes.items()
        if path not in mine and base.get(path) != newer.get(path) and newer.get(path) != text
    ]
    return Merged(effective(newer, changes), tuple(sorted(conflicts)))


def line_changes(path: str, before: str | None, after: str | None) -> list[str]:
    """A unified diff of one file, without its two head lines; of long files only the lines that go and come."""
    old, new = (before or "").splitlines(), (after or "").splitlines()
    if max(len(old), len(new)) > LONG:
        gone, come = dict.fromkeys(old), dict.fromkeys(new)
        return [
            *(f"-{line}" for line in gone if line not in come),
            *(f"+{line}" for line in come if line not in gone),
        ]
    return list(unified_diff(old, new, path, path, lineterm="", n=2))[2:]
