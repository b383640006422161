"""A record as the event that a tariff prices: what stands in it, and what was looked up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from linehouse.catalog.values import BillingMode
from linehouse.charging.as_event import event_of
from linehouse.charging.told import Told
from linehouse.charging.values import Line
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.usage.values import Direction, NormalisedUsage, PartyKind, ServingNetwork, UsageType, WholesaleCharge

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
RECORD = NormalisedUsage(
    id=new_id(),
    key="k",
    subscription_id=new_id(),
    customer_id=new_id(),
    billing_account_id=new_id(),
    msisdn="31610200000",
    imsi="204040000000001",
    usage_type=UsageType.DATA,
    direction=Direction.OUT,
    other_party="",
    party_kind=PartyKind.NONE,
    started_at=NOON,
    utc_offset=-300,
    quantity=Quantity(10**9, Unit.OCTET),
    serving=ServingNetwork(Plmn.parse("310-410"), "US"),
    visited=True,
    apn="internet.robin",
    event_reference="",
    cause="",
    wholesale=WholesaleCharge(12_345_678_5, 8, "EUR"),
    source="tap",
    source_kind="tap3",
    corrections=False,
    file_id=new_id(),
    position=1,
    reference="",
    ended_at=NOON + timedelta(hours=1),
)
LINE = Line(
    customer_id=RECORD.customer_id,
    subscription_id=RECORD.subscription_id,
    subscription="S-1",
    account_id=new_id(),
    account="BA-1",
    offering="plan",
    tariff_key="t",
    billing_mode=BillingMode.POSTPAID,
    currency="EUR",
    tax_country="NL",
    zone=ZoneInfo("Europe/Amsterdam"),
    segments=frozenset({"individual", "student"}),
    cycle_day=31,
)


def test_everything_that_stands_in_a_record_is_told() -> None:
    event = event_of(RECORD, LINE)
    assert (event.ended_at, event.utc_offset) == (NOON + timedelta(hours=1), timedelta(hours=-5))
    assert event.segments == {"individual", "student"}
    # In roaming what the visited network asks is what a percentage is taken of: 1.2345678(5) to the micro-unit.
    assert event.amount == 1_234_568


def test_an_amount_of_another_currency_is_not_told_and_one_of_its_own_goes_first() -> None:
    assert event_of(replace(RECORD, amount=Money.of("4.99", "EUR")), LINE).amount == 4_990_000
    assert event_of(replace(RECORD, amount=Money.of("4.99", "GBP")), LINE).amount is None
    assert event_of(replace(RECORD, visited=False), LINE).amount is None


def test_what_was_looked_up_is_told_by_record() -> None:
    told = Told(friend_lists={RECORD.id: frozenset({"family"})}).and_of(
        Told(closed_user_groups={RECORD.id: frozenset({"fleet"})}, on_net={new_id(): True})
    )
    event = event_of(RECORD, LINE, told)
    assert event.friend_lists == {"family"}
    assert event.closed_user_groups == {"fleet"}
    assert event.on_net is None


def test_the_period_begins_on_the_cycle_day_or_the_last_day_of_a_short_month() -> None:
    local_midnight = datetime(2026, 11, 29, 23, tzinfo=UTC)
    assert LINE.period_of(local_midnight).isoformat() == "2026-11-30"
    assert LINE.period_of(local_midnight - timedelta(microseconds=1)).isoformat() == "2026-10-31"
    assert LINE.period_of(datetime(2027, 3, 1, tzinfo=UTC)).isoformat() == "2027-02-28"
