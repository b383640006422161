"""The frozen values of usage. Other rooms import them from here."""

from __future__ import annotations

from linehouse.rating.values import Direction, UsageType
from linehouse.usage.values.formats import Settings, UsageFormat
from linehouse.usage.values.records import (
    FileTotals,
    NormalisedUsage,
    NumberForm,
    ParsedFile,
    PartyKind,
    RawUsage,
    ServingNetwork,
    UnreadableRecord,
    WholesaleCharge,
    sum_charges,
)
from linehouse.usage.values.views import (
    FileView,
    Reconciliation,
    SuspenseView,
    UsageFilter,
    UsageView,
)

__all__ = [
    "Direction",
    "FileTotals",
    "FileView",
    "NormalisedUsage",
    "NumberForm",
    "ParsedFile",
    "PartyKind",
    "RawUsage",
    "Reconciliation",
    "ServingNetwork",
    "Settings",
    "SuspenseView",
    "UnreadableRecord",
    "UsageFilter",
    "UsageFormat",
    "UsageType",
    "UsageView",
    "WholesaleCharge",
    "sum_charges",
]
