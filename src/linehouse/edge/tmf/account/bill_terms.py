"""TMF666 `billingCycleSpecification`, `billFormat`, `billPresentationMedia`: the terms that accounts choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from linehouse.catalog import service as catalog
from linehouse.customer.values import Delivery
from linehouse.edge.tmf.account.shapes import MEDIA, cycle_id
from linehouse.edge.tmf.kit.declaration import Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.shapes import Representation
from linehouse.kernel.error import NotFound

T = TypeVar("T")
_BUILT_IN = dict.fromkeys(("POST", "PATCH", "DELETE"), "what is offered is built in; accounts choose from it")


class BillingCycleSpecification(Representation):
    """`BillingCycleSpecification`: a month that begins on a day, clamped to short months."""

    name: str
    description: str
    billing_period: str
    frequency: str
    billing_date_shift: int
    charge_date_offset: int
    payment_due_date_offset: int


class Named(Representation):
    """`BillFormat`, `BillPresentationMedia`."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class _Cycle:
    day: int
    due_days: int


@dataclass(frozen=True, slots=True)
class _Named:
    id: str
    name: str
    description: str


_FORMATS = (
    _Named(
        "pdf-a3", "PDF/A-3 with EN 16931", "A tagged PDF for people with the invoice's data (CII) in it for programs"
    ),
    _Named("cii", "EN 16931 XML", "The same data (CII) as a file of its own"),
)
_MEDIA = tuple(_Named(way.value, MEDIA[way], f"Bills arrive by {MEDIA[way].lower()}") for way in Delivery)


def _cycles() -> list[_Cycle]:
    due_days = catalog.published().brand.account_defaults.payment_terms_days
    return [_Cycle(day, due_days) for day in range(1, 32)]


def _cycle(held: _Cycle, _: Links) -> BillingCycleSpecification:
    return BillingCycleSpecification(
        id=cycle_id(held.day),
        name=f"Monthly on day {held.day}",
        description="The first day of each period in the account's zone; the last day of shorter months",
        billing_period="month",
        frequency="monthly",
        billing_date_shift=held.day - 1,
        charge_date_offset=0,
        payment_due_date_offset=held.due_days,
    )


def _named(held: _Named, _: Links) -> Named:
    return Named(id=held.id, name=held.name, description=held.description)


def _find(values: list[T], ids: list[str], key: str) -> T:
    if key not in ids:
        raise NotFound("there is none with this id", field="id", value=key)
    return values[ids.index(key)]


CYCLE: Resource[_Cycle] = Resource(
    name="billingCycleSpecification",
    kind="BillingCycleSpecification",
    description="A billing cycle that an account can have",
    read="catalog.read",
    representation=BillingCycleSpecification,
    represent=_cycle,
    search=lambda narrow: Slice.of(_cycles(), narrow),
    get=lambda key: _find(_cycles(), [cycle_id(one.day) for one in _cycles()], key),
    refused=_BUILT_IN,
)


def _built_in(name: str, kind: str, description: str, values: tuple[_Named, ...]) -> Resource[_Named]:
    def search(narrow: Narrow) -> Slice[_Named]:
        return Slice.of(values, narrow)

    return Resource(
        name=name,
        kind=kind,
        description=description,
        read="catalog.read",
        representation=Named,
        represent=_named,
        search=search,
        get=lambda key: _find(list(values), [one.id for one in values], key),
        refused=_BUILT_IN,
    )


FORMAT = _built_in("billFormat", "BillFormat", "A form in which a bill is made", _FORMATS)
MEDIUM = _built_in("billPresentationMedia", "BillPresentationMedia", "A way in which a bill arrives", _MEDIA)
