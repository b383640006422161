"""A tariff with every word that must be told: published, used, charged, and explained, with figures by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from linehouse.billing import service as billing
from linehouse.billing.values import LineKind
from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.charging import service as charging
from linehouse.charging.laws import counters_are_the_records, unbilled_is_in_the_journal
from linehouse.charging.ports import use_tax_rates
from linehouse.charging.service import Wanted, rerating_difference
from linehouse.charging.values import Rate
from linehouse.inventory import service as inventory
from linehouse.inventory.values import MemberKind
from linehouse.kernel.period import Period
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.work import Actor
from linehouse.resource import service as resources
from linehouse.usage import service as usage
from tests.balance.house import ROBIN, activate, register

LISTS = "friend-lists:\n  family: {name: Family and friends, maximum: 2}\n\nlegal-entity:\n"
TARIFF = """tariff: told
name: Every word
version: "1"
valid-from: 2026-01-01
currency: EUR
prices: gross
time-zone: serving
home-time-zone: Europe/Amsterdam
zones: [nights, numbers, networks]
attribute: report
counters:
  minutes: {of: {usage-type: voice}, counts: all}
rules:
  - rule: family
    when: {usage-type: voice, friends-and-family: family}
    price: {steps: [{price: 0.01, unit: 1 min, block: 60 s}]}
  - rule: fleet
    when: {usage-type: voice, closed-user-group: fleet}
    price: {steps: [{price: 0.02, unit: 1 min, block: 60 s}]}
  - rule: first-minutes
    when: {usage-type: voice, accumulated-usage: {counter: minutes, below: 2 min}}
    price: free
  - rule: talk
    when: {usage-type: voice}
    price: {steps: [{price: 0.10, unit: 1 min, block: 60 s}]}
  - rule: texts
    when: {usage-type: sms, number-zone: world-1}
    price:
      per: period
      steps:
        - {price: 0.10, unit: 1 message}
        - {from: 2 messages, price: 0.03, unit: 1 message}
  - rule: night-data
    when: {usage-type: data, time-band: night, segment: individual}
    price: {steps: [{price: 0.001, unit: 1 MB, block: 1 MB}]}
  - rule: data
    when: {usage-type: data}
    price: {steps: [{price: 0.01, unit: 1 MB, block: 1 MB}]}
  - rule: content
    when: {usage-type: event}
    price: {percent: {rate: 10 %}}
"""
BANDS = """time-bands:
  night: {name: Night, weekly: {days: every-day, from: "22:00", to: "06:00"}}
"""
FEED = {
    "key": "told",
    "name": "Everything that can be told",
    "format": "csv",
    "files": ["told-*.csv"],
    "country": "NL",
    "home-networks": ["204-04"],
    "settings": {
        "delimiter": ";",
        "zone": "Europe/Amsterdam",
        "time": "%Y-%m-%d %H:%M:%S",
        "columns": {
            "reference": "ref",
            "type": "type",
            "msisdn": "number",
            "party": "party",
            "started": "started",
            "ended": "ended",
            "utc-offset": "offset",
            "quantity": "used",
            "amount": "paid",
        },
        "types": {"V": "voice out", "S": "sms out", "D": "data", "E": "event out"},
        "units": {"voice": "s", "data": "MB"},
        "currency": "EUR",
    },
}
HEAD = "ref;type;number;party;started;ended;offset;used;paid"


@pytest.fixture(autouse=True)
def _a_charging_house(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    before = use_tax_rates(lambda country, _category, _day: Rate(Fraction(21, 100), f"{country}-21"))
    yield
    use_tax_rates(before)


def test_each_word_is_told_and_each_price_is_what_the_hand_says(
    brand: str, actor: Actor, drain: Callable[[], int], advance: Callable[..., object], tmp_path: Path
) -> None:
    files = dict(read_folder(ROBIN))
    files["brand.yaml"] = files["brand.yaml"].replace("legal-entity:\n", LISTS, 1)
    files["tariffs/told.yaml"], files["zones/nights.yaml"] = TARIFF, BANDS
    plan_file = "catalog/robin-prepaid-start.yaml"
    assert "tariff: robin-standard" in files[plan_file]
    files[plan_file] = files[plan_file].replace("tariff: robin-standard", "tariff: told", 1)
    begin, end = files[plan_file].index("allowances:"), files[plan_file].index("credits:")
    files[plan_file] = files[plan_file][:begin] + files[plan_file][end:]
    catalog.apply_texts(files, actor=actor)
    resources.seed_stock(actor=actor)
    (tmp_path / "told.yaml").write_text(yaml.safe_dump(FEED), encoding="utf-8")
    usage.apply_feeds(tmp_path, actor=actor)
    me, other = (
        activate(actor, register(actor), "robin-prepaid-start"),
        activate(actor, register(actor, "Piet"), "robin-prepaid-start"),
    )
    assert me.msisdn is not None
    assert other.msisdn is not None
    mine, theirs = me.msisdn.digits, other.msisdn.e164
    inventory.put_friend(me.id, "family", "+31612345678", actor=actor, reason="asked")
    inventory.open_group("acme", "ACME", word="fleet", actor=actor, reason="contract")
    inventory.join_group("acme", MemberKind.LINE, me.id, actor=actor, reason="contract")
    inventory.join_group("acme", MemberKind.CUSTOMER, other.customer_id, actor=actor, reason="contract")
    drain()
    advance(datetime(2026, 11, 8, 8, tzinfo=UTC))
    rows = [
        # 61 s to family: 2 minutes at 0.01; they count as minutes of the period, too.
        f"1;V;{mine};+31612345678;2026-11-02 10:00:00;;+0100;61;",
        # 30 s within the fleet: 1 minute at 0.02.
        f"2;V;{mine};{theirs};2026-11-02 11:00:00;;+0100;30;",
        # 91 s of the period are used: the first 29 s are free, then 2 minutes at 0.10.
        f"3;V;{mine};+4915112345678;2026-11-02 12:00:00;;+0100;120;",
        # Texts: 0.10, 0.10, then 0.03.
        *(f"{n};S;{mine};+12125550123;2026-11-0{n} 12:00:00;;+0100;1;" for n in (4, 5, 6)),
        # Opened at 21:30 and closed at 22:30 there: by its report it is night, 10 MB at 0.001.
        f"7;D;{mine};;2026-11-03 21:30:00;2026-11-03 22:30:00;-0500;10;",
        # The same in daytime: 10 MB at 0.01.
        f"8;D;{mine};;2026-11-03 09:00:00;2026-11-03 10:00:00;+0100;10;",
        # A tenth of 4.99.
        f"9;E;{mine};;2026-11-04 09:00:00;;+0100;1;4.99",
    ]
    usage.receive_file("told-1.csv", "\n".join([HEAD, *rows]).encode(), actor=actor)
    drain()
    rated = sorted(charging.rated_usage(subscription_id=me.id, limit=50)[0], key=lambda row: row.started_at)
    assert [(row.rule, row.amount.micros) for row in rated] == [
        ("family", 20_000),
        ("fleet", 20_000),
        ("first-minutes, talk", 200_000),
        ("data", 100_000),
        ("night-data", 10_000),
        ("content", 499_000),
        ("texts", 100_000),
        ("texts", 100_000),
        ("texts", 30_000),
    ]
    told = {row.rule: "\n".join(map(str, charging.explain(row.record_id))) for row in rated}
    assert "The other party is on the line's list family." in told["family"]
    assert "It stays within closed user group acme, fleet." in told["fleet"]
    assert "Used before in the period since 2026-11-01, counter minutes: 1 min 31 s." in told["first-minutes, talk"]
    assert "Used before in the period since 2026-11-01, counter told v1/texts: 2 messages." in told["texts"]
    assert "The customer is in segment individual." in told["night-data"]
    assert "The record was closed at 2026-11-04T03:30:00+00:00." in told["night-data"]
    assert "Local time there is UTC-05:00." in told["night-data"]
    assert "A percentage is taken of 4.99 EUR." in told["content"]
    assert counters_are_the_records().findings == ()
    assert unbilled_is_in_the_journal().findings == ()
    assert rated[-1].counted_in == date(2026, 11, 1)
    november = Period(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
    # Taken off the list and out of the group since: rated again, each call is told what was so when it was made.
    inventory.drop_friend(me.id, "family", "+31612345678", actor=actor, reason="asked")
    inventory.leave_group("acme", MemberKind.LINE, me.id, actor=actor, reason="left")
    found = rerating_difference(Wanted(november))
    assert (found.looked_at, found.changed) == (9, ())


RULES = """  - rule: family-abroad
    line: calls
    when: {usage-type: voice, direction: out, number-zone: world-1, friends-and-family: family}
    price: {steps: [{price: 0.05, unit: 1 min, block: 60 s}]}
  - rule: texts-abroad
    line: messages
    when: {usage-type: sms, direction: out, number-zone: world-1}
    price:
      per: period
      steps:
        - {price: 0.10, unit: 1 message}
        - {from: 2 messages, price: 0.03, unit: 1 message}
  - rule: content
    line: messages
    when: {usage-type: event}
    price: {percent: {rate: 10 %}}
"""


def test_what_was_told_stands_on_the_bill_also_what_waited_first(
    brand: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[..., object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rooms = ("balance.", "charging.", "billing.", "documents.", "usage.")
    monkeypatch.setattr(
        outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(rooms)]
    )
    files = dict(read_folder(ROBIN))
    files["brand.yaml"] = files["brand.yaml"].replace("legal-entity:\n", LISTS, 1)
    standard = files["tariffs/robin-standard.yaml"].replace("rules:\n", f"rules:\n{RULES}", 1)
    files["tariffs/robin-standard.yaml"] = standard[: standard.index("\nexamples:")] + "\n"
    catalog.apply_texts(files, actor=actor)
    resources.seed_stock(actor=actor)
    (tmp_path / "told.yaml").write_text(yaml.safe_dump(FEED), encoding="utf-8")
    usage.apply_feeds(tmp_path, actor=actor)
    plan = activate(actor, register(actor), "robin-sim-only-20")
    assert plan.msisdn is not None
    mine = plan.msisdn.digits
    inventory.put_friend(plan.id, "family", "+12125550199", actor=actor, reason="asked")
    drain()
    advance(datetime(2026, 11, 8, 8, tzinfo=UTC))
    rows = [
        f"1;V;{mine};+12125550199;2026-11-02 10:00:00;;+0100;61;",
        *(f"{n};S;{mine};+12125550123;2026-11-0{n} 12:00:00;;+0100;1;" for n in (3, 4, 5)),
        f"6;E;{mine};;2026-11-06 09:00:00;;+0100;1;",
    ]
    usage.receive_file("told-1.csv", "\n".join([HEAD, *rows]).encode(), actor=actor)
    drain()
    (waiting,), _ = usage.list_suspense()
    assert waiting.message == "a percentage is due and the event carries no amount"
    usage.correct(waiting.id, {"amount": "4.99 EUR"}, actor=actor, reason="the shop's list")
    assert usage.resubmit(waiting.id, actor=actor, reason="amount known")
    drain()
    assert counters_are_the_records().findings == ()
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    billing.approve(run_id, actor=actor)
    billing.post(run_id, actor=actor)
    drain()
    bill = billing.invoice_detail(billing.invoice_by_number("INV-000001").id)
    lines = sorted(
        (line for line in bill.lines if line.kind is LineKind.USAGE and line.amount),
        key=lambda line: line.amount.micros,
    )
    # 2 × 0.05 for the call; 0.10 + 0.10 + 0.03 for the texts; a tenth of 4.99, rounded once.
    assert [(line.key, line.records, str(line.amount)) for line in lines] == [
        ("calls", 1, "0.10 EUR"),
        ("messages", 3, "0.23 EUR"),
        ("messages", 1, "0.50 EUR"),
    ]
    children = billing.explain_line(lines[0].id).children
    why = [list(map(str, charging.explain(child.record_id))) for child in children if child.record_id is not None]
    assert "The other party is on the line's list family." in why[0]
    assert unbilled_is_in_the_journal().findings == ()
