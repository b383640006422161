"""What six files become, and how everything is told that a tariff cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from linehouse.catalog.cgrates.importing import import_six
from linehouse.catalog.cgrates.values import Imported, Kind
from linehouse.catalog.errors import FilesInvalid
from linehouse.rating.values import UsageType
from tests.catalog.cgrates.test_equality import charged, tariffs_of, wishes

FILES: Mapping[str, str] = {
    "Timings.csv": "#Tag,Years,Months,MonthDays,WeekDays,Time\nNIGHT,*any,*any,*any,*any,22:00:00\n",
    "Destinations.csv": "NL,31\nNL_MOBILE,+316\n",
    "Rates.csv": (
        "CENT,0.1,0.06,1m,1m,0\nCENT,,0.06,1m,1s,1m\nHALF,0.1,0.03,1m,1s,0\nSMS,0,0.08,1,1,0\n"
        "MB,0,0.5,1048576,10240,0\n"
    ),
    "DestinationRates.csv": (
        "DR,NL,CENT,*up,4,0,\nDR,NL_MOBILE,CENT,*up,4,0,\nDR_NIGHT,NL,HALF,*up,4,0,\n"
        "DR_SMS,*any,SMS,*up,4,0,\nDR_DATA,*any,MB,*up,4,0,\n"
    ),
    "RatingPlans.csv": "P,DR,*any,0\nP,DR_NIGHT,NIGHT,10\nP_SMS,DR_SMS,*any,10\nP_DATA,DR_DATA,*any,10\n",
    "RatingProfiles.csv": (
        "t.org,call,*any,2014-01-14T00:00:00Z,P,\nt.org,sms,*any,2014-01-14T00:00:00Z,P_SMS,\n"
        "t.org,data,*any,2014-01-14T00:00:00Z,P_DATA,\n"
    ),
}  # fmt: skip


def with_line(name: str, old: str, new: str) -> dict[str, str]:
    assert old in FILES[name]
    return {**FILES, name: FILES[name].replace(old, new)}


def imported(files: Mapping[str, str] = FILES) -> Imported:
    return import_six(files, wishes())


def told(found: Imported, kind: Kind) -> list[str]:
    return [finding.sentence for finding in found.findings if finding.kind is kind]


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 4, hour, minute, tzinfo=UTC)


def test_one_tariff_for_calls_messages_and_data() -> None:
    tariff = tariffs_of(imported())["cgrates"]
    assert charged(tariff, UsageType.VOICE, "31201234567", at(12), 61_000) == Fraction("0.161")
    assert charged(tariff, UsageType.VOICE, "31201234567", at(22), 61_000) == Fraction("0.1305")
    assert charged(tariff, UsageType.VOICE, "31612345678", at(22), 61_000) == Fraction("0.161")
    assert charged(tariff, UsageType.SMS, "4912345678", at(12), 2) == Fraction("0.16")
    assert charged(tariff, UsageType.DATA, "", at(12), 10_241) == Fraction("0.0098")
    assert charged(tariff, UsageType.VOICE, "4912345678", at(12), 1) is None


def test_a_second_plan_begins_on_its_day() -> None:
    files = with_line("RatingProfiles.csv", "P,\n", "P,\nt.org,call,*any,2026-11-05T00:00:00Z,Q,\n")
    files["RatingPlans.csv"] += "Q,DR_NIGHT,*any,1\n"
    tariff = tariffs_of(imported(files))["cgrates"]
    assert charged(tariff, UsageType.VOICE, "31201234567", at(12), 60_000) == Fraction("0.16")
    later = datetime(2026, 11, 5, 12, tzinfo=UTC)
    assert charged(tariff, UsageType.VOICE, "31201234567", later, 60_000) == Fraction("0.13")


def test_a_fallback_subject_becomes_the_fallback_of_the_tariff() -> None:
    files = {
        **FILES,
        "RatingProfiles.csv": FILES["RatingProfiles.csv"] + "t.org,call,vip,2014-01-14T00:00:00Z,V,*any\n",
    }
    files["DestinationRates.csv"] += "DR_V,NL_MOBILE,HALF,*up,4,0,\n"
    files["RatingPlans.csv"] += "V,DR_V,*any,10\n"
    found = imported(files)
    tariff = tariffs_of(found)["cgrates-vip"]
    assert tariff.fallback_key == "cgrates"
    assert [rule.key for rule in tariff.rules] == ["call-nl-mobile"]
    assert charged(tariff, UsageType.VOICE, "31612345678", at(12), 60_000) == Fraction("0.13")
    assert charged(tariff, UsageType.VOICE, "31201234567", at(12), 60_000) == Fraction("0.16")


def test_a_date_takes_its_hours_only() -> None:
    files = with_line("Timings.csv", "NIGHT,*any,*any,*any,*any,22:00:00", "NIGHT,*any,12,31,*any,18:00:00")
    found = imported(files)
    tariff = tariffs_of(found)["cgrates"]
    eve = datetime(2026, 12, 31, tzinfo=UTC)
    for start, costs in ((eve.replace(hour=12), "0.16"), (eve.replace(hour=18), "0.13"), (at(18), "0.16")):
        assert charged(tariff, UsageType.VOICE, "31201234567", start, 60_000) == Fraction(costs)


def test_increments_are_rounded_as_cgrates_rounds_them_and_it_is_told() -> None:
    files = with_line("Rates.csv", "HALF,0.1,0.03,1m,1s,0", "HALF,0.1,0.05,1m,1s,0")
    found = imported(files)
    assert any("5 decimals, 0.00083; so 1 min cost 0.0498" in sentence for sentence in told(found, Kind.TOLD))
    tariff = tariffs_of(found)["cgrates"]
    assert charged(tariff, UsageType.VOICE, "31201234567", at(22), 60_000) == Fraction("0.1498")
    exact = tariffs_of(import_six(files, replace(wishes(), rounding=None)))["cgrates"]
    assert charged(exact, UsageType.VOICE, "31201234567", at(22), 60_000) == Fraction("0.15")


REFUSED = [
    ("Rates.csv", "CENT,,0.06,1m,1s,1m", "CENT,,0.06,1m,1s,90s", "Rates.csv, row 2, GroupIntervalStart '90s'"),
    ("Rates.csv", "HALF,0.1,0.03,1m,1s,0", "HALF,0.1,0.03,60,1,0", "a bare number is nanoseconds"),
    ("Rates.csv", "HALF,0.1,0.03,1m,1s,0", "HALF,0.1,0.03,1m,1s,1m", "the rate says nothing of what comes before"),
    ("Rates.csv", "SMS,0,0.08,1,1,0", "SMS,0,0.08,1s,1s,0", "counts one sms as one nanosecond"),
    ("RatingPlans.csv", "P,DR_NIGHT,NIGHT,10", "P,DR_NIGHT,*any,0", "at the same time with the same weight"),
    ("RatingPlans.csv", "P_DATA,DR_DATA", "P_DATA,DR", "data is used without a called number"),
    ("RatingProfiles.csv", "2014-01-14T00:00:00Z,P,", "2026-12-01T06:00:00Z,P,", "a price begins with a day"),
    ("DestinationRates.csv", "DR_NIGHT,NL,HALF,*up,4", "DR_NIGHT,NL,HALF,*up,2", "a tariff has one rounding"),
    ("Destinations.csv", "NL,31", "NL,0031", "--replace-prefix 00="),
]


@pytest.mark.parametrize(("name", "old", "new", "why"), REFUSED)
def test_what_a_tariff_cannot_say_is_refused_by_name(name: str, old: str, new: str, why: str) -> None:
    found = imported(with_line(name, old, new))
    assert any(why in sentence for sentence in told(found, Kind.REFUSED)), [one.sentence for one in found.findings]
    assert found.tariffs == ()


UNREADABLE = [
    ("Timings.csv", "22:00:00", "22:00:30", "Timings.csv, row 2, Time '22:00:30': time bands begin on whole minutes"),
    ("Timings.csv", "NIGHT,*any,*any,*any,*any", "NIGHT,*any,13,*any,*any", "Timings.csv, row 2, Months '13'"),
    ("Rates.csv", "SMS,0,0.08", "SMS,0,cheap", "Rates.csv, row 4, Rate 'cheap': this is no number"),
    ("Rates.csv", "MB,0,0.5", "MB,0,-0.5", "an amount below zero"),
    ("DestinationRates.csv", "DR,NL,CENT", "DR,DE,CENT", "Destinations.csv has no such destination"),
    ("DestinationRates.csv", "DR,NL,CENT,*up", "DR,NL,CENT,*best", "this word is not known"),
    ("RatingPlans.csv", "P,DR,*any,0", "P,DR,*any,-1", "CGRateS never looks at weights below zero"),
    ("RatingProfiles.csv", "call,*any", "*out,call,*any", "files with a Direction are of an older CGRateS"),
]


@pytest.mark.parametrize(("name", "old", "new", "why"), UNREADABLE)
def test_a_row_that_cannot_be_read_is_told_with_its_place(name: str, old: str, new: str, why: str) -> None:
    with pytest.raises(FilesInvalid) as caught:
        imported(with_line(name, old, new))
    assert any(why in problem.message for problem in caught.value.problems)


def test_what_changes_no_price_is_left_out_with_a_word() -> None:
    files = with_line("Destinations.csv", "NL,31\n", "NL,31\nNL,voicemail\nFR,33\n")
    files["RatingProfiles.csv"] += (
        "t.org,resale,*any,2014-01-14T00:00:00Z,P,\nu.org,call,*any,2014-01-14T00:00:00Z,P,\n"
    )
    sentences = told(imported(files), Kind.LEFT_OUT)
    for part in (
        "'voicemail': no number begins with it",
        "'FR'",
        "--category resale=voice",
        "only t.org is taken over",
    ):
        assert any(part in sentence for sentence in sentences), part
