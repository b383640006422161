"""Imported tariffs cost what CGRateS' rule costs: random files and calls, and the figures of its public tutorials."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from linehouse.catalog.cgrates.importing import import_six
from linehouse.catalog.cgrates.values import Imported, Kind, Wishes
from linehouse.rating.service import failed_examples, load_marked, price, read_tariffs
from linehouse.rating.values import Tariff, TaxMode, UsageEvent, UsageType, Verdict
from tests.catalog.cgrates.reference import Reference, rounded

SINCE = date(2026, 11, 1)
MILLISECOND = 10**6


def wishes(zone: str = "UTC", rounding: int | None = 5, since: str = SINCE.isoformat()) -> Wishes:
    return Wishes(
        currency="EUR", tax_mode=TaxMode.NET, zone=ZoneInfo(zone), since=since, tenant="t.org", rounding=rounding
    )


def tariffs_of(imported: Imported) -> dict[str, Tariff]:
    nodes = {path: load_marked(text, path) for path, text in imported.files.items()}
    zones = {path.partition("/")[2].rpartition(".")[0]: node for path, node in nodes.items() if path[:5] == "zones"}
    return read_tariffs([node for path, node in nodes.items() if path.startswith("tariffs")], zones)


def charged(tariff: Tariff, usage: UsageType, number: str, start: datetime, amount: int) -> Fraction | None:
    party = f"+{number}" if usage is not UsageType.DATA else ""
    found = price(tariff, UsageEvent(usage_type=usage, started_at=start, quantity=amount, other_party=party))
    return None if found.verdict is Verdict.UNRATED else Fraction(found.total.micros, 10**6)


# --- random sets of files -----------------------------------------------------------------------------------------

RATES = st.sampled_from(["0", "0.01", "0.05", "0.1", "1", "0.333333", "0.0007"])
CLOCKS = ["00:00:00", "06:30:00", "08:00:00", "18:00:00", "23:00:00"]
PREFIXES = ["3", "31", "316", "3161", "32", "4", "49", "491"]
WEEKDAYS = ["*any", "1;2;3;4;5", "6;7", "0", "2;4"]


@st.composite
def rates_of(draw: st.DrawFn, tag: str) -> list[tuple[str, ...]]:
    first = draw(st.sampled_from([1, 7, 30, 60]))
    connect = draw(st.sampled_from(["0", "0.2", "0.015"]))
    rows: list[tuple[str, ...]] = [
        (tag, connect, draw(RATES), draw(st.sampled_from(["60s", "1m", "1s", "7s"])), f"{first}s", "0s")
    ]
    start = 0
    for _ in range(draw(st.integers(0, 2))):
        before = int(rows[-1][4].rstrip("s"))
        start += before * draw(st.integers(1, 4))
        rows.append((tag, "0", draw(RATES), "60s", f"{draw(st.sampled_from([1, 6, 10]))}s", f"{start}s"))
    return rows


@st.composite
def timings_of(draw: st.DrawFn) -> list[tuple[str, ...]]:
    """Weekly ones at any hour, and some on dates."""
    found: list[tuple[str, ...]] = []
    for place in range(draw(st.integers(1, 4))):
        months, days = draw(st.sampled_from([("*any", "*any"), ("*any", "*any"), ("11", "*any"), ("*any", "5;6")]))
        years = draw(st.sampled_from(["*any", "*any", "2026"])) if months != days else "*any"
        weekdays, clock = draw(st.sampled_from(WEEKDAYS)), draw(st.sampled_from(CLOCKS))
        found.append((f"T{place}", years, months, days, weekdays, clock))
    return found


@st.composite
def six_files(draw: st.DrawFn) -> Reference:
    timings = draw(timings_of())
    tags = [f"D{place}" for place in range(draw(st.integers(1, 4)))]
    destinations = sorted({(tag, draw(st.sampled_from(PREFIXES))) for tag in tags for _ in range(2)})
    rates = [row for place in range(3) for row in draw(rates_of(f"R{place}"))]
    rounding = draw(st.sampled_from([("*up", "4"), ("*middle", "2"), ("*down", "3"), ("*up", "0"), ("*middle", "5")]))
    most = draw(st.sampled_from([("0", ""), ("0.3", "*free"), ("0.1", "*disconnect"), ("0.5", "")]))
    destination_rates = []
    for place in range(draw(st.integers(1, 4))):
        some = sorted({draw(st.sampled_from([*tags, "*any"])) for _ in range(2)})
        destination_rates += [(f"DR{place}", tag, f"R{draw(st.integers(0, 2))}", *rounding, *most) for tag in some]
    names = sorted({row[0] for row in destination_rates})
    plans = []
    for plan in ("P0", "P1", "P2"):
        for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=3)):
            plans.append((plan, name, "*any", "0"))
            if draw(st.booleans()):
                plans.append((plan, name, draw(st.sampled_from(timings))[0], str(draw(st.integers(1, 20)))))
    profiles = [("t.org", "call", "*any", "2014-01-14T00:00:00+00:00", draw(st.sampled_from(["P0", "P1"])), "")]
    for subject, fallback in (("alice", draw(st.sampled_from(["", "bob", "*any", "bob;*any"]))), ("bob", "")):
        for since in draw(st.sampled_from([("2014-01-14",), ("2026-11-06",), ("2014-01-14", "2026-11-06")])):
            plan = draw(st.sampled_from(["P0", "P1", "P2"]))
            profiles.append(("t.org", "call", subject, f"{since}T00:00:00+00:00", plan, fallback))
    return Reference(timings, destinations, rates, destination_rates, list(dict.fromkeys(plans)), profiles)


NUMBERS = st.sampled_from(["31612345678", "31201234567", "3212345678", "49151234567", "4312345678", "15551234567"])
STARTS = st.builds(
    lambda day, second: datetime(2026, 11, 3, tzinfo=UTC) + timedelta(days=day, seconds=second),
    st.integers(0, 5),
    st.one_of(st.integers(0, 86_399), st.sampled_from([6 * 3600 + 1790, 8 * 3600 - 30, 18 * 3600 - 50, 86_370])),
)
SECONDS = st.sampled_from([1, 29, 30, 31, 60, 61, 85, 240, 3_700])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(six_files(), NUMBERS, STARTS, SECONDS, st.sampled_from(["alice", "bob", "carol"]), st.sampled_from([5, None]))
def test_an_imported_tariff_costs_what_the_rule_of_cgrates_costs(
    six: Reference, number: str, start: datetime, seconds: int, subject: str, decimals: int | None
) -> None:
    imported = import_six(six.files(), wishes(rounding=decimals))
    for finding in imported.findings:
        note(f"{finding.kind}: {finding.sentence}")
    tariffs = tariffs_of(imported)
    for tariff in tariffs.values():
        assert failed_examples(tariff) == []
    key = "cgrates" if subject == "carol" else f"cgrates-{subject}"
    if key not in tariffs:
        assert imported.refused  # Nothing disappears without a word.
        return
    if any(finding.kind is Kind.DIFFERS for finding in imported.findings) and seconds > 1:
        return
    reference = Reference(
        six.timings, six.destinations, six.rates, six.destination_rates, six.plans, six.profiles, decimals
    )
    wanted = reference.cost("t.org", "call", subject, number, start, seconds * 10**9, ZoneInfo("UTC"))
    if wanted is not None and decimals is None:
        wanted = rounded(wanted, 6, "*middle")  # A sum that CGRateS does not round has six decimals here.
    assert charged(tariffs[key], UsageType.VOICE, number, start, seconds * 1000) == wanted


# --- the figures of CGRateS' public tutorials ---------------------------------------------------------------------

PEAK_AND_OFF_PEAK = Reference(
    timings=[
        ("DAY", "*any", "*any", "*any", "1;2;3;4;5", "08:00:00"),
        ("MORNING", "*any", "*any", "*any", "1;2;3;4;5", "00:00:00"),
        ("EVENING", "*any", "*any", "*any", "1;2;3;4;5", "19:00:00"),
        ("WEEKEND", "*any", "*any", "*any", "6;7", "00:00:00"),
    ],
    destinations=[("FRIEND", "3161002"), ("COLLEAGUE", "3161003"), ("HOUSE", "316100"), ("LINE", "3161007")],
    rates=[
        ("LOW", "0.2", "0.1", "60s", "60s", "0s"),
        ("LOW", "0", "0.05", "60s", "1s", "60s"),
        ("MIDDLE", "0.4", "0.2", "60s", "60s", "0s"),
        ("MIDDLE", "0", "0.1", "60s", "1s", "60s"),
        ("HIGH", "0.8", "0.4", "60s", "30s", "0s"),
        ("HIGH", "0", "0.2", "60s", "10s", "60s"),
        ("SECONDS", "0", "0.01", "1s", "1s", "0"),
    ],
    destination_rates=[
        ("DAY_FRIEND", "FRIEND", "MIDDLE", "*up", "4", "0", ""),
        ("DAY_OTHERS", "COLLEAGUE", "HIGH", "*up", "4", "0", ""),
        ("DAY_OTHERS", "HOUSE", "HIGH", "*up", "4", "0", ""),
        ("CHEAP", "FRIEND", "LOW", "*up", "4", "0", ""),
        ("CHEAP", "COLLEAGUE", "LOW", "*up", "4", "0", ""),
        ("CHEAP", "HOUSE", "LOW", "*up", "4", "0", ""),
        ("FREE_AT_62", "LINE", "SECONDS", "*up", "4", "0.62", "*free"),
        ("OFF_AT_62", "LINE", "SECONDS", "*up", "4", "0.62", "*disconnect"),
    ],
    plans=[
        *[("RETAIL", rates, "DAY", "10") for rates in ("DAY_FRIEND", "DAY_OTHERS")],
        *[("RETAIL", "CHEAP", timing, "10") for timing in ("MORNING", "EVENING", "WEEKEND")],
        ("RETAIL", "FREE_AT_62", "*any", "10"),
        ("OTHER", "OFF_AT_62", "*any", "10"),
    ],
    profiles=[
        ("t.org", "call", "alice", "2014-01-14T00:00:00+00:00", "RETAIL", ""),
        ("t.org", "call", "*any", "2014-01-14T00:00:00+00:00", "OTHER", ""),
    ],
)
TOLD = [
    # key of the tariff, number, answered (UTC), seconds, what CGRateS' own tests say it costs
    ("cgrates-alice", "3161002", "2014-08-04T13:00:00", 20, "0.6"),
    ("cgrates-alice", "3161002", "2014-08-04T13:00:00", 85, "0.6418"),
    ("cgrates-alice", "3161003", "2014-08-04T13:00:00", 20, "1"),
    ("cgrates-alice", "3161003", "2014-08-04T13:00:00", 85, "1.3"),
    ("cgrates-alice", "3161004", "2014-08-04T13:00:00", 20, "1"),
    ("cgrates-alice", "3161004", "2014-08-04T13:00:00", 85, "1.3"),
    ("cgrates-alice", "3161007", "2014-08-04T13:00:00", 50, "0.5"),
    ("cgrates-alice", "3161007", "2014-08-04T13:00:00", 70, "0.62"),
    ("cgrates", "3161007", "2014-08-04T13:00:00", 50, "0.5"),
    ("cgrates", "3161007", "2014-08-04T13:00:00", 70, "0.7"),
    ("cgrates-alice", "3161004", "2016-01-06T19:00:00", 90, "0.3249"),
    ("cgrates-alice", "3161004", "2016-01-06T18:31:05", 90, "1.3"),
    ("cgrates-alice", "3161002", "2014-12-07T08:42:26", 120, "0.3498"),
]


@pytest.mark.parametrize(("key", "number", "answered", "seconds", "costs"), TOLD)
def test_the_figures_of_the_public_tutorials(key: str, number: str, answered: str, seconds: int, costs: str) -> None:
    tariffs = tariffs_of(import_six(PEAK_AND_OFF_PEAK.files(), wishes(since="2014-08-01")))
    start = datetime.fromisoformat(answered).replace(tzinfo=UTC)
    assert charged(tariffs[key], UsageType.VOICE, number + "55", start, seconds * 1000) == Fraction(costs)
    subject = "alice" if key == "cgrates-alice" else "*any"
    wanted = PEAK_AND_OFF_PEAK.cost("t.org", "call", subject, number + "55", start, seconds * 10**9, ZoneInfo("UTC"))
    assert wanted == Fraction(costs)
