"""What the law caps, as dated data: each row with its source and the days on which it holds.

A change of the law is a new row, never an edit: an old tariff keeps being judged by what held on its days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from linehouse.kernel.rounding import ceil_div
from linehouse.rating.values import UsageType

MINUTE = 60_000
GIGABYTE = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """At most ``amount`` of ``currency`` per ``unit`` base units of a kind of usage, without VAT, on ``[start, end)``.

    ``end`` None: no end is known.
    """

    key: str
    usage: UsageType
    amount: Decimal
    unit: int
    start: date
    end: date | None
    source: str
    currency: str = "EUR"

    def holds(self, day: date) -> bool:
        """Whether it is the law on the day."""
        return self.start <= day and (self.end is None or day < self.end)


_INTRA_EU = "Regulation (EU) 2015/2120 Art. 5a (2018/1971), prolonged by Regulation (EU) 2024/1309"
_ROAMING = "Regulation (EU) 2022/612 Art. 9 to 11"


def _wholesale(usage: UsageType, amount: str, unit: int, start: date, end: date) -> Cap:
    return Cap(
        key="eu-roaming-wholesale",
        usage=usage,
        amount=Decimal(amount),
        unit=unit,
        start=start,
        end=end,
        source=_ROAMING,
    )


_END = date(2032, 7, 1)
CAPS: tuple[Cap, ...] = (
    Cap(
        key="intra-eu",
        usage=UsageType.VOICE,
        amount=Decimal("0.19"),
        unit=MINUTE,
        start=date(2019, 5, 15),
        end=_END,
        source=_INTRA_EU,
    ),
    Cap(
        key="intra-eu",
        usage=UsageType.SMS,
        amount=Decimal("0.06"),
        unit=1,
        start=date(2019, 5, 15),
        end=_END,
        source=_INTRA_EU,
    ),
    _wholesale(UsageType.DATA, "2.00", GIGABYTE, date(2022, 7, 1), date(2023, 1, 1)),
    _wholesale(UsageType.DATA, "1.80", GIGABYTE, date(2023, 1, 1), date(2024, 1, 1)),
    _wholesale(UsageType.DATA, "1.55", GIGABYTE, date(2024, 1, 1), date(2025, 1, 1)),
    _wholesale(UsageType.DATA, "1.30", GIGABYTE, date(2025, 1, 1), date(2026, 1, 1)),
    _wholesale(UsageType.DATA, "1.10", GIGABYTE, date(2026, 1, 1), date(2027, 1, 1)),
    _wholesale(UsageType.DATA, "1.00", GIGABYTE, date(2027, 1, 1), _END),
    _wholesale(UsageType.VOICE, "0.022", MINUTE, date(2022, 7, 1), date(2025, 1, 1)),
    _wholesale(UsageType.VOICE, "0.019", MINUTE, date(2025, 1, 1), _END),
    _wholesale(UsageType.SMS, "0.004", 1, date(2022, 7, 1), date(2025, 1, 1)),
    _wholesale(UsageType.SMS, "0.003", 1, date(2025, 1, 1), _END),
)
"""Consumers only, where they are retail caps; wholesale caps bind networks among each other."""


def caps(key: str, day: date) -> Iterator[Cap]:
    """The caps of that name that hold on the day."""
    return (cap for cap in CAPS if cap.key == key and cap.holds(day))


def fair_use_volume(price: Decimal, day: date) -> int | None:
    """How much data an open bundle must give abroad in the EU: twice its price without VAT over the wholesale cap of
    the day, in octets, rounded up to 10 MB in the customer's favour; None on a day without a cap.

    Commission Implementing Regulation (EU) 2016/2286 Art. 4(2). ``price`` is that of the whole period, in euro.
    """
    cap = next((cap for cap in caps("eu-roaming-wholesale", day) if cap.usage is UsageType.DATA), None)
    if cap is None:
        return None
    octets = 2 * Fraction(price) / Fraction(cap.amount) * cap.unit
    return ceil_div(octets.numerator, octets.denominator * _STEP) * _STEP


_STEP = 10_000_000
