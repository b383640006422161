"""TMF639 `resource`: the numbers and SIM cards of the brand. The id is the number's digits or the card's ICCID."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from linehouse.edge.tmf.kit.chain import Source, chained
from linehouse.edge.tmf.kit.declaration import Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.shapes import Characteristic, Ref, Representation
from linehouse.resource import service
from linehouse.resource.lifecycle import NUMBER, SIM
from linehouse.resource.values import NumberView, SimView

Stocked = NumberView | SimView

_LONGEST_NUMBER = 15
"""Digits of an E.164 number at most; an ICCID has 18 to 20 (ITU-T E.118)."""

_STATUS = {
    "available": ("available", "idle"),
    "reserved": ("reserved", "idle"),
    "assigned": ("reserved", "active"),
    "active": ("reserved", "active"),
    "suspended": ("suspended", "idle"),
    "quarantine": ("standby", "idle"),
    "retired": ("unknown", "idle"),
}
"""The room's states as `resourceStatus` and `usageState`: whoever looks for `available` finds what can be given out."""


class StockedResource(Representation):
    """`LogicalResource` for a number, `PhysicalResource` for a card."""

    name: str
    category: str
    description: str
    resource_status: str
    usage_state: str
    administrative_state: str
    operational_state: str
    resource_specification: Ref
    resource_characteristic: list[Characteristic]
    at_type: str = msgspec.field(name="@type")


def represent(view: Stocked, _: Links) -> StockedResource:
    """A number or a card as TMF639 says it."""
    status, usage = _STATUS[view.state]
    number = isinstance(view, NumberView)
    key = view.msisdn.digits if isinstance(view, NumberView) else view.iccid.digits
    retired = view.state == "retired"
    return StockedResource(
        id=key,
        name=key,
        category="msisdn" if number else "sim",
        description="Subscriber number (E.164)" if number else "SIM card",
        resource_status=status,
        usage_state=usage,
        administrative_state="shutdown" if retired else "unlocked",
        operational_state="disable" if retired else "enable",
        resource_specification=Ref(id="msisdn" if number else "sim"),
        resource_characteristic=list(_characteristics(view)),
        at_type="LogicalResource" if number else "PhysicalResource",
    )


def _characteristics(view: Stocked) -> Iterator[Characteristic]:
    yield Characteristic(name="state", value=view.state)
    if isinstance(view, SimView):
        yield Characteristic(name="imsi", value=view.imsi.digits)
    if view.holder:
        yield Characteristic(name="productSerialNumber", value=view.holder)
    if isinstance(view, NumberView) and view.rests_until:
        yield Characteristic(name="restsUntil", value=view.rests_until)


def get(key: str) -> Stocked:
    """A number by its digits or a card by its ICCID. Raises NumberNotFound, SimNotFound."""
    return service.find_number(key) if len(key) <= _LONGEST_NUMBER else service.find_sim(key)


def search(narrow: Narrow) -> Slice[Stocked]:
    """Numbers first, then cards, by category or resourceStatus."""
    status, category = narrow.get("resourceStatus"), narrow.get("category")
    sources: list[Source[Stocked]] = []
    if category in (None, "msisdn"):
        sources += [partial(_numbers, state) for state in _states(NUMBER.states, status)]
    if category in (None, "sim"):
        sources += [partial(_sims, state) for state in _states(SIM.states, status)]
    return chained(sources, narrow.offset, narrow.limit)


def _states(states: Sequence[str], status: str | None) -> list[str]:
    """The room's states behind a resourceStatus; one search over all of them where none is asked for."""
    return [""] if status is None else [state for state in states if _STATUS[state][0] == status]


def _numbers(state: str, offset: int, limit: int) -> tuple[Sequence[Stocked], int]:
    return service.search_numbers(state=state, offset=offset, limit=limit)


def _sims(state: str, offset: int, limit: int) -> tuple[Sequence[Stocked], int]:
    return service.search_sims(state=state, offset=offset, limit=limit)


RESOURCE: Resource[Stocked] = Resource(
    name="resource",
    kind="Resource",
    description="Numbers and SIM cards of the brand",
    read="resource.read",
    representation=StockedResource,
    represent=represent,
    search=search,
    narrows=("category", "resourceStatus"),
    get=get,
)
