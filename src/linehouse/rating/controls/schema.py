"""JSON Schema (2020-12) of controls, for editors. Keys come from the same tables that the reader uses."""

from __future__ import annotations

from linehouse.rating.controls.text import (
    ATTEMPTS,
    BAR,
    CONTROLS,
    COUNTER,
    LIMIT,
    PLACES,
    REACH,
    STATUS,
    STATUS_WHEN,
    VAT,
)
from linehouse.rating.controls.values import Acts, Per, SetBy
from linehouse.rating.schema_words import (
    AMOUNT,
    BOOLEAN,
    DIALECT,
    KEY,
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
from linehouse.rating.values import Direction, UsageType, ZoneKind

_PERCENT: Schema = {"type": ["integer", "string"], "pattern": r"^\d{1,3}$", "minimum": 1, "maximum": 100}
_HOURS: Schema = {"type": "string", "pattern": r"^\d{2}:\d{2} ?- ?\d{2}:\d{2}$", "description": '"22:00-06:00"'}


def controls_schema() -> Schema:
    """The schema of one file of controls."""
    reach = mapping(
        REACH,
        {
            "usage-type": said(some(words(UsageType)), "which usage"),
            "direction": some(words(Direction)),
            "number-kind": said(some(words(ZoneKind)), "kinds of number zones"),
            "international": said(BOOLEAN, "numbers that are not of the brand's own country"),
            "where": said(some(words(PLACES)), "where the subscriber is; abroad is union and world"),
            "rating-group": some(WHOLE),
            "except-rating-group": some(WHOLE),
        },
    )
    name = said(by_language(), "what the customer reads")
    young = said(WHOLE, "only for lines younger than so many days")
    setters = said(some(words(SetBy)), "who may set it for a line; otherwise both")
    within = said(QUANTITY, "how long the window is that rolls: 60 min")
    limit = mapping(
        LIMIT,
        {
            "name": name,
            "of": said(reach, "which usage it bounds"),
            "per": said(words(Per), "for which time it counts"),
            "amount": said(AMOUNT, "at most so much; nothing: off, unless the line has one of its own"),
            "vat": said(words(VAT), "whether the amount is one without VAT"),
            "within": within,
            "notices": said(each(_PERCENT), "at which percents the customer is told"),
            "consent": said(BOOLEAN, "whether the customer may agree to go on above it"),
            "first-days": young,
            "set-by": setters,
            "source": said(TEXT, "the act and the article that asks for it"),
        },
    )
    bar = mapping(
        BAR,
        {
            "name": name,
            "of": said(reach, "which usage it stops"),
            "on": said(BOOLEAN, "whether it is on for a line that says nothing"),
            "set-by": setters,
        },
    )
    attempts = mapping(
        ATTEMPTS,
        {
            "name": name,
            "of": said(reach, "which usage it counts"),
            "most": said(WHOLE, "so many may begin"),
            "within": within,
            "first-days": young,
        },
    )
    when = mapping(
        STATUS_WHEN,
        {
            "used": said(QUANTITY, "so much of the counter, or more"),
            "left": said(WHOLE, "at most so many percent of the allowance"),
            "where": some(words(PLACES)),
            "hours": _HOURS,
            "device": said(some(TEXT), "the beginning of a type allocation code"),
            "boosted": said(BOOLEAN, "whether a turbo is on"),
        },
    )
    status = mapping(
        STATUS,
        {
            "status": said(KEY, "the word that the network is told"),
            "acts": said(words(Acts), "what it makes the network do, for people"),
            "when": said(when, "all that is given must hold; the last status has none"),
        },
    )
    counter = mapping(
        COUNTER,
        {
            "name": name,
            "of": said(reach, "which usage it counts"),
            "per": words([Per.MONTH, Per.BILLING_MONTH]),
            "statuses": said(each(status, 1), "the first that holds is in force"),
            "allowance": said(KEY, "the allowance of which `left` asks"),
            "turbo": said(some(KEY), "allowances that boost while they are valid"),
        },
    )
    schema = mapping(
        CONTROLS,
        {
            "limits": said(by_key(limit), "limits on spending"),
            "bars": said(by_key(bar), "usage that a line may have barred"),
            "attempts": said(by_key(attempts), "how many sessions of a kind may begin in a short time"),
            "policy-counters": said(by_key(counter), "what is told to the network's policy control"),
            "always-open": said(some(KEY), "number zones that nothing here stops; emergency never is"),
        },
    )
    return {"$schema": DIALECT, "title": "Linehouse controls", **schema}
