"""TMF635 `usage`: what subscribers used, in every state. Records come in files, so they are only read here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from linehouse.charging import service as charging
from linehouse.charging.values import RatedUsage
from linehouse.edge.tmf.kit.declaration import EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none
from linehouse.edge.tmf.kit.shapes import Characteristic, Instant, MoneyValue, Ref, RelatedParty, Representation, Shape
from linehouse.usage import service
from linehouse.usage.events import UsageRecordResubmitted
from linehouse.usage.values import UsageFilter, UsageView


class RatedProductUsage(Shape):
    """`RatedProductUsage`: the price of the usage, as it was decided."""

    rating_date: Instant
    is_billed: bool
    rating_amount_type: str = "total"
    usage_rating_tag: str
    tax_excluded_rating_amount: MoneyValue
    tax_included_rating_amount: MoneyValue
    product_ref: Ref


class Usage(Representation):
    """`Usage`."""

    description: str
    usage_date: Instant | None = None
    usage_type: str
    status: str
    related_party: list[RelatedParty] | None = None
    usage_characteristic: list[Characteristic]
    usage_specification: Ref | None = None
    rated_product_usage: list[RatedProductUsage] | None = None


@dataclass(frozen=True, slots=True)
class UsageWithPrice:
    """A usage, with its price where it has one."""

    view: UsageView
    rated: RatedUsage | None


def represent(held: UsageWithPrice, links: Links) -> Usage:
    """A usage as TMF635 says it."""
    view = held.view
    kind = view.usage_type
    return Usage(
        id=str(view.id),
        description=f"{kind or 'unreadable'} of {view.source}, {view.reference}",
        usage_date=view.started_at,
        usage_type=kind or "unknown",
        status=view.state,
        related_party=_parties(view, links),
        usage_characteristic=[Characteristic(name=name, value=value) for name, value in _characteristics(held)],
        usage_specification=_kind(view, links),
        rated_product_usage=[_price(held.rated, links)] if held.rated else None,
    )


def _kind(view: UsageView, links: Links) -> Ref | None:
    if not view.usage_type:
        return None
    return Ref(id=view.usage_type, href=links.to("usageManagement", "usageSpecification", view.usage_type))


def _price(rated: RatedUsage, links: Links) -> RatedProductUsage:
    covered = bool(rated.unit_takes) and not rated.amount
    return RatedProductUsage(
        rating_date=rated.rated_at,
        is_billed=bool(rated.invoice),
        usage_rating_tag="includedAllowance" if covered else "usage",
        tax_excluded_rating_amount=MoneyValue.from_money(rated.net),
        tax_included_rating_amount=MoneyValue.from_money(rated.gross),
        product_ref=Ref(
            id=str(rated.subscription_id),
            href=links.to("productInventory", "product", rated.subscription_id),
            name=rated.subscription,
        ),
    )


def _parties(view: UsageView, links: Links) -> list[RelatedParty] | None:
    if view.customer_id is None:
        return None
    return [
        RelatedParty(
            id=str(view.customer_id),
            href=links.to("customerManagement", "customer", view.customer_id),
            role="customer",
            referred_type="Customer",
        )
    ]


def _characteristics(held: UsageWithPrice) -> Iterator[tuple[str, Any]]:
    view = held.view
    if view.quantity is not None:
        yield "quantity", view.quantity.amount
        yield "unit", view.quantity.unit.value
    texts = {
        "direction": view.direction,
        "msisdn": view.msisdn,
        "imsi": view.imsi,
        "otherParty": view.other_party,
        "servingNetwork": str(view.serving),
        "servingCountry": view.serving.country,
        "apn": view.apn,
        "reason": view.reason,
    }
    for name, text in texts.items():
        if text:
            yield name, text
    yield "roaming", view.visited
    for name, identity in (("productId", view.subscription_id), ("billingAccountId", view.billing_account_id)):
        if identity is not None:
            yield name, str(identity)
    if held.rated is not None:
        yield "tariffClause", held.rated.clause


def search(narrow: Narrow) -> Slice[UsageWithPrice]:
    """Usage by customer, status or type, newest first."""
    owner = narrow.get("relatedParty.id")
    owner_id = id_or_none(owner)
    if owner and owner_id is None:
        return Slice.empty()
    status = narrow.get("status")
    wanted = UsageFilter(
        customer_id=owner_id, states=(status,) if status else (), usage_type=narrow.get("usageType") or ""
    )
    values, total = service.list_usage(wanted, offset=narrow.offset, limit=narrow.limit)
    return Slice(with_prices(values), total)


def with_prices(views: Sequence[UsageView]) -> list[UsageWithPrice]:
    """Each usage with its price; one question to charging for all of them."""
    rated = {one.record_id: one for one in charging.records([view.id for view in views])}
    return [UsageWithPrice(view, rated.get(view.id)) for view in views]


USAGE: Resource[UsageWithPrice] = Resource(
    name="usage",
    kind="Usage",
    description="What subscribers used; records come in files",
    read="usage.read",
    representation=Usage,
    represent=represent,
    search=search,
    narrows=("relatedParty.id", "status", "usageType"),
    get=lambda key: with_prices([service.find_usage(id_of(key))])[0],
    events=(EventMapping(UsageRecordResubmitted, "UsageStateChangeEvent"),),
)
