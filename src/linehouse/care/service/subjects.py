"""What a contact was about: each thing is looked up, and belongs to the contact's customer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from linehouse.billing import service as billing
from linehouse.care.values import About, ItemKind
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.kernel.error import DomainError
from linehouse.kernel.outcome import Problem
from linehouse.ordering import service as ordering
from linehouse.payment import service as payments


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing that was found: its id, its number, and whose it is (None for what is known by its number alone)."""

    kind: ItemKind
    id: UUID | None
    number: str
    customer_id: UUID | None


class _Numbered(Protocol):
    @property
    def id(self) -> UUID: ...

    @property
    def number(self) -> str: ...

    @property
    def customer_id(self) -> UUID: ...


def subject(about: About, customer_id: UUID | None, field: str) -> Subject | Problem:
    """The thing that the contact was about, or what is wrong with how it is named."""
    if about.kind not in set(ItemKind):
        kinds = ", ".join(kind.value for kind in ItemKind)
        return Problem("care.item_kind", "a contact is not about this kind of thing", field, str(about.kind), kinds)
    kind = ItemKind(about.kind)
    if kind is ItemKind.TICKET:
        if not about.number:
            return Problem("care.item_unnamed", "a ticket of another system is named by its number", field)
        return Subject(kind, None, about.number[:80], None)
    if about.id is None and not about.number:
        return Problem("care.item_unnamed", f"name the {kind} by its id or its number", field)
    try:
        found = _FINDERS[kind](about)
    except DomainError:
        named = str(about.id or about.number)
        return Problem("care.item_unknown", f"there is no {kind} of that name", field, named)
    if customer_id is not None and found.customer_id != customer_id:
        return Problem("care.item_of_another", f"that {kind} belongs to another customer", field, found.number)
    return Subject(kind, found.id, found.number, found.customer_id)


def _order(about: About) -> _Numbered:
    return ordering.find_order(id=about.id, number=about.number)


def _product(about: About) -> _Numbered:
    return inventory.find_product(id=about.id, number=about.number)


def _bill(about: About) -> _Numbered:
    return billing.invoice(about.id) if about.id is not None else billing.invoice_by_number(about.number)


def _payment(about: About) -> _Numbered:
    if about.id is None:
        return payments.payment_by_number(about.number)
    return payments.payment(about.id)


def _account(about: About) -> _Numbered:
    if about.id is None:
        return customers.billing_account_by_number(about.number)
    return customers.billing_account(about.id)


_FINDERS: dict[ItemKind, Callable[[About], _Numbered]] = {
    ItemKind.ORDER: _order,
    ItemKind.PRODUCT: _product,
    ItemKind.BILL: _bill,
    ItemKind.PAYMENT: _payment,
    ItemKind.ACCOUNT: _account,
}
