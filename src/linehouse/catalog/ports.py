"""What this room asks of rooms above it, which it may not import: they hand in functions when the house opens."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from linehouse.catalog.text.examples import FirstBillOf
from linehouse.catalog.values import Catalogue
from linehouse.kernel.outcome import Problem

PublicationCheck = Callable[[Catalogue], Iterable[Problem]]
"""What is wrong with a catalogue from another room's point of view; nothing lets it be published."""

ActiveProducts = Callable[[str], int]
"""How many products of an offering are active."""

_active: list[ActiveProducts] = []
_first_bill: list[FirstBillOf] = []
_checks: dict[str, PublicationCheck] = {}
_advice: dict[str, PublicationCheck] = {}


def use_first_bill(calculate: FirstBillOf) -> FirstBillOf:
    """Register who computes the first bill of an offering, for the examples in offering files; the last one counts."""
    _first_bill[:] = [calculate]
    return calculate


def first_bill() -> FirstBillOf | None:
    """Who computes the first bill, where somebody does."""
    return _first_bill[0] if _first_bill else None


def use_active_products(count: ActiveProducts) -> ActiveProducts:
    """Register who counts the active products of an offering; the last one counts."""
    _active[:] = [count]
    return count


def active_products() -> ActiveProducts:
    """Who counts them; nobody has any where no room does."""
    return _active[0] if _active else lambda _key: 0


def publication_check(name: str) -> Callable[[PublicationCheck], PublicationCheck]:
    """Register a check that every catalogue must pass before it is published."""

    def register(check: PublicationCheck) -> PublicationCheck:
        _checks[name] = check
        return check

    return register


def publication_advice(name: str) -> Callable[[PublicationCheck], PublicationCheck]:
    """Register what looks for things that somebody should look at and that keep nothing from being published."""

    def register(check: PublicationCheck) -> PublicationCheck:
        _advice[name] = check
        return check

    return register


def publication_advisers() -> list[PublicationCheck]:
    """Whoever has advice, in order of name."""
    return [check for _, check in sorted(_advice.items())]


def publication_checks() -> list[PublicationCheck]:
    """The checks, in order of name."""
    return [check for _, check in sorted(_checks.items())]
