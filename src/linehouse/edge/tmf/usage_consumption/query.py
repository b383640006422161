"""TMF677 `queryUsageConsumption`: a question about balances and usage, answered at once and kept for thirty days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from linehouse.charging import service
from linehouse.charging.events import ConsumptionAsked, ConsumptionForgotten
from linehouse.charging.service import ConsumptionRequest, ConsumptionView
from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import (
    Instant,
    PartyReference,
    Quantity,
    Ref,
    RelatedParty,
    Representation,
    Shape,
    TimePeriod,
)
from linehouse.edge.tmf.prepay_balance.shapes import API_PATH as BALANCES
from linehouse.edge.tmf.prepay_balance.shapes import quantity, usage_type
from linehouse.kernel.period import Period
from linehouse.platform.work import Actor


class ConsumptionSummary(Shape):
    """`ConsumptionSummary`: a counter with its period."""

    counter_type: str
    level: str
    value: Quantity
    value_name: str
    consumption_period: TimePeriod


class BucketValue(Shape):
    """`BucketRefOrValue`: a bucket as it stood."""

    id: str
    href: str
    name: str
    description: str
    is_shared: bool
    remaining_value: Quantity | None = None
    remaining_value_name: str
    reserved_value: Quantity
    status: str = "active"
    usage_type: str
    valid_for: TimePeriod
    bucket_counter: list[ConsumptionSummary]


class ProductConsumption(Ref):
    """`UsageConsumptionProductRef`: the product with what was used of it, by kind and direction."""

    consumption_summary: list[ConsumptionSummary] | None = None


class UsageConsumption(Shape):
    """`UsageConsumption`: of one product."""

    id: str
    name: str
    state: str = "done"
    creation_date: Instant
    last_update: Instant
    valid_period: TimePeriod
    product: list[ProductConsumption]
    party_account: list[Ref]
    related_party: list[RelatedParty]
    bucket_ref_or_value: list[BucketValue]


class Criteria(Shape):
    """`UsageConsumption` as a caller sends it to say of whom: all that is named must hold."""

    product: list[Ref] | None = None
    logical_resource: list[Ref] | None = None
    party_account: list[Ref] | None = None
    related_party: list[PartyReference] | None = None
    valid_period: TimePeriod | None = None


class CriteriaTold(Shape):
    """The same as it is told: by ids; a number is not repeated."""

    product: list[Ref] | None = None
    party_account: list[Ref] | None = None
    related_party: list[RelatedParty] | None = None
    valid_period: TimePeriod | None = None


class QueryUsageConsumption(Representation):
    """`QueryUsageConsumption`."""

    query_usage_consumption_date: Instant
    search_criteria: CriteriaTold
    usage_consumption: list[UsageConsumption]


class QueryCreate(Shape):
    """`QueryUsageConsumption_Create`: one product, number, account or customer, here or in `searchCriteria`."""

    search_criteria: Criteria | None = None
    party_account: list[Ref] | None = None
    related_party: list[PartyReference] | None = None


def represent(view: ConsumptionView, links: Links) -> QueryUsageConsumption:
    """A question with its answer as TMF677 says it."""
    return QueryUsageConsumption(
        id=str(view.id),
        query_usage_consumption_date=view.at,
        search_criteria=_criteria(view.asked, links),
        usage_consumption=[_of_line(view, line, links) for line in view.lines],
    )


def _criteria(asked: Mapping[str, Any], links: Links) -> CriteriaTold:
    since, until = asked.get("from"), asked.get("until")
    return CriteriaTold(
        product=[_ref("productInventory", "product", asked["product"], links)] if "product" in asked else None,
        party_account=[_ref("accountManagement", "billingAccount", asked["account"], links)]
        if "account" in asked
        else None,
        related_party=[_customer(asked["customer"], links)] if "customer" in asked else None,
        valid_period=_period(since, until) if since else None,
    )


def _of_line(view: ConsumptionView, line: Mapping[str, Any], links: Links) -> UsageConsumption:
    period = _period(line["from"], line["until"])
    product = line["subscription_id"]
    return UsageConsumption(
        id=f"{view.id}.{product}",
        name=f"Usage of {line['subscription']}",
        creation_date=view.at,
        last_update=view.at,
        valid_period=period,
        product=[
            ProductConsumption(
                id=product,
                href=links.to("productInventory", "product", product),
                name=line["subscription"],
                referred_type="Product",
                consumption_summary=list(_used(line["usage"], period)) or None,
            )
        ],
        party_account=[
            Ref(
                id=line["account_id"],
                href=links.to("accountManagement", "billingAccount", line["account_id"]),
                name=line["account"],
                referred_type="BillingAccount",
            )
        ],
        related_party=[_customer(line["customer_id"], links)],
        bucket_ref_or_value=[_bucket(one, view.at, links) for one in line["buckets"]],
    )


def _used(usage: Sequence[Mapping[str, Any]], period: TimePeriod) -> Iterator[ConsumptionSummary]:
    for one in usage:
        what = f"{one['usage_type']} {one['direction']}"
        yield ConsumptionSummary(
            counter_type=what,
            level="product",
            value=Quantity(amount=Decimal(one["quantity"]), units=one["unit"]),
            value_name=f"{one['human']} in {one['records']} records",
            consumption_period=period,
        )
        yield ConsumptionSummary(
            counter_type=f"{what} charge",
            level="product",
            value=Quantity(amount=Decimal(one["amount"]), units=one["currency"]),
            value_name=f"{one['amount']} {one['currency']}",
            consumption_period=period,
        )


def _bucket(one: Mapping[str, Any], at: datetime, links: Links) -> BucketValue:
    asset = one["asset"]
    taken = [("bucket", one["used"], one["human_used"])]
    if one["shared"]:
        taken.append(("product", one["part"], one["human_part"]))
    since = _period(one["valid_from"], at.isoformat())
    return BucketValue(
        id=one["id"],
        href=links.to(BALANCES, "bucket", one["id"]),
        name=one["name"],
        description=one["ref"],
        is_shared=one["shared"],
        remaining_value=None if one["left"] is None else quantity(one["left"], asset),
        remaining_value_name=one["human"],
        reserved_value=quantity(one["reserved"], asset),
        usage_type=usage_type(asset),
        valid_for=_period(one["valid_from"], one["valid_to"]),
        bucket_counter=[
            ConsumptionSummary(
                counter_type="used",
                level=level,
                value=quantity(amount, asset),
                value_name=human,
                consumption_period=since,
            )
            for level, amount, human in taken
        ],
    )


def _period(since: str | None, until: str | None) -> TimePeriod:
    return TimePeriod(
        start_date_time=datetime.fromisoformat(since) if since else None,
        end_date_time=datetime.fromisoformat(until) if until else None,
    )


def _ref(api: str, resource: str, key: str, links: Links) -> Ref:
    return Ref(id=key, href=links.to(api, resource, key))


def _customer(key: str, links: Links) -> RelatedParty:
    return RelatedParty(
        id=key, href=links.to("customerManagement", "customer", key), role="customer", referred_type="Customer"
    )


def create(body: QueryCreate, actor: Actor) -> ConsumptionView:
    """Ask; the answer is there at once."""
    wanted = body.search_criteria or Criteria()
    accounts = (*(wanted.party_account or ()), *(body.party_account or ()))
    parties = (*(wanted.related_party or ()), *(body.related_party or ()))
    number = _one([one.id for one in wanted.logical_resource or ()], "/searchCriteria/logicalResource")
    request = ConsumptionRequest(
        subscription_id=_id([one.id for one in wanted.product or ()], "/searchCriteria/product"),
        msisdn=(number or "").lstrip("+"),
        account_id=_id([one.id for one in accounts], "/searchCriteria/partyAccount"),
        customer_id=_id([one.id for one in parties], "/searchCriteria/relatedParty"),
        period=_asked_period(wanted.valid_period),
    )
    return service.ask_consumption(request, actor=actor)


def _one(keys: Sequence[str], pointer: str) -> str | None:
    if len(set(keys)) > 1:
        raise bad_body(pointer, "one is expected; ask once for each")
    return keys[0] if keys else None


def _id(keys: Sequence[str], pointer: str) -> UUID | None:
    key = _one(keys, pointer)
    return None if key is None else referred(key, f"{pointer}/0/id")


def _asked_period(period: TimePeriod | None) -> Period | None:
    if period is None or (period.start_date_time is None and period.end_date_time is None):
        return None
    start, end = period.start_date_time, period.end_date_time
    if start is None or end is None or end <= start:
        raise bad_body("/searchCriteria/validPeriod", "a period has a start and a later end")
    return Period(start, end)


def search(narrow: Narrow) -> Slice[ConsumptionView]:
    """Questions that were asked, the newest first."""
    values, total = service.consumptions(offset=narrow.offset, limit=narrow.limit)
    return Slice(values, total)


def forget(key: str, actor: Actor) -> None:
    """Throw an answer away before its time."""
    service.forget_consumption(id_of(key), actor=actor)


QUERY: Resource[ConsumptionView] = Resource(
    name="queryUsageConsumption",
    kind="QueryUsageConsumption",
    description="What lines have left and what they used, as it was at one instant",
    read="usage.read",
    write="usage.read",
    representation=QueryUsageConsumption,
    represent=represent,
    search=search,
    get=lambda key: service.consumption(id_of(key)),
    create=Create(QueryCreate, create),
    delete=forget,
    events=(
        EventMapping(ConsumptionAsked, "QueryUsageConsumptionCreateEvent"),
        EventMapping(ConsumptionForgotten, "QueryUsageConsumptionDeleteEvent"),
    ),
)
