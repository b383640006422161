"""Keys of a catalog from tags: lower-case words with hyphens, each given once."""

from __future__ import annotations

import re

_OTHER = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """``DST_NL_MOBILE`` becomes ``dst-nl-mobile``; nothing usable becomes ``x``."""
    return _OTHER.sub("-", text.lower()).strip("-") or "x"


class Keys:
    """Gives each thing a key of its own; a key that is taken gets a number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, *texts: str) -> str:
        """The key for what these texts name together."""
        base = "-".join(slug(text) for text in texts if text)
        key, number = base, 1
        while key in self._taken:
            number += 1
            key = f"{base}-{number}"
        self._taken.add(key)
        return key
