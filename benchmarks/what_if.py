"""Records a second that a trial of a plan decides again, beside ``rating.price`` of the same events alone.

Subscribers of the demo brand's plan with a month of everyday use each, decided on the plan with its allowances, its tax
and its wholesale cost; processor time, no database. The baseline prices the same events without allowance or cost.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from time import process_time
from uuid import UUID
from zoneinfo import ZoneInfo

from ground import headed, timed, told

ROBIN = Path(__file__).resolve().parents[1] / "brands" / "robin"
ZONE = ZoneInfo("Europe/Amsterdam")
PEOPLE, RECORDS, ROUNDS = 40, 300, 7


def main() -> None:
    """Decide a month of forty people, and price it bare, in turns."""
    from linehouse.balance.granting import Granted
    from linehouse.balance.values import Owner
    from linehouse.billing.values import AccountFacts
    from linehouse.catalog.files import read_catalogue
    from linehouse.catalog.folder import read_folder
    from linehouse.catalog.values import BillingMode
    from linehouse.charging.as_event import event_of
    from linehouse.charging.values import Line, Rate
    from linehouse.insight.what_if import DraftPlan, Held, Subscriber, grants_for, replay
    from linehouse.kernel.numbering import Plmn
    from linehouse.kernel.period import Period
    from linehouse.kernel.quantity import Quantity, Unit
    from linehouse.rating.price import price
    from linehouse.rating.values import Direction, UsageType
    from linehouse.usage.values import NormalisedUsage, PartyKind, ServingNetwork

    plan = DraftPlan(read_catalogue(read_folder(ROBIN)).catalogue)
    offering = plan.catalogue.offering("robin-sim-only-20")
    start = datetime(2026, 10, 31, 23, tzinfo=UTC)
    period = Period(start, start + timedelta(days=30))
    kinds = (
        (UsageType.VOICE, Unit.MILLISECOND, 61_000, "+31612345678"),
        (UsageType.DATA, Unit.OCTET, 180_000_000, ""),
        (UsageType.SMS, Unit.MESSAGE, 1, "+4915112345678"),
        (UsageType.VOICE, Unit.MILLISECOND, 372_000, "+12125550123"),
    )

    def person(number: int) -> tuple[Subscriber, list[NormalisedUsage]]:
        subscription = UUID(int=number + 1)
        owner = Owner(
            customer_id=subscription,
            subscription_id=subscription,
            subscription=f"S-{number:06d}",
            account_id=subscription,
            account=f"BA-{number:06d}",
        )
        line = Line(
            customer_id=subscription,
            subscription_id=subscription,
            subscription=owner.subscription,
            account_id=subscription,
            account=owner.account,
            offering=offering.key,
            tariff_key=offering.tariff,
            billing_mode=BillingMode.POSTPAID,
            currency="EUR",
            tax_country="NL",
            zone=ZONE,
        )
        brings = Granted(
            product_id=subscription,
            offering=offering,
            catalog_version=1,
            owner=owner,
            prefix=owner.subscription,
            cycle_day=1,
            zone=ZONE,
            currency="EUR",
            activated_at=start,
        )
        account = AccountFacts(account=owner.account, currency="EUR", zone=ZONE, cycle_day=1, tax_country="NL")
        records = []
        for place in range(RECORDS):
            usage_type, unit, quantity, party = kinds[(place + number) % len(kinds)]
            records.append(
                NormalisedUsage(
                    id=UUID(int=number * RECORDS + place + 1),
                    key=f"{number}-{place}",
                    subscription_id=subscription,
                    customer_id=subscription,
                    billing_account_id=subscription,
                    msisdn="31610200000",
                    imsi="204040000000001",
                    usage_type=usage_type,
                    direction=Direction.OUT,
                    other_party=party,
                    party_kind=PartyKind.E164 if party else PartyKind.NONE,
                    started_at=start + timedelta(minutes=7 + 140 * place),
                    utc_offset=60,
                    quantity=Quantity(quantity, unit),
                    serving=ServingNetwork(Plmn.parse("204-04"), "NL"),
                    visited=False,
                    apn="internet.robin" if usage_type is UsageType.DATA else "",
                    event_reference="",
                    cause="",
                    wholesale=None,
                    source="host-cdr",
                    source_kind="csv",
                    corrections=False,
                    file_id=UUID(int=1),
                    position=place,
                    reference="",
                )
            )
        return Subscriber(line=line, plan=Held(number="S", brings=brings), add_ons=(), account=account), records

    def rate_on(_country: str, _category: str, _day: date) -> Rate:
        return Rate(Fraction(21, 100), "NL-21")

    people = [person(number) for number in range(PEOPLE)]
    tariff = plan.catalogue.tariffs[offering.tariff or ""]
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        with timed(ours, process_time):
            for subscriber, records in people:
                grants = grants_for(subscriber, plan, start + timedelta(days=30))
                replay(subscriber, plan, grants, records, period=period, rate_on=rate_on, on_net={}, ported={})
        with timed(theirs, process_time):
            for _subscriber, records in people:
                for record in records:
                    price(tariff, event_of(record))
    headed("what if: records decided again on a plan with allowances, tax and cost")
    told("replay", "price alone", PEOPLE * RECORDS, ours, theirs, "records")


if __name__ == "__main__":
    main()
