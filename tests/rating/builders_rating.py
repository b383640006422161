"""Short ways to write tariffs, events and buckets in tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from linehouse.kernel.numbering import Plmn
from linehouse.kernel.period import Period
from linehouse.rating.tariff_text import read_tariffs
from linehouse.rating.values import (
    Bucket,
    BucketKind,
    Conditions,
    NetworkZone,
    NumberZone,
    Price,
    Rule,
    RuleEffect,
    Step,
    Tariff,
    TaxMode,
    UsageEvent,
    UsageType,
)
from linehouse.rating.yaml_source import load_marked

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ROBIN = Path(__file__).parents[2] / "brands" / "robin"
MONDAY_18 = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
HOME = Plmn("204", "04")
NL_MOBILE = "+31612345678"
S, MIN, GB = 1_000, 60_000, 10**9


def robin() -> dict[str, Tariff]:
    """Robin's own tariffs, from their files."""
    zones = {path.stem: load_marked(path) for path in sorted((ROBIN / "zones").glob("*.yaml"))}
    return read_tariffs([load_marked(path) for path in sorted((ROBIN / "tariffs").glob("*.yaml"))], zones)


def step(price: int, unit: int = MIN, block: int = S, start: int = 0, flat: int = 0, *, overhang: bool = False) -> Step:
    """A step; ``price`` in micro-units."""
    return Step(start=start, price=price, unit=unit, block=block, flat=flat, overhang=overhang)


def rule(key: str, steps: Sequence[Step] = (), conditions: Conditions | None = None, **price: Any) -> Rule:
    """A rule with a price, or ``effect=`` without one."""
    effect = price.pop("effect", RuleEffect.PRICE)
    return Rule(
        key=key,
        name=key,
        conditions=conditions or Conditions(),
        effect=effect,
        price=Price(steps=tuple(steps), **price) if effect is RuleEffect.PRICE else None,
    )


def tariff(rules: Sequence[Rule], **more: Any) -> Tariff:
    """A tariff in Amsterdam time, in EUR, gross, with the zones nl, de and home."""
    defaults: Mapping[str, Any] = {
        "key": "t",
        "name": "T",
        "version": "1",
        "valid_from": LONG_AGO,
        "currency": "EUR",
        "tax_mode": TaxMode.GROSS,
        "time_zone": AMSTERDAM,
        "number_zones": {
            "nl": NumberZone(key="nl", name="NL", prefixes=frozenset({"31"})),
            "nl-mobile": NumberZone(key="nl-mobile", name="NL mobile", prefixes=frozenset({"316"})),
            "de": NumberZone(key="de", name="DE", prefixes=frozenset({"49"})),
        },
        "network_zones": {"home": NetworkZone(key="home", name="Home", plmns=frozenset({HOME}))},
        "time_bands": {},
    }
    return Tariff(rules=tuple(rules), **{**defaults, **more})


def call(quantity: int, at: datetime = MONDAY_18, to: str = NL_MOBILE, **more: Any) -> UsageEvent:
    """An outgoing call from home."""
    fields: dict[str, Any] = {"usage_type": UsageType.VOICE, "serving_plmn": HOME, **more}
    return UsageEvent(started_at=at, quantity=quantity, other_party=to, **fields)


def data(quantity: int, at: datetime = MONDAY_18, **more: Any) -> UsageEvent:
    """Data at home."""
    fields: dict[str, Any] = {"usage_type": UsageType.DATA, "serving_plmn": HOME, **more}
    return UsageEvent(started_at=at, quantity=quantity, **fields)


def units(ref: str, available: int | None, **more: Any) -> Bucket:
    """A bucket of units, valid since long ago."""
    fields: dict[str, Any] = {"valid": Period(LONG_AGO), "created_at": LONG_AGO, "name": ref, **more}
    return Bucket(ref=ref, kind=BucketKind.UNITS, available=available, **fields)


def purse(ref: str, available: int | None, kind: BucketKind = BucketKind.MAIN, **more: Any) -> Bucket:
    """A bucket of money."""
    fields: dict[str, Any] = {"valid": Period(LONG_AGO), "created_at": LONG_AGO, "name": ref, **more}
    return Bucket(ref=ref, kind=kind, available=available, **fields)
