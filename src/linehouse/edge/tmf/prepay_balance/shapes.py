"""What the resources of TMF654 share: amounts with their unit, and references to whose a bucket is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from linehouse.balance.service import Whose
from linehouse.balance.values import BucketView, Owner
from linehouse.edge.tmf.kit.declaration import Links, Narrow
from linehouse.edge.tmf.kit.keys import id_or_none
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Quantity, Ref, RelatedParty, Shape
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity as Amount
from linehouse.kernel.quantity import Unit

API_PATH: Final = "prepayBalanceManagement"
NARROWS: Final = ("bucket.id", "product.id", "partyAccount.id", "relatedParty.id")
_KINDS: Final[Mapping[str, str]] = {
    Unit.MILLISECOND.value: "voice",
    Unit.OCTET.value: "data",
    Unit.MESSAGE.value: "sms",
    Unit.EVENT.value: "other",
}


class AmountAsked(Shape):
    """`Quantity` as a caller sends it: ``5`` ``EUR``, ``500`` ``MB``, ``60`` ``s``."""

    amount: Decimal
    units: str


class BucketAsked(Shape):
    """`BucketRef` as a caller sends it."""

    id: str
    href: str | None = None
    name: str | None = None
    referred_type: str | None = msgspec.field(name="@referredType", default=None)


class LooseRef(BucketAsked):
    """A reference that says nothing that the bucket does not say itself."""


def usage_type(asset: str) -> str:
    """The published word for what a bucket holds."""
    return _KINDS.get(asset, "monetary")


def quantity(micros_or_units: int, asset: str) -> Quantity:
    """An amount of a bucket: money in its currency, anything else in its base unit."""
    if asset in _KINDS:
        return Quantity(amount=Decimal(micros_or_units), units=asset)
    return Quantity(amount=Money(micros_or_units, asset).decimal, units=asset)


def asked_amount(asked: AmountAsked, asset: str, pointer: str = "/amount") -> int:
    """What a caller means, in micro-units or base units of the bucket's asset; raises ApiProblem 400."""
    try:
        if asset not in _KINDS:
            if asked.units != asset:
                raise bad_body(f"{pointer}/units", f"{asked.units[:20]!r}: the bucket holds {asset}")
            return Money.of(asked.amount, asset).micros
        if asked.units == asset:
            if asked.amount != asked.amount.to_integral_value():
                raise bad_body(f"{pointer}/amount", f"a whole count of {asset} is expected")
            return int(asked.amount)
        found = Amount.parse(f"{asked.amount:f} {asked.units}")
    except DomainError as refusal:
        raise bad_body(f"{pointer}/amount", f"{refusal.message}: expected {refusal.expected}") from None
    if found.unit.value != asset:
        raise bad_body(f"{pointer}/units", f"{asked.units[:20]!r}: the bucket holds {asset}")
    return found.amount


def check_kind(said: str, asset: str) -> None:
    """Raises ApiProblem 400 where the body's usageType is not the bucket's."""
    if said != usage_type(asset):
        raise bad_body("/usageType", f"{said[:20]!r}: the bucket's is {usage_type(asset)}")


def whose(narrow: Narrow, bucket: str = "bucket.id") -> Whose | None:
    """Whose buckets a list request asks about; None: of nobody."""
    given = {path: narrow.get(path) for path in (bucket, "product.id", "partyAccount.id", "relatedParty.id")}
    ids = {path: id_or_none(text) for path, text in given.items()}
    if any(text and ids[path] is None for path, text in given.items()):
        return None
    return Whose(
        bucket_id=ids[bucket],
        subscription_id=ids["product.id"],
        account_id=ids["partyAccount.id"],
        customer_id=ids["relatedParty.id"],
    )


def lines_of(subscription_ids: Iterable[UUID]) -> Mapping[UUID, ProductView]:
    """The lines of buckets, for their numbers; one statement for all."""
    return inventory.products_by_id(set(subscription_ids))


def bucket_ref(view: BucketView, links: Links) -> Ref:
    """A bucket as others refer to it."""
    return Ref(id=str(view.id), href=links.to(API_PATH, "bucket", view.id), name=view.name(), referred_type="Bucket")


def product_ref(owner: Owner, links: Links) -> Ref:
    """The plan product that a bucket belongs to."""
    return Ref(
        id=str(owner.subscription_id),
        href=links.to("productInventory", "product", owner.subscription_id),
        name=owner.subscription,
        referred_type="Product",
    )


def account_ref(owner: Owner, links: Links) -> Ref:
    """Its billing account."""
    return Ref(
        id=str(owner.account_id),
        href=links.to("accountManagement", "billingAccount", owner.account_id),
        name=owner.account,
        referred_type="BillingAccount",
    )


def customer_ref(owner: Owner, links: Links) -> RelatedParty:
    """Its customer."""
    return RelatedParty(
        id=str(owner.customer_id),
        href=links.to("customerManagement", "customer", owner.customer_id),
        role="customer",
        referred_type="Customer",
    )


def number_ref(line: ProductView | None, links: Links) -> Ref | None:
    """The number of the line."""
    if line is None or line.msisdn is None:
        return None
    digits = line.msisdn.digits
    return Ref(
        id=digits, href=links.to("resourceInventoryManagement", "resource", digits), referred_type="LogicalResource"
    )


def numbers(line: ProductView | None, links: Links) -> list[Ref] | None:
    """The same as the list that the specification has."""
    found = number_ref(line, links)
    return [found] if found is not None else None
