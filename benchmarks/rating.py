"""Events per second: the price function with the demo brand's tariffs, beside an empty loop over the same events."""

from __future__ import annotations

from dataclasses import replace
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
from linehouse.rating.service import consume, load_marked, match_number, price, read_tariffs
from linehouse.rating.session.decide import decide
from linehouse.rating.session.lapse import grant
from linehouse.rating.session.requests import Ask, Operation, Report, Request
from linehouse.rating.session.state import Holding, State
from linehouse.rating.session.terms import Terms
from linehouse.rating.values import Bucket, BucketKind, Conditions, Direction, Scope, Tariff, UsageEvent, UsageType
from linehouse.simulators.cdr_feed.usage import Subscriber, make_usage

ROBIN = Path(__file__).resolve().parents[1] / "brands" / "robin"
ROUNDS = 7
_HOME = "network-zones: {home: {name: Home, plmns: [204-04]}}"
_TARIFF = """
{tariff: t, name: T, version: 1, valid-from: 2026-01-01, currency: EUR, prices: gross, time-zone: Europe/Amsterdam,
 zones: [world, home], rules: [{rule: all, when: {usage-type: voice}, price: free}]}
"""


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
    _sessions(tariff)
    _lookups()


def _sessions(tariff: Tariff) -> None:
    """Updates of a session: each debits a report and reserves anew; beside pricing once what it reports."""
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    event = UsageEvent(usage_type=UsageType.DATA, started_at=start, quantity=0, serving_plmn=Plmn("204", "04"))
    bucket = replace(_allowance(), available=10**13)
    money = replace(bucket, ref="P-000001/main", kind=BucketKind.MAIN, scope=Scope())
    state = State()
    for one, asset in ((bucket, "octet"), (money, tariff.currency)):
        state = grant(state, Holding(bucket=one, asset=asset)).state
    terms = Terms((tariff,))
    asks = [Ask(event=event, used=(Report(10**7 + n),), want=10**7) for n in range(1_000)]
    requests = [
        Request(key=str(n), operation=Operation.UPDATE, session="s", subscriber="a", asks=(ask,))
        for n, ask in enumerate(asks)
    ]
    reports = [replace(event, quantity=ask.used[0].amount) for ask in asks]
    begun = decide(state, replace(requests[0], key="0/0", operation=Operation.START), terms, start).state
    ours: list[float] = []
    alone: list[float] = []
    for _ in range(ROUNDS):
        current = begun
        with timed(ours, process_time):
            for request in requests:
                current = decide(current, request, terms, start).state
                # Answers are kept by whoever makes them durable, and handed in by key.
                current = current.with_session(replace(current.sessions["s"], answered={}))
        with timed(alone, process_time):
            for report in reports:
                consume((bucket, money), tariff, report)
    click.echo("a session of data with an allowance and a balance:")
    told("session update", "consume, once", len(requests), ours, alone, "requests")


def _lookups() -> None:
    """Zones of a hundred thousand prefixes: the longest that fits, beside one get from a dictionary of as many."""
    lines = ["prefix,zone", *(f"{number},zone-{number % 200}" for number in range(31_000, 31_900))]
    lines += [f"{number},zone-{number % 200}" for number in range(3_161_000, 3_170_000)]
    lines += [f"{number},zone-{number % 200}" for number in range(44_700_000, 44_790_100)]
    read: list[float] = []
    with timed(read, process_time):
        deck = load_marked("\n".join(lines), "world.csv")
    home = load_marked(_HOME, "home.yaml")
    tariff = read_tariffs([load_marked(_TARIFF, "t.yaml")], {"world": deck, "home": home})["t"]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    numbers = [f"+{prefix}{'1234567'[: 12 - len(prefix)]}" for prefix in list(tariff.prefix_index)[::5]]
    events = [
        UsageEvent(usage_type=UsageType.VOICE, started_at=start, quantity=1, other_party=number) for number in numbers
    ]
    known = dict.fromkeys(numbers, "zone")
    ours: list[float] = []
    plain: list[float] = []
    for _ in range(ROUNDS):
        with timed(ours, process_time):
            for event in events:
                match_number(tariff, event)
        with timed(plain, process_time):
            for number in numbers:
                known.get(number)
    headed(f"zones: {len(tariff.prefix_index):,} prefixes of {len(tariff.prefix_lengths)} lengths")
    told("match_number", "dict.get", len(events), ours, plain, "lookups")
    click.echo(f"reading the deck took {read[0]:.2f} s of processor time")


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
