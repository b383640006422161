"""JSON Schema (2020-12) of catalog files, for editors. Keys come from the same tables that the readers use."""

from __future__ import annotations

import json
from collections.abc import Mapping

from linehouse.catalog.text.allowances import (
    ADDRESS,
    ALLOWANCE,
    COUNTER,
    ELSEWHERE,
    NO_ROLLOVER,
    OWN_PRICE,
    ROLLOVER,
    SLOWER,
)
from linehouse.catalog.text.brand import (
    ACCOUNTS,
    BANK_ACCOUNT,
    BRAND,
    DELIVERY,
    FRIEND_LIST,
    LEGAL_ENTITY,
    LOOK,
    SERIES,
)
from linehouse.catalog.text.examples import GRAMMAR
from linehouse.catalog.text.law import LAW, LINT, WITHOUT
from linehouse.catalog.text.offerings import (
    CHANNELS,
    CREDIT,
    CUSTOMERS,
    FOR,
    OFFERING,
    PRICE,
    RENEWAL,
    SOLD,
    TAX_CATEGORIES,
)
from linehouse.catalog.text.prepaid_life import PREPAID_LIFE
from linehouse.catalog.text.specifications import PARAMETER, PRODUCT, RESOURCE, SERVICE, SPECIFICATIONS
from linehouse.catalog.values import (
    BARS,
    Anchor,
    BillingMode,
    Counts,
    DueOn,
    EndDay,
    FirstBill,
    FirstPeriod,
    LifecycleStatus,
    Meanwhile,
    MinimumOf,
    OfferingKind,
    Parts,
    Prorate,
    ResourceKind,
    RestOf,
    Sharing,
    TaxMode,
    WhenEmpty,
)
from linehouse.rating.accepted_text import accepted_schema
from linehouse.rating.allowance_periods import OnChange
from linehouse.rating.controls.schema import controls_schema
from linehouse.rating.regulation import shipped
from linehouse.rating.regulation.schema import regulation_schema
from linehouse.rating.schema_words import (
    AMOUNT,
    BOOLEAN,
    COUNTRY,
    DIALECT,
    FRACTION,
    INSTANT,
    KEY,
    PLMN,
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
from linehouse.rating.service import tariff_schema, zone_schema
from linehouse.rating.tariff_schema import conditions_schema, steps_schema

_TEXTS: Schema = by_language()
_VALUE: Schema = {"anyOf": [{"type": ["string", "integer", "boolean"]}, each({"type": ["string", "integer"]})]}
_SETTINGS = by_key({"anyOf": [by_key(_VALUE), {"type": "null"}]})
_LENGTH: Schema = {
    "type": "string",
    "pattern": r"^[1-9]\d* (day|week|month|year)s?$",
    "description": "`1 month` or `30 days`",
}
_CLOCK: Schema = {
    "type": "string",
    "pattern": r"^([1-9]\d* (minute|hour|day)s?|none)$",
    "description": "`3 days`, `6 hours` or `none`",
}
_OFFER: Schema = {"type": "string", "pattern": "^(any (plan|addon|pack)|[a-z0-9]+(-[a-z0-9]+)*)$"}


def schemas() -> Mapping[str, Schema]:
    """Every schema by the name of its file."""
    return {
        "tariff.schema.json": tariff_schema(),
        "zones.schema.json": zone_schema(),
        "offering.schema.json": offering_schema(),
        "specifications.schema.json": specifications_schema(),
        "brand.schema.json": brand_schema(),
        "regulation.schema.json": regulation_schema(),
        "controls.schema.json": controls_schema(),
    }


def as_file(schema: Schema) -> str:
    """The schema as its file holds it."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def offering_schema() -> Schema:
    """The schema of one offering file."""
    schema = mapping(
        OFFERING,
        {
            "offering": said(KEY, "its key, for ever"),
            "name": said(TEXT, "what people call it"),
            "text": said(_TEXTS, "what the buyer reads, in each language of the brand"),
            "status": said(words(LifecycleStatus), "only what is Launched can be ordered"),
            "kind": said(words(OfferingKind), "the line, what runs beside it, or what is bought once"),
            "billing": words(BillingMode),
            "product": said(KEY, "its product specification"),
            "tariff": said(KEY, "the tariff that prices usage: plans have one"),
            "sold": mapping(SOLD, {"from": INSTANT, "until": INSTANT}),
            "for": mapping(FOR, {"customers": some(words(CUSTOMERS)), "channels": some(words(CHANNELS))}),
            "requires": said(some(_OFFER), "at least one of these must be there"),
            "excludes": said(some(_OFFER), "none of these may be there"),
            "prices": each(_price()),
            "allowances": each(_allowance()),
            "credits": each(_credit()),
            "settings": said(
                by_key({"anyOf": [by_key(_VALUE), {"type": "null"}]}),
                "parameters that differ from the product's, by service",
            ),
            "renewal": said(_renewal(), "a prepaid pack renews itself from the balance"),
            "accepted": said(accepted_schema(), "warnings that stand, each with its reason and an end"),
            "examples": said(each({"type": "string"}), f"executed before publishing: {GRAMMAR}"),
        },
    )
    return {"$schema": DIALECT, "title": "Linehouse offering", **schema}


def _renewal() -> Schema:
    return mapping(
        RENEWAL,
        {
            "notice": said(_CLOCK, "how long before the subscriber is told"),
            "retry": said(_CLOCK, "how often it is tried again when money is short"),
            "grace": said(_CLOCK, "for how long; none: it ends at once"),
            "meanwhile": said(words(Meanwhile), "what its allowances do while it waits for money"),
            "asked": said(BOOLEAN, "it renews only where the buyer asks for it"),
        },
    )


def _price() -> Schema:
    return mapping(
        PRICE,
        {
            "price": said(KEY, "its key"),
            "amount": AMOUNT,
            "text": said(_TEXTS, "what the invoice line says"),
            "tax": words(TAX_CATEGORIES),
            "ledger": said(KEY, "where the revenue is booked: account revenue/…"),
            "once-at": said(words(DueOn), "the price comes once"),
            "every": said(_LENGTH, "the price comes again"),
            "due": words(("in-advance", "in-arrears")),
            "prorate": words(Prorate),
            "end-day": words(EndDay),
            "anchor": words(Anchor),
            "first-bill": words(FirstBill),
            "parts": words(Parts),
            "minimum-of": said(words(MinimumOf), "the least that a period comes to: only what is missing is charged"),
            "includes-tax": BOOLEAN,
        },
        oneOf=[{"required": ["every"]}, {"required": ["once-at"]}],
    )


def _allowance() -> Schema:
    return mapping(
        ALLOWANCE,
        {
            "allowance": said(KEY, "its key"),
            "amount": said({"anyOf": [QUANTITY, {"const": "unlimited"}]}, "how much"),
            "text": said(_TEXTS, "what the subscriber reads"),
            "covers": said(some(conditions_schema()), "which usage, each line with its usage-type"),
            "except": said(some(conditions_schema()), "and which not: this beats `covers`"),
            "every": said(words(("cycle",)), "granted anew with every billing cycle"),
            "valid-for": said(_LENGTH, "how long what is granted once lasts"),
            "lasts": said(_LENGTH, "so long from its first use, days or weeks"),
            "first-period": words(FirstPeriod),
            "on-change": said(words(OnChange), "what a change of plan in mid period makes of it"),
            "priority": said(WHOLE, "lower numbers are used first"),
            "when-empty": said(
                _when_empty(), "what happens when it is used up: charge (usual), block, slower, elsewhere"
            ),
            "shared": said(words(Sharing), "who uses it together with the line that brings it"),
            "cap-per-member": said(QUANTITY, "what one line may take of a shared allowance, per period"),
            "rollover": said(_rollover(), "what of an unused rest moves into the next period"),
            "block": said(QUANTITY, "replaces the tariff's block for what it covers"),
            "exact": said(BOOLEAN, "only what was used is taken, not the whole block"),
            "partial": said(BOOLEAN, "it also gives what is left for a part of a block; the rest goes on, pro rata"),
            "stop": said(BOOLEAN, "when it cannot pay, nothing after it is asked"),
            "factor": said(FRACTION, "its units taken for each unit used"),
            "price": said(
                mapping(OWN_PRICE, {"steps": steps_schema(), "connect": AMOUNT}),
                "what usage costs while it covers: its units and this money are both taken",
            ),
        },
    )


def _when_empty() -> Schema:
    counter, address = {"type": "string", "pattern": COUNTER}, {"type": "string", "pattern": ADDRESS}
    plain = words(word for word in WhenEmpty if word is not WhenEmpty.REDIRECT)
    slower = mapping(SLOWER, {"throttle": said(counter, "the policy counter that says how slow")})
    elsewhere = mapping(ELSEWHERE, {"redirect": said(address, "where more can be bought")})
    return {"anyOf": [plain, slower, elsewhere]}


def _rollover() -> Schema:
    given = mapping(
        ROLLOVER,
        {
            "min": said(QUANTITY, "below this nothing moves on"),
            "max": said(QUANTITY, "above this nothing moves on"),
            "lasts": said(_LENGTH, "how long what moved on can be used; the usual is the next period"),
            "priority": said(WHOLE, "when it is used; the usual is that of the allowance"),
        },
    )
    return {"anyOf": [{"const": NO_ROLLOVER}, given]}


def _credit() -> Schema:
    return mapping(CREDIT, {"credit": KEY, "amount": AMOUNT, "text": _TEXTS, "valid-for": _LENGTH})


def specifications_schema() -> Schema:
    """The schema of one specification file."""
    value = _VALUE
    parameter = mapping(
        PARAMETER,
        {
            "default": value,
            "choices": said(some({"type": ["string", "integer", "boolean"]}), "the values that it may take"),
            "unit": TEXT,
            "text": TEXT,
        },
    )
    product = mapping(PRODUCT, {"name": TEXT, "services": {"anyOf": [each(KEY), KEY, _SETTINGS]}})
    service = mapping(
        SERVICE,
        {"name": TEXT, "parameters": by_key({"anyOf": [value, parameter]}), "resources": some(KEY)},
    )
    resource = mapping(RESOURCE, {"name": TEXT, "kind": words(ResourceKind)})
    schema = mapping(
        SPECIFICATIONS, {"products": by_key(product), "services": by_key(service), "resources": by_key(resource)}
    )
    return {"$schema": DIALECT, "title": "Linehouse specifications", **schema}


def _law() -> Schema:
    packs = some(words(sorted(shipped())))
    without = mapping(WITHOUT, {"clause": KEY, "reason": said(TEXT, "why it does not bind the brand")})
    return {"anyOf": [packs, mapping(LAW, {"packs": packs, "without": each(without)})]}


def _prepaid_life() -> Schema:
    bars = some(words(BARS))
    return mapping(
        PREPAID_LIFE,
        {
            "active": said(_CLOCK, "so long after the last top-up or use"),
            "grace": said(_CLOCK, "then so long with some things barred"),
            "inactive": said(_CLOCK, "then so long barred, before it is recycled"),
            "counts": said(some(words(Counts)), "what keeps it alive"),
            "grace-bars": said(bars, "what it may not do in grace; the usual leaves incoming calls and messages"),
            "inactive-bars": said(bars, "what it may not do while inactive; the usual is everything"),
            "notices": said(some(_CLOCK), "how long before each step the subscriber is told"),
            "rest": said(words(RestOf), "what becomes of bought credit when it is recycled"),
        },
    )


def brand_schema() -> Schema:
    """The schema of ``brand.yaml``."""
    language: Schema = {"type": "string", "pattern": "^[a-z]{2,3}$"}
    colour: Schema = {"type": "string", "pattern": "^#[0-9a-f]{6}$", "description": "#rrggbb"}
    schema = mapping(
        BRAND,
        {
            "brand": said(KEY, "its key, for ever"),
            "name": TEXT,
            "country": COUNTRY,
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217"},
            "time-zone": said(TEXT, "IANA name"),
            "languages": said(some(language), "the first where a customer has none"),
            "prices": words(TaxMode),
            "tax-country": COUNTRY,
            "home-network": PLMN,
            "cost-tariff": said(KEY, "the wholesale tariff of tariffs that name none"),
            "friend-lists": {
                "type": "object",
                "propertyNames": KEY,
                "additionalProperties": mapping(FRIEND_LIST, {"name": TEXT, "maximum": WHOLE}),
                "description": "lists of numbers that a line may have, by what tariffs call them",
            },
            "regulation": said(_law(), "which packs of the law bind it; otherwise those of its country"),
            "lint": mapping(LINT, {"price-jump": said(FRACTION, "a price that changes by more is asked about")}),
            "prepaid-life": said(_prepaid_life(), "how long a prepaid line lives without money and use"),
            "legal-entity": mapping(
                LEGAL_ENTITY,
                {key: COUNTRY if key == "country" else TEXT for key in LEGAL_ENTITY.known},
            ),
            "bank-account": mapping(BANK_ACCOUNT, dict.fromkeys(BANK_ACCOUNT.known, TEXT)),
            "look": mapping(LOOK, {key: TEXT if key == "logo-text" else colour for key in LOOK.known}),
            "accounts": mapping(
                ACCOUNTS,
                {"cycle-day": WHOLE, "payment-terms-days": WHOLE, "delivery": words(DELIVERY)},
            ),
            "number-series": {
                "type": "object",
                "properties": {name: said(TEXT, 'a pattern: "C-{n:06d}"') for name in SERIES},
                "required": list(SERIES),
                "additionalProperties": False,
            },
        },
    )
    return {"$schema": DIALECT, "title": "Linehouse brand", **schema}
