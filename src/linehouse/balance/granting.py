"""What a product brings, as grants: at its activation, and at each turn of a period. Used to grant and to try plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from linehouse.balance.periods import amount_for, turn_from, validity_from
from linehouse.balance.values import BucketView, Grant, Owner, Shared, TaxedAt
from linehouse.catalog.values import Allowance, BillingMode, OfferingKind, PeriodLength, ProductOffering, Sharing
from linehouse.kernel.period import Period
from linehouse.rating.values import BucketKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A product that brings something. ``prefix`` begins its buckets' references; the cycle is the account's."""

    product_id: UUID
    offering: ProductOffering
    catalog_version: int
    owner: Owner
    prefix: str
    cycle_day: int
    zone: ZoneInfo
    currency: str
    activated_at: datetime


@dataclass(frozen=True, slots=True)
class Coming:
    """A recurring allowance with the instant at which it is granted next."""

    allowance: Allowance
    next_at: datetime


def at_activation(product: Granted) -> tuple[list[Grant], list[Coming]]:
    """Everything that the product brings when it is activated, and what will come again."""
    grants: list[Grant] = []
    coming: list[Coming] = []
    for allowance in product.offering.allowances:
        if allowance.recurring:
            turn = turn_from(product.activated_at, product.cycle_day, product.zone)
            amount = amount_for(allowance, turn, first=True)
            grants.append(_units(product, allowance, f"/{turn.first_day}", amount, turn.valid))
            if turn.valid.end is not None:
                coming.append(Coming(allowance, turn.valid.end))
        else:
            valid = validity_from(product.activated_at, allowance.validity, product.zone)
            amount = None if allowance.amount is None else allowance.amount.amount
            grants.append(_units(product, allowance, "", amount, valid))
    return grants + _credits(product), coming


def at_turn(product: Granted, allowance: Allowance, begin: datetime) -> tuple[Grant, datetime]:
    """A recurring allowance for the period that begins then, and when the next one does."""
    turn = turn_from(begin, product.cycle_day, product.zone)
    if turn.valid.end is None:
        raise ValueError("a cycle ends")
    amount = amount_for(allowance, turn, first=False)
    return _units(product, allowance, f"/{turn.first_day}", amount, turn.valid), turn.valid.end


def until(product: Granted, end: datetime) -> Iterator[Grant]:
    """Everything that the product brings before an instant, turn by turn."""
    grants, coming = at_activation(product)
    yield from grants
    for one in coming:
        begin = one.next_at
        while begin < end:
            made, begin = at_turn(product, one.allowance, begin)
            yield made


def of_period(anchor: datetime, length: PeriodLength, number: int, zone: ZoneInfo) -> Period:
    """The ``number``-th period (from 1) of what is paid every ``length`` from the anchor on.

    Counted from the anchor, so that what began on the 31st comes back to it after a short month.
    """
    start = anchor if number == 1 else _after(anchor, length, number - 1, zone)
    return Period(start, _after(anchor, length, number, zone))


def _after(anchor: datetime, length: PeriodLength, times: int, zone: ZoneInfo) -> datetime:
    end = validity_from(anchor, PeriodLength(length.count * times, length.unit), zone).end
    if end is None:
        raise ValueError("a length ends")
    return end


def for_period(product: Granted, number: int, valid: Period) -> list[Grant]:
    """What a renewing pack brings for one of its periods: all of it for exactly that time."""
    return [
        _units(product, one, f"/{number}", None if one.amount is None else one.amount.amount, valid)
        for one in product.offering.allowances
    ] + [replace(one, ref=f"{one.ref}/{number}", valid=valid) for one in _credits(product)]


def roll_over(bucket: BucketView, cycle_day: int, zone: ZoneInfo, begin: datetime | None = None) -> Grant | None:
    """The bucket into which the unused rest moves when the time of this one is over; None where nothing does.

    It covers the same usage on the same terms, shared by the same lines, until the next period ends or as long as the
    rule says, and does not roll over again. Usage of the time before that is told only later may still take from it.
    ``begin`` is when that is, where not at its end: a renewal that came late.
    """
    rule = bucket.terms.rollover
    if rule is None or bucket.valid.end is None or bucket.left is None:
        return None
    amount = rule.of(bucket.left)
    if not amount:
        return None
    begin = begin or bucket.valid.end
    valid = turn_from(begin, cycle_day, zone).valid if rule.lasts is None else validity_from(begin, rule.lasts, zone)
    return Grant(
        ref=f"{bucket.ref}/rollover",
        owner=bucket.owner,
        product_id=bucket.product_id,
        kind=bucket.kind,
        asset=bucket.asset,
        amount=amount,
        valid=valid,
        source=bucket.source,
        catalog_version=bucket.catalog_version,
        texts=bucket.texts,
        priority=bucket.priority if rule.priority is None else rule.priority,
        scope=bucket.scope,
        when_empty=bucket.when_empty,
        taxed_at=bucket.taxed_at,
        terms=replace(bucket.terms, rollover=None),
        shared=bucket.shared,
        rolled_from=bucket.ref,
        late_from=bucket.takes_usage_of.start,
    )


def fresh(grant: Grant, bucket_id: UUID) -> BucketView:
    """The bucket of a grant before anything was taken from it. Its age is the beginning of its validity."""
    return BucketView(
        id=bucket_id,
        ref=grant.ref,
        owner=grant.owner,
        product_id=grant.product_id,
        kind=grant.kind,
        asset=grant.asset,
        granted=grant.amount,
        used=0,
        reserved=0,
        expired=0,
        valid=grant.valid,
        source=grant.source,
        catalog_version=grant.catalog_version,
        texts=grant.texts,
        priority=grant.priority,
        scope=grant.scope,
        when_empty=grant.when_empty,
        terms=grant.terms,
        shared=grant.shared,
        late_from=grant.late_from,
        taxed_at=grant.taxed_at,
        created_at=grant.valid.start,
        closed_at=None,
    )


def _units(product: Granted, allowance: Allowance, turn: str, amount: int | None, valid: Period) -> Grant:
    return Grant(
        ref=f"{product.prefix}/{allowance.key}{turn}",
        owner=product.owner,
        product_id=product.product_id,
        kind=BucketKind.UNITS,
        asset=allowance.unit.value,
        amount=amount,
        valid=valid,
        source=f"{product.offering.key}/{allowance.key}",
        catalog_version=product.catalog_version,
        texts=allowance.texts,
        priority=allowance.priority,
        scope=allowance.scope,
        when_empty=allowance.when_empty,
        terms=allowance.terms,
        shared=_shared(product.owner, allowance),
    )


def _shared(owner: Owner, allowance: Allowance) -> Shared | None:
    """Who uses the bucket of an allowance together: the lines of whoever holds it."""
    if allowance.shared is None:
        return None
    holders = {
        Sharing.ACCOUNT: owner.account_id,
        Sharing.CUSTOMER: owner.customer_id,
        Sharing.GROUP: owner.subscription_id,
    }
    return Shared(allowance.shared, holders[allowance.shared], allowance.cap)


def _credits(product: Granted) -> list[Grant]:
    """Included credit has a bucket of its own, since its tax was due at sale; a prepaid plan gets its main balance."""
    grants = [
        Grant(
            ref=f"{product.prefix}/{credit.key}",
            owner=product.owner,
            product_id=product.product_id,
            kind=BucketKind.MAIN,
            asset=credit.amount.currency,
            amount=credit.amount.micros,
            valid=validity_from(product.activated_at, credit.validity, product.zone),
            source=f"{product.offering.key}/{credit.key}",
            catalog_version=product.catalog_version,
            texts=credit.texts,
            taxed_at=TaxedAt.SALE,
        )
        for credit in product.offering.credits
    ]
    if product.offering.billing_mode is BillingMode.PREPAID and product.offering.kind is OfferingKind.PLAN:
        grants.append(
            Grant(
                ref=f"{product.prefix}/main",
                owner=product.owner,
                product_id=product.product_id,
                kind=BucketKind.MAIN,
                asset=product.currency,
                amount=0,
                valid=Period(product.activated_at),
                source=f"{product.offering.key}/main",
                catalog_version=product.catalog_version,
                texts={"en": "Prepaid balance", "nl": "Prepaidtegoed"},
                priority=200,
                taxed_at=TaxedAt.USE,
            )
        )
    return grants
