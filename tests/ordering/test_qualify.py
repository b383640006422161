"""The rules that decide whether an order may be taken: each on its own, and all problems at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.catalog.values import (
    Catalogue,
    Eligibility,
    LifecycleStatus,
    OfferingKind,
    OfferingMatch,
    ProductOffering,
)
from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import Ok, Refused
from linehouse.kernel.period import Period
from linehouse.ordering.qualify import Buyer, OwnedProduct, Question, qualify
from linehouse.ordering.values import ItemAction, OrderItemRequest

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"
NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
ANNA = new_id()
PLAN = OrderItemRequest("1", offering_key="robin-sim-only-20")
PACK = OrderItemRequest("2", offering_key="robin-booster-5gb", parent_item="1")


@cache
def robin() -> Catalogue:
    return read_catalogue(read_folder(ROBIN)).catalogue


def selling(**changed: ProductOffering) -> Catalogue:
    return replace(robin(), offerings={**robin().offerings, **{o.key: o for o in changed.values()}})


def owned(state: str = "active", *, customer: object = ANNA) -> OwnedProduct:
    return OwnedProduct(new_id(), "S-1", "robin-sim-only-20", OfferingKind.PLAN, state, customer)  # type: ignore[arg-type]  # an id


def buyer(*products: OwnedProduct, **changed: object) -> Buyer:
    anna = Buyer(ANNA, "individual", "", ANNA, "EUR", products)
    return replace(anna, **changed)  # type: ignore[arg-type]  # the buyer's own fields


def codes(
    *items: OrderItemRequest, who: Buyer | None = None, catalogue: Catalogue | None = None, channel: str = "desk"
) -> list[str]:
    outcome = qualify(Question(who or buyer(), items, catalogue or robin(), channel, NOW))
    match outcome:
        case Ok():
            return []
        case Refused(problems):
            return [p.code for p in problems]


def test_what_is_in_order_is_taken() -> None:
    assert codes(PLAN) == []
    assert codes(PLAN, PACK) == []
    assert codes(PACK, PLAN) == []


def test_all_problems_are_named_at_once() -> None:
    wrong = [replace(PLAN, ref="a/b", offering_key="x"), replace(PACK, parent_item="nobody")]
    assert codes(*wrong, who=buyer(barred="overdue")) == [
        "ordering.item_ref",
        "ordering.customer_barred",
        "ordering.offering_unknown",
        "ordering.requirement_missing",
        "ordering.parent_unknown",
    ]


def plan(**changed: object) -> ProductOffering:
    return replace(robin().offerings["robin-sim-only-20"], **changed)  # type: ignore[arg-type]  # the offering's own fields


@pytest.mark.parametrize("status", [s for s in LifecycleStatus if s is not LifecycleStatus.LAUNCHED])
def test_only_what_is_launched_is_sold(status: LifecycleStatus) -> None:
    assert codes(PLAN, catalogue=selling(o=plan(status=status))) == ["ordering.offering_not_on_sale"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (NOW, None, []),
        (datetime(2026, 1, 1, tzinfo=UTC), NOW, ["ordering.offering_not_on_sale"]),
        (datetime(2026, 11, 2, tzinfo=UTC), None, ["ordering.offering_not_on_sale"]),
    ],
)
def test_it_is_sold_from_its_first_to_before_its_last_instant(
    start: datetime, end: datetime | None, expected: list[str]
) -> None:
    assert codes(PLAN, catalogue=selling(o=plan(valid=Period(start, end)))) == expected


def test_it_is_for_those_for_whom_it_is_meant() -> None:
    business = selling(o=plan(eligibility=Eligibility(customer_kinds=("organization",))))
    assert codes(PLAN, catalogue=business) == ["ordering.not_for_this_customer"]
    assert codes(PLAN, catalogue=business, who=buyer(kind="organization")) == []
    shop = selling(o=plan(eligibility=Eligibility(channels=("shop",))))
    assert codes(PLAN, catalogue=shop) == ["ordering.not_in_this_channel"]
    assert codes(PLAN, catalogue=shop, channel="shop") == []


def test_price_and_account_have_one_currency() -> None:
    assert codes(PLAN, who=buyer(currency="GBP")) == ["ordering.currency"]


def test_what_is_required_is_there_or_comes_along() -> None:
    needs = selling(o=plan(requires=(OfferingMatch(offering="robin-prepaid-start"),)))
    assert codes(PLAN, catalogue=needs) == ["ordering.requirement_missing"]
    assert codes(PLAN, OrderItemRequest("2", offering_key="robin-prepaid-start"), catalogue=needs) == []


def test_what_is_excluded_is_neither_owned_nor_ordered_unless_it_ends_with_this_order() -> None:
    alone = selling(o=plan(excludes=(OfferingMatch(kind=OfferingKind.PLAN),)))
    mine = owned()
    ending = OrderItemRequest("9", ItemAction.DELETE, product_id=mine.id)
    assert codes(PLAN, catalogue=alone) == []
    assert codes(PLAN, catalogue=alone, who=buyer(mine)) == ["ordering.excluded"]
    assert codes(PLAN, ending, catalogue=alone, who=buyer(mine)) == []
    assert codes(PLAN, catalogue=alone, who=buyer(owned("terminated"))) == []
    assert codes(PLAN, replace(PLAN, ref="2"), catalogue=alone) == ["ordering.excluded", "ordering.excluded"]


@pytest.mark.parametrize("state", ["pendingActive", "suspended", "terminated"])
def test_a_pack_goes_with_an_active_plan_of_this_customer(state: str) -> None:
    mine, other = owned(), owned(customer=new_id())
    assert codes(replace(PACK, parent_item="", parent_product_id=mine.id), who=buyer(mine)) == []
    late = owned(state)
    assert "ordering.needs_active_plan" in codes(
        replace(PACK, parent_item="", parent_product_id=late.id), who=buyer(late)
    )
    assert "ordering.needs_active_plan" in codes(
        replace(PACK, parent_item="", parent_product_id=other.id), who=buyer(other)
    )


def test_a_parent_is_named_once() -> None:
    mine = owned()
    both = replace(PACK, parent_product_id=mine.id)
    assert codes(PLAN, both, who=buyer(mine)) == ["ordering.parent_unknown"]


def test_a_live_product_is_ended_once() -> None:
    mine, gone = owned("suspended"), owned("terminated")
    end = OrderItemRequest("1", ItemAction.DELETE, product_id=mine.id)
    assert codes(end, who=buyer(mine)) == []
    assert codes(end, replace(end, ref="2"), who=buyer(mine)) == ["ordering.product_twice"]
    assert codes(replace(end, product_id=gone.id), who=buyer(gone)) == ["ordering.product_not_live"]
    assert codes(replace(end, product_id=None)) == ["ordering.product_not_live"]
