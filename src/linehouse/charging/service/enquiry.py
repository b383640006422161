"""What would this cost? Nothing moves: the same decision, without locks and without writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linehouse.balance import service as balance
from linehouse.catalog import service as catalog
from linehouse.charging.decision import purses
from linehouse.charging.errors import NoTariff, SubscriberUnknown
from linehouse.charging.service import counters
from linehouse.charging.service.lines import Tariffs, lines_of
from linehouse.charging.told import kept
from linehouse.charging.told_words import told_lines
from linehouse.charging.values import Enquiry
from linehouse.inventory import service as inventory
from linehouse.inventory.values import Circled, Subscriber
from linehouse.kernel.ids import new_id
from linehouse.kernel.numbering import Msisdn, Plmn
from linehouse.platform.clock.service import business_now
from linehouse.rating.service import consume, explain
from linehouse.rating.values import Direction, UsageEvent, UsageType


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryRequest:
    """Who asks about what. ``quantity`` is in base units; ``at`` None is now; no network is the home network."""

    msisdn: str
    usage_type: UsageType
    quantity: int
    direction: Direction = Direction.OUT
    other_party: str = ""
    serving_plmn: Plmn | None = None
    apn: str | None = None
    at: datetime | None = None


def price_enquiry(request: EnquiryRequest) -> Enquiry:
    """The price for this subscriber, with what is in the buckets now. Raises SubscriberUnknown, NoTariff."""
    at = request.at or business_now()
    subscriber = _subscriber(request.msisdn, at)
    line = lines_of([subscriber.product_id])[subscriber.product_id]
    found = Tariffs().at(line.tariff_key, at) if line.tariff_key else None
    if found is None:
        raise NoTariff(
            "this line had no tariff in force", field="at", value=at.isoformat(), expected="a published tariff"
        )
    asked = new_id()
    circle = [Circled(asked, line.subscription_id, request.other_party, at)]
    event = UsageEvent(
        usage_type=request.usage_type,
        direction=request.direction,
        started_at=at,
        quantity=request.quantity,
        other_party=request.other_party,
        serving_plmn=request.serving_plmn or catalog.published(at).brand.home_network,
        apn=request.apn,
        segments=line.segments,
        friend_lists=inventory.lists_with(circle).get(asked, frozenset()),
        closed_user_groups=inventory.groups_within(circle).get(asked, frozenset()),
    )
    buckets = balance.buckets_of(line.subscription_id, at)
    payers, period = purses(line, buckets, event, found.tariff.currency), (line.subscription_id, line.period_of(at))
    before = counters.read([period])[period]
    consumption = consume(payers, found.tariff, event, counters=before)
    told = kept(found.tariff, event, before)
    words = told_lines(told, consumption.counted, period[1], event.usage_type.unit, found.tariff.currency)
    return Enquiry(
        subscription=line.subscription,
        tariff=found.tariff.label,
        event=event,
        consumption=consumption,
        lines=(*explain(consumption), *words),
    )


def _subscriber(msisdn: str, at: datetime) -> Subscriber:
    found = inventory.identify(msisdn=Msisdn.parse(msisdn), at=at)
    if found is None:
        raise SubscriberUnknown("nobody has this number", field="msisdn", value=msisdn, expected="a number of ours")
    return found
