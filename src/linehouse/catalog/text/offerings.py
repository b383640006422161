"""Offering files: one offering each, with its prices, allowances, credits, rules and examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol, TypeVar

from linehouse.catalog.text.examples import OfferingExample, parse_example
from linehouse.catalog.text.fields import instant, money, period_length, texts
from linehouse.catalog.text.specifications import parse_settings
from linehouse.catalog.values import (
    Allowance,
    Anchor,
    BillingMode,
    BrandProfile,
    Credit,
    DueOn,
    Eligibility,
    EndDay,
    FirstBill,
    FirstPeriod,
    LifecycleStatus,
    OfferingKind,
    OfferingMatch,
    OfferingPrice,
    Parts,
    PriceKind,
    ProductOffering,
    Prorate,
    Rollover,
    TaxMode,
    Terms,
    WhenEmpty,
)
from linehouse.kernel.period import Period
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.accepted_text import read_accepted
from linehouse.rating.condition_text import parse_conditions
from linehouse.rating.price_text import parse_steps
from linehouse.rating.values import Conditions, OwnPrice, Scope
from linehouse.rating.yaml_source import FieldSet, MarkedNode
from linehouse.rating.zone_text import ZoneSet

OFFERING = FieldSet(
    "offering",
    required=("offering", "name", "text", "status", "kind", "billing", "product"),
    optional=(
        "tariff", "sold", "for", "requires", "excludes", "prices", "allowances", "credits", "settings", "examples",
        "accepted",
    ),
    unbuilt=("bundle", "discounts", "phases", "commitment"),
)  # fmt: skip
SOLD = FieldSet("sale period", optional=("from", "until"))
FOR = FieldSet("eligibility", optional=("customers", "channels"), unbuilt=("segments", "countries"))
PRICE = FieldSet(
    "price",
    required=("price", "amount", "text", "tax", "ledger"),
    optional=("once-at", "every", "due", "prorate", "end-day", "anchor", "first-bill", "parts", "includes-tax"),
)
_RECURRING_ONLY = ("due", "prorate", "end-day", "anchor", "parts")
ALLOWANCE = FieldSet(
    "allowance",
    required=("allowance", "amount", "text", "covers"),
    optional=(
        "except", "every", "valid-for", "first-period", "priority", "when-empty", "rollover", "block", "exact",
        "partial", "stop", "factor", "price",
    ),
    unbuilt=("shared", "cap-per-member"),
)  # fmt: skip
OWN_PRICE = FieldSet("price of an allowance", required=("steps",), optional=("connect",))
WHEN_EMPTY = (WhenEmpty.CHARGE, WhenEmpty.BLOCK)
CREDIT = FieldSet("credit", required=("credit", "amount", "text"), optional=("valid-for",))
CUSTOMERS = ("individual", "organization")
CHANNELS = ("desk", "self-care", "shop", "api")
TAX_CATEGORIES = ("standard", "reduced", "zero", "exempt")
ANY = {f"any {kind}": kind for kind in OfferingKind}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an offering may refer to while it is read."""

    brand: BrandProfile
    zones: ZoneSet


@dataclass(frozen=True, slots=True)
class WrittenOffering:
    """An offering, where it was written, and its examples."""

    offering: ProductOffering
    node: MarkedNode
    examples: tuple[OfferingExample, ...]


def parse_offering(node: MarkedNode, around: Surroundings) -> WrittenOffering:
    """One offering file. Raises SourceTextInvalid at the first thing that is wrong."""
    given = node.mapping(OFFERING)
    prices = _keyed(given, "prices", lambda item: _price(item, around.brand))
    allowances = _keyed(given, "allowances", lambda item: _allowance(item, around))
    offering = ProductOffering(
        key=given["offering"].key(),
        name=given["name"].text(),
        texts=texts(given["text"], around.brand.languages),
        status=LifecycleStatus(given["status"].choice(LifecycleStatus)),
        kind=OfferingKind(given["kind"].choice(OfferingKind)),
        billing_mode=BillingMode(given["billing"].choice(BillingMode)),
        specification=given["product"].key(),
        prices=prices,
        allowances=allowances,
        credits=_keyed(given, "credits", lambda item: _credit(item, around.brand)),
        tariff=given["tariff"].key() if "tariff" in given else None,
        requires=_matches(given.get("requires")),
        excludes=_matches(given.get("excludes")),
        valid=_sold(given.get("sold"), around.brand),
        eligibility=_eligibility(given.get("for")),
        settings=parse_settings(given["settings"]) if "settings" in given else {},
        accepted=read_accepted(given["accepted"]) if "accepted" in given else (),
    )
    examples = given["examples"].items() if "examples" in given else ()
    return WrittenOffering(
        offering, node, tuple(parse_example(item, offering, around.brand.currency) for item in examples)
    )


class _HasKey(Protocol):
    @property
    def key(self) -> str: ...


T = TypeVar("T", bound=_HasKey)


def _keyed(given: Mapping[str, MarkedNode], part: str, read: Callable[[MarkedNode], T]) -> tuple[T, ...]:
    """The things of a list, each with a key of its own."""
    found: dict[str, T] = {}
    for item in given[part].items() if part in given else ():
        thing = read(item)
        if thing.key in found:
            item.fail(f"{thing.key!r} stands twice in `{part}`", "a key of its own")
        found[thing.key] = thing
    return tuple(found.values())


def _price(node: MarkedNode, brand: BrandProfile) -> OfferingPrice:
    given = node.mapping(PRICE)
    recurring = "every" in given
    if recurring == ("once-at" in given):
        node.fail(
            "a price is due either `every` so often or `once-at` something", "`every: 1 month` or `once-at: activation`"
        )
    if not recurring:
        for word in _RECURRING_ONLY:
            if word in given:
                given[word].fail(f"`{word}` is for prices that come again", "no such line")
    return OfferingPrice(
        key=given["price"].key(),
        kind=PriceKind.RECURRING if recurring else PriceKind.ONE_TIME,
        amount=money(given["amount"], brand.currency),
        gl_code=given["ledger"].key(),
        texts=texts(given["text"], brand.languages),
        tax_mode=_tax_mode(given.get("includes-tax"), brand),
        tax_category=given["tax"].choice(TAX_CATEGORIES),
        period=period_length(given["every"]) if recurring else None,
        in_advance="due" not in given or given["due"].choice(("in-advance", "in-arrears")) == "in-advance",
        prorate=_word(given, "prorate", Prorate, Prorate.DAY),
        end_day=_word(given, "end-day", EndDay, EndDay.EXCLUDED),
        anchor=_word(given, "anchor", Anchor, Anchor.CYCLE),
        first_bill=_word(given, "first-bill", FirstBill, FirstBill.AT_START),
        parts=_word(given, "parts", Parts, Parts.EACH),
        due_on=_word(given, "once-at", DueOn, DueOn.ACTIVATION),
    )


def _tax_mode(node: MarkedNode | None, brand: BrandProfile) -> TaxMode:
    if node is None:
        return brand.price_mode
    return TaxMode.GROSS if node.boolean() else TaxMode.NET


def _allowance(node: MarkedNode, around: Surroundings) -> Allowance:
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
    if recurring and "valid-for" in given:
        given["valid-for"].fail("an allowance that comes every cycle is valid for the cycle", "no `valid-for`")
    if not recurring and "first-period" in given:
        given["first-period"].fail("only what comes every cycle has a first period", "`every: cycle`")
    return Allowance(
        key=given["allowance"].key(),
        unit=unit,
        amount=amount,
        texts=texts(given["text"], around.brand.languages),
        scope=Scope(include=include, exclude=exclude),
        priority=given["priority"].integer(0) if "priority" in given else 100,
        recurring=recurring,
        validity=period_length(given["valid-for"]) if "valid-for" in given else None,
        first_period=_word(given, "first-period", FirstPeriod, FirstPeriod.FULL),
        rollover=_word(given, "rollover", Rollover, Rollover.NONE),
        when_empty=WhenEmpty(given["when-empty"].choice(WHEN_EMPTY)) if "when-empty" in given else WhenEmpty.CHARGE,
        terms=_terms(given, unit, around.brand.currency),
    )


def _terms(given: Mapping[str, MarkedNode], unit: Unit, currency: str) -> Terms:
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
    )


def _own_price(node: MarkedNode, unit: Unit, currency: str) -> OwnPrice:
    """What an allowance costs while it covers: its units and this money are both taken."""
    given = node.mapping(OWN_PRICE)
    connect = given["connect"].micros(currency) if "connect" in given else 0
    return OwnPrice(steps=parse_steps(given["steps"], currency, unit), connect=connect)


def _unit(node: MarkedNode, include: tuple[Conditions, ...]) -> Unit:
    """An allowance counts in one unit, so what it covers must say which usage it is."""
    units = {usage.unit for conditions in include for usage in conditions.usage_types}
    if len(units) != 1 or any(not conditions.usage_types for conditions in include):
        node.fail("each line of `covers` needs a `usage-type`, all counted in one unit", "`usage-type: data`")
    return units.pop()


def _credit(node: MarkedNode, brand: BrandProfile) -> Credit:
    given = node.mapping(CREDIT)
    amount = money(given["amount"], brand.currency)
    if not amount:
        given["amount"].fail("a credit is more than nothing")
    return Credit(
        key=given["credit"].key(),
        amount=amount,
        texts=texts(given["text"], brand.languages),
        validity=period_length(given["valid-for"]) if "valid-for" in given else None,
    )


def _matches(node: MarkedNode | None) -> tuple[OfferingMatch, ...]:
    if node is None:
        return ()
    found = []
    for item in node.many():
        text = item.text()
        if text.startswith("any "):
            found.append(OfferingMatch(kind=ANY[item.choice(ANY)]))
        else:
            found.append(OfferingMatch(offering=item.key()))
    return tuple(found)


def _sold(node: MarkedNode | None, brand: BrandProfile) -> Period | None:
    if node is None:
        return None
    given = node.mapping(SOLD)
    if "from" not in given:
        node.fail("a sale period begins some day", "`from: 2026-11-01`")
    start = instant(given["from"], brand.zone)
    end = instant(given["until"], brand.zone) if "until" in given else None
    if end is not None and end <= start:
        given["until"].fail("the sale ends before it begins", "a later day; the day itself is the first one without")
    return Period(start, end)


def _eligibility(node: MarkedNode | None) -> Eligibility:
    if node is None:
        return Eligibility()
    given = node.mapping(FOR)
    return Eligibility(
        customer_kinds=tuple(i.choice(CUSTOMERS) for i in given["customers"].many()) if "customers" in given else (),
        channels=tuple(i.choice(CHANNELS) for i in given["channels"].many()) if "channels" in given else (),
    )


W = TypeVar("W", bound=StrEnum)


def _word(given: Mapping[str, MarkedNode], key: str, words: type[W], default: W) -> W:
    return words(given[key].choice(words)) if key in given else default
