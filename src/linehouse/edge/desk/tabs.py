"""Tabs of a detail page: real links, so that each has an address."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab. `key` "" is the first, whose address is the page's own."""

    key: str
    label: StrOrPromise
    url: str
    current: bool
    count: int | None = None


def tabs(
    request: HttpRequest, labels: Iterable[tuple[str, StrOrPromise] | tuple[str, StrOrPromise, int | None]]
) -> tuple[list[Tab], str]:
    """The tabs of a page and the key of the one that is open; an unknown tab opens the first."""
    entries = list(labels)
    asked = request.GET.get("tab", "")
    keys = {entry[0] for entry in entries}
    open_key = asked if asked in keys else ""
    made = [
        Tab(
            entry[0],
            entry[1],
            f"{request.path}?{urlencode({'tab': entry[0]})}" if entry[0] else request.path,
            entry[0] == open_key,
            entry[2] if len(entry) == 3 else None,
        )
        for entry in entries
    ]
    return made, open_key
