"""Writing into a catalog file that a warning stands: every other byte stays as it is."""

from __future__ import annotations

import re
from datetime import date

import yaml

from linehouse.catalog.edits import as_scalar, with_scalars
from linehouse.catalog.errors import DraftFileRefused

_LIST = re.compile(r"^accepted:[ \t]*(#.*)?$", re.MULTILINE)
_FIRST_ITEM = re.compile(r"\n(?:[ \t]*(?:#[^\n]*)?\n)*([ \t]*)- ")


def with_accepted(text: str, code: str, rule: str, reason: str, until: date) -> str:
    """The text with a line under `accepted`; one that is there for the same warning gets the new reason and day.

    Raises DraftFileRefused where the list is not written line by line.
    """
    there = _place(text, code, rule)
    if there is not None:
        place = (0, "accepted", there)
        return with_scalars(text, {(*place, "reason"): reason, (*place, "until"): until.isoformat()})
    of_rule = f"rule: {rule}\n" if rule else ""
    lines = f"warning: {code}\n{of_rule}reason: {as_scalar(reason)}\nuntil: {until.isoformat()}".split("\n")
    found = _LIST.search(text)
    if found is None:
        if re.search(r"^accepted:", text, re.MULTILINE):
            raise DraftFileRefused(
                "`accepted` is written in one line; change it in the text", field="path", expected="a line for each"
            )
        item = "\n    ".join(lines)
        return f"{text.rstrip()}\n\naccepted:\n  - {item}\n"
    first = _FIRST_ITEM.match(text, found.end())
    indent = first[1] if first is not None else "  "
    item = f"\n{indent}  ".join(lines)
    return f"{text[: found.end()]}\n{indent}- {item}{text[found.end() :]}"


def _place(text: str, code: str, rule: str) -> int | None:
    """The position in the list of what is already said of this warning."""
    for root in yaml.safe_load_all(text):
        for position, item in enumerate(root.get("accepted") or () if isinstance(root, dict) else ()):
            if isinstance(item, dict) and (item.get("warning"), str(item.get("rule", ""))) == (code, rule):
                return position
        break
    return None
