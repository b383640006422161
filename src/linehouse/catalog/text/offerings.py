"""Offering files: one offering each, with its prices, allowances, credits, rules and examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from linehouse.catalog.text.allowances import Surroundings, parse_allowance
from linehouse.catalog.text.examples import OfferingExample, parse_example
from linehouse.catalog.text.fields import duration, instant, money, one_of, period_length, texts
from linehouse.catalog.text.specifications import parse_settings
from linehouse.catalog.values import (
    Anchor,
    BillingMode,
    BrandProfile,
    Credit,
    DueOn,
    Eligibility,
    EndDay,
    FirstBill,
    LifecycleStatus,
    Meanwhile,
    MinimumOf,
    OfferingKind,
    OfferingMatch,
    OfferingPrice,
    Parts,
    PriceKind,
    ProductOffering,
    Prorate,
    Renewal,
    TaxMode,
)
from linehouse.kernel.period import Period
from linehouse.rating.accepted_text import read_accepted
from linehouse.rating.yaml_source import FieldSet, MarkedNode

OFFERING = FieldSet(
    "offering",
    required=("offering", "name", "text", "status", "kind", "billing", "product"),
    optional=(
        "tariff", "sold", "for", "requires", "excludes", "prices", "allowances", "credits", "settings", "examples",
        "accepted", "renewal",
    ),
    unbuilt=("bundle", "discounts", "phases", "commitment"),
)  # fmt: skip
SOLD = FieldSet("sale period", optional=("from", "until"))
FOR = FieldSet("eligibility", optional=("customers", "channels"), unbuilt=("segments", "countries"))
PRICE = FieldSet(
    "price",
    required=("price", "amount", "text", "tax", "ledger"),
    optional=(
        "once-at", "every", "due", "prorate", "end-day", "anchor", "first-bill", "parts", "minimum-of", "includes-tax",
    ),
)  # fmt: skip
_RECURRING_ONLY = ("due", "prorate", "end-day", "anchor", "parts", "minimum-of")
CREDIT = FieldSet("credit", required=("credit", "amount", "text"), optional=("valid-for",))
RENEWAL = FieldSet("renewal", optional=("notice", "retry", "grace", "meanwhile", "asked"))
CUSTOMERS = ("individual", "organization")
CHANNELS = ("desk", "self-care", "shop", "api")
TAX_CATEGORIES = ("standard", "reduced", "zero", "exempt")
ANY = {f"any {kind}": kind for kind in OfferingKind}


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
    allowances = _keyed(given, "allowances", lambda item: parse_allowance(item, around))
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
        renewal=_renewal(given["renewal"]) if "renewal" in given else None,
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
    if "minimum-of" in given:
        _minimum(given, brand.currency)
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
        prorate=one_of(given, "prorate", Prorate, Prorate.DAY),
        end_day=one_of(given, "end-day", EndDay, EndDay.EXCLUDED),
        anchor=one_of(given, "anchor", Anchor, Anchor.CYCLE),
        first_bill=one_of(
            given, "first-bill", FirstBill, FirstBill.WITH_NEXT if "minimum-of" in given else FirstBill.AT_START
        ),
        parts=one_of(given, "parts", Parts, Parts.EACH),
        due_on=one_of(given, "once-at", DueOn, DueOn.ACTIVATION),
        minimum_of=MinimumOf(given["minimum-of"].choice(MinimumOf)) if "minimum-of" in given else None,
    )


def _minimum(given: Mapping[str, MarkedNode], currency: str) -> None:
    """What is missing to a minimum is known when its period has ended, and is one amount."""
    if "due" not in given or given["due"].text() != "in-arrears":
        given["minimum-of"].fail("what is missing to a minimum is known when the period has ended", "`due: in-arrears`")
    if "prorate" in given and given["prorate"].text() == Prorate.DAYS30:
        given["prorate"].fail("a minimum counts the days that a period has", "`day` or `none`")
    if "first-bill" in given and given["first-bill"].text() == FirstBill.AT_START:
        given["first-bill"].fail("nothing is used when it starts", "`with-next`, or no such line")
    if "parts" in given:
        given["parts"].fail("a minimum has no parts that are billed apart", "no such line")
    if not given["amount"].micros(currency):
        given["amount"].fail("a minimum is more than nothing")


def _tax_mode(node: MarkedNode | None, brand: BrandProfile) -> TaxMode:
    if node is None:
        return brand.price_mode
    return TaxMode.GROSS if node.boolean() else TaxMode.NET


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


def _renewal(node: MarkedNode) -> Renewal:
    given = node.mapping(RENEWAL)
    usual = Renewal()
    retry = duration(given["retry"]) if "retry" in given else usual.retry
    if not retry:
        given["retry"].fail("a renewal is tried again some time", "such as `6 hours`")
    return Renewal(
        notice=duration(given["notice"]) if "notice" in given else usual.notice,
        retry=retry,
        grace=duration(given["grace"]) if "grace" in given else usual.grace,
        meanwhile=one_of(given, "meanwhile", Meanwhile, usual.meanwhile),
        asked="asked" in given and given["asked"].boolean(),
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
