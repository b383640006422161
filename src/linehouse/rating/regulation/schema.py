"""JSON Schema (2020-12) of regulation packs, for editors. Keys come from the same tables that the reader uses."""

from __future__ import annotations

from linehouse.rating.countries import GROUPS
from linehouse.rating.regulation.text import BINDS, CAP, CLAUSE, FEES, LEVELS, NUMBERS, PACK, PRICES, UNLESS
from linehouse.rating.regulation.values import Between, Where
from linehouse.rating.schema_words import (
    AMOUNT,
    BOOLEAN,
    COUNTRY,
    DAY,
    DIALECT,
    KEY,
    QUANTITY,
    TEXT,
    Schema,
    each,
    mapping,
    said,
    some,
    words,
)
from linehouse.rating.values import Direction, UsageType

_DIGITS: Schema = {"type": ["string", "integer"], "pattern": r"^\d{2,15}$", "minimum": 10}


def regulation_schema() -> Schema:
    """The schema of one pack."""
    groups = some(words(sorted(GROUPS)))
    numbers = mapping(
        NUMBERS,
        {
            "home": said(BOOLEAN, "ordinary numbers of the brand's own country"),
            "countries": said(some(COUNTRY), "ordinary numbers of these countries"),
            "groups": said(groups, "ordinary numbers of these groups, the brand's own country aside"),
            "prefixes": said(some(_DIGITS), "numbers that begin so, without the plus"),
            "short-codes": some(_DIGITS),
        },
        minProperties=1,
    )
    cap = mapping(
        CAP,
        {
            "from": said(DAY, "the first day on which it is the law"),
            "until": said(DAY, "the first day on which it is not any more"),
            "amount": said(AMOUNT, "at most so much per unit"),
            "unit": said(QUANTITY, "what the amount is for: 1 min"),
            "per-event": said(AMOUNT, "at most so much per call or message"),
        },
        anyOf=[{"required": ["amount"]}, {"required": ["per-event"]}],
        dependentRequired={"amount": ["unit"], "unit": ["amount"]},
    )
    clause = mapping(
        CLAUSE,
        {
            "clause": said(KEY, "its key: a rule may name it with `regulated`"),
            "name": said(TEXT, "what it is about"),
            "source": said(TEXT, "the act and the article in which it is written"),
            "usage-type": said(some(words(UsageType)), "which usage it bounds"),
            "direction": words(Direction),
            "at": said(words(Where), "where the subscriber is"),
            "to": said(numbers, "whom is called; nothing: only rules that name the clause"),
            "caps": said(each(cap, 1), "what may be asked at most, dated, oldest first"),
            "free": said({"enum": [True, "true", "yes"]}, "nothing may be asked"),
            "not-dearer-than": said(numbers, "no more may be asked than for these numbers, called at home"),
            "from": said(DAY, "the first day on which it is the law"),
            "until": said(DAY, "the first day on which it is not any more"),
            "between": said(words(Between), "who pays whom"),
            "prices": said(words(PRICES), "whether its amounts contain VAT"),
            "fees": said(words(FEES), "whether fees may stand beside a price per unit"),
            "block": said(QUANTITY, "the longest block that may be charged"),
            "unless": said(words(UNLESS), "who need not keep it"),
            "level": said(words(LEVELS), "whether a price against it is refused or only shown"),
        },
        oneOf=[{"required": ["caps"]}, {"required": ["free", "from"]}, {"required": ["not-dearer-than", "from"]}],
    )
    schema = mapping(
        PACK,
        {
            "regulation": said(KEY, "its key"),
            "name": said(TEXT, "what people call it"),
            "binds": said(mapping(BINDS, {"countries": some(COUNTRY), "groups": groups}), "brands of which countries"),
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217"},
            "clauses": each(clause, 1),
        },
    )
    return {"$schema": DIALECT, "title": "Linehouse regulation", **schema}
