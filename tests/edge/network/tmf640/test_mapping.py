"""Desired state to TMF640 and back without loss; what is kept of the wire tells no identity."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.activation.drift import difference
from linehouse.activation.values import Bar, DesiredState, LineService
from linehouse.edge.network.tmf640.mapping import WireWrong, from_service, last_segment, to_create, to_update
from linehouse.edge.network.tmf640.masking import LIMIT, masked
from linehouse.kernel.error import Invalid
from linehouse.kernel.numbering import Iccid, Imsi, Msisdn

digits = st.text("0123456789", min_size=10, max_size=10)
states = st.builds(
    DesiredState,
    msisdn=digits.map(lambda d: Msisdn("316" + d[:8])),
    imsi=digits.map(lambda d: Imsi("20404" + d)),
    iccid=digits.map(lambda d: Iccid.with_check_digit("89310800" + d)),
    services=st.frozensets(st.sampled_from(LineService), min_size=1),
    bars=st.frozensets(st.sampled_from(Bar)),
    apns=st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3).map(tuple),
    speed_profile=st.text(max_size=20),
)


@given(states)
def test_what_goes_out_comes_back(desired: DesiredState) -> None:
    for body in (to_create("S-1", desired), to_update(desired)):
        assert from_service(json.loads(json.dumps(body))) == desired


@given(states)
def test_the_same_state_is_the_same_body(desired: DesiredState) -> None:
    shuffled = replace(
        desired, services=frozenset(sorted(desired.services)), bars=frozenset(sorted(desired.bars, reverse=True))
    )
    assert json.dumps(to_create("S-1", desired)) == json.dumps(to_create("S-1", shuffled))


@given(states)
def test_what_is_recorded_names_nobody(desired: DesiredState) -> None:
    kept = masked(json.dumps(to_create("S-1", desired)))
    for identity in (desired.msisdn.digits, desired.imsi.digits, desired.iccid.digits):
        assert identity not in kept
    assert json.loads(kept)["serviceSpecification"] == to_create("S-1", desired)["serviceSpecification"]


def test_a_body_within_a_body_is_masked_too(desired: DesiredState) -> None:
    monitor = {"request": {"body": json.dumps(to_create("S-1", desired))}, "total": 31610200001, "ok": True}
    kept = masked(json.dumps(monitor))
    assert "31610200001" not in kept
    assert '"ok":true' in kept


def test_what_is_no_json_is_masked_and_cut() -> None:
    assert masked("IMSI 204040000000001 unknown, code 42") == "IMSI …001 unknown, code 42"
    assert len(masked("x" * (LIMIT + 1))) == LIMIT


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"serviceCharacteristic": "none"},
        {"serviceCharacteristic": [{"name": "msisdn", "value": "31610200001"}]},
    ],
)
def test_a_service_that_cannot_be_read_says_so(broken: dict[str, Any]) -> None:
    with pytest.raises(WireWrong):
        from_service(broken)


@pytest.mark.parametrize(
    ("name", "value"),
    [("services", ["teleport"]), ("services", []), ("bars", "premium"), ("iccid", "8931080000000000011"), ("apns", [])],
)
def test_an_unknown_or_wrong_characteristic_says_so(desired: DesiredState, name: str, value: Any) -> None:
    service = to_create("S-1", desired)
    for characteristic in service["serviceCharacteristic"]:
        if characteristic["name"] == name:
            characteristic["value"] = value
    with pytest.raises(WireWrong):
        from_service(service)


@pytest.mark.parametrize(
    ("address", "name"),
    [("http://h/a/monitor/7", "7"), ("/monitor/7/", "7"), ("monitor/7?x=1", "7"), ("7", "7")],
)
def test_the_id_is_the_last_segment(address: str, name: str) -> None:
    assert last_segment(address) == name


def test_an_address_that_names_nothing_is_refused() -> None:
    with pytest.raises(WireWrong):
        last_segment("/")


def test_a_difference_names_the_attribute_and_masks_identities(desired: DesiredState) -> None:
    found = DesiredState(
        Msisdn("31610200002"), desired.imsi, desired.iccid, frozenset({LineService.VOICE}), frozenset(), (), "lte-10"
    )
    assert [(d.attribute, d.wanted, d.found) for d in difference(desired, found)] == [
        ("msisdn", "…001", "…002"),
        ("services", "data, sms, voice", "voice"),
        ("bars", "premium", "none"),
        ("apns", "internet.robin, mms.robin", "none"),
        ("speed_profile", "lte-100", "lte-10"),
    ]
    assert difference(desired, desired) == ()
    assert [d.attribute for d in difference(desired, None)] == ["line"]


def test_a_state_that_makes_no_sense_cannot_be_wanted(desired: DesiredState) -> None:
    with pytest.raises(Invalid, match="without any service"):
        DesiredState(desired.msisdn, desired.imsi, desired.iccid, frozenset())
    with pytest.raises(Invalid, match="access point"):
        DesiredState(desired.msisdn, desired.imsi, desired.iccid, frozenset({LineService.DATA}))
