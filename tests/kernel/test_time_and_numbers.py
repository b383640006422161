"""Periods, ids, lifecycles, events, and the numbers of the network."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.kernel.clock import FixedClock
from linehouse.kernel.error import DomainError, Invalid, Kind
from linehouse.kernel.event import Event, decode, encode
from linehouse.kernel.ids import new_id
from linehouse.kernel.lifecycle import IllegalTransition, Lifecycle
from linehouse.kernel.numbering import Iccid, Imei, Imsi, Msisdn, Plmn, luhn_digit
from linehouse.kernel.outcome import Problem, Refused, RefusedError
from linehouse.kernel.period import DatePeriod, Period, day_start, local_date, require_aware

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
instants = st.integers(0, 10**9).map(lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
NAIVE = datetime(2026, 11, 1, tzinfo=UTC).replace(tzinfo=None)


@given(instants, instants, instants)
def test_a_period_contains_its_start_and_not_its_end(one: datetime, two: datetime, three: datetime) -> None:
    start, end = sorted((one, two))
    period = Period(start, end)
    assert period.contains(three) == (start <= three < end)
    assert not period.contains(end)
    both = period.intersect(Period(three))
    assert (both is not None) == (max(start, three) < end)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 1), 24)])
def test_a_local_day_has_the_hours_that_it_has(day: date, hours: int) -> None:
    start, end = day_start(day, AMSTERDAM), day_start(day + timedelta(days=1), AMSTERDAM)
    assert end - start == timedelta(hours=hours)
    assert local_date(start, AMSTERDAM) == day
    assert local_date(start - timedelta(microseconds=1), AMSTERDAM) == day - timedelta(days=1)


def test_date_periods_count_days() -> None:
    november = DatePeriod(date(2026, 11, 1), date(2026, 12, 1))
    assert (november.days, november.last) == (30, date(2026, 11, 30))
    assert november.intersect(DatePeriod(date(2026, 11, 30), date(2027, 1, 1))) == DatePeriod(
        date(2026, 11, 30), date(2026, 12, 1)
    )
    assert november.intersect(DatePeriod(date(2026, 12, 1), date(2027, 1, 1))) is None
    with pytest.raises(Invalid):
        DatePeriod(date(2026, 12, 1), date(2026, 11, 1))


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(Invalid):
        require_aware(NAIVE)
    with pytest.raises(Invalid):
        FixedClock(NAIVE)


def test_ids_are_version_7_and_grow() -> None:
    ids = [new_id() for _ in range(5_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {(made.version, made.variant) for made in ids} == {(7, "specified in RFC 4122")}


def test_a_lifecycle_refuses_what_it_does_not_declare() -> None:
    door = Lifecycle(
        "test door",
        states=("open", "shut", "gone"),
        initial="open",
        transitions=(("open", "shut"), ("shut", "open"), ("shut", "gone")),
    )
    assert door.require("open", "shut") == "shut"
    assert door.final == {"gone"}
    with pytest.raises(IllegalTransition, match="expected shut"):
        door.require("open", "gone")
    with pytest.raises(IllegalTransition, match="final"):
        door.require("gone", "open")
    assert "open --> shut" in door.mermaid()
    with pytest.raises(ValueError, match="never reached"):
        Lifecycle("test island", states=("a", "b"), initial="a", transitions=())
    with pytest.raises(ValueError, match="unknown"):
        Lifecycle("test nowhere", states=("a",), initial="a", transitions=(("a", "b"),))


class Knocked(Event, name="test.door.knocked", aggregate="door_id"):
    """Somebody knocked."""

    door_id: UUID
    times: int
    customer_id: UUID | None = None


def test_an_event_goes_out_and_comes_back_and_ignores_what_it_does_not_know() -> None:
    event = Knocked(door_id=new_id(), times=2)
    assert decode("test.door.knocked", encode(event)) == event
    grown = encode(event)[:-1] + b',"later":true}'
    assert decode("test.door.knocked", grown) == event
    assert event.aggregate_id == event.door_id
    with pytest.raises(TypeError, match="no field"):
        type("Bad", (Event,), {"__annotations__": {}}, name="test.door.fell", aggregate="nothing")
    with pytest.raises(TypeError, match=r"not room\.thing"):
        type("Worse", (Event,), {"__annotations__": {"x": int}}, name="fell", aggregate="x")


def test_an_error_says_what_is_wrong_and_what_would_be_right() -> None:
    error = Invalid("that is no month", field="month", value=13, expected="1 to 12")
    assert str(error) == "that is no month; month=13; expected 1 to 12"
    assert (error.code, error.kind) == ("kernel.invalid", Kind.INVALID)
    refusal = RefusedError((Problem("a", "first", "x", "1", "2"), Problem("b", "second")))
    assert (refusal.message, refusal.field, len(refusal.problems)) == ("first; second", "x", 2)
    with pytest.raises(ValueError, match="at least one"):
        Refused(())
    with pytest.raises(TypeError, match="declared by"):
        type("Other", (DomainError,), {}, code="kernel.invalid", kind=Kind.INVALID)


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("0612345678", "NL", "+31612345678"),
        ("+31 6 1234 5678", None, "+31612345678"),
        ("0049 30 123456", "NL", "+4930123456"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, region: str | None, e164: str) -> None:
    number = Msisdn.parse(text, region)
    assert str(number) == e164
    assert number.masked == f"…{e164[-3:]}"


@pytest.mark.parametrize("text", ["", "12", "abc", "0612345678"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Msisdn.parse(text)


@given(st.from_regex(r"89[0-9]{16,17}", fullmatch=True))
def test_a_check_digit_is_made_and_a_wrong_one_refused(body: str) -> None:
    card = Iccid.with_check_digit(body)
    assert Iccid.parse(str(card)) == card
    wrong = str((int(card.digits[-1]) + 1) % 10)
    with pytest.raises(Invalid, match="check digit"):
        Iccid.parse(card.digits[:-1] + wrong)


def test_device_and_subscriber_identities() -> None:
    assert luhn_digit("49015420323751") == "8"
    imei = Imei.parse("49-015420-323751-8")
    assert (imei.tac, Imei.parse("4901542032375101")) == ("49015420", imei)
    with pytest.raises(Invalid):
        Imei.parse("490154203237517")
    imsi = Imsi.parse("204040000000001")
    assert (imsi.mcc, imsi.masked) == ("204", "20404…01")
    assert Plmn.parse("204-04") == Plmn.parse("20404") == Plmn("204", "04")
    for wrong in ("20", "20a-04", "204-4444"):
        with pytest.raises(Invalid):
            Plmn.parse(wrong)
