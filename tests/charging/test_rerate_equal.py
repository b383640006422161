"""The law of re-rating: charged wrongly and rated again is the same as charged rightly from the start."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest

from linehouse.balance import service as balance
from linehouse.balance.values import Grant, Owner, TaxedAt
from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.charging import service as charging
from linehouse.charging.service import RerateRequest, counters, usage_by_subscription
from linehouse.kernel.period import Period
from linehouse.ledger import service as ledger
from linehouse.platform.advance import advance
from linehouse.platform.approval import service as approval
from linehouse.platform.checks import verify
from linehouse.platform.runner import drain
from linehouse.platform.scope import brand_scope
from linehouse.platform.work import SYSTEM
from linehouse.rating.values import BucketKind
from linehouse.resource import service as resources
from linehouse.usage import service as usage
from tests.balance.house import activate, register
from tests.charging.conftest import FEEDS
from tests.charging.host import Cdr, send
from tests.conftest import colleague

WHOLE = Period(datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
PARTIES = ("0612345678", "0201234567", "0012125550123", "004930123456", "0900123456", "00447400123456")


def right() -> dict[str, str]:
    """What is on sale, without its examples."""
    files = dict(read_folder(FEEDS.parent))
    return {
        path: text.partition("\nexamples:")[0] + "\n" if path.startswith(("tariffs", "catalog/robin")) else text
        for path, text in files.items()
    }


def with_steps(files: dict[str, str]) -> dict[str, str]:
    """Data beyond the allowance is cheaper after so much of it in the period: what a record counts matters."""
    path = "tariffs/robin-sim-only.yaml"
    old = "      steps:\n        - {price: 0.004, unit: 1 MB, block: 100 kB}"
    assert old in files[path]
    steps = "      per: period\n      steps:\n        - {price: 0.0057, unit: 1 MB, block: 30 kB}\n"
    text = files[path].replace(old, f"{steps}        - {{from: 600 MB, price: 0.0031, unit: 1 MB, block: 30 kB}}")
    return files | {path: text}


def wrong() -> dict[str, str]:
    """Dearer calls, cheaper messages, larger blocks of data, which also eat the allowance faster."""
    files = right()
    path, other = "tariffs/robin-standard.yaml", "tariffs/robin-sim-only.yaml"
    text = files[path]
    for old, new in (
        ("price: 0.50, unit: 1 min", "price: 0.93, unit: 1 min"),
        ("price: 0.15, unit: 1 min, block: 60 s", "price: 0.07, unit: 1 min, block: 30 s"),
        ("price: 0.10, unit: 1 sms", "price: 0.03, unit: 1 sms"),
        ("price: 0.01, unit: 1 MB, block: 100 kB", "price: 0.02, unit: 1 MB, block: 10 MB"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    data = files[other].replace("price: 0.004, unit: 1 MB, block: 100 kB", "price: 0.009, unit: 1 MB, block: 7 MB")
    return files | {path: text, other: data}


def open_with(files, actor):
    catalog.apply_texts(files, actor=actor, base_version=0)
    resources.seed_stock(actor=actor)
    usage.apply_feeds(FEEDS, actor=actor)
    plans = [
        activate(actor, register(actor, f"P{n}", cycle_day=1 + 9 * (n % 3)), offering)
        for n, offering in enumerate(("robin-sim-only-20", "robin-prepaid-start") * 3)
    ]
    drain()
    for nth, plan in enumerate(plans):
        balance.grant([credit(plan, 4_000_000 * nth)] if nth % 2 else [], actor=actor)
    return plans


def credit(plan, micros):
    """Bought credit, from very little to enough."""
    return Grant(
        ref=f"{plan.number}/voucher",
        owner=Owner(
            customer_id=plan.customer_id,
            subscription_id=plan.id,
            subscription=plan.number,
            account_id=plan.billing_account_id,
            account=plan.billing_account_number,
        ),
        product_id=plan.id,
        kind=BucketKind.MAIN,
        asset="EUR",
        amount=micros,
        valid=Period(datetime(2026, 11, 1, tzinfo=UTC)),
        source="top-up/voucher",
        catalog_version=1,
        priority=1_000,
        taxed_at=TaxedAt.USE,
    )


class Chance:
    """Throws that are the same for the same seed, everywhere."""

    def __init__(self, seed):
        self.seed, self.thrown = seed, 0

    def below(self, most):
        self.thrown += 1
        return int.from_bytes(sha256(f"{self.seed}/{self.thrown}".encode()).digest()[:8], "big") % most

    def one_of(self, things):
        return things[self.below(len(things))]


def random_usage(chance, plans):
    """Two files of the host: one in November, one in December that also tells what November had forgotten."""
    files: tuple[list[Cdr], list[Cdr]] = ([], [])
    for plan in plans:
        for _ in range(6 + chance.below(9)):
            second, late = chance.below(25 * 86_400) + 3 * 86_400, chance.below(3) == 0
            if chance.below(10) < 3:
                second, late = chance.below(2 * 86_400 - 6_000) + 30 * 86_400, True
            start = datetime(2026, 11, 1) + timedelta(seconds=second)  # noqa: DTZ001  # the host writes local time
            service = chance.one_of(("VOICE", "VOICE", "SMS", "DATA", "DATA"))
            quantity, party = 1, chance.one_of(PARTIES)
            if service == "VOICE":
                quantity = 1 + chance.below(1_500)
            elif service == "DATA":
                quantity, party = chance.one_of((10**6, 10**8, 10**9)) * (1 + chance.below(7)) + chance.below(10**6), ""
            files[late].append(Cdr(plan, service, quantity, start=f"{start:%Y-%m-%d %H:%M:%S}", party=party))
    return files


def live(files, seed, actor, *, by_event=False):
    """What a brand charges: the first file in November, the second after the month has turned."""
    plans = open_with(files, actor)
    first, second = random_usage(Chance(seed), plans)
    advance(datetime(2026, 11, 29, 8, tzinfo=UTC), actor=actor)
    if not by_event:
        send(first, actor, 1)
        drain()
    advance(datetime(2026, 12, 4, 8, tzinfo=UTC), actor=actor)
    send(sorted([*first, *second], key=lambda cdr: cdr.start) if by_event else second, actor, 2)
    drain()
    return plans


def picture(plans):
    """Everything that a re-rate may move: records, buckets, counters, journal, sums."""
    rows = charging.rated_usage(period=WHOLE, limit=10_000)[0]
    records = sorted(
        (
            row.subscription,
            row.started_at,
            row.quantity.amount,
            row.amount,
            row.net,
            row.gross,
            row.uncollected,
            sorted((ref, amount) for ref, amount in row.unit_takes.items() if amount),
            sorted((ref, amount) for ref, amount in row.money_takes.items() if amount),
            row.cost,
        )
        for row in rows
    )
    buckets = sorted(
        (one.ref, one.granted, one.used, one.expired) for plan in plans for one in balance.buckets_of(plan.id)
    )
    counted = [
        sorted((str(start), {key: used for key, used in found.items() if used}) for (_, start), found in kept.items())
        for kept in (counters.of_subscription(plan.id) for plan in plans)
    ]
    accounts = sorted((one.key, one.asset, one.balance) for one in ledger.accounts() if one.balance)
    sums = [usage_by_subscription([plan.id], WHOLE).get(plan.id) for plan in plans]
    return {"records": records, "buckets": buckets, "counted": counted, "journal": accounts, "sums": sums}


def rate_again(actor, other, version, order):
    request = RerateRequest(
        start=date(2026, 11, 1), until=date(2026, 12, 4), reason="wrong", catalog_version=version, order=order
    )
    number = charging.plan_rerate(request, actor=actor)
    charging.finish_rerate(number)
    return number


@pytest.mark.parametrize("order", ["sequence", "event"])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("correct", [right, lambda: with_steps(right())], ids=["prices", "steps"])
def test_wrong_and_rated_again_is_right_from_the_start(brand, second_brand, actor, order, seed, correct):
    with brand_scope(second_brand):
        wanted = picture(live(correct(), seed, actor, by_event=order == "event"))
    plans = live(wrong(), seed, actor)
    assert picture(plans)["records"] != wanted["records"]
    version = catalog.apply_texts(correct(), actor=SYSTEM, base_version=1).number
    assert version == 2
    number = rate_again(actor, other := colleague(brand, "finance"), version, order)
    approval.approve(charging.propose_rerate(number, actor=actor), actor=other)
    charging.finish_rerate(number)
    view = charging.rerate_view(number)
    assert (view.state, view.left_out) == ("applied", 0)
    assert view.changed > 20
    found = picture(plans)
    for part, whole in wanted.items():
        assert found[part] == whole, part
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []
    again = rate_again(actor, other, version, order)
    assert (charging.rerate_view(again).changed, charging.rerate_view(again).reordered) == (0, 0)
    assert charging.rerate_view(rate_again(actor, other, version, "sequence")).changed == 0
