"""Value added tax rates by country, category and date, as data.

Sources: the standard and reduced rates that the Member States notify under Council Directive 2006/112/EC, Articles 96
to 99, as the European Commission publishes them ("Taxes in Europe" database and the annual list of VAT rates); United
Kingdom: Value Added Tax Act 1994, section 2; Switzerland: MWSTG, Article 25, with the rates in force since 2024.
Dates before those given here are not covered: a tax point without a rate on file is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from linehouse.billing.errors import UnknownTaxRate

STANDARD, REDUCED, ZERO = "standard", "reduced", "zero"
EXEMPT, REVERSE_CHARGE, OUT_OF_SCOPE = "exempt", "reverse-charge", "out-of-scope"
NO_TAX = (ZERO, EXEMPT, REVERSE_CHARGE, OUT_OF_SCOPE)

_EN16931 = {STANDARD: "S", REDUCED: "S", ZERO: "Z", EXEMPT: "E", REVERSE_CHARGE: "AE", OUT_OF_SCOPE: "O"}


@dataclass(frozen=True, slots=True)
class TaxRate:
    """``percent`` is exact (21, 17/2); valid on local days ``[start, end)`` of the country."""

    country: str
    category: str
    percent: Fraction
    start: date
    end: date | None = None

    @property
    def code(self) -> str:
        """The name of the rate in the journal and on documents: ``NL-21``, ``NL-0-reverse-charge``."""
        short = f"{self.country}-{percent_text(self.percent)}"
        return f"{short}-{self.category}" if self.category in NO_TAX and self.category != ZERO else short

    @property
    def fraction(self) -> Fraction:
        """The rate as a factor: 21 % is 21/100."""
        return self.percent / 100

    @property
    def en16931_category(self) -> str:
        """The VAT category code of EN 16931 (BT-118, UNTDID 5305)."""
        return _EN16931[self.category]


def percent_text(percent: Fraction) -> str:
    """``21``, ``8.5``, ``2.6``: the shortest exact decimal; rates have at most two decimals."""
    hundredths = percent * 100
    whole, part = divmod(hundredths.numerator, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")


def _rate(country: str, category: str, percent: str, start: str, end: str | None = None) -> TaxRate:
    return TaxRate(
        country,
        category,
        Fraction(percent),
        date.fromisoformat(start),
        date.fromisoformat(end) if end is not None else None,
    )


_STANDARD: Mapping[str, tuple[tuple[str, str, str | None], ...]] = {
    # country: (percent, from, to); "from" is the day on which this rate began, or the first day we keep.
    "AT": (("20", "1984-01-01", None),),
    "BE": (("21", "1996-01-01", None),),
    "BG": (("20", "1999-01-01", None),),
    "CH": (("7.7", "2018-01-01", "2024-01-01"), ("8.1", "2024-01-01", None)),
    "CY": (("19", "2014-01-13", None),),
    "CZ": (("21", "2013-01-01", None),),
    "DE": (("19", "2007-01-01", "2020-07-01"), ("16", "2020-07-01", "2021-01-01"), ("19", "2021-01-01", None)),
    "DK": (("25", "1992-01-01", None),),
    "EE": (("20", "2009-07-01", "2024-01-01"), ("22", "2024-01-01", "2025-07-01"), ("24", "2025-07-01", None)),
    "ES": (("21", "2012-09-01", None),),
    "FI": (("24", "2013-01-01", "2024-09-01"), ("25.5", "2024-09-01", None)),
    "FR": (("20", "2014-01-01", None),),
    "GB": (("20", "2011-01-04", None),),
    "GR": (("24", "2016-06-01", None),),
    "HR": (("25", "2012-03-01", None),),
    "HU": (("27", "2012-01-01", None),),
    "IE": (("23", "2012-01-01", "2020-09-01"), ("21", "2020-09-01", "2021-03-01"), ("23", "2021-03-01", None)),
    "IT": (("22", "2013-10-01", None),),
    "LT": (("21", "2009-09-01", None),),
    "LU": (("17", "2015-01-01", "2023-01-01"), ("16", "2023-01-01", "2024-01-01"), ("17", "2024-01-01", None)),
    "LV": (("21", "2012-07-01", None),),
    "MT": (("18", "2004-01-01", None),),
    "NL": (("21", "2012-10-01", None),),
    "PL": (("23", "2011-01-01", None),),
    "PT": (("23", "2011-01-01", None),),
    "RO": (("19", "2017-01-01", "2025-08-01"), ("21", "2025-08-01", None)),
    "SE": (("25", "1990-07-01", None),),
    "SI": (("22", "2013-07-01", None),),
    "SK": (("20", "2011-01-01", "2025-01-01"), ("23", "2025-01-01", None)),
}

_REDUCED: Mapping[str, tuple[tuple[str, str, str | None], ...]] = {
    "NL": (("6", "2012-10-01", "2019-01-01"), ("9", "2019-01-01", None)),
    "DE": (("7", "2007-01-01", "2020-07-01"), ("5", "2020-07-01", "2021-01-01"), ("7", "2021-01-01", None)),
}

_ALWAYS = "2004-01-01"


def _all_rates() -> Iterable[TaxRate]:
    for category, table in ((STANDARD, _STANDARD), (REDUCED, _REDUCED)):
        for country, versions in table.items():
            for percent, start, end in versions:
                yield _rate(country, category, percent, start, end)
    for country in _STANDARD:
        for category in NO_TAX:
            yield _rate(country, category, "0", _ALWAYS)


RATES: tuple[TaxRate, ...] = tuple(_all_rates())
_BY_PLACE: Mapping[tuple[str, str], tuple[TaxRate, ...]] = {
    place: tuple(r for r in RATES if (r.country, r.category) == place)
    for place in {(r.country, r.category) for r in RATES}
}
_BY_CODE_AND_DAY: Mapping[str, tuple[TaxRate, ...]] = {
    code: tuple(r for r in RATES if r.code == code) for code in {r.code for r in RATES}
}


def rate_on(country: str, category: str, tax_point: date) -> TaxRate:
    """The rate in force on the tax point. Raises UnknownTaxRate."""
    for rate in _BY_PLACE.get((country, category), ()):
        if rate.start <= tax_point and (rate.end is None or tax_point < rate.end):
            return rate
    raise UnknownTaxRate(
        f"no {category} rate of {country} is on file for {tax_point.isoformat()}", field="tax_category", value=category
    )


def rate_by_code(code: str) -> TaxRate:
    """A rate by the code that a billed entry carries, whatever the date: a reversal keeps its origin's rate."""
    rates = _BY_CODE_AND_DAY.get(code)
    if not rates:
        raise UnknownTaxRate(f"no tax rate has the code {code}", field="tax_code", value=code)
    return rates[0]
