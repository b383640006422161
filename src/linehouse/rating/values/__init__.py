"""The frozen values of rating. Other rooms import them from here."""

from __future__ import annotations

from linehouse.rating.values.buckets import Bucket, BucketKind, Scope, WhenEmpty
from linehouse.rating.values.result import Consumption, FeePart, PaidBy, Part, Priced
from linehouse.rating.values.tariff import (
    BandChange,
    Conditions,
    Due,
    Fee,
    Price,
    RoundTo,
    Rule,
    RuleEffect,
    Step,
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
    "BandChange",
    "Bucket",
    "BucketKind",
    "Conditions",
    "Consumption",
    "Direction",
    "Due",
    "Fee",
    "FeePart",
    "NetworkMatch",
    "NetworkZone",
    "NumberMatch",
    "NumberZone",
    "PaidBy",
    "Part",
    "Price",
    "Priced",
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
    "WeeklyWindow",
    "WhenEmpty",
    "ZoneKind",
]
