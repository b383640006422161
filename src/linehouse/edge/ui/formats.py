"""How values read on a screen: amounts, quantities, dates, as the reader's language writes them.

Exact values are never rounded for display. Digits are the Western ones in every language: they can be searched for,
copied, and compared with a file or an invoice.
"""

import re
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, get_currency_symbol, get_decimal_symbol
from django.utils.translation import get_language, gettext, ngettext

from linehouse.kernel.money import Money, minor_digits
from linehouse.kernel.quantity import Quantity
from linehouse.platform.texts.languages import active

MINUS: Final = "−"
NO_BREAK: Final = "\u00a0"
USAGE_DIGITS: Final = 4
"""Decimals that a price of usage shows at least: € 0.1525 is an ordinary price of a call."""
_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+")


def locale() -> str:
    """Return the locale of the reader's language."""
    return active(get_language()).locale


def decimal_sign() -> str:
    """Return what stands between whole and part: a point or a comma."""
    sign: str = get_decimal_symbol(locale())
    return sign


def currency_sign(currency: str) -> str:
    """Return the sign of a currency ("€"), or the code where the locale has no sign."""
    sign: str = get_currency_symbol(currency, locale=locale())
    return sign


def sign_comes_first() -> bool:
    """Whether the reader's language writes the currency before the amount."""
    pattern: str = Locale.parse(locale()).currency_formats["standard"].pattern
    return pattern.lstrip("\u200e\u200f").startswith("¤")


def amount_text(amount: Money, at_least: int | None = None) -> str:
    """Return the number alone, grouped: at least the currency's minor digits, more wherever they carry value."""
    least = minor_digits(amount.currency) if at_least is None else at_least
    pattern = "#,##0" + ("." + "0" * least + "#" * max(6 - least, 0) if least < 6 else ".000000")
    text: str = format_decimal(abs(amount.decimal), format=pattern, locale=locale(), decimal_quantization=False)
    return (MINUS if amount.micros < 0 else "") + text


def money_text(amount: Money, at_least: int | None = None) -> str:
    """Return an amount with its sign: ``€ 18.00``, ``−€ 0.1525``; in German ``18,00 €``."""
    number = amount_text(amount, at_least)
    minus = MINUS if number.startswith(MINUS) else ""
    sign, bare = currency_sign(amount.currency), number.removeprefix(MINUS)
    return f"{minus}{sign}{NO_BREAK}{bare}" if sign_comes_first() else f"{minus}{bare}{NO_BREAK}{sign}"


def number_text(value: int | Decimal) -> str:
    """Return a grouped number: ``1,234,567``."""
    text: str = format_decimal(value, locale=locale(), decimal_quantization=False)
    return text.replace("\u200e", "").replace("\u200f", "").replace("-", MINUS)


def quantity_text(value: Quantity) -> str:
    """Return a quantity as people say it: ``1 min 1 s``, ``1.5 GB``, ``3 messages``."""
    return _FIGURE.sub(_in_the_language, value.human()).replace("-", MINUS)


def _in_the_language(part: re.Match[str]) -> str:
    """A part of a quantity: a figure with the language's decimal sign, or the name of a unit."""
    text = part.group()
    names = {
        "message": gettext("message"),
        "messages": gettext("messages"),
        "event": gettext("event"),
        "events": gettext("events"),
    }
    return text.replace(".", decimal_sign()) if text[0].isdigit() else names.get(text, text)


def bytes_text(size: int) -> str:
    """Return a file's size, rounded down to one decimal: ``813 B``, ``12.4 kB``, ``3.0 MB``."""
    for power, name in ((4, "TB"), (3, "GB"), (2, "MB"), (1, "kB")):
        whole, rest = divmod(size, 1000**power)
        if whole:
            return f"{number_text(whole)}{decimal_sign()}{rest * 10 // 1000**power} {name}"
    return f"{size} B"


def date_text(value: date) -> str:
    """Return a date: ``1 Nov 2026``."""
    return _date(value, "d MMM y")


def day_text(value: date) -> str:
    """Return a day within a year, for charts: ``1 Nov``."""
    return _date(value, "d MMM")


def month_text(value: date) -> str:
    """Return a month, for charts: ``Nov 2026``."""
    return _date(value, "MMM y")


def _date(value: date, pattern: str) -> str:
    text: str = format_date(value, pattern, locale=locale())
    return text


def instant_text(value: datetime, zone: tzinfo, *, seconds: bool = False) -> str:
    """Return an instant in the given zone: ``1 Nov 2026, 09:00``."""
    text: str = format_datetime(
        value.astimezone(zone), "d MMM y, HH:mm:ss" if seconds else "d MMM y, HH:mm", locale=locale()
    )
    return text


def time_text(value: datetime, zone: tzinfo) -> str:
    """Return the time of day of an instant in the given zone: ``09:00``."""
    text: str = format_datetime(value.astimezone(zone), "HH:mm", locale=locale())
    return text


def every_text(count: int, unit: str) -> str:
    """Return how often something recurs: ``every month``, ``every 28 days``."""
    words = {
        "day": ngettext("every day", "every %(count)s days", count),
        "week": ngettext("every week", "every %(count)s weeks", count),
        "month": ngettext("every month", "every %(count)s months", count),
        "year": ngettext("every year", "every %(count)s years", count),
    }
    return words[unit] % {"count": number_text(count)} if unit in words else f"{count} {unit}"


def span_text(span: timedelta) -> str:
    """Return a length of time in its two largest units: ``2 h 5 min``, ``340 ms``."""
    milliseconds = span // timedelta(milliseconds=1)
    if milliseconds < 0:
        return MINUS + span_text(-span)
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    parts: list[str] = []
    rest = milliseconds // 1000
    for name, size in ((gettext("d"), 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])
