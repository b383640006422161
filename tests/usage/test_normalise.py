"""Numbers, networks, ages and once-keys: each judged alone, the first reason told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linehouse.kernel.numbering import Plmn
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.usage.errors import Suspension
from linehouse.usage.feeds import Feed
from linehouse.usage.normalise import Held, Number, Prepared, normalise_party, prepare, subscriber_number
from linehouse.usage.values import Direction, NumberForm, PartyKind, RawUsage, UsageType, WholesaleCharge

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
FEED = Feed(
    "host",
    "Host",
    "csv",
    ("*",),
    "NL",
    home_networks=frozenset({Plmn("204", "04")}),
    home_codes=frozenset({"NLDLT"}),
    networks={"DEUD2": Plmn("262", "02")},
)
RAW = RawUsage(
    position=1,
    reference="line 2",
    usage_type=UsageType.VOICE,
    direction=Direction.OUT,
    quantity=Quantity(61_000, Unit.MILLISECOND),
    started_at=NOW - timedelta(hours=1),
    imsi="204041234567890",
    msisdn="0612345678",
    party="0201234567",
    party_form=NumberForm.DIALLED,
    plmn="204-04",
    event_reference="77",
    wholesale=WholesaleCharge(200, 4, "EUR"),
)


def ready(**changes: Any) -> Prepared:
    one = prepare(replace(RAW, **changes), FEED, NOW)
    assert isinstance(one, Prepared), one
    return one


def held(feed: Feed = FEED, **changes: Any) -> Held:
    one = prepare(replace(RAW, **changes), feed, NOW)
    assert isinstance(one, Held), one
    return one


@pytest.mark.parametrize(
    ("written", "form", "country", "kind", "text"),
    [
        ("0201234567", NumberForm.DIALLED, "NL", PartyKind.E164, "+31201234567"),
        ("020 123 45 67", NumberForm.DIALLED, "NL", PartyKind.E164, "+31201234567"),
        ("004930123456", NumberForm.DIALLED, "NL", PartyKind.E164, "+4930123456"),
        ("+4930123456", NumberForm.DIALLED, "NL", PartyKind.E164, "+4930123456"),
        ("4930123456", NumberForm.INTERNATIONAL, "NL", PartyKind.E164, "+4930123456"),
        ("46133258290", NumberForm.DIALLED, "NL", PartyKind.E164, "+46133258290"),
        ("0900 1234", NumberForm.DIALLED, "NL", PartyKind.E164, "+319001234"),
        ("112", NumberForm.DIALLED, "NL", PartyKind.SHORT, "112"),
        ("112", NumberForm.INTERNATIONAL, "NL", PartyKind.SHORT, "112"),
        ("14020", NumberForm.DIALLED, "NL", PartyKind.SHORT, "14020"),
        ("030123456", NumberForm.DIALLED, "DE", PartyKind.E164, "+4930123456"),
        ("030123456", NumberForm.DIALLED, "", PartyKind.UNKNOWN, ""),
        ("*100#", NumberForm.DIALLED, "NL", PartyKind.UNKNOWN, ""),
        ("BANK", NumberForm.TEXT, "NL", PartyKind.UNKNOWN, ""),
        ("+999123456789", NumberForm.DIALLED, "NL", PartyKind.UNKNOWN, ""),
        ("99999999999999999999", NumberForm.DIALLED, "NL", PartyKind.UNKNOWN, ""),
        ("", NumberForm.DIALLED, "NL", PartyKind.NONE, ""),
    ],
)
def test_the_other_party(written: str, form: NumberForm, country: str, kind: PartyKind, text: str) -> None:
    assert normalise_party(written, form, country) == Number(kind, text)


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("0612345678", "31612345678"),
        ("612345678", "31612345678"),
        ("31612345678", "31612345678"),
        ("+31 6 12345678", "31612345678"),
        ("0031612345678", "31612345678"),
        ("97012345678901", "97012345678901"),
        ("", ""),
        ("none", ""),
    ],
)
def test_our_own_number(written: str, digits: str) -> None:
    assert subscriber_number(written, "NL") == digits


def test_what_was_dialled_stands_in_for_a_number_that_is_none() -> None:
    assert ready(party="4684289453828", party_form=NumberForm.INTERNATIONAL, dialled="0201234567").party.text == (
        "+31201234567"
    )
    assert ready(party="", dialled="112").party == Number(PartyKind.SHORT, "112")
    assert ready(party="BANK", party_form=NumberForm.TEXT, dialled="*1").party == Number(PartyKind.UNKNOWN)


def test_at_home_and_abroad() -> None:
    home = ready()
    assert (home.visited, home.serving.country, str(home.serving)) == (False, "NL", "204-04")
    assert ready(plmn="").visited is False, "a record that names no network is the home network's"
    assert ready(plmn="", tadig="NLDLT").visited is False
    partner = ready(plmn="", tadig="DEUD2", party="030123456")
    assert (partner.visited, partner.serving.plmn, partner.serving.country) == (True, Plmn("262", "02"), "DE")
    assert partner.party.text == "+4930123456", "national numbers are those of the country where they were dialled"
    unknown = ready(plmn="", tadig="USAXX")
    assert (unknown.visited, unknown.serving.plmn, unknown.serving.country) == (True, None, "US")
    nonsense = ready(plmn="??")
    assert (nonsense.visited, nonsense.serving.plmn, nonsense.serving.country) == (True, None, "")


def test_reasons_to_wait() -> None:
    assert held(imsi="", msisdn="").reason is Suspension.NO_IDENTITY
    assert held(started_at=None).reason is Suspension.NO_START_TIME
    assert held(quantity=Quantity(-1, Unit.MILLISECOND)).reason is Suspension.NEGATIVE_QUANTITY
    assert held(started_at=NOW - timedelta(days=365, seconds=1)).reason is Suspension.TOO_OLD
    assert held(started_at=NOW + timedelta(minutes=11)).reason is Suspension.IN_FUTURE
    assert held(started_at=None).key == ""
    assert held(quantity=Quantity(-1, Unit.MILLISECOND)).key


def test_what_is_just_allowed() -> None:
    ready(started_at=NOW - timedelta(days=365))
    ready(started_at=NOW + timedelta(minutes=10))
    ready(quantity=Quantity(0, Unit.MILLISECOND))
    corrections = replace(FEED, corrections=True)
    assert isinstance(prepare(replace(RAW, quantity=Quantity(-5, Unit.MILLISECOND)), corrections, NOW), Prepared)


@pytest.mark.parametrize(
    "changes",
    [
        {"imsi": "204041234567891"},
        {"started_at": NOW - timedelta(hours=2)},
        {"party": "0201234568"},
        {"usage_type": UsageType.SMS},
        {"direction": Direction.IN},
        {"event_reference": "78"},
    ],
)
def test_another_record_has_another_key(changes: dict[str, object]) -> None:
    assert ready(**changes).key != ready().key


def test_the_same_record_has_the_same_key_however_it_is_written_and_wherever_it_stands() -> None:
    again = ready(party="+31201234567", position=99, reference="line 100", cause="x")
    assert (again.key, again.digest) == (ready().key, ready().digest)
    other = ready(quantity=Quantity(62_000, Unit.MILLISECOND))
    assert other.key == ready().key
    assert other.digest != ready().digest
