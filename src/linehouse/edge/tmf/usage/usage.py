"""TMF635 `usage`: what subscribers used, in every state. Records come in files, so they are only read here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linehouse.edge.tmf.kit.declaration import EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none
from linehouse.edge.tmf.kit.shapes import Characteristic, Instant, Ref, RelatedParty, Representation
from linehouse.usage import service
from linehouse.usage.events import UsageRecordResubmitted
from linehouse.usage.values import UsageFilter, UsageView


class Usage(Representation):
    """`Usage`."""

    description: str
    usage_date: Instant | None = None
    usage_type: str
    status: str
    related_party: list[RelatedParty] | None = None
    usage_characteristic: list[Characteristic]
    usage_specification: Ref | None = None


def represent(view: UsageView, links: Links) -> Usage:
    """A usage as TMF635 says it."""
    kind = view.usage_type
    return Usage(
        id=str(view.id),
        description=f"{kind or 'unreadable'} of {view.source}, {view.reference}",
        usage_date=view.started_at,
        usage_type=kind or "unknown",
        status=view.state,
        related_party=_parties(view, links),
        usage_characteristic=[Characteristic(name=name, value=value) for name, value in _characteristics(view)],
        usage_specification=Ref(id=kind, href=links.to("usageManagement", "usageSpecification", kind))
        if kind
        else None,
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


def _characteristics(view: UsageView) -> Iterator[tuple[str, Any]]:
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


def search(narrow: Narrow) -> Slice[UsageView]:
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
    return Slice(values, total)


USAGE: Resource[UsageView] = Resource(
    name="usage",
    kind="Usage",
    description="What subscribers used; records come in files",
    read="usage.read",
    representation=Usage,
    represent=represent,
    search=search,
    narrows=("relatedParty.id", "status", "usageType"),
    get=lambda key: service.find_usage(id_of(key)),
    events=(EventMapping(UsageRecordResubmitted, "UsageStateChangeEvent"),),
)
