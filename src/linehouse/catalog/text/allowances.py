"""Allowances in offering files: what is included, which usage it covers, who shares it, what becomes of the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from linehouse.catalog.text.fields import one_of, period_length, texts
from linehouse.catalog.values import (
    Allowance,
    BrandProfile,
    FirstPeriod,
    PeriodUnit,
    Rollover,
    Sharing,
    Terms,
    WhenEmpty,
)
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.allowance_periods import OnChange
from linehouse.rating.condition_text import parse_conditions
from linehouse.rating.price_text import parse_steps
from linehouse.rating.values import Conditions, OwnPrice, Scope
from linehouse.rating.yaml_source import FieldSet, MarkedNode
from linehouse.rating.zone_text import ZoneSet

ALLOWANCE = FieldSet(
    "allowance",
    required=("allowance", "amount", "text", "covers"),
    optional=(
        "except", "every", "valid-for", "lasts", "first-period", "on-change", "priority", "when-empty", "shared",
        "cap-per-member", "rollover", "block", "exact", "partial", "stop", "factor", "price",
    ),
    unbuilt=("overage",),
)  # fmt: skip
OWN_PRICE = FieldSet("price of an allowance", required=("steps",), optional=("connect",))
ROLLOVER = FieldSet("rollover", optional=("min", "max", "lasts", "priority"))
SLOWER = FieldSet("throttle", required=("throttle",))
ELSEWHERE = FieldSet("redirect", required=("redirect",))
COUNTER = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ADDRESS = r"^(https?://\S+|sips?:\S+|\+\d{3,15})$"
NO_ROLLOVER = "none"
_DAYS = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an offering may refer to while it is read."""

    brand: BrandProfile
    zones: ZoneSet


def parse_allowance(node: MarkedNode, around: Surroundings) -> Allowance:
    """One allowance. Raises SourceTextInvalid."""
    given = node.mapping(ALLOWANCE)
    include = tuple(parse_conditions(item, around.zones) for item in given["covers"].many())
    exclude = (
        tuple(parse_conditions(item, around.zones) for item in given["except"].many()) if "except" in given else ()
    )
    unit = _unit(given["covers"], include)
    amount: Quantity | None = None
    if given["amount"].text() != "unlimited":
        amount = given["amount"].quantity(unit)
        if amount.amount <= 0:
            given["amount"].fail("an allowance is more than nothing", "such as `20 GB`, or `unlimited`")
    recurring = "every" in given and given["every"].choice(("cycle",)) == "cycle"
    _times(given, recurring=recurring)
    shared, cap = _shared(given, unit, amount)
    when_empty, when_empty_to = _when_empty(given, limited=amount is not None or cap is not None)
    return Allowance(
        key=given["allowance"].key(),
        unit=unit,
        amount=amount,
        texts=texts(given["text"], around.brand.languages),
        scope=Scope(include=include, exclude=exclude),
        priority=given["priority"].integer(0) if "priority" in given else 100,
        recurring=recurring,
        validity=period_length(given["valid-for"]) if "valid-for" in given else None,
        first_period=one_of(given, "first-period", FirstPeriod, FirstPeriod.FULL),
        on_change=one_of(given, "on-change", OnChange, OnChange.PRORATE),
        when_empty=when_empty,
        shared=shared,
        cap=cap,
        terms=_terms(given, unit, around.brand.currency, when_empty_to, _rollover(given, unit, amount, recurring)),
    )


def _unit(node: MarkedNode, include: tuple[Conditions, ...]) -> Unit:
    """An allowance counts in one unit, so what it covers must say which usage it is."""
    units = {usage.unit for conditions in include for usage in conditions.usage_types}
    if len(units) != 1 or any(not conditions.usage_types for conditions in include):
        node.fail("each line of `covers` needs a `usage-type`, all counted in one unit", "`usage-type: data`")
    return units.pop()


def _times(given: Mapping[str, MarkedNode], *, recurring: bool) -> None:
    """What comes every cycle lasts a cycle; what comes once has no first period and no change in its middle."""
    if recurring:
        for key in ("valid-for", "lasts"):
            if key in given:
                given[key].at_key.fail("an allowance that comes every cycle is valid for the cycle", f"no `{key}`")
        return
    if "first-period" in given:
        given["first-period"].at_key.fail("only what comes every cycle has a first period", "`every: cycle`")
    if "on-change" in given:
        given["on-change"].at_key.fail(
            "a change of plan never takes what was granted once", "no `on-change`, or `every: cycle`"
        )


def _shared(given: Mapping[str, MarkedNode], unit: Unit, amount: Quantity | None) -> tuple[Sharing | None, int | None]:
    if "shared" not in given:
        if "cap-per-member" in given:
            given["cap-per-member"].at_key.fail("only a shared allowance has a cap per member", "`shared: account`")
        return None, None
    shared = Sharing(given["shared"].choice(Sharing))
    if "cap-per-member" not in given:
        return shared, None
    cap = given["cap-per-member"].quantity(unit)
    if cap.amount <= 0:
        given["cap-per-member"].fail("a cap is more than nothing", "such as `5 GB`, or no cap")
    if amount is not None and amount < cap:
        given["cap-per-member"].fail(
            f"a member may take {cap.human()} of {amount.human()}: no cap at all", f"at most {amount.human()}"
        )
    return shared, cap.amount


def _when_empty(given: Mapping[str, MarkedNode], *, limited: bool) -> tuple[WhenEmpty, str]:
    """The word, and where a throttle or a redirect leads."""
    if "when-empty" not in given:
        return WhenEmpty.CHARGE, ""
    node = given["when-empty"]
    if node.is_mapping:
        redirects = "redirect" in node.entries()
        fields = node.mapping(ELSEWHERE if redirects else SLOWER)
        found = WhenEmpty.REDIRECT if redirects else WhenEmpty.THROTTLE
        to = fields["redirect"].text() if redirects else fields["throttle"].key()
        if redirects and not re.match(ADDRESS, to):
            fields["redirect"].fail(f"{to!r} is no address", "such as `https://…`, `sip:…` or +31…")
    else:
        found, to = WhenEmpty(node.choice(WhenEmpty)), ""
        if found is WhenEmpty.REDIRECT:
            node.fail("a redirect leads to an address", "`when-empty: {redirect: https://…}`")
    if not limited and found is not WhenEmpty.CHARGE:
        node.at_key.fail("what is unlimited is never empty", "no `when-empty`, or an amount")
    return found, to


def _rollover(given: Mapping[str, MarkedNode], unit: Unit, amount: Quantity | None, recurring: bool) -> Rollover | None:
    if "rollover" not in given:
        return None
    node = given["rollover"]
    if not node.is_mapping:
        if node.text() != NO_ROLLOVER:
            node.fail(f"{node.text()!r} is no rollover", "`none`, or `{min: 1 GB, max: 10 GB, lasts: 1 month}`")
        return None
    if amount is None:
        node.at_key.fail("nothing is left of what is unlimited", "no `rollover`, or an amount")
    fields = node.mapping(ROLLOVER)
    least, most = (fields[key].quantity(unit) if key in fields else None for key in ("min", "max"))
    if least is not None and amount < least:
        fields["min"].fail(f"no more than {amount.human()} can be left", f"at most {amount.human()}")
    if most is not None and most.amount <= 0:
        fields["max"].fail("what rolls over is more than nothing", "such as `10 GB`, or `rollover: none`")
    if least is not None and most is not None and most < least:
        fields["max"].fail(f"at least {least.human()} rolls over, and at most {most.human()}", "`max` above `min`")
    if not recurring:
        if "valid-for" not in given:
            node.at_key.fail("what has no end has no rest", "`valid-for: …` or `every: cycle`")
        if "lasts" not in fields:
            node.fail("no period follows, so the rest needs a time of its own", "`lasts: 30 days`")
    return Rollover(
        minimum=least.amount if least is not None else 0,
        maximum=most.amount if most is not None else None,
        lasts=period_length(fields["lasts"]) if "lasts" in fields else None,
        priority=fields["priority"].integer(0) if "priority" in fields else None,
    )


def _terms(
    given: Mapping[str, MarkedNode], unit: Unit, currency: str, when_empty_to: str, rollover: Rollover | None
) -> Terms:
    block = given["block"].quantity(unit).amount if "block" in given else None
    if block is not None and block <= 0:
        given["block"].fail("a block is more than nothing")
    return Terms(
        block=block,
        exact="exact" in given and given["exact"].boolean(),
        partial="partial" in given and given["partial"].boolean(),
        stop="stop" in given and given["stop"].boolean(),
        factor=given["factor"].fraction() if "factor" in given else Fraction(1),
        price=_own_price(given["price"], unit, currency) if "price" in given else None,
        when_empty_to=when_empty_to,
        lasts=_lasts(given["lasts"]) if "lasts" in given else None,
        rollover=rollover,
    )


def _own_price(node: MarkedNode, unit: Unit, currency: str) -> OwnPrice:
    """What an allowance costs while it covers: its units and this money are both taken."""
    given = node.mapping(OWN_PRICE)
    connect = given["connect"].micros(currency) if "connect" in given else 0
    return OwnPrice(steps=parse_steps(given["steps"], currency, unit), connect=connect)


def _lasts(node: MarkedNode) -> timedelta:
    """From the first use on, by the clock: days of 24 hours."""
    length = period_length(node)
    if length.unit not in _DAYS:
        node.fail("from its first use an allowance lasts days or weeks", "such as `7 days`")
    return timedelta(days=_DAYS[length.unit] * length.count)
