"""What an allowance that is used up does with usage: slower, elsewhere or not at all; kept apart, and at no charge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from linehouse.balance.granting import fresh
from linehouse.balance.values import Grant, Owner
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.charging.decision import Decided, TariffInForce, decide
from linehouse.charging.rated_row import rated_row
from linehouse.charging.values import Rate
from linehouse.kernel.ids import new_id
from linehouse.kernel.period import Period
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.cost import Cost
from linehouse.rating.explain import explain_plain
from linehouse.rating.values import BucketKind, WhenEmpty
from tests.balance.house import ROBIN
from tests.charging.test_told import LINE, RECORD

MB = 10**6
TARIFF = read_catalogue(dict(read_folder(ROBIN))).catalogue.tariffs["robin-standard"]


def allowance(when: WhenEmpty) -> Grant:
    return Grant(
        ref="S-1/anywhere",
        owner=Owner(
            customer_id=LINE.customer_id,
            subscription_id=LINE.subscription_id,
            subscription=LINE.subscription,
            account_id=LINE.account_id,
            account=LINE.account,
        ),
        product_id=LINE.subscription_id,
        kind=BucketKind.UNITS,
        asset="octet",
        amount=MB,
        valid=Period(datetime(2026, 11, 1, tzinfo=UTC)),
        source="gift/anywhere",
        catalog_version=1,
        texts={"en": "1 MB anywhere"},
        when_empty=when,
    )


@pytest.mark.parametrize(
    ("when", "verdict", "reason", "figures", "said"),
    [
        (
            WhenEmpty.THROTTLE,
            "throttled",
            "throttled-by-empty-bucket",
            {"throttled": 2 * MB, "redirected": 0, "blocked": 0},
            "slower, without money",
        ),
        (
            WhenEmpty.REDIRECT,
            "blocked",
            "redirected-by-empty-bucket",
            {"throttled": 0, "redirected": 2 * MB, "blocked": 0},
            "more can be bought",
        ),
        (
            WhenEmpty.BLOCK,
            "blocked",
            "blocked-by-empty-bucket",
            {"throttled": 0, "redirected": 0, "blocked": 2 * MB},
            "money is not asked",
        ),
    ],
)
def test_usage_beyond_an_allowance_is_kept_with_its_reason(
    when: WhenEmpty, verdict: str, reason: str, figures: dict[str, int], said: str
) -> None:
    records = [
        replace(RECORD, id=new_id(), position=place, quantity=Quantity(quantity, Unit.OCTET))
        for place, quantity in enumerate((MB, 2 * MB))
    ]
    buckets = {LINE.subscription_id: [fresh(allowance(when), new_id())]}
    first, last = decide(
        records, {LINE.subscription_id: LINE}, buckets, lambda _key, _instant: TariffInForce(TARIFF, 1)
    )
    assert isinstance(first, Decided)
    assert isinstance(last, Decided), last
    covered, row = (rated_row(one, Rate(Fraction(21, 100), "NL-21"), Cost(0, "")) for one in (first, last))
    assert (covered["verdict"], covered["reason"], covered["covered_by"]) == ("priced", "", "1 MB anywhere")
    assert (row["verdict"], row["reason"], row["amount"], row["uncollected"]) == (verdict, reason, 0, 0)
    assert {name: row[name] for name in figures} == figures
    assert said in " ".join(map(str, explain_plain(row["explanation"])))
