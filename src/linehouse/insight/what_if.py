"""What if this had been the plan? Usage of the past, decided again by a plan that is only a draft; nothing moves.

The decision is charging's own (``charging.decision.decide``) on buckets made fresh as balance would have granted them
(``balance.granting``), and fees are billing's own (``billing.charges.due``), so that every figure is what really rating
and billing that usage on that plan would give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from linehouse.balance.granting import Granted, fresh, until
from linehouse.balance.values import BucketView, Grant, TaxedAt
from linehouse.billing.charges import due
from linehouse.billing.minimum import shortfall
from linehouse.billing.proration import exact_price, share, to_minor
from linehouse.billing.values import AccountFacts, Cut, CutKind, SubscriptionCharge, terms_of
from linehouse.catalog.values import BillingMode, Catalogue, DueOn, OfferingKind, ProductOffering, Prorate, TaxMode
from linehouse.charging.decision import Decided, Suspended, TariffInForce, decide
from linehouse.charging.posting import charged, split
from linehouse.charging.told import Told
from linehouse.charging.values import STANDARD, Line, Rate
from linehouse.kernel.period import DatePeriod, Period, day_start, local_date
from linehouse.rating.cost import Cost, cost_key_of, cost_of
from linehouse.rating.service import counts_period
from linehouse.rating.values import BucketKind, PaidBy, Tariff
from linehouse.rating.values.period_charges import Reading
from linehouse.usage.values import NormalisedUsage

RateOn = Callable[[str, str, date], Rate]
"""The tax rate of a country, a category and a day."""


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """A catalogue that is tried; ``onto`` is the offering that everybody would have, empty: each the one of its key."""

    catalogue: Catalogue
    onto: str = ""

    def at(self, key: str, instant: datetime) -> TariffInForce | None:
        """The draft's tariff of a key: it is tried as if it had been in force all the time."""
        del instant
        tariff = self.catalogue.tariffs.get(key)
        return None if tariff is None else TariffInForce(tariff, self.catalogue.version)

    def wholesale(self, retail: TariffInForce) -> Tariff | None:
        """The draft's tariff that says what usage by another one costs."""
        return self.catalogue.tariffs.get(cost_key_of(retail.tariff, self.catalogue.brand.cost_tariff) or "")

    def offering(self, key: str) -> ProductOffering | None:
        """What the draft makes of an offering; None where it does not have it."""
        return self.catalogue.offerings.get(key)

    def plan_for(self, key: str) -> ProductOffering | None:
        """The plan that somebody who has ``key`` would have had."""
        return self.offering(self.onto or key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A product that a subscriber has or had: the plan itself or something on it. ``brings`` says what it grants."""

    number: str
    brings: Granted
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A subscription as it is: its line, its plan, what runs on the plan, and what decides its fees."""

    line: Line
    plan: Held
    add_ons: tuple[Held, ...]
    account: AccountFacts
    money: tuple[BucketView, ...] = ()
    """What the subscriber put on the balance, which no product brought: as full as it was when it came."""


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee within the period. ``part`` is how much of a full period of it, None for a fee that is due once."""

    key: str
    net: int
    gross: int
    part: Fraction | None


@dataclass(frozen=True, slots=True)
class Tried:
    """One record, decided again. ``cost`` is what the network asks for it."""

    decided: Decided
    net: int
    gross: int
    cost: Cost


@dataclass(frozen=True, slots=True)
class Trial:
    """What the period would have been for one subscriber on the plan: each record, and the fees."""

    offering: str
    records: tuple[Tried, ...]
    unpriced: tuple[Suspended, ...]
    fees: tuple[Fee, ...]


@dataclass(slots=True)
class Side:
    """Sums of one side of the comparison, micro-units. ``no_cost`` and ``unpriced`` count records."""

    records: int = 0
    fee_net: int = 0
    fee_gross: int = 0
    usage_net: int = 0
    usage_gross: int = 0
    cost: int = 0
    no_cost: int = 0
    unpriced: int = 0
    uncollected: int = 0
    """Usage that no balance could pay, in the tariffs' own tax mode; it is no revenue."""

    @property
    def net(self) -> int:
        """Revenue: fees and usage without tax."""
        return self.fee_net + self.usage_net

    @property
    def bill(self) -> int:
        """What the subscriber pays: fees and usage with tax, before the invoice rounds its lines to cents."""
        return self.fee_gross + self.usage_gross

    @property
    def margin(self) -> int:
        """Revenue less known cost."""
        return self.net - self.cost


@dataclass(slots=True)
class ByType:
    """Of one kind of usage on the plan: net revenue, and what money paid for (base units)."""

    net: int = 0
    charged: int = 0


@dataclass(slots=True)
class Compared:
    """One subscriber before and after. ``parts`` is how many full periods of the plan's own recurring fees lie in the
    period, ``own_fees`` what they come to without tax."""

    subscriber: Subscriber
    offering: str
    before: Side
    after: Side
    parts: Fraction = Fraction(0)
    own_fees: int = 0
    by_type: dict[str, ByType] = field(default_factory=dict)


def grants_for(subscriber: Subscriber, plan: DraftPlan, end: datetime) -> list[Grant]:
    """What the subscriber would have been granted before an instant: the plan's allowances and those of its add-ons.

    Where the draft has an add-on's offering, the draft's allowances count. Units of a product that ended are over with
    it. A prepaid plan takes the balance as it was topped up; who had none, since another plan was paid later, is
    taken to top up in time.
    """
    offering = plan.plan_for(subscriber.line.offering)
    if offering is None:
        return []
    grants = _of_product(subscriber.plan, offering, end)
    for add_on in subscriber.add_ons:
        draft = plan.offering(add_on.brings.offering.key)
        grants += _of_product(add_on, draft or add_on.brings.offering, end)
    if offering.billing_mode is BillingMode.PREPAID and subscriber.line.billing_mode is not BillingMode.PREPAID:
        brings = subscriber.plan.brings
        grants.append(
            Grant(
                ref=f"{brings.prefix}/top-ups",
                owner=brings.owner,
                product_id=brings.product_id,
                kind=BucketKind.MAIN,
                asset=subscriber.line.currency,
                amount=None,
                valid=Period(brings.activated_at),
                source=f"{offering.key}/top-ups",
                catalog_version=brings.catalog_version,
                priority=1_000,
                taxed_at=TaxedAt.USE,
            )
        )
    return grants


def _of_product(held: Held, offering: ProductOffering, end: datetime) -> list[Grant]:
    made = []
    for grant in until(replace(held.brings, offering=offering), end):
        over = held.ended_at
        if over is None or grant.kind is not BucketKind.UNITS or (grant.valid.end and grant.valid.end <= over):
            made.append(grant)
        elif grant.valid.start < over:
            made.append(replace(grant, valid=Period(grant.valid.start, over)))
    return made


def reach(grants: Sequence[Grant], period: Period, money: Sequence[BucketView] = ()) -> datetime:
    """From where usage must be read so that buckets are used as far as they would be when the period begins."""
    starts = [
        grant.valid.start
        for grant in grants
        if grant.amount is not None
        and grant.amount > 0
        and grant.valid.start < period.start
        and (grant.valid.end is None or grant.valid.end > period.start)
    ]
    starts += [one.valid.start for one in money if one.valid.start < period.start]
    return min(starts, default=period.start)


def counted_from(subscriber: Subscriber, plan: DraftPlan, period: Period) -> datetime:
    """From where usage must be read so that the period's counters stand as they would when it begins."""
    offering = plan.plan_for(subscriber.line.offering)
    tariff = plan.catalogue.tariffs.get(offering.tariff or "") if offering is not None else None
    if tariff is None or not counts_period(tariff):
        return period.start
    return day_start(subscriber.line.period_of(period.start), subscriber.line.zone)


def replay(
    subscriber: Subscriber,
    plan: DraftPlan,
    grants: Sequence[Grant],
    records: Sequence[NormalisedUsage],
    *,
    period: Period,
    rate_on: RateOn,
    told: Told,
) -> Trial:
    """Decide the records in the order of their events on the plan; what lies before the period only uses buckets up and
    counts in its own cycle."""
    offering = plan.plan_for(subscriber.line.offering)
    if offering is None:
        raise KeyError(plan.onto or subscriber.line.offering)
    line = on_plan(subscriber.line, offering)
    money = subscriber.money if offering.billing_mode is BillingMode.PREPAID else ()
    known = {bucket.ref for bucket in money}
    brought = [grant for grant in grants if grant.ref not in known]
    buckets: list[BucketView] = [fresh(grant, UUID(int=number)) for number, grant in enumerate(brought, 1)]
    buckets += [replace(one, used=0, reserved=0, expired=0, closed_at=None) for one in money]
    answers = decide(records, {line.subscription_id: line}, {line.subscription_id: buckets}, plan.at, told)
    tried: list[Tried] = []
    unpriced: list[Suspended] = []
    for answer in answers:
        if not period.contains(answer.record.started_at):
            continue
        if isinstance(answer, Suspended):
            unpriced.append(answer)
            continue
        rate = rate_on(line.tax_country, STANDARD, local_date(answer.record.started_at, line.zone))
        parts = split(charged(answer), answer.in_force.tariff.tax_mode, rate.fraction)
        cost = cost_of(plan.wholesale(answer.in_force), answer.event, answer.consumption.priced.currency)
        tried.append(Tried(answer, parts.net, parts.gross, cost))
    used = [Reading(one.decided.record.started_at, charged(one.decided)) for one in tried]
    fees = fees_of(subscriber, plan, period, rate_on, used)
    return Trial(offering.key, tuple(tried), tuple(unpriced), tuple(fees))


def on_plan(line: Line, offering: ProductOffering) -> Line:
    """The line of somebody who has another plan."""
    return replace(line, offering=offering.key, tariff_key=offering.tariff, billing_mode=offering.billing_mode)


def fees_of(
    subscriber: Subscriber, plan: DraftPlan | None, period: Period, rate_on: RateOn, used: Sequence[Reading] = ()
) -> Iterator[Fee]:
    """Fees of the plan and its add-ons that lie in the period: by the draft, or as they are for None.

    A recurring fee counts for the days of the period that it covers, rounded as a line of a bill; a fee that is due
    once counts where its day lies in the period. Only the plan's own recurring fees carry a ``part``.
    Of a minimum of usage, what is missing to it in these days counts, without a ``part``; ``used`` says what was used
    (micro-units).
    """
    zone = subscriber.account.zone
    if period.end is None:
        raise ValueError("the period of a trial ends")
    days = DatePeriod(local_date(period.start, zone), local_date(period.end, zone))
    for held in (subscriber.plan, *subscriber.add_ons):
        offering: ProductOffering | None = held.brings.offering
        if plan is not None:
            own = held.brings.offering
            offering = plan.plan_for(own.key) if held is subscriber.plan else plan.offering(own.key) or own
        if offering is None:
            continue
        for fee in _fees(held, offering, subscriber.account, days, rate_on, used):
            yield fee if held is subscriber.plan else replace(fee, part=None)


def _fees(
    held: Held,
    offering: ProductOffering,
    account: AccountFacts,
    days: DatePeriod,
    rate_on: RateOn,
    used: Sequence[Reading],
) -> Iterator[Fee]:
    start = local_date(held.brings.activated_at, account.zone)
    end = local_date(held.ended_at, account.zone) if held.ended_at is not None else None
    for price in offering.prices:
        terms = replace(terms_of(price, ""), in_advance=True)
        if terms.due_on is DueOn.TERMINATION:
            if end is None:
                continue
            charge = SubscriptionCharge(held.number, terms, end)
        else:
            charge = SubscriptionCharge(held.number, terms, start, end)
        for owed in due(charge, account, Cut(days.end, CutKind.OFF_CYCLE)):
            once = terms.length is None or terms.prorate is Prorate.NONE
            covered = owed.covered if once and days.contains(owed.covered.start) else None
            if not once:
                covered = owed.covered.intersect(days)
            if covered is None:
                continue
            part = Fraction(1) if terms.length is None else share(covered, owed.full, terms.prorate, terms.length)
            amount = to_minor(exact_price(terms.price, part), terms.price.currency).micros
            if terms.minimum_of is not None:
                amount = shortfall(terms, owed.full, covered, used, account.zone).amount.micros
            rate = rate_on(account.tax_country, terms.tax_category, covered.start)
            parts = split(amount, terms.mode, rate.fraction)
            own = terms.length is not None and terms.minimum_of is None
            yield Fee(terms.key, parts.net, parts.gross, part if own else None)


def compare(subscriber: Subscriber, before: Side, trial: Trial) -> Compared:
    """One subscriber's two sides. ``before`` comes with its usage; its fees are added by the caller."""
    after = Side(records=len(trial.records) + len(trial.unpriced), unpriced=len(trial.unpriced))
    made = Compared(subscriber, trial.offering, before, after)
    for one in trial.records:
        after.usage_net += one.net
        after.usage_gross += one.gross
        after.uncollected += one.decided.consumption.uncollected
        if one.cost.micros is None:
            after.no_cost += 1
        else:
            after.cost += one.cost.micros
        by_type = made.by_type.setdefault(one.decided.event.usage_type.value, ByType())
        by_type.net += one.net
        parts = one.decided.consumption.priced.parts
        by_type.charged += sum(part.quantity for part in parts if part.paid_by is PaidBy.MONEY)
    add_fees(after, trial.fees)
    own = [fee for fee in trial.fees if fee.part is not None]
    in_all = sum((fee.part for fee in own if fee.part is not None), Fraction(0))
    made.parts = in_all / max(len({fee.key for fee in own}), 1)
    made.own_fees = sum(fee.net for fee in own)
    return made


def add_fees(side: Side, fees: Sequence[Fee]) -> None:
    """Put fees to a side."""
    side.fee_net += sum(fee.net for fee in fees)
    side.fee_gross += sum(fee.gross for fee in fees)


def is_plan(offering: ProductOffering) -> bool:
    """Whether people can be put onto it."""
    return offering.kind is OfferingKind.PLAN


def price_mode(offering: ProductOffering) -> TaxMode:
    """Whether the plan's recurring fees contain tax; those of a plan without any would."""
    return next((price.tax_mode for price in offering.recurring_prices), TaxMode.GROSS)
