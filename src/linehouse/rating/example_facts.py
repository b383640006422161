"""What an example says besides its event: who the other party is, what was used before, what is left."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.quantity import Quantity
from linehouse.rating.marked import MarkedNode
from linehouse.rating.values import Tariff, TariffExample

FACTS = (
    "friend on <list> | in group <key> | in segment <key> | on-net | off-net | ported to <network> | of <amount> | "
    "after <quantity> this period | after <quantity> of <counter> | with <quantity> left | in parts of <quantity>"
)
_QUANTITY = r"\d+(?:\.\d+)? ?[A-Za-z]+"
Reader = Callable[[MarkedNode, "re.Match[str]", TariffExample, Tariff], TariffExample]


def with_fact(node: MarkedNode, text: str, example: TariffExample, tariff: Tariff) -> TariffExample:
    """The example with one more fact. Raises SourceTextInvalid."""
    for pattern, reader in _READERS.items():
        if found := pattern.match(text):
            return reader(node, found, example, tariff)
    return node.fail(f"{text!r} is nothing that an example can say", FACTS)


def _friend(_node: MarkedNode, found: re.Match[str], example: TariffExample, _tariff: Tariff) -> TariffExample:
    return replace(example, friend_lists=example.friend_lists | {found[1]})


def _group(_node: MarkedNode, found: re.Match[str], example: TariffExample, _tariff: Tariff) -> TariffExample:
    return replace(example, closed_user_groups=example.closed_user_groups | {found[1]})


def _segment(_node: MarkedNode, found: re.Match[str], example: TariffExample, _tariff: Tariff) -> TariffExample:
    return replace(example, segments=example.segments | {found[1]})


def _on_net(_node: MarkedNode, found: re.Match[str], example: TariffExample, _tariff: Tariff) -> TariffExample:
    return replace(example, on_net=found[1] == "on")


def _ported(node: MarkedNode, found: re.Match[str], example: TariffExample, _tariff: Tariff) -> TariffExample:
    try:
        return replace(example, other_network=Plmn.parse(found[1]))
    except DomainError as problem:
        node.fail(problem.message, "MCC-MNC such as 204-04")


def _amount(node: MarkedNode, found: re.Match[str], example: TariffExample, tariff: Tariff) -> TariffExample:
    try:
        return replace(example, amount=Money.of(found[1], tariff.currency).micros)
    except DomainError as problem:
        node.fail(problem.message, problem.expected)


def _used(node: MarkedNode, found: re.Match[str], example: TariffExample, _tariff: Tariff) -> TariffExample:
    return replace(example, used=_own(node, found[1], example))


def _used_of(node: MarkedNode, found: re.Match[str], example: TariffExample, tariff: Tariff) -> TariffExample:
    key = replace(node, value=found[2]).choice(tariff.counters)
    unit = tariff.counters[key].what.usage_types[0].unit
    return replace(example, used_of={**example.used_of, key: _quantity(node, found[1], unit.value)})


def _left(node: MarkedNode, found: re.Match[str], example: TariffExample, _tariff: Tariff) -> TariffExample:
    return replace(example, left=_own(node, found[1], example))


def _part(node: MarkedNode, found: re.Match[str], example: TariffExample, _tariff: Tariff) -> TariffExample:
    part = _own(node, found[1], example)
    if part <= 0 or example.quantity.amount > part * _MOST_PARTS:
        node.fail(f"{found[1]!r} is no size of a part", f"at most {_MOST_PARTS} parts")
    return replace(example, part=part)


def _own(node: MarkedNode, text: str, example: TariffExample) -> int:
    return _quantity(node, text, example.quantity.unit.value)


def _quantity(node: MarkedNode, text: str, unit: str) -> int:
    found = replace(node, value=text).quantity()
    if found.unit.value != unit:
        node.fail(f"{text!r} is counted in {found.unit}, not in {unit}", Quantity(0, found.unit).human())
    return found.amount


_MOST_PARTS = 1_000
_KEY = "([a-z0-9]+(?:-[a-z0-9]+)*)"
_READERS: Mapping[re.Pattern[str], Reader] = {
    re.compile(f"^friend on {_KEY}$"): _friend,
    re.compile(f"^in group {_KEY}$"): _group,
    re.compile(f"^in segment {_KEY}$"): _segment,
    re.compile("^(on|off)-net$"): _on_net,
    re.compile(r"^ported to (\S+)$"): _ported,
    re.compile(r"^of (\d+(?:\.\d+)?)$"): _amount,
    re.compile(f"^after ({_QUANTITY}) this period$"): _used,
    re.compile(f"^after ({_QUANTITY}) of {_KEY}$"): _used_of,
    re.compile(f"^with ({_QUANTITY}) left$"): _left,
    re.compile(f"^in parts of ({_QUANTITY})$"): _part,
}
