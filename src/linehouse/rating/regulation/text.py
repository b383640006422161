"""Regulation packs from text: each clause says what it bounds, since when, and where that is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import require_currency
from linehouse.rating.countries import GROUPS, known_countries
from linehouse.rating.marked import FieldSet, MarkedNode
from linehouse.rating.regulation.values import Between, Bound, Clause, Countries, Limit, Numbers, Pack, Where
from linehouse.rating.values import Direction, UsageType

PACK = FieldSet("regulation", required=("regulation", "name", "binds", "currency", "clauses"))
BINDS = FieldSet("regulation's `binds`", optional=("countries", "groups"))
CLAUSE = FieldSet(
    "clause",
    required=("clause", "name", "source"),
    optional=(
        "usage-type", "direction", "at", "to", "caps", "free", "not-dearer-than", "from", "until", "between", "prices",
        "fees", "block", "unless", "level",
    ),
)  # fmt: skip
CAP = FieldSet("cap", required=("from",), optional=("until", "amount", "unit", "per-event"))
NUMBERS = FieldSet("set of numbers", optional=("home", "countries", "groups", "prefixes", "short-codes"))
PRICES = ("before-tax", "with-tax")
FEES = ("none", "beside")
UNLESS = ("same-price-at-home",)
LEVELS = ("error", "warning")
_DIGITS = re.compile(r"^\d{2,15}$")
_ASKS = ("caps", "free", "not-dearer-than")


def parse_pack(node: MarkedNode) -> Pack:
    """One pack. Raises SourceTextInvalid at the first thing that is wrong."""
    given = node.mapping(PACK)
    try:
        currency = require_currency(given["currency"].text())
    except DomainError as problem:
        given["currency"].fail(problem.message, problem.expected)
    binds = given["binds"].mapping(BINDS)
    clauses: dict[str, Clause] = {}
    for item in given["clauses"].items():
        clause = _clause(item, currency)
        if clause.key in clauses:
            item.fail(f"clause {clause.key!r} is already written", "a key of its own for each clause")
        clauses[clause.key] = clause
    return Pack(
        key=given["regulation"].key(),
        name=given["name"].text(),
        binds=_countries(binds),
        currency=currency,
        clauses=tuple(clauses.values()),
    )


def _clause(node: MarkedNode, currency: str) -> Clause:
    given = node.mapping(CLAUSE)
    asks = [word for word in _ASKS if word in given]
    if len(asks) != 1:
        wrong = f"it says {' and '.join(asks)}" if asks else "it asks nothing"
        node.fail(f"a clause asks one thing, and {wrong}", "one of `caps`, `free`, `not-dearer-than`")
    usages = tuple(UsageType(item.choice(UsageType)) for item in _many(given, "usage-type"))
    if not usages:
        node.fail("a clause needs `usage-type`", "`usage-type: voice`")
    bound = {"caps": Bound.CAP, "free": Bound.FREE, "not-dearer-than": Bound.LIKE}[asks[0]]
    if bound is Bound.FREE and not given["free"].boolean():
        given["free"].fail("a clause cannot ask that something is not free", "`free: true`")
    limits = _limits(given["caps"], usages, currency) if bound is Bound.CAP else (_span(node, given),)
    if bound is Bound.CAP and ("from" in given or "until" in given):
        given["from" if "from" in given else "until"].at_key.fail("each cap has days of its own", "them in `caps`")
    return Clause(
        key=given["clause"].key(),
        name=given["name"].text(),
        source=given["source"].text(),
        bound=bound,
        usage_types=usages,
        limits=limits,
        direction=Direction(given["direction"].choice(Direction)) if "direction" in given else Direction.OUT,
        where=Where(given["at"].choice(Where)) if "at" in given else Where.HOME,
        to=_numbers(given["to"]) if "to" in given else None,
        than=_numbers(given["not-dearer-than"]) if bound is Bound.LIKE else None,
        between=Between(given["between"].choice(Between)) if "between" in given else Between.CONSUMERS,
        tax_included="prices" in given and given["prices"].choice(PRICES) == "with-tax",
        fees="fees" in given and given["fees"].choice(FEES) == "beside",
        block=given["block"].quantity(usages[0].unit).amount if "block" in given else None,
        same_at_home="unless" in given and bool(given["unless"].choice(UNLESS)),
        refuses="level" not in given or given["level"].choice(LEVELS) == "error",
    )


def _many(given: Mapping[str, MarkedNode], word: str) -> tuple[MarkedNode, ...]:
    return given[word].many() if word in given else ()


def _span(node: MarkedNode, given: Mapping[str, MarkedNode]) -> Limit:
    if "from" not in given:
        node.fail("a clause needs `from`", "the first day on which it is the law: `from: 2021-12-01`")
    return Limit(start=given["from"].day(), end=_end(given))


def _end(given: Mapping[str, MarkedNode]) -> date | None:
    """The first day on which it is not the law any more."""
    if "until" not in given:
        return None
    start, end = given["from"].day(), given["until"].day()
    if end <= start:
        given["until"].fail(f"{end} is not after {start}", "the first day on which it does not hold any more")
    return end


def _limits(node: MarkedNode, usages: tuple[UsageType, ...], currency: str) -> tuple[Limit, ...]:
    found: list[Limit] = []
    for item in node.items():
        given = item.mapping(CAP)
        if "amount" not in given and "per-event" not in given:
            item.fail("a cap needs an amount", "`amount` with `unit`, or `per-event`")
        if ("amount" in given) != ("unit" in given):
            item.fail("`amount` and `unit` belong together", "`amount: 0.19, unit: 1 min`")
        for word in ("amount", "per-event"):
            if word in given:
                given[word].micros(currency)
        limit = Limit(
            start=given["from"].day(),
            end=_end(given),
            amount=given["amount"].decimal() if "amount" in given else None,
            unit=given["unit"].quantity(usages[0].unit).amount if "unit" in given else 1,
            each=given["per-event"].decimal() if "per-event" in given else None,
        )
        before = found[-1] if found else None
        if before is not None and (before.end is None or limit.start < before.end):
            item.fail(f"it begins on {limit.start}, before the one above ends", "caps in order, one after another")
        found.append(limit)
    if not found:
        node.fail("`caps` is empty", "at least one")
    return tuple(found)


def _numbers(node: MarkedNode) -> Numbers:
    given = node.mapping(NUMBERS)
    if not given:
        node.fail("no numbers are named", f"one of {', '.join(NUMBERS.known)}")
    return Numbers(
        abroad=_countries(given),
        home="home" in given and given["home"].boolean(),
        prefixes=tuple(_digits(item) for item in _many(given, "prefixes")),
        short_codes=tuple(_digits(item) for item in _many(given, "short-codes")),
    )


def _digits(node: MarkedNode) -> str:
    if not _DIGITS.match(node.text()):
        node.fail(f"{node.text()!r} is no number", 'digits in quotation marks, such as "31800"')
    return node.text()


def _countries(given: Mapping[str, MarkedNode]) -> Countries:
    for item in _many(given, "countries"):
        if item.text() not in known_countries():
            item.fail(f"{item.text()!r} is no country", "an ISO 3166-1 code such as NL")
    groups = tuple(item.choice(sorted(GROUPS)) for item in _many(given, "groups"))
    return Countries(countries=frozenset(item.text() for item in _many(given, "countries")), groups=groups)
