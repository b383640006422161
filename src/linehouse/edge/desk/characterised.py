"""The objects that can have characteristics, as the desk finds, names and opens them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.urls import reverse

from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.kernel.error import NotFound
from linehouse.ordering import service as ordering
from linehouse.resource import service as resources
from linehouse.resource.values import NumberView, SimView


@dataclass(frozen=True, slots=True)
class Subject:
    """An object: its id, its business key, what people call it, whose it is, and where its page is."""

    id: UUID
    key: str
    title: str
    url: str
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Finder:
    """How the objects of an entity are found: one by its business key, many by id."""

    by_key: Callable[[str, str], Subject]
    """``by_key(brand, key)``; raises the room's own refusal when there is none."""
    by_id: Callable[[str, Iterable[UUID]], Mapping[UUID, Subject]]


def _customer(brand: str, key: str) -> Subject:
    found = customers.customer_by_number(key)
    return Subject(found.id, found.number, found.name, reverse("desk:customer", args=(brand, key)), found.id)


def _customers(brand: str, ids: Iterable[UUID]) -> dict[UUID, Subject]:
    return {
        one.id: Subject(one.id, one.number, one.name, reverse("desk:customer", args=(brand, one.number)), one.id)
        for one in customers.customers(ids).values()
    }


def _account(brand: str, key: str) -> Subject:
    one = customers.billing_account_by_number(key)
    url = reverse("desk:customer", args=(brand, one.customer_number))
    return Subject(one.id, one.number, one.name, url, one.customer_id)


def _accounts(brand: str, ids: Iterable[UUID]) -> dict[UUID, Subject]:
    return {
        one.id: Subject(
            one.id, one.number, one.name, reverse("desk:customer", args=(brand, one.customer_number)), one.customer_id
        )
        for one in customers.billing_accounts(ids).values()
    }


def _product(brand: str, key: str) -> Subject:
    one = inventory.find_product(number=key)
    return Subject(one.id, one.number, one.offering_name, reverse("desk:product", args=(brand, key)), one.customer_id)


def _products(brand: str, ids: Iterable[UUID]) -> dict[UUID, Subject]:
    return {
        one.id: Subject(
            one.id, one.number, one.offering_name, reverse("desk:product", args=(brand, one.number)), one.customer_id
        )
        for one in inventory.products_by_id(ids).values()
    }


def _order(brand: str, key: str) -> Subject:
    one = ordering.find_order(number=key)
    return Subject(one.id, one.number, one.number, reverse("desk:order", args=(brand, key)), one.customer_id)


def _orders(brand: str, ids: Iterable[UUID]) -> dict[UUID, Subject]:
    return {
        one.id: Subject(
            one.id, one.number, one.number, reverse("desk:order", args=(brand, one.number)), one.customer_id
        )
        for one in ordering.orders_by_id(ids).values()
    }


def _number(brand: str, key: str) -> Subject:
    return _number_subject(brand, resources.find_number(key))


def _number_subject(brand: str, one: NumberView) -> Subject:
    digits = one.msisdn.digits
    return Subject(one.id, digits, str(one.msisdn), reverse("desk:number", args=(brand, digits)))


def _numbers(brand: str, ids: Iterable[UUID]) -> dict[UUID, Subject]:
    return {id_: _number_subject(brand, one) for id_, one in resources.numbers_by_id(ids).items()}


def _sim(brand: str, key: str) -> Subject:
    return _sim_subject(brand, resources.find_sim(key))


def _sim_subject(brand: str, one: SimView) -> Subject:
    digits = one.iccid.digits
    return Subject(one.id, digits, digits, reverse("desk:sim", args=(brand, digits)))


def _sims(brand: str, ids: Iterable[UUID]) -> dict[UUID, Subject]:
    return {id_: _sim_subject(brand, one) for id_, one in resources.sims_by_id(ids).items()}


FINDERS: Final[Mapping[str, Finder]] = {
    "customer": Finder(_customer, _customers),
    "billing-account": Finder(_account, _accounts),
    "product": Finder(_product, _products),
    "order": Finder(_order, _orders),
    "number": Finder(_number, _numbers),
    "sim": Finder(_sim, _sims),
}
"""One for each entity that a room declares; a test holds them together."""


def finder(entity: str) -> Finder:
    """The finder of an entity's objects. Raises NotFound."""
    found = FINDERS.get(entity)
    if found is None:
        raise NotFound("nothing of that name has characteristics", field="entity", value=entity)
    return found
