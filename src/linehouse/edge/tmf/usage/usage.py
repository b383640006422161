"""TMF635 `usage`: what subscribers used, in every state. Records come in files; those that wait are mended here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType

from linehouse.charging import service as charging
from linehouse.charging.values import RatedUsage
from linehouse.edge.tmf.kit.declaration import EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_body
from linehouse.edge.tmf.kit.shapes import Characteristic, Instant, MoneyValue, Ref, RelatedParty, Representation, Shape
from linehouse.platform.work import Actor
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


class UsageUpdate(Shape):
    """`Usage_Update`: a rejected usage is corrected by its characteristics and sent round again as `recycled`.

    `description` is the reason.
    """

    status: str | UnsetType = UNSET
    usage_type: str | UnsetType = UNSET
    usage_date: Instant | UnsetType = UNSET
    usage_characteristic: list[Characteristic] | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET


_CORRECTED = {
    "quantity": "quantity",
    "direction": "direction",
    "msisdn": "msisdn",
    "imsi": "imsi",
    "otherParty": "party",
    "servingNetwork": "plmn",
    "apn": "apn",
}
"""Characteristics that can be corrected, and the room's names for them."""


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


def patch(key: str, body: UsageUpdate, actor: Actor) -> UsageWithPrice:
    """Mend a usage that waits and send it round again; what still fails is rejected again, with its new reason."""
    before = with_prices([service.find_usage(id_of(key))])[0]
    waits = before.view.suspense_id
    if body.status != "recycled":
        raise bad_body("/status", "what is corrected is sent round again: expected recycled")
    if waits is None or before.view.state != "rejected":
        raise ApiProblem(409, "tmf.state", f"a usage that is {before.view.state} is not sent round again", "/status")
    reason = body.description if isinstance(body.description, str) and body.description else "corrected by API"
    changes = _changes(before, body)
    if changes:
        service.correct(waits, changes, actor=actor, reason=reason)
    service.resubmit(waits, actor=actor, reason=reason)
    return with_prices([service.find_usage(id_of(key))])[0]


def _changes(before: UsageWithPrice, body: UsageUpdate) -> dict[str, str]:
    """What differs from the usage as it is told, by the room's names."""
    told = dict(_characteristics(before))
    found: dict[str, str] = {}
    for position, one in enumerate(body.usage_characteristic or () if body.usage_characteristic is not UNSET else ()):
        if one.value == told.get(one.name):
            continue
        if one.name not in _CORRECTED:
            names = ", ".join(_CORRECTED)
            raise bad_body(
                f"/usageCharacteristic/{position}/name", f"{one.name[:60]} is not corrected; it can be {names}"
            )
        found[_CORRECTED[one.name]] = str(one.value)
    if body.usage_type is not UNSET:
        found["usage_type"] = body.usage_type
    if body.usage_date is not UNSET and body.usage_date is not None:
        found["started_at"] = body.usage_date.isoformat()
    return found


def discard(key: str, actor: Actor) -> None:
    """Give up a usage that waits: it stays on record in suspense and is never charged."""
    view = service.find_usage(id_of(key))
    if view.suspense_id is None or view.state != "rejected":
        raise ApiProblem(409, "tmf.state", f"a usage that is {view.state} stays; what waits (rejected) can be given up")
    service.discard(view.suspense_id, actor=actor, reason="deleted by API")


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
    write="usage.write",
    representation=Usage,
    represent=represent,
    search=search,
    narrows=("relatedParty.id", "status", "usageType"),
    get=lambda key: with_prices([service.find_usage(id_of(key))])[0],
    patch=Patch(UsageUpdate, patch),
    delete=discard,
    refused={"POST": "usage comes in files of a declared feed, by which gaps and repeats are seen; upload one"},
    events=(EventMapping(UsageRecordResubmitted, "UsageStateChangeEvent"),),
    pointers={
        "changes": "/usageCharacteristic",
        "usage_type": "/usageType",
        "started_at": "/usageDate",
        "reason": "/description",
        **dict.fromkeys(_CORRECTED.values(), "/usageCharacteristic"),
    },
)
