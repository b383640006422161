"""What the worked tables of docs/rules are about: one fixture for each marker, which decides a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from linehouse.kernel.money import Money
from linehouse.kernel.period import Period
from linehouse.kernel.rounding import Rounding
from linehouse.rating.service import consume
from linehouse.rating.values import (
    Accumulated,
    AtMaximum,
    Attribute,
    BandChange,
    Bucket,
    BucketKind,
    Conditions,
    Consumption,
    Counter,
    Counts,
    Due,
    Fee,
    OwnPrice,
    Per,
    Percent,
    RoundTo,
    Step,
    Tariff,
    TimeBand,
    UsageType,
    WalkState,
    WeeklyWindow,
    WhenEmpty,
)
from tests.rating.builders_rating import (
    AMSTERDAM,
    GB,
    LONG_AGO,
    MIN,
    MONDAY_18,
    S,
    call,
    data,
    purse,
    rule,
    tariff,
    units,
)
from tests.rating.rule_tables import Row, micros, quantity, words

MB = 10**6
EVENING = datetime(2026, 11, 2, 17, 59, 30, tzinfo=AMSTERDAM)
DAY = TimeBand(
    key="day", name="Day", windows=(WeeklyWindow(weekdays=frozenset(range(7)), start=time(8), end=time(18)),)
)


def eur(text: str) -> int:
    """Micro-units."""
    return Money.of(text, "EUR").micros


def a_step(price: str, unit: int = MIN, block: int = S, start: int = 0, flat: str = "0") -> Step:
    """A step, its amounts as people write them."""
    return Step(start=start, price=eur(price), unit=unit, block=block, flat=eur(flat))


def one_rule(*steps: Step, conditions: Conditions | None = None, **price: Any) -> Tariff:
    """A tariff of one rule; what is no word of a price is one of the tariff."""
    own = {key: price.pop(key) for key in list(price) if key in Tariff.__dataclass_fields__}
    return tariff([rule("r", steps, conditions, **price)], **own)


MAIN = purse("main", None)
SIXTY_ONE = one_rule(a_step("0.15", block=MIN), a_step("0.15", start=MIN))
BY_MINUTE = one_rule(a_step("0.15", block=MIN), connect=Fee(eur("0.05")))


def sixty_one(row: Row) -> Consumption:
    return consume([MAIN], SIXTY_ONE, call(quantity(row["used"])))


def in_reports(row: Row) -> Consumption:
    """The reports of a call, each a total: what the last one adds."""
    state: WalkState | None = WalkState()
    answer: Consumption | None = None
    reports = [int(figure) * S for figure in row["reported in seconds"].split(", ")]
    for used in reports:
        answer = consume([MAIN], SIXTY_ONE, call(used), resume=state, final=used == reports[-1])
        state = answer.state
    assert answer is not None
    return answer


def free_units(row: Row) -> Consumption:
    steps = (a_step("0.01", S), a_step("0.001", S, start=10 * S))
    return consume([MAIN], one_rule(*steps, connect=Fee(eur("0.05")), free=5 * S), call(quantity(row["used"])))


def band_change(row: Row) -> Consumption:
    how = BandChange(words(row["`band-change`"])[0])
    rules = [
        rule("day", [a_step("0.60", block=MIN)], Conditions(time_bands=("day",))),
        rule("night", [a_step("0.06")]),
    ]
    one = tariff(rules, band_change=how, time_bands={"day": DAY})
    return consume([MAIN], one, call(120 * S, at=EVENING))


def counts(row: Row) -> Consumption:
    steps = (a_step("0.10", block=MIN), a_step("0.04", block=MIN, start=2 * MIN))
    one = one_rule(*steps, counts=Counts(words(row["`counts`"])[0]))
    return consume([units("u", 2 * MIN), MAIN], one, call(quantity(row["used"])))


def bounds(row: Row) -> Consumption:
    one = one_rule(a_step("0.06"), connect=Fee(eur("0.01")), minimum=eur("0.05"), maximum=eur("0.10"))
    return consume([MAIN], one, call(quantity(row["used"])))


def disconnect(row: Row) -> Consumption:
    one = one_rule(a_step("1.00", block=MIN), maximum=eur("2.50"), at_maximum=AtMaximum.DISCONNECT)
    return consume([MAIN], one, call(quantity(row["used"])))


def finish(row: Row) -> Consumption:
    due = Due.ALWAYS if "always" in row["fees"] else Due.CHARGED
    fees = one_rule(a_step("0.10", block=MIN), connect=Fee(eur("0.05"), due), finish=Fee(eur("0.02"), due))
    allowance = [units("u", quantity(row["allowance"]))] if row["allowance"] != "none" else []
    return consume([*allowance, MAIN], fees, call(quantity(row["used"])))


def package(row: Row) -> Consumption:
    return consume([MAIN], one_rule(a_step("5.00", GB, GB)), data(quantity(row["used"])))


def _tiers(row: Row, *, volume: bool, flat: str = "0") -> Consumption:
    steps = (a_step("1.00", GB, MB), a_step("0.50", GB, MB, start=10 * GB, flat=flat))
    one = one_rule(*steps, per=Per.PERIOD, volume=volume)
    before = quantity(row["before"])
    counters = {"t v1/r": before, "t v1/r:charged": before}
    return consume([MAIN], one, data(quantity(row["used"])), counters=counters)


def graduated(row: Row) -> Consumption:
    return _tiers(row, volume=False)


def graduated_flat(row: Row) -> Consumption:
    return _tiers(row, volume=False, flat="2.00")


def volume(row: Row) -> Consumption:
    return _tiers(row, volume=True)


def accumulated(row: Row) -> Consumption:
    rules = [
        rule("fair", [a_step("0", MB, MB)], Conditions(accumulated=Accumulated(counter="data", end=20 * GB))),
        rule("beyond", [a_step("0.01", MB, MB)]),
    ]
    one = tariff(rules, counters={"data": Counter(key="data", counts=Counts.ALL)})
    return consume([MAIN], one, data(quantity(row["used"])), counters={"data": quantity(row["before"])})


def percent(row: Row) -> Consumption:
    share = Percent(rate=Fraction(3, 100), free_events=2, free_amount=eur("200"))
    rules = [rule("r", [], percent=share, minimum=eur("0.50"), maximum=eur("10"))]
    events, amount = int(row["events before"]), micros(row["amounts before"])
    event = replace(call(1), usage_type=UsageType.EVENT, amount=micros(row["carries"]))
    return consume([MAIN], tariff(rules), event, counters={"t v1/r:events": events, "t v1/r:amount": amount})


def time_limited(row: Row) -> Consumption:
    summer = Period(LONG_AGO, datetime(2026, 11, 2, 17, 0, 30, tzinfo=UTC))
    rules = [replace(rule("offer", [a_step("0.06")]), valid=summer), rule("usual", [a_step("0.60")])]
    started = MONDAY_18.replace(minute=int(row["starts"][3:5]), second=int(row["starts"][6:8]))
    return consume([MAIN], tariff(rules), call(quantity(row["used"]), at=started))


def attribute(row: Row) -> Consumption:
    rules = [
        rule("day", [a_step("1.00", MB, MB)], Conditions(time_bands=("day",))),
        rule("night", [a_step("0.10", MB, MB)]),
    ]
    one = tariff(rules, attribute=Attribute(words(row["`attribute`"])[0]), time_bands={"day": DAY})
    record = data(4 * MB, at=EVENING - timedelta(minutes=29, seconds=30), ended_at=EVENING + timedelta(seconds=630))
    return consume([MAIN], one, record)


def serving_time(row: Row) -> Consumption:
    rules = [
        rule("day", [a_step("0.60")], Conditions(time_bands=("day",))),
        rule("night", [a_step("0.06")]),
    ]
    one = tariff(rules, time_bands={"day": DAY}, serving_time="serving" in row["`time-zone`"])
    offset = timedelta(hours=int(row["offset"].split()[0])) if row["offset"] != "none" else None
    return consume([MAIN], one, call(MIN, at=datetime(2026, 11, 2, 18, 0, tzinfo=UTC), utc_offset=offset))


def rounding_modes(row: Row) -> Consumption:
    mode, decimals = Rounding(words(row["mode"])[0]), int(row["decimals"])
    one = one_rule(a_step("1.00", 8, 1), round_to=RoundTo(mode, decimals))
    return consume([MAIN], one, data(int(row["octets"])))


def _allowance(row: Row) -> Bucket:
    said = row["allowance"]
    more: dict[str, Any] = {}
    if "exact" in words(said):
        more["exact"] = True
    if "partial" in words(said):
        more["partial"] = True
    for word in words(said):
        name, _, value = word.partition(": ")
        if name == "block":
            more["block"] = quantity(value)
        elif name == "when-empty":
            more["when_empty"] = WhenEmpty(value)
        elif name == "factor":
            more["factor"] = Fraction(value)
        elif name == "cap":
            more["cap_left"] = quantity(value)
            more["shared"] = True
        elif name == "lasts":
            more["lasts"] = timedelta(milliseconds=quantity(value))
        elif name == "price":
            more["price"] = OwnPrice(steps=(a_step(value.split()[0]),), connect=eur("0.01"))
    return units("u", quantity(said), **more)


def allowances(row: Row) -> Consumption:
    return consume([_allowance(row), MAIN], BY_MINUTE, call(quantity(row["used"])))


def data_allowances(row: Row) -> Consumption:
    return consume([_allowance(row), MAIN], one_rule(a_step("0.01", MB, MB)), data(quantity(row["used"])))


def purses(row: Row) -> Consumption:
    """€0.10 for each event; what the purses have and say is in the row."""
    promo = purse("promotional", micros(row["promotional has"]), BucketKind.PROMOTIONAL, stop="stop" in row["says"])
    overdraft = eur("0.30") if "overdraft" in row["says"] else 0
    main = purse("main", micros(row["main has"]), overdraft=overdraft, overdraw="settled-usage" in row["says"])
    one = one_rule(a_step("0.10", 1, 1), one_bucket="one-bucket" in row["says"])
    return consume([promo, main], one, data(quantity(row["used"])))


FIXTURES = {
    "sixty-one": sixty_one,
    "reports": in_reports,
    "free-units": free_units,
    "band-change": band_change,
    "counts": counts,
    "bounds": bounds,
    "disconnect": disconnect,
    "fees": finish,
    "package": package,
    "graduated": graduated,
    "graduated-flat": graduated_flat,
    "volume": volume,
    "accumulated": accumulated,
    "percent": percent,
    "time-limited": time_limited,
    "attribute": attribute,
    "serving-time": serving_time,
    "rounding-modes": rounding_modes,
    "allowances": allowances,
    "data-allowances": data_allowances,
    "purses": purses,
}
