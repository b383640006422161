"""Values as table cells: markup for the screen, exact text for CSV."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from linehouse.edge.ui.formats import (
    MINUS,
    NO_BREAK,
    USAGE_DIGITS,
    amount_text,
    bytes_text,
    currency_sign,
    date_text,
    instant_text,
    number_text,
    quantity_text,
    sign_comes_first,
)
from linehouse.edge.ui.status import readable, tone_of
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity
from linehouse.platform.texts.codes import spelled

_FORMULA: Final = re.compile(r"^[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"^[+-]?\d+(\.\d+)?$")


def nothing() -> SafeString:
    """Return what stands for an empty value: a dash that screen readers read as "none"."""
    return format_html(
        '<span class="muted"><span aria-hidden="true">–</span><span class="visually-hidden">{}</span></span>',
        gettext("none"),
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One value to draw: its kind, a link, and a second, quieter line."""

    kind: str
    value: object
    link: str | None = None
    note: object = None


def money_markup(amount: Money, at_least: int | None = None) -> SafeString:
    """Return an amount with a quiet currency sign."""
    number = amount_text(amount, at_least)
    minus = MINUS if number.startswith(MINUS) else ""
    sign = format_html('<span class="currency">{}</span>', currency_sign(amount.currency))
    bare = number.removeprefix(MINUS)
    parts = (sign, NO_BREAK, bare) if sign_comes_first() else (bare, NO_BREAK, sign)
    return format_html('<span class="amount">{}{}{}{}</span>', minus, *parts)


def instant_markup(value: datetime, *, seconds: bool = False) -> SafeString:
    """Return an instant in the brand's zone, as a machine-readable time element."""
    return format_html(
        '<time datetime="{}">{}</time>',
        value.isoformat(),
        instant_text(value, timezone.get_current_timezone(), seconds=seconds),
    )


def status_markup(state: object, label: object = "") -> SafeString:
    """Return the pill of a state."""
    text = str(state)
    words = str(label) if label else readable(text)
    return format_html('<span class="pill is-{}">{}</span>', tone_of(text), words[:1].upper() + words[1:])


def cell_of(cell: Cell) -> SafeString:
    """Return a cell's markup; every value is escaped unless it is markup of our own."""
    inner = value_markup(cell.kind, cell.value)
    if cell.link:
        inner = format_html('<a href="{}">{}</a>', cell.link, inner)
    if cell.note not in (None, ""):
        inner = format_html('{}<span class="cell-note" title="{}">{}</span>', inner, cell.note, cell.note)
    return inner


def value_markup(kind: str, value: object) -> SafeString:
    """Return the markup of a value by its kind; an empty value is a dash that screen readers read as "none"."""
    match kind, value:
        case _, None | "":
            return nothing()
        case "money" | "quantity", Money():
            return money_markup(value)
        case "usage_money", Money():
            return money_markup(value, USAGE_DIGITS)
        case "quantity", Quantity():
            return conditional_escape(quantity_text(value))
        case "number", int():
            return conditional_escape(number_text(value))
        case "bytes", int():
            return conditional_escape(bytes_text(value))
        case "instant", datetime():
            return instant_markup(value)
        case "exact_instant", datetime():
            return instant_markup(value, seconds=True)
        case "date" | "instant", date():
            return format_html('<time datetime="{}">{}</time>', value.isoformat(), date_text(value))
        case "status", _:
            return status_markup(value)
        case "yes_no", _:
            return format_html(
                "{}" if value else '<span class="muted">{}</span>', gettext("Yes") if value else gettext("No")
            )
        case _:
            return conditional_escape(str(value) if not isinstance(value, str) else value)


def csv_text(kind: str, value: object) -> str:
    """Return the exact text for a CSV file: amounts as decimals with their currency, instants as ISO 8601.

    Text that a spreadsheet would run as a formula is kept as text by a leading apostrophe.
    """
    match value:
        case None:
            return ""
        case Money():
            return f"{value.text} {value.currency}"
        case Quantity():
            return f"{value.amount} {value.unit.value}"
        case datetime() | date():
            return value.isoformat()
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case SafeString():
            return re.sub(r"<[^>]+>", "", value)
        case _:
            text = spelled(str(value)) if kind == "status" else str(value)
            return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text
