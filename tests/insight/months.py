"""A brand with a few subscribers and a month of their usage; a plan that would have been another."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from linehouse.balance import service as balance
from linehouse.balance.values import Grant, Owner, TaxedAt
from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.insight.service import WhatIfRequest
from linehouse.inventory.values import ProductView
from linehouse.kernel.period import Period
from linehouse.platform.runner import drain as drain_jobs
from linehouse.platform.work import Actor
from linehouse.rating.values import BucketKind
from linehouse.resource import service as resources
from linehouse.simulators.cdr_feed.host_csv import host_csv
from linehouse.simulators.cdr_feed.usage import Subscriber, make_usage
from linehouse.usage import service as usage
from tests.balance.house import activate, register
from tests.charging.host import Cdr, send

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"
ZONE = ZoneInfo("Europe/Amsterdam")
DECEMBER = datetime(2026, 12, 1, 8, tzinfo=UTC)
START, UNTIL = date(2026, 11, 1), date(2026, 12, 1)
NOVEMBER = Period(datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))
PLAN = "catalog/robin-sim-only-20.yaml"
PREPAID = "catalog/robin-prepaid-start.yaml"
TARIFF = "tariffs/robin-sim-only.yaml"
WHOLESALE = "tariffs/host-wholesale.yaml"
NL, US = "0612345678", "0012125550123"
GB = 10**9


def edited(files: dict[str, str], path: str, *changes: tuple[str, str]) -> dict[str, str]:
    text = files[path]
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    head, _, _ = text.partition("\nexamples:")
    return files | {path: head + "\n"}


def draft() -> dict[str, str]:
    """Cheaper by fee, less data, dearer data beyond it until much of it was used in the period, 100 minutes instead of
    all, another price of the host."""
    files = dict(read_folder(ROBIN))
    files = edited(files, PLAN, ("amount: 18.00", "amount: 12.50"), ("amount: 20 GB", "amount: 2 GB"))
    first = files[PLAN].index("amount: unlimited")
    files[PLAN] = files[PLAN][:first] + files[PLAN][first:].replace("amount: unlimited", "amount: 100 min", 1)
    files = edited(files, PREPAID, ("amount: 5 GB", "amount: 1 GB"), ("amount: 15.00", "amount: 9.00"))
    steps = "price: 0.0057, unit: 1 MB, block: 30 kB}\n        - {from: 600 MB, price: 0.0031, unit: 1 MB, block: 30 kB"
    files = edited(
        files,
        TARIFF,
        ("price: 0.004, unit: 1 MB, block: 100 kB", steps),
        ("    price:\n      steps:", "    price:\n      per: period\n      steps:"),
    )
    return edited(files, WHOLESALE, ("price: 0.011, unit: 1 min", "price: 0.0137, unit: 1 min"))


def open_with(files: dict[str, str], actor: Actor) -> None:
    catalog.apply_texts(files, actor=actor, base_version=0)
    resources.seed_stock(actor=actor)
    usage.apply_feeds(ROBIN / "feeds", actor=actor)


def people(actor: Actor, topped_up: int = 10_000_000_000) -> list[ProductView]:
    """Two postpaid subscribers, one of them with another cycle day, one with a booster, and a prepaid one."""
    anna = activate(actor, register(actor, "Anna"), "robin-sim-only-20")
    bart = activate(actor, register(actor, "Bart", cycle_day=15), "robin-sim-only-20")
    cees = register(actor, "Cees")
    pack = activate(actor, cees, "robin-prepaid-start")
    activate(actor, cees, "robin-booster-5gb", plan=pack.id)
    drain_jobs()
    voucher = Grant(
        ref=f"{pack.number}/voucher",
        owner=Owner(
            customer_id=pack.customer_id,
            subscription_id=pack.id,
            subscription=pack.number,
            account_id=pack.billing_account_id,
            account=pack.billing_account_number,
        ),
        product_id=pack.id,
        kind=BucketKind.MAIN,
        asset="EUR",
        amount=topped_up,
        valid=Period(datetime(2026, 11, 1, tzinfo=UTC)),
        source="top-up/voucher",
        catalog_version=1,
        priority=1_000,
        taxed_at=TaxedAt.USE,
    )
    balance.grant([voucher], actor=actor)
    return [anna, bart, pack]


def use_much(plans: list[ProductView], actor: Actor) -> None:
    """A month of everyday use, and some that is dear."""
    phones = [Subscriber(one.imsi.digits, one.msisdn.digits) for one in plans if one.imsi and one.msisdn]
    made = host_csv(make_usage("what-if", phones, date(2026, 11, 2), 27, ZONE), date(2026, 11, 29), zone=ZONE)
    usage.receive_file(made.name, made.data, actor=actor)
    drain_jobs()
    extra = [
        Cdr(plan, service, quantity, start=f"2026-11-{29 + n // 40:02d} {n % 24:02d}:{7 * n % 60:02d}:11", party=party)
        for n, (plan, service, quantity, party) in enumerate(
            [(plan, "VOICE", 37 + 211 * k, US if k % 3 else NL) for k in range(9) for plan in plans]
            + [(plan, "DATA", 123_456_789 * (k + 1), "") for k in range(6) for plan in plans]
        )
    ]
    send(extra, actor, 2)
    drain_jobs()


def request(files: dict[str, str], **more: object) -> WhatIfRequest:
    given: dict[str, object] = {
        "name": "a cheaper plan", "start": START, "until": UNTIL, "files": files, "origin": "folder", **more,
    }  # fmt: skip
    return WhatIfRequest(**given)  # type: ignore[arg-type]  # made of known fields
