"""TMF639 `resource`: the numbers and SIM cards of the brand. The id is the number's digits or the card's ICCID."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec
from msgspec import UNSET, UnsetType

from linehouse.edge.tmf.kit.chain import Source, chained
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_body
from linehouse.edge.tmf.kit.shapes import Characteristic, Note, Ref, Representation, Shape
from linehouse.edge.tmf.own_values import NUMBER as NUMBER_ENTITY
from linehouse.edge.tmf.own_values import SIM as SIM_ENTITY
from linehouse.edge.tmf.own_values import own_of, set_own, told
from linehouse.platform.characteristics.values import Held
from linehouse.platform.work import Actor
from linehouse.resource import service
from linehouse.resource.events import NumberMoved, SimMoved
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


class ResourceCreate(Shape):
    """`Resource_Create`: one number by its digits (E.164), or one SIM card by its ICCID with imsi and puk.

    What it is follows from `category`, msisdn or sim, or from the length of `name`.
    """

    name: str
    category: str | None = None
    resource_characteristic: list[Characteristic] | None = None


class ResourceUpdate(Shape):
    """`Resource_Update`: a number on the shelf is kept off sale (reserved) and put back (available)."""

    resource_status: str | UnsetType = UNSET
    resource_characteristic: list[Characteristic] | UnsetType | None = UNSET
    note: list[Note] | UnsetType | None = UNSET


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


def represent(view: Stocked, links: Links) -> StockedResource:
    """A number or a card as TMF639 says it."""
    return represent_many([view], links)[0]


def represent_many(views: Sequence[Stocked], _: Links) -> list[StockedResource]:
    """Several of them; the own characteristics of numbers and cards are asked for once."""
    own = own_of("", [view.id for view in views])
    return [_one(view, own.get(view.id, ())) for view in views]


def _entity(view: Stocked) -> str:
    return NUMBER_ENTITY if isinstance(view, NumberView) else SIM_ENTITY


def _one(view: Stocked, own: Sequence[Held]) -> StockedResource:
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
        resource_characteristic=[*_characteristics(view), *told(own)],
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


def create(body: ResourceCreate, actor: Actor) -> Stocked:
    """Take one number or one card into stock. What is there already is a conflict."""
    digits = body.name.removeprefix("+")
    category = body.category or ("msisdn" if len(digits) <= _LONGEST_NUMBER else "sim")
    sent = body.resource_characteristic or []
    if category == "msisdn":
        taken = service.import_numbers(f"+{digits}", f"+{digits}", actor=actor).taken
        own = sent
    elif category == "sim":
        needed = _needed(sent)
        row = ",".join((digits, needed["imsi"], needed["puk"]))
        taken = service.import_sims(f"iccid,imsi,puk\n{row}\n", actor=actor).taken
        own = [one for one in sent if one.name not in needed]
    else:
        raise bad_body("/category", f"{category[:40]!r} is not kept in stock; expected msisdn or sim")
    if not taken:
        raise ApiProblem(409, "resource.known", f"{digits} is in stock already", "/name")
    return _characterised(get(digits), own, actor, whole=False)


def _needed(sent: Sequence[Characteristic]) -> dict[str, str]:
    """What a card must have; never part of an answer in the case of the PUK."""
    found: dict[str, str] = {}
    for position, one in enumerate(sent):
        if one.name in ("imsi", "puk"):
            if not isinstance(one.value, str) or not one.value.isdecimal():
                raise bad_body(f"/resourceCharacteristic/{position}/value", "expected digits as a text")
            found[one.name] = one.value
    for name in ("imsi", "puk"):
        if name not in found:
            raise bad_body("/resourceCharacteristic", f"a card has the characteristic {name}")
    return found


def _characterised(view: Stocked, sent: Sequence[Characteristic], actor: Actor, *, whole: bool) -> Stocked:
    # As a client has read them: instants are texts there.
    built_in = {one.name: msgspec.to_builtins(one.value) for one in _characteristics(view)}
    set_own(
        _entity(view),
        view.id,
        sent,
        built_in=built_in,
        pointer="/resourceCharacteristic",
        actor=actor,
        whole=whole,
    )
    return view


def patch(key: str, body: ResourceUpdate, actor: Actor) -> Stocked:
    """Keep a number off sale or put it back; a note says why."""
    before = get(key)
    if body.resource_characteristic is not UNSET:
        _characterised(before, body.resource_characteristic or (), actor, whole=True)
    if body.resource_status is not UNSET:
        _move(before, key, body.resource_status, _why(body), actor)
    elif body.note is not UNSET:
        raise bad_body("/note", "a note says why the resourceStatus changes, so it comes with one")
    return get(key)


def _why(body: ResourceUpdate) -> str:
    notes = body.note if isinstance(body.note, list) else []
    return " ".join(note.text for note in notes)[:300] or "changed by API"


def _move(before: Stocked, key: str, status: str, reason: str, actor: Actor) -> None:
    if not isinstance(before, NumberView):
        raise ApiProblem(409, "tmf.state", "the state of a card follows from its product", "/resourceStatus")
    if status == "reserved":
        service.set_aside(key, actor=actor, reason=reason)
    elif status == "available":
        service.put_back(key, actor=actor, reason=reason)
    else:
        raise bad_body("/resourceStatus", "by API a number becomes reserved (off sale) or available")


def withdraw(key: str, actor: Actor) -> None:
    """Take a number or card out of stock that nobody ever held."""
    if isinstance(get(key), NumberView):
        service.withdraw_number(key, actor=actor, reason="deleted by API")
    else:
        service.withdraw_sim(key, actor=actor, reason="deleted by API")


def _digits(event: NumberMoved) -> str:
    return service.numbers_by_id([event.number_id])[event.number_id].msisdn.digits


def _iccid(event: SimMoved) -> str:
    return service.sims_by_id([event.sim_id])[event.sim_id].iccid.digits


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
    write="resource.write",
    representation=StockedResource,
    represent=represent,
    represent_many=represent_many,
    search=search,
    narrows=("category", "resourceStatus"),
    get=get,
    create=Create(ResourceCreate, create),
    patch=Patch(ResourceUpdate, patch),
    delete=withdraw,
    events=(
        EventMapping(NumberMoved, "ResourceStateChangeEvent", _digits),
        EventMapping(SimMoved, "ResourceStateChangeEvent", _iccid),
    ),
    pointers={
        "first": "/name",
        "last": "/name",
        "msisdn": "/name",
        "iccid": "/name",
        "imsi": "/resourceCharacteristic",
    },
)
