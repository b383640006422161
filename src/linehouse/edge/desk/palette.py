"""What the palette finds: screens at once, and whatever the rooms know by a number or a name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, override
from django_stubs_ext import StrOrPromise

from linehouse.edge.desk import nav
from linehouse.edge.desk.access import Desk
from linehouse.platform.access.ownership import bound_to_dealer
from linehouse.platform.access.policy import owned
from linehouse.platform.texts.languages import SOURCE

LIMIT: Final = 6
SHORTEST: Final = 2
"""Letters that a search of business data needs; screens are found from the first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to go to."""

    label: StrOrPromise
    url: str
    icon: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finder:
    """A kind of thing that can be searched, with the permission that it needs."""

    title: StrOrPromise
    permission: str
    find: Callable[[Desk, str], Iterable[Hit]]
    own: bool = False
    """Whether what it finds holds to a dealer's own customers and orders."""

    def finds(self, desk: Desk, text: str) -> list[Hit]:
        """What the reader may find: of their dealer's alone where the permission is bound to one."""
        bound = desk.held.bound_to(self.permission)
        if self.permission not in desk.permissions or (bound is not None and not self.own and owned(self.permission)):
            return []
        with bound_to_dealer(bound):
            return list(self.find(desk, text))[:LIMIT]


def screens(desk: Desk, text: str) -> list[Hit]:
    """The screens whose name or keywords hold every word."""
    words = text.casefold().split()
    return [
        Hit(screen.label, screen.url(desk.brand.key), screen.icon)
        for screen in nav.SCREENS
        if nav.open_to(screen, desk.held) and all(word in _haystack(screen) for word in words)
    ]


def _haystack(screen: nav.Screen) -> str:
    """A screen's name and words in the reader's language, and in English, which manuals and colleagues may use."""
    with override(SOURCE.code):
        english = f"{screen.label} {screen.words}"
    return f"{screen.label} {screen.words} {english}".casefold()


def search(desk: Desk, text: str, finders: Iterable[Finder]) -> list[tuple[StrOrPromise, list[Hit]]]:
    """Groups of hits, empty groups left out."""
    wanted = text.strip()
    groups: list[tuple[StrOrPromise, list[Hit]]] = []
    if len(wanted) >= SHORTEST:
        groups.extend((finder.title, finder.finds(desk, wanted)) for finder in finders)
    found = screens(desk, wanted)
    groups.append((gettext("Screens"), found if wanted else found[:12]))
    return [(title, hits) for title, hits in groups if hits]
