"""How a personal value looks to who may not see it: enough to recognise it by, too little to use it. Pure."""

from __future__ import annotations

from datetime import date

DOT = "•"


def masked(value: object, kind: str) -> str:
    """The mask of a value; nothing stays nothing.

    ``kind``: ``email`` a•••@e•••.com, ``phone`` and ``number`` the last two digits, ``name`` initials, ``date`` the
    year alone, ``iban`` country and last four, ``secret`` and anything else no letter at all.
    """
    if value is None or value == "":
        return ""
    text = str(value)
    if kind == "email" and "@" in text:
        local, _, domain = text.partition("@")
        host, _, top = domain.rpartition(".")
        return f"{local[:1]}{DOT * 3}@{host[:1]}{DOT * 3}.{top}"
    if kind in ("phone", "number"):
        return f"{DOT * max(len(text) - 2, 3)}{text[-2:]}"
    if kind == "name":
        return " ".join(f"{word[:1]}{DOT * 3}" for word in text.split())
    if kind == "date" and isinstance(value, date):
        return f"{value.year}-{DOT * 2}-{DOT * 2}"
    if kind == "iban":
        return f"{text[:2]}{DOT * 6}{text[-4:]}"
    return DOT * 6
