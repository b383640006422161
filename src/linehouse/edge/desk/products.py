"""What a customer has: products with their services and allowances; and what was changed about the customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext

from linehouse.balance import service as balance
from linehouse.balance.values import BucketView
from linehouse.billing import service as billing
from linehouse.billing.service import ChargeView
from linehouse.catalog.values import Sharing
from linehouse.customer.values import CustomerView
from linehouse.edge.ui.formats import money_text, quantity_text
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView, ServiceView
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.party.values import PartyKind
from linehouse.platform.audit.service import Change, history

OVER: Final = frozenset({"terminated", "cancelled", "aborted"})


@dataclass(frozen=True, slots=True)
class Meter:
    """An allowance as a bar: how much of it is used."""

    bucket: BucketView
    name: str
    note: str
    used: int
    total: int
    tone: str

    @property
    def unlimited(self) -> bool:
        """Whether there is nothing to fill."""
        return self.bucket.unlimited


def meter(bucket: BucketView) -> Meter:
    """The bar of an allowance; it warns from four fifths on."""
    used = amount_text(bucket, bucket.used)
    note = (
        gettext("%(used)s used, unlimited") % {"used": used}
        if bucket.unlimited
        else gettext("%(left)s left of %(granted)s")
        % {"left": amount_text(bucket, bucket.left or 0), "granted": amount_text(bucket, bucket.granted or 0)}
    )
    share = bucket.share_used
    tone = "bad" if share >= 100 else "warn" if share >= 80 else ""
    return Meter(bucket, bucket.name("en"), note, bucket.used, bucket.granted or 0, tone)


def amount_text(bucket: BucketView, amount: int) -> str:
    """An amount of a bucket's asset for people."""
    return (
        money_text(Money(amount, bucket.asset))
        if bucket.is_money
        else quantity_text(Quantity(amount, Unit(bucket.asset)))
    )


@dataclass(frozen=True, slots=True)
class SharedBy:
    """Who uses an allowance together, what each may take, and what each took."""

    by: str
    cap: str
    parts: Sequence[tuple[str, str]]


def sharing_of(bucket: BucketView) -> SharedBy | None:
    """Who shares it; None where nobody does."""
    if bucket.shared is None:
        return None
    by = {
        Sharing.ACCOUNT: gettext("the lines of the billing account"),
        Sharing.CUSTOMER: gettext("the lines of the customer"),
        Sharing.GROUP: gettext("the lines of a group"),
    }[bucket.shared.by]
    cap = amount_text(bucket, bucket.shared.cap) if bucket.shared.cap is not None else ""
    took = sorted(bucket.parts.values(), key=lambda part: (-part.used, part.subscription))
    return SharedBy(by, cap, [(part.subscription, amount_text(bucket, part.used)) for part in took])


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product with all that belongs to it."""

    product: ProductView
    services: Sequence[ServiceView]
    meters: Sequence[Meter]
    charges: Sequence[ChargeView]
    add_ons: Sequence[ProductView]

    @property
    def over(self) -> bool:
        """Whether it belongs to the past."""
        return self.product.state in OVER


def card_of(product: ProductView, now: datetime) -> ProductCard:
    """One product with all that belongs to it."""
    return ProductCard(
        product,
        inventory.services_of(product.id),
        [meter(bucket) for bucket in balance.buckets_of(product.id, now)],
        billing.charges_of_product(product.id),
        inventory.add_ons_of(product.id),
    )


def cards_of(customer_id: UUID, now: datetime) -> list[ProductCard]:
    """A customer's products, what is alive first; what runs on a plan stands on its card."""
    products = [one for one in inventory.products_of_customer(customer_id) if one.parent_product_id is None]
    return sorted((card_of(one, now) for one in products), key=lambda card: card.over)


def changes_of(view: CustomerView, *, masked: bool = False) -> list[tuple[str, Change]]:
    """What was changed of a customer, its party and its accounts: machine time, newest first; ``masked`` as the role
    sees personal values."""
    party = "party.Individual" if view.kind is PartyKind.INDIVIDUAL else "party.Organization"
    found = [(gettext("Customer"), change) for change in history("customer.Customer", view.id, masked=masked)]
    found += [
        (gettext("Person") if view.kind is PartyKind.INDIVIDUAL else gettext("Organisation"), change)
        for change in history(party, view.party_id, masked=masked)
    ]
    for account in view.accounts:
        found += [(account.number, change) for change in history("customer.BillingAccount", account.id, masked=masked)]
    return sorted(found, key=lambda pair: pair[1].at, reverse=True)
