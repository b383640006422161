"""How values read on a screen: amounts, quantities, dates. Exact values are never rounded for display."""

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, get_currency_symbol

from linehouse.kernel.money import Money, minor_digits
from linehouse.kernel.quantity import Quantity

LOCALE: Final = "en_GB"
MINUS: Final = "−"
NO_BREAK: Final = "\u00a0"
USAGE_DIGITS: Final = 4
"""Decimals that a price of usage shows at least: € 0.1525 is an ordinary price of a call."""


def currency_sign(currency: str) -> str:
    """Return the sign that stands before an amount ("€"), or the code where the locale has no sign."""
    sign: str = get_currency_symbol(currency, locale=LOCALE)
    return sign


def amount_text(amount: Money, at_least: int | None = None) -> str:
    """Return the number alone, grouped: at least the currency's minor digits, more wherever they carry value."""
    least = minor_digits(amount.currency) if at_least is None else at_least
    pattern = "#,##0" + ("." + "0" * least + "#" * max(6 - least, 0) if least < 6 else ".000000")
    text: str = format_decimal(abs(amount.decimal), format=pattern, locale=LOCALE, decimal_quantization=False)
    return (MINUS if amount.micros < 0 else "") + text


def money_text(amount: Money, at_least: int | None = None) -> str:
    """Return an amount with its sign: ``€ 18.00``, ``−€ 0.1525``."""
    number = amount_text(amount, at_least)
    minus = MINUS if number.startswith(MINUS) else ""
    return f"{minus}{currency_sign(amount.currency)}{NO_BREAK}{number.removeprefix(MINUS)}"


def number_text(value: int | Decimal) -> str:
    """Return a grouped number: ``1,234,567``."""
    text: str = format_decimal(value, locale=LOCALE, decimal_quantization=False)
    return text.replace("-", MINUS)


def quantity_text(value: Quantity) -> str:
    """Return a quantity as people say it: ``1 min 1 s``, ``1.5 GB``, ``3 messages``."""
    return value.human()


def bytes_text(size: int) -> str:
    """Return a file's size, rounded down to one decimal: ``813 B``, ``12.4 kB``, ``3.0 MB``."""
    for power, name in ((4, "TB"), (3, "GB"), (2, "MB"), (1, "kB")):
        whole, rest = divmod(size, 1000**power)
        if whole:
            return f"{number_text(whole)}.{rest * 10 // 1000**power} {name}"
    return f"{size} B"


def date_text(value: date) -> str:
    """Return a date: ``1 Nov 2026``."""
    text: str = format_date(value, "d MMM y", locale=LOCALE)
    return text


def instant_text(value: datetime, zone: tzinfo, *, seconds: bool = False) -> str:
    """Return an instant in the given zone: ``1 Nov 2026, 09:00``."""
    text: str = format_datetime(
        value.astimezone(zone), "d MMM y, HH:mm:ss" if seconds else "d MMM y, HH:mm", locale=LOCALE
    )
    return text


def time_text(value: datetime, zone: tzinfo) -> str:
    """Return the time of day of an instant in the given zone: ``09:00``."""
    text: str = format_datetime(value.astimezone(zone), "HH:mm", locale=LOCALE)
    return text


def span_text(span: timedelta) -> str:
    """Return a length of time in its two largest units: ``2 h 5 min``, ``340 ms``."""
    milliseconds = span // timedelta(milliseconds=1)
    if milliseconds < 0:
        return MINUS + span_text(-span)
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    parts: list[str] = []
    rest = milliseconds // 1000
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])
