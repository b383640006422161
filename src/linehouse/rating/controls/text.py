"""A brand's controls from text: `controls/*.yaml`. Each complaint names file, line and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from typing import TypeVar

from linehouse.rating.controls.values import (
    Acts,
    AttemptLimit,
    BarRule,
    Controls,
    CounterRule,
    Hours,
    Per,
    Reach,
    SetBy,
    SpendLimit,
    StatusRule,
    Whereabouts,
)
from linehouse.rating.marked import FieldSet, MarkedNode
from linehouse.rating.values import Direction, UsageType, ZoneKind

CONTROLS = FieldSet("controls file", optional=("limits", "bars", "attempts", "policy-counters", "always-open"))
REACH = FieldSet(
    "description of usage",
    optional=(
        "usage-type", "direction", "number-kind", "international", "where", "rating-group", "except-rating-group",
    ),
)  # fmt: skip
LIMIT = FieldSet(
    "limit",
    required=("name", "of", "per"),
    optional=("amount", "vat", "within", "notices", "consent", "first-days", "set-by", "source"),
)
BAR = FieldSet("bar", required=("name", "of"), optional=("on", "set-by"))
ATTEMPTS = FieldSet("limit of attempts", required=("name", "of", "most", "within"), optional=("first-days",))
COUNTER = FieldSet("policy counter", required=("name", "of", "per", "statuses"), optional=("allowance", "turbo"))
STATUS = FieldSet("status", required=("status",), optional=("acts", "when"))
STATUS_WHEN = FieldSet("status's `when`", optional=("used", "left", "where", "hours", "device", "boosted"))
PLACES = ("home", "union", "world", "abroad")
VAT = ("without", "with")
_ABROAD = (Whereabouts.UNION, Whereabouts.WORLD)
_DAY_MINUTES = 24 * 60
T = TypeVar("T")


def parse_controls(node: MarkedNode, home: str, currency: str) -> Controls:
    """The controls that a file writes. Raises SourceTextInvalid at the first thing that is wrong."""
    given = node.mapping(CONTROLS)

    def each(name: str, read: Callable[[str, MarkedNode, str], T]) -> dict[str, T]:
        return {key: read(key, item, home) for key, item in given[name].keyed().items()} if name in given else {}

    limits = each("limits", lambda key, item, at: _limit(key, item, at, currency))
    attempts = each("attempts", _attempts)
    for key in attempts.keys() & limits.keys():
        given["attempts"].entries()[key].at_key.fail(f"{key!r} is a limit already", "a key of its own")
    return Controls(
        home=home,
        limits=limits,
        bars=each("bars", _bar),
        attempts=attempts,
        counters=each("policy-counters", _counter),
        open_zones=frozenset(item.key() for item in given["always-open"].many())
        if "always-open" in given
        else (frozenset()),
    )


def _reach(node: MarkedNode, home: str) -> Reach:
    given = node.mapping(REACH)

    def words(key: str, choices: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(item.choice(choices) for item in given[key].many()) if key in given else ()

    def numbers(key: str) -> tuple[int, ...]:
        return tuple(item.integer(0) for item in given[key].many()) if key in given else ()

    return Reach(
        home=home,
        usage_types=tuple(UsageType(word) for word in words("usage-type", tuple(UsageType))),
        directions=tuple(Direction(word) for word in words("direction", tuple(Direction))),
        kinds=tuple(ZoneKind(word) for word in words("number-kind", tuple(ZoneKind))),
        international=given["international"].boolean() if "international" in given else False,
        places=_places(given["where"]) if "where" in given else (),
        rating_groups=numbers("rating-group"),
        without_rating_groups=numbers("except-rating-group"),
    )


def _places(node: MarkedNode) -> tuple[Whereabouts, ...]:
    found: list[Whereabouts] = []
    for item in node.many():
        word = item.choice(PLACES)
        found += _ABROAD if word == "abroad" else (Whereabouts(word),)
    return tuple(dict.fromkeys(found))


def _limit(key: str, node: MarkedNode, home: str, currency: str) -> SpendLimit:
    given = node.mapping(LIMIT)
    per = Per(given["per"].choice(Per))
    minutes = _minutes(given["within"]) if "within" in given else 0
    if (per is Per.ROLLING) != bool(minutes):
        place = given["within"] if "within" in given else given["per"]
        place.fail("`within` belongs to a rolling limit, and only to one", "`per: rolling` with `within: 60 min`")
    consent = given["consent"].boolean() if "consent" in given else False
    if consent and per is Per.ROLLING:
        given["consent"].fail("nobody can agree to go on above a rolling limit", "`per: billing-month`")
    return SpendLimit(
        key=key,
        name=given["name"].by_language(),
        reach=_reach(given["of"], home),
        amount=given["amount"].micros(currency, least=1) if "amount" in given else None,
        per=per,
        without_vat="vat" in given and given["vat"].choice(VAT) == "without",
        minutes=minutes,
        notices=_percents(given["notices"]) if "notices" in given else ((80, 100) if per is not Per.ROLLING else ()),
        consent=consent,
        first_days=given["first-days"].integer(1) if "first-days" in given else None,
        set_by=_set_by(given),
        source=given["source"].text() if "source" in given else "",
    )


def _percents(node: MarkedNode) -> tuple[int, ...]:
    found = []
    for item in node.items():
        percent = item.integer(1)
        if percent > 100:
            item.fail(f"a limit is full at 100 %, and this says {percent}", "1 to 100")
        found.append(percent)
    return tuple(sorted(set(found)))


def _minutes(node: MarkedNode) -> int:
    milliseconds = node.quantity().amount
    minutes, rest = divmod(milliseconds, 60_000)
    if rest or not 1 <= minutes <= _DAY_MINUTES or node.quantity().unit.value != "ms":
        node.fail("a window lasts whole minutes, at most a day", "such as 10 min or 1 h")
    return minutes


def _set_by(given: Mapping[str, MarkedNode]) -> tuple[SetBy, ...]:
    if "set-by" not in given:
        return (SetBy.CUSTOMER, SetBy.CARE)
    return tuple(SetBy(item.choice(SetBy)) for item in given["set-by"].many())


def _bar(key: str, node: MarkedNode, home: str) -> BarRule:
    given = node.mapping(BAR)
    return BarRule(
        key=key,
        name=given["name"].by_language(),
        reach=_reach(given["of"], home),
        on=given["on"].boolean() if "on" in given else False,
        set_by=_set_by(given),
    )


def _attempts(key: str, node: MarkedNode, home: str) -> AttemptLimit:
    given = node.mapping(ATTEMPTS)
    return AttemptLimit(
        key=key,
        name=given["name"].by_language(),
        reach=_reach(given["of"], home),
        most=given["most"].integer(1),
        minutes=_minutes(given["within"]),
        first_days=given["first-days"].integer(1) if "first-days" in given else None,
    )


def _counter(key: str, node: MarkedNode, home: str) -> CounterRule:
    given = node.mapping(COUNTER)
    reach = _reach(given["of"], home)
    units = {usage.unit for usage in reach.usage_types}
    if len(units) != 1:
        given["of"].fail("a policy counter needs `usage-type`, all counted in one unit", ", ".join(UsageType))
    per = Per(given["per"].choice(Per))
    if per is Per.ROLLING:
        given["per"].fail("a policy counter begins anew with a month", "`per: billing-month`")
    unit = units.pop()
    statuses = []
    for item in given["statuses"].items():
        said = item.mapping(STATUS)
        when = said["when"].mapping(STATUS_WHEN) if "when" in said else {}
        left = when["left"].integer(0) if "left" in when else None
        if left is not None and "allowance" not in given:
            when["left"].fail("nothing says what is left", "`allowance:` beside `statuses`")
        statuses.append(
            StatusRule(
                status=said["status"].key(),
                acts=Acts(said["acts"].choice(Acts)) if "acts" in said else Acts.NORMAL,
                used=when["used"].quantity(unit).amount if "used" in when else None,
                left=left,
                places=_places(when["where"]) if "where" in when else (),
                hours=_hours(when["hours"]) if "hours" in when else None,
                devices=tuple(one.text() for one in when["device"].many()) if "device" in when else (),
                boosted=when["boosted"].boolean() if "boosted" in when else None,
            )
        )
    if not statuses or statuses[-1] != StatusRule(status=statuses[-1].status, acts=statuses[-1].acts):
        given["statuses"].fail("some usage would have no status", "a last status without `when`")
    return CounterRule(
        key=key,
        name=given["name"].by_language(),
        reach=reach,
        unit=unit,
        per=per,
        statuses=tuple(statuses),
        allowance=given["allowance"].key() if "allowance" in given else "",
        turbo=tuple(item.key() for item in given["turbo"].many()) if "turbo" in given else (),
    )


def _hours(node: MarkedNode) -> Hours:
    parts = node.text().split("-")
    try:
        start, end = (time.fromisoformat(part.strip()) for part in parts)
    except ValueError:
        node.fail(f"{node.text()!r} are no hours", 'such as "22:00-06:00"')
    return Hours(start, end)
