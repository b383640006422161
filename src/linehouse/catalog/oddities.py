"""What files say twice, and names that look like a slip: told, never refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from linehouse.catalog.values import Catalogue
from linehouse.kernel.outcome import Problem
from linehouse.rating.lint import CHECKS
from linehouse.rating.marked import MarkedNode

_ALIKE = 0.8
"""From which likeness on two names of accounts are taken for one."""
_LISTS = frozenset({
    "prefixes", "short-codes", "countries", "groups", "plmns", "number-zone", "network-zone", "usage-type", "direction",
    "time-band", "examples",
})  # fmt: skip


def said_twice(nodes: Mapping[str, MarkedNode]) -> Iterator[Problem]:
    """Values that stand twice in one list of a zone, a condition or the examples."""
    check = CHECKS["twice"]
    for path, node in nodes.items():
        for found in _lists(node):
            seen: set[str] = set()
            for item in found.value if isinstance(found.value, tuple) else ():
                if isinstance(item.value, str):
                    if item.value in seen:
                        message = f"{path}, line {item.line}: {item.value} stands twice in `{item.path}`"
                        yield Problem(f"catalog.{check.code}", message, path, item.value, check.mend)
                    seen.add(item.value)


def _lists(node: MarkedNode) -> Iterator[MarkedNode]:
    if isinstance(node.value, Mapping):
        for key, child in node.value.items():
            if key in _LISTS:
                yield child
            else:
                yield from _lists(child)
    elif isinstance(node.value, tuple):
        for child in node.value:
            yield from _lists(child)


def odd_accounts(catalogue: Catalogue) -> Iterator[Problem]:
    """Ledger accounts that one price alone uses and whose name is almost that of another account."""
    users: dict[str, list[str]] = {}
    for key, offering in catalogue.offerings.items():
        for price in offering.prices:
            users.setdefault(price.gl_code, []).append(f"offerings.{key}.{price.key}")
    check = CHECKS["odd-ledger"]
    for account, places in users.items():
        if len(places) > 1:
            continue
        other = next((one for one in sorted(users) if one != account and _alike(one, account)), None)
        if other is not None and len(users[other]) >= len(places):
            part, key, item = places[0].split(".")
            message = f"{catalogue.offerings[key].name}: {item} is booked under {account}, others under {other}"
            yield Problem(f"catalog.{check.code}", message, f"{part}.{key}.{item}", account, check.mend)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= _ALIKE
