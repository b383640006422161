"""Stored codes as words: states, reasons, kinds."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import lazy
from django.utils.translation import gettext
from django_stubs_ext import StrOrPromise


def spelled(code: str) -> str:
    """Turn a stored code into English words: ``inProgress``, ``in_progress``, ``IN-PROGRESS`` read "in progress"."""
    words: list[str] = []
    previous = ""
    for character in code:
        if character in "_-":
            words.append(" ")
        elif character.isupper() and previous.islower():
            words.append(" " + character.lower())
        else:
            words.append(character.lower())
        previous = character
    return " ".join("".join(words).split())


def said(code: str) -> str:
    """A stored code in the reader's words; one without a translation stays English."""
    words = spelled(code)
    return gettext(words) if words else ""


def titled(code: str) -> str:
    """A stored code in the reader's words, with a capital."""
    words = said(code)
    return words[:1].upper() + words[1:]


titled_lazily: Callable[[str], StrOrPromise] = lazy(titled, str)
"""The same for tables that are made when a module is loaded, before anybody's language is known."""
