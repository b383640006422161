"""How an allowance is consumed, from the catalog file to the charge."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from linehouse.balance import service as balance
from linehouse.catalog import service as catalog
from linehouse.catalog.errors import FilesInvalid
from linehouse.catalog.folder import read_folder
from linehouse.catalog.values import Terms
from linehouse.charging import service as charging
from linehouse.kernel.outcome import RefusedError
from linehouse.rating.values import OwnPrice, Step
from tests.balance.house import ROBIN, activate, register
from tests.charging.host import Cdr

PREPAID = "catalog/robin-prepaid-start.yaml"
NL = "0612345678"
OWN = "    price: {connect: 0.02, steps: [{price: 0.01, unit: 1 min, block: 60 s}]}\n"


def with_minutes(*lines: str) -> dict[str, str]:
    files = dict(read_folder(ROBIN))
    marker = "    amount: 200 min\n"
    assert marker in files[PREPAID]
    files[PREPAID] = files[PREPAID].replace(marker, marker + "".join(lines), 1)
    return files


def test_exact_with_a_factor_and_a_price_of_its_own(shop, take, actor, drain, later) -> None:
    files = with_minutes("    exact: yes\n", "    factor: 1/2\n", OWN)
    catalog.apply_texts(files, actor=actor, base_version=1)
    plan = activate(actor, register(actor), "robin-prepaid-start")
    drain()
    later(days=1)
    minutes = balance.bucket(f"{plan.number}/minutes")
    own = OwnPrice(steps=(Step(start=0, price=10_000, unit=60_000, block=60_000),), connect=20_000)
    assert minutes.terms == Terms(exact=True, factor=Fraction(1, 2), price=own)
    take(Cdr(plan, "VOICE", 61, start="2026-11-01 18:00:00", party=NL))
    row = charging.rated_usage(subscription_id=plan.id)[0][0]
    assert balance.bucket(f"{plan.number}/minutes").used == 30_500
    # Two blocks at its own price, and its connection fee.
    assert row.amount.micros == 40_000
    left = balance.bucket(f"{plan.number}/minutes").left
    assert left is not None
    assert timedelta(milliseconds=left) == timedelta(minutes=199, seconds=29.5)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("    factor: 0\n", "no number above zero"),
        ("    block: 1 MB\n", "counted in octet, not in ms"),
        ("    price: {connect: 0.02}\n", "needs `steps`"),
        ("    overage: carry\n", "`overage` of a allowance is not supported"),
    ],
)
def test_terms_that_cannot_be_are_refused(shop, actor, line, said) -> None:
    with pytest.raises(FilesInvalid) as caught:
        catalog.apply_texts(with_minutes(line), actor=actor, base_version=1)
    assert any(said in problem.message for problem in caught.value.problems), caught.value.problems


def test_a_list_that_the_brand_does_not_have_is_not_published(shop, actor) -> None:
    files = dict(read_folder(ROBIN))
    standard = files["tariffs/robin-standard.yaml"]
    friends = "  - {rule: friends, when: {usage-type: voice, friends-and-family: family}, price: free}\n"
    files["tariffs/robin-standard.yaml"] = standard.replace("rules:\n", f"rules:\n{friends}", 1)
    with pytest.raises(RefusedError) as caught:
        catalog.apply_texts(files, actor=actor, base_version=1)
    assert "the list 'family', which brand.yaml does not declare" in caught.value.problems[0].message
