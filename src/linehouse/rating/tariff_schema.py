"""JSON Schema (2020-12) of tariff files, for editors. Keys come from the same tables that the reader uses."""

from __future__ import annotations

from linehouse.kernel.rounding import Rounding
from linehouse.rating.accepted_text import accepted_schema
from linehouse.rating.condition_text import ACCUMULATED, COUNTER, WHEN
from linehouse.rating.cost_text import EXCHANGE
from linehouse.rating.example_text import GRAMMAR
from linehouse.rating.price_text import FEE, MAXIMUM, PRICE, STEP
from linehouse.rating.price_text import PERCENT as PERCENTAGE
from linehouse.rating.schema_words import (
    AMOUNT,
    BOOLEAN,
    DAY,
    DIALECT,
    KEY,
    NUMBER,
    PERCENT,
    PLMN,
    POSITION,
    QUANTITY,
    TEXT,
    WHOLE,
    Schema,
    by_key,
    by_language,
    each,
    mapping,
    said,
    some,
    words,
)
from linehouse.rating.tariff_text import ROUND, RULE, TARIFF, VALID
from linehouse.rating.values import AtMaximum, Attribute, BandChange, Counts, Direction, Due, Per, TaxMode, UsageType
from linehouse.rating.zone_schema import zone_schema

__all__ = ["conditions_schema", "steps_schema", "tariff_schema", "zone_schema"]

_ZONE: Schema = {"type": "string", "pattern": "^(any )?[a-z0-9]+(-[a-z0-9]+)*$"}


def tariff_schema() -> Schema:
    """The schema of one tariff file."""
    rule = mapping(
        RULE,
        {
            "rule": said(KEY, "its key within the tariff, for ever: explanations and reports name it"),
            "name": said(TEXT, "what people read"),
            "when": conditions_schema(),
            "price": said({"anyOf": [{"enum": ["free", "blocked"]}, _price()]}, "free, blocked, or what it costs"),
            "line": said(KEY, "under which of the tariff's lines an invoice sums it"),
            "valid": said(mapping(VALID, {"from": DAY, "until": DAY}), "a price for a time"),
            "regulated": said(KEY, "the regulation that bounds its price"),
        },
    )
    decimals: Schema = {"type": ["integer", "string"], "pattern": "^[0-6]$", "minimum": 0, "maximum": 6}
    round_to = mapping(ROUND, {"mode": words(Rounding), "decimals": decimals})
    exchange = mapping(
        EXCHANGE,
        {
            "to": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217"},
            "from": said(DAY, "the first day on which the rate holds"),
            "rate": said(NUMBER, "what one unit of the tariff's currency is worth"),
            "source": said(TEXT, "who published the rate"),
        },
    )
    schema = mapping(
        TARIFF,
        {
            "tariff": said(KEY, "its key, for ever"),
            "name": said(TEXT, "what people call it"),
            "version": said(TEXT, "what people call this version"),
            "valid-from": said(DAY, "the day on which it begins"),
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217"},
            "prices": said(words(TaxMode), "whether prices contain tax"),
            "time-zone": said(TEXT, "IANA name of the zone whose clock time bands follow"),
            "zones": said(some(KEY), "zone files by name, without ending"),
            "rules": said(each(rule, 1), "the first rule whose conditions all hold prices the usage"),
            "round": said(round_to, "the one rounding at the end of an event"),
            "band-change": said(words(BandChange), "what happens when a time band ends within a call"),
            "fallback": said(KEY, "the tariff that is asked when no own rule fits"),
            "cost-tariff": said(KEY, "the wholesale tariff that says what the same usage costs the brand"),
            "exchange": said(each(exchange), "what the tariff's currency was worth: for wholesale in another currency"),
            "lines": said(by_key(by_language()), "invoice lines, each with its text by language"),
            "attribute": said(words(Attribute), "by which instant the volume of a data record is priced"),
            "one-bucket": said(BOOLEAN, "money that cannot pay a whole block is skipped for it"),
            "counts": said(words(Counts), "which usage moves `per: period` steps on; charged unless it says all"),
            "counters": said(by_key(_counter()), "usage of a period under one name"),
            "home-time-zone": said(TEXT, "the zone that counts where a record came without an offset"),
            "covers-week": said(some(KEY), "time bands that share out every hour of the week"),
            "accepted": said(accepted_schema(), "warnings that stand, each with its reason and an end"),
            "examples": said(each({"type": "string"}), f"executed before publishing: {GRAMMAR}"),
        },
    )
    return {"$schema": DIALECT, "title": "Linehouse tariff", **schema}


def conditions_schema() -> Schema:
    """The conditions of a rule or of one line of an allowance's scope."""
    return mapping(
        WHEN,
        {
            "usage-type": said(some(words(UsageType)), "what was used"),
            "direction": said(some(words(Direction)), "seen from the subscriber"),
            "number-zone": said(some(_ZONE), "who was called or texted; `any premium` is every zone of that kind"),
            "network-zone": said(some(KEY), "where the subscriber was"),
            "time-band": said(some(KEY), "when"),
            "rating-group": said(some(WHOLE), "class of traffic, as the network numbers it"),
            "apn": said(some(TEXT), "access point"),
            "service-id": said(some(TEXT), "service, as its source calls it"),
            "on-net": said(BOOLEAN, "whether the other party is the brand's own subscriber"),
            "dnn": said(some(TEXT), "access point, as 5G calls it"),
            "closed-user-group": said(some(KEY), "groups of which both parties are members"),
            "friends-and-family": said(some(KEY), "the subscriber's lists on which the other party stands"),
            "ported-to": said(some(PLMN), "networks to which the other party's number was ported"),
            "segment": said(some(KEY), "the customer's segments"),
            "accumulated-usage": said(
                mapping(ACCUMULATED, {"counter": KEY, "from": QUANTITY, "below": QUANTITY}),
                "where a counter of the period stands when a block begins",
            ),
        },
        minProperties=0,
    )


def _counter() -> Schema:
    return mapping(
        COUNTER,
        {
            "of": said(conditions_schema(), "which usage it counts"),
            "name": said(TEXT, "what people call it"),
            "counts": said(words(Counts), "whether usage that an allowance covered counts as well"),
        },
    )


def steps_schema() -> Schema:
    """Steps of a price."""
    step = mapping(
        STEP,
        {
            "price": AMOUNT,
            "unit": said(QUANTITY, "what the price is for: 1 min"),
            "package": said(QUANTITY, "instead of unit and block: paid in full once it has begun"),
            "from": said(POSITION, "position at which the step begins; nothing for the first"),
            "block": said(QUANTITY, "paid in full once it has begun: 60 s"),
            "flat": said(AMOUNT, "once, when the step is entered"),
            "overhang": said({"const": "pay"}, "the step ends inside a block, which is paid in full"),
        },
        oneOf=[{"required": ["unit"]}, {"required": ["package"]}],
    )
    return each(step, 1)


def _price() -> Schema:
    fee = {"anyOf": [AMOUNT, mapping(FEE, {"amount": AMOUNT, "due": words(Due)})]}
    maximum = {"anyOf": [AMOUNT, mapping(MAXIMUM, {"amount": AMOUNT, "then": words(AtMaximum)})]}
    share = mapping(PERCENTAGE, {"rate": PERCENT, "free-events": WHOLE, "free-amount": AMOUNT})
    return mapping(
        PRICE,
        {
            "steps": said(steps_schema(), "what usage costs, from position to position"),
            "percent": said({"anyOf": [PERCENT, share]}, "a share of the amount that the event carries"),
            "connect": said(fee, "once per event, when money pays its first block"),
            "finish": said(fee, "once per event, at its end"),
            "free": said(QUANTITY, "taken off first"),
            "minimum": said(AMOUNT, "an event costs at least so much"),
            "maximum": said(maximum, "an event costs at most so much"),
            "per": said(words(Per), "whether steps count in the event or in the period"),
            "volume": said(BOOLEAN, "the step that the period reached prices all of it"),
            "counts": said(words(Counts), "whether usage that an allowance covered moves the position on"),
            "counter": said(KEY, "the counter in whose usage the steps lie; otherwise the rule's own"),
        },
        oneOf=[{"required": ["steps"]}, {"required": ["percent"]}],
    )
