"""The frozen values of rating. Other rooms import them from here."""

from __future__ import annotations

from linehouse.rating.values.accepted import Accepted
from linehouse.rating.values.buckets import Bucket, BucketKind, Rollover, Scope, WhenEmpty
from linehouse.rating.values.conditions import Accumulated, Conditions
from linehouse.rating.values.prices import AtMaximum, Counts, Due, Fee, OwnPrice, Per, Percent, Price, Step
from linehouse.rating.values.result import Consumption, Exact, FeePart, PaidBy, Part, Priced, RestState, WalkState
from linehouse.rating.values.tariff import (
    Attribute,
    BandChange,
    Counter,
    ExchangeRate,
    RoundTo,
    Rule,
    RuleEffect,
    Tariff,
    TariffExample,
    TaxMode,
    Verdict,
)
from linehouse.rating.values.usage import Direction, UsageEvent, UsageType
from linehouse.rating.values.zones import (
    UNKNOWN_ZONE,
    NetworkMatch,
    NetworkZone,
    NumberMatch,
    NumberZone,
    TimeBand,
    WeeklyWindow,
    ZoneKind,
)

__all__ = [
    "UNKNOWN_ZONE",
    "Accepted",
    "Accumulated",
    "AtMaximum",
    "Attribute",
    "BandChange",
    "Bucket",
    "BucketKind",
    "Conditions",
    "Consumption",
    "Counter",
    "Counts",
    "Direction",
    "Due",
    "Exact",
    "ExchangeRate",
    "Fee",
    "FeePart",
    "NetworkMatch",
    "NetworkZone",
    "NumberMatch",
    "NumberZone",
    "OwnPrice",
    "PaidBy",
    "Part",
    "Per",
    "Percent",
    "Price",
    "Priced",
    "RestState",
    "Rollover",
    "RoundTo",
    "Rule",
    "RuleEffect",
    "Scope",
    "Step",
    "Tariff",
    "TariffExample",
    "TaxMode",
    "TimeBand",
    "UsageEvent",
    "UsageType",
    "Verdict",
    "WalkState",
    "WeeklyWindow",
    "WhenEmpty",
    "ZoneKind",
]
