"""The catalogue's words become a line, or are refused before anybody can order them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from linehouse.activation.values import Bar, LineService
from linehouse.kernel.numbering import Iccid, Imsi, Msisdn
from linehouse.ordering.provisioning import Brings, brings, desired_state, shown, undeliverable
from tests.ordering.test_qualify import robin

MSISDN, IMSI, ICCID = Msisdn("31610200001"), Imsi("204040000000001"), Iccid.with_check_digit("893108000000000001")


def test_a_plan_brings_a_line() -> None:
    needs = robin().decompose("robin-sim-only-20")
    assert brings(needs) == Brings(number=True, sim=True, network=True)
    desired = desired_state(needs, MSISDN, IMSI, ICCID)
    assert desired.services == frozenset(LineService)
    assert (desired.apns, desired.speed_profile, desired.bars) == (("internet.robin",), "lte-100", frozenset())
    assert shown(needs[0])["apns"] == ["internet.robin"]
    assert shown(needs[0])["voice"] == "yes"


def test_a_pack_brings_nothing() -> None:
    assert brings(robin().decompose("robin-booster-5gb")) == Brings(number=False, sim=False, network=False)


def changed(**settings: Any) -> list[tuple[str, str]]:
    offering = replace(robin().offerings["robin-sim-only-20"], settings={"mobile-line": settings})
    catalogue = replace(robin(), offerings={offering.key: offering})
    return [(p.code, p.field.removeprefix("offerings.robin-sim-only-20.")) for p in undeliverable(catalogue)]


def test_the_brands_catalogue_can_be_delivered() -> None:
    assert undeliverable(robin()) == ()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("teleport", True, "ordering.parameter_unknown"),
        ("voice", "sometimes", "ordering.parameter_wrong"),
        ("bars", ("moon",), "ordering.bar_unknown"),
    ],
)
def test_what_provisioning_does_not_understand_is_refused(name: str, value: Any, code: str) -> None:
    assert changed(**{name: value}) == [(code, f"mobile-line.{name}")]


def test_a_line_that_makes_no_sense_is_refused() -> None:
    assert changed(apns=()) == [("ordering.no_line", "apns")]
    off = dict.fromkeys((str(service) for service in LineService), False)
    assert changed(**off) == [("ordering.no_line", "services")]


def test_bars_reach_the_network() -> None:
    offering = replace(robin().offerings["robin-sim-only-20"], settings={"mobile-line": {"bars": ("premium", "data")}})
    catalogue = replace(robin(), offerings={offering.key: offering})
    desired = desired_state(catalogue.decompose(offering.key), MSISDN, IMSI, ICCID)
    assert desired.bars == {Bar.PREMIUM, Bar.DATA}
