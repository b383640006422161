"""``{% load ui %}``: filters and components for all templates."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django import forms, template
from django.forms import BoundField
from django.template import Context
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from linehouse.edge.ui import formats, icons
from linehouse.edge.ui.cells import instant_markup, money_markup, nothing, status_markup, value_markup
from linehouse.edge.ui.formats import USAGE_DIGITS
from linehouse.edge.ui.status import readable
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity

register = template.Library()

HTMX_CONFIG: Final = json.dumps(
    {
        "allowEval": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "scrollBehavior": "instant",
    },
    separators=(",", ":"),
)
"""No eval and no style element, as the policy demands; no page is kept in the browser's storage."""


@register.simple_tag
def htmx_config() -> SafeString:
    """The meta element that configures htmx."""
    return format_html('<meta name="htmx-config" content="{}">', HTMX_CONFIG)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the set; give it a label only where no text stands beside it."""
    return icons.icon(name, label)


@register.simple_tag
def status(state: object, label: object = "") -> SafeString:
    """The pill of a state."""
    return status_markup(state, label) if state not in (None, "") else nothing()


@register.simple_tag
def lint_text(text: str) -> str:
    """What lint looks for, or what would be right, in the reader's words."""
    return gettext(text) if text else ""


@register.filter
def money(value: Money | None) -> SafeString:
    """An amount, exact: ``€ 18.00``, with more decimals only where they carry value."""
    return money_markup(value) if value is not None else nothing()


@register.filter
def usage_money(value: Money | None) -> SafeString:
    """The price of usage, with at least four decimals: ``€ 0.1525``."""
    return money_markup(value, USAGE_DIGITS) if value is not None else nothing()


@register.simple_tag
def exact_money(micros: Fraction, currency: str) -> SafeString:
    """An exact count of micro-units; where it is no whole number, six decimals and the fraction itself."""
    if micros.denominator == 1:
        return money_markup(Money(micros.numerator, currency))
    near = money_markup(Money(micros.numerator // micros.denominator, currency))
    return format_html('<span title="{} micro-units">{}…</span>', str(micros), near)


@register.filter
def fraction(value: Fraction) -> str:
    """An exact amount in major units, as decimals; the charges of files have finitely many."""
    scale = 0
    while (value * 10**scale).denominator != 1 and scale < 12:
        scale += 1
    whole = (value * 10**scale).numerator // (value * 10**scale).denominator
    digits = f"{abs(whole):0{scale + 1}d}"
    text = (
        f"{formats.number_text(int(digits[:-scale] or 0))}{formats.decimal_sign()}{digits[-scale:]}"
        if scale
        else formats.number_text(int(digits))
    )
    return f"{formats.MINUS}{text}" if whole < 0 else text


@register.filter
def percent(value: Decimal | Fraction) -> str:
    """A rate: ``21 %``, ``8.1 %``."""
    return f"{fraction(Fraction(value))}{formats.NO_BREAK}%"


@register.filter
def iso_instant(value: str) -> SafeString:
    """An instant that was kept as ISO 8601 text."""
    return instant_markup(datetime.fromisoformat(value), seconds=True) if value else nothing()


@register.filter
def quantity(value: Quantity | None) -> SafeString:
    """A quantity in words: ``1 min 1 s``."""
    return conditional_escape(formats.quantity_text(value)) if value is not None else nothing()


@register.filter
def number(value: int | None) -> SafeString:
    """A grouped whole number."""
    return conditional_escape(formats.number_text(value)) if value is not None else nothing()


@register.filter
def filesize(value: int | None) -> SafeString:
    """A file's size: ``12.4 kB``."""
    return conditional_escape(formats.bytes_text(value)) if value is not None else nothing()


@register.filter
def day(value: date | None) -> SafeString:
    """A date: ``1 Nov 2026``."""
    if value is None:
        return nothing()
    if isinstance(value, datetime):
        value = value.astimezone(timezone.get_current_timezone()).date()
    return value_markup("date", value)


@register.filter
def instant(value: datetime | None) -> SafeString:
    """An instant in the brand's zone: ``1 Nov 2026, 09:00``."""
    return instant_markup(value) if value is not None else nothing()


@register.filter
def exact_instant(value: datetime | None) -> SafeString:
    """An instant with its seconds."""
    return instant_markup(value, seconds=True) if value is not None else nothing()


@register.filter
def span(value: timedelta | None) -> SafeString:
    """A length of time: ``2 h 5 min``."""
    return conditional_escape(formats.span_text(value)) if value is not None else nothing()


@register.filter
def every(length: Any) -> str:
    """How often something recurs, from a value with `count` and `unit`: ``every month``."""
    return formats.every_text(length.count, str(length.unit.value))


@register.filter
def words(value: object) -> str:
    """A stored code in words: ``inProgress`` reads "in progress"."""
    return readable(str(value))


@register.filter
def sentence(value: object) -> str:
    """A stored code in words, with a capital."""
    text = readable(str(value))
    return text[:1].upper() + text[1:]


@register.filter
def or_dash(value: object) -> SafeString:
    """The value, or a dash that screen readers call "none"."""
    return nothing() if value in (None, "") else format_html("{}", value)


@register.filter
def item(mapping: Mapping[str, Any], key: str) -> Any:
    """A mapping's value by a key that the template has in a variable."""
    return mapping.get(key)


@register.filter
def initials(name: str) -> str:
    """Up to two initials of a name."""
    parts = [part for part in str(name).replace("@", " ").split() if part[:1].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper() or "?"


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, label: str = "", *, full: bool = False) -> dict[str, Any]:
    """A form field with label, help and errors, tied together for assistive technology."""
    widget = bound.field.widget
    check = isinstance(widget, forms.CheckboxInput)
    group = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    described = [
        part
        for part, there in ((f"{bound.auto_id}_help", bound.help_text), (f"{bound.auto_id}_error", bound.errors))
        if there
    ]
    extra = "" if check or group else " input"
    classes = str(widget.attrs.get("class", "")) + ("check" if check else extra)
    attrs: dict[str, Any] = {"class": classes.strip()}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if label:
        attrs["placeholder"] = ""  # a label of our own replaces what a foreign form whispers
    return {
        "field": bound,
        "label": label or bound.label,
        "widget": SafeString(bound.as_widget(attrs=None if group else attrs)),
        "check": check,
        "group": group,
        "full": full,
        "hidden": bound.is_hidden,
        "described": " ".join(described),
    }


@register.simple_tag(takes_context=True)
def undo_form(context: Context, tags: str) -> SafeString:
    """The button that undoes what a message tells of: its tag is ``undo:`` and the address of the offer."""
    address = next((tag.removeprefix("undo:") for tag in tags.split() if tag.startswith("undo:")), "")
    if not address:
        return SafeString("")
    return format_html(
        '<form class="toast-undo" method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button class="button is-small" type="submit">{}{}</button></form>',
        address,
        context.get("csrf_token", ""),
        icons.icon("undo"),
        gettext("Undo"),
    )


@register.inclusion_tag("ui/cell_field.html")
def cell_field(bound: BoundField) -> dict[str, Any]:
    """A form field inside a table, where row and column name it; only assistive technology is told its label."""
    return field(bound)


@register.inclusion_tag("ui/copy.html")
def copy(value: str, what: str = "") -> dict[str, str]:
    """A small button that copies the value."""
    return {"value": value, "what": what or value}


@register.inclusion_tag("ui/chart.html")
def chart(drawn: Any) -> dict[str, Any]:
    """A chart with its legend and its table."""
    return {"chart": drawn}


@register.inclusion_tag("ui/timeline.html")
def timeline(moments: Any) -> dict[str, Any]:
    """A list of moments."""
    return {"moments": moments}


@register.inclusion_tag("ui/milestones.html")
def milestones(stations: Any, label: str) -> dict[str, Any]:
    """The stations of an order."""
    return {"stations": stations, "label": label}


@register.inclusion_tag("ui/empty.html")
def empty(title: str, text: str = "", icon: str = "search", url: str = "", action: str = "") -> dict[str, str]:
    """What stands where nothing is."""
    return {"title": title, "text": text, "icon": icon, "url": url, "action": action}


@register.inclusion_tag("ui/callout.html")
def callout(title: str, text: object = "", tone: str = "info") -> dict[str, object]:
    """A remark that matters on this page."""
    names = {"good": "check-circle", "warn": "alert", "bad": "alert"}
    return {"title": title, "text": text, "tone": tone, "icon": names.get(tone, "info")}


@register.inclusion_tag("ui/progress.html")
def progress(done: int, total: int, label: str, note: str = "", tone: str = "") -> dict[str, object]:
    """A bar with its label; `done` and `total` are whole numbers."""
    return {"done": done, "total": max(total, 1), "label": label, "note": note, "tone": tone}
