"""Events per second: the price function with the demo brand's tariffs, beside an empty loop over the same events."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

import click
from ground import headed, timed, told

from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.period import Period
from linehouse.rating.service import consume, price
from linehouse.rating.values import Bucket, BucketKind, Conditions, Direction, Scope, UsageEvent, UsageType
from linehouse.simulators.cdr_feed.usage import Subscriber, make_usage

ROBIN = Path(__file__).resolve().parents[1] / "brands" / "robin"
ROUNDS = 7


def main() -> None:
    """Price a year of one subscriber's usage, with money alone and with an allowance."""
    catalogue = read_catalogue(read_folder(ROBIN)).catalogue
    tariff = catalogue.tariffs["robin-sim-only"]
    events = _events()
    bucket = _allowance()
    alone: list[float] = []
    helped: list[float] = []
    empty: list[float] = []
    for _ in range(ROUNDS):
        with timed(alone, process_time):
            for event in events:
                price(tariff, event)
        with timed(helped, process_time):
            for event in events:
                consume((bucket,), tariff, event)
        with timed(empty, process_time):
            for _event in events:
                pass
    headed("rating: calls, messages and data sessions of a year, one by one, by the tariff robin-sim-only")
    told("price, money alone", "empty loop", len(events), alone, empty, "events")
    click.echo("with an allowance of data that covers every session:")
    told("consume, with a bucket", "empty loop", len(events), helped, empty, "events")


def _events() -> list[UsageEvent]:
    kinds = {"voice": UsageType.VOICE, "sms": UsageType.SMS, "data": UsageType.DATA}
    uses = make_usage(
        "2026", [Subscriber("204041000000001", "31610200000")], date(2026, 1, 1), 365, ZoneInfo("Europe/Amsterdam")
    )
    return [
        UsageEvent(
            usage_type=kinds[use.kind],
            started_at=use.started_at,
            quantity={"voice": use.seconds * 1000, "sms": 1, "data": use.octets_up + use.octets_down}[use.kind],
            direction=Direction(use.direction),
            other_party=f"+{use.party}" if use.party else "",
            serving_plmn=Plmn("204", "04"),
        )
        for use in uses
    ]


def _allowance() -> Bucket:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return Bucket(
        ref="P-000001/data",
        kind=BucketKind.UNITS,
        available=10**15,
        valid=Period(start, None),
        created_at=start,
        scope=Scope(include=(Conditions(usage_types=frozenset({UsageType.DATA})),)),
    )


if __name__ == "__main__":
    main()
