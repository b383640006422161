"""Wordings: checking what somebody wrote, and filling in the variables. Nothing in a wording is ever run.

A variable is a declared name in braces, ``{invoice}``; a brace itself is written twice. There are no attributes, no
calls, no formats: how a value is written follows from its kind and the language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from html import escape
from typing import TypeVar
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.kernel.outcome import Problem
from linehouse.notify.errors import MissingVariable, WrongValue
from linehouse.notify.html_rules import html_problems
from linehouse.notify.sms_text import segmented
from linehouse.notify.values import Channel, Notice, Variable, VariableKind, Wording

T = TypeVar("T")
Value = str | Money | date | datetime | int | Decimal
ALWAYS = (
    Variable(name="name", kind=VariableKind.TEXT, example="Jane Lamborgizzia"),
    Variable(name="brand", kind=VariableKind.TEXT, example="Robin Mobile"),
)
"""Every wording may use these: the customer's name and the brand's."""
LONGEST_SMS = 10
"""Segments beyond which a text is no SMS any more."""
_TOKEN = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)\}|[{}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LINK_FIELD = re.compile(r"""href\s*=\s*["']?\s*\{([a-z][a-z0-9_]*)\}""", re.IGNORECASE)


def known_variables(notice: Notice) -> dict[str, Variable]:
    """What a wording of the notice may name."""
    return {one.name: one for one in (*ALWAYS, *notice.variables)}


def used_variables(wording: Wording) -> frozenset[str]:
    """The names in the wording."""
    whole = f"{wording.subject} {wording.text} {wording.html}"
    return frozenset(found[1] for found in _TOKEN.finditer(whole) if found[1])


def problems_of(notice: Notice, channel: Channel, wording: Wording) -> tuple[Problem, ...]:
    """Everything that forbids the wording to be kept, each with its field; none when it is right."""
    found: list[Problem] = []
    known = known_variables(notice)
    for field in ("subject", "text", "html"):
        found += _token_problems(field, getattr(wording, field), known)
    if not wording.text.strip():
        found.append(Problem("notify.empty", "the text is empty", "text", "", "what the customer is to read"))
    if channel is Channel.EMAIL:
        if not wording.subject.strip():
            found.append(Problem("notify.empty", "a mail needs a subject", "subject", "", "one line"))
        if "\n" in wording.subject or "\r" in wording.subject:
            found.append(Problem("notify.lines", "a subject is one line", "subject", "", "no line break"))
        found += html_problems(wording.html)
        for name in _LINK_FIELD.findall(wording.html):
            if name in known and known[name].kind is not VariableKind.LINK:
                expected = f"a variable of kind link, not {known[name].kind}"
                found.append(Problem("notify.no_link", f"{{{name}}} is no link", "html", name, expected))
    elif wording.subject or wording.html:
        found.append(Problem("notify.only_text", "an SMS has only a text", "subject", "", "nothing"))
    if not found and channel is Channel.SMS:
        count = segmented(render(wording, filled(notice, example_values(notice), "en")).text).count
        if count > LONGEST_SMS:
            expected = f"at most {LONGEST_SMS} segments"
            found.append(Problem("notify.too_long", f"the SMS has {count} segments", "text", "", expected))
    return tuple(found)


def _token_problems(field: str, text: str, known: Mapping[str, Variable]) -> list[Problem]:
    found = []
    for token in _TOKEN.finditer(text):
        name = token[1]
        if name and name not in known:
            expected = ", ".join(sorted(known))
            message = f"the notice declares no variable {name}"
            found.append(Problem("notify.unknown_variable", message, field, name, expected))
        elif not name and len(token[0]) == 1:
            expected = "a declared variable such as {name}, or the brace written twice"
            near = text[max(0, token.start() - 10) : token.end() + 15]
            found.append(Problem("notify.stray_brace", "a brace stands alone", field, near, expected))
    return found


def example_values(notice: Notice) -> dict[str, str]:
    """The declared examples."""
    return {name: one.example for name, one in known_variables(notice).items()}


def filled(notice: Notice, values: Mapping[str, Value], language: str, zone: ZoneInfo | None = None) -> dict[str, str]:
    """Every given variable as it is written in the language. Raises WrongValue for a value that is not of its kind."""
    known = known_variables(notice)
    return {
        name: written(known[name], value, language, zone or ZoneInfo("UTC"))
        for name, value in values.items()
        if name in known
    }


def written(variable: Variable, value: Value, language: str, zone: ZoneInfo) -> str:
    """A value in words of the language. Texts of the other kinds are read first. Raises WrongValue."""
    locale = _locale(language)
    match variable.kind:
        case VariableKind.MONEY:
            money = value if isinstance(value, Money) else _read(variable, value, _money)
            return format_currency(money.decimal, money.currency, locale=locale)
        case VariableKind.DATE:
            day = value if isinstance(value, date) else _read(variable, value, date.fromisoformat)
            return format_date(day.date() if isinstance(day, datetime) else day, locale=locale)
        case VariableKind.INSTANT:
            instant = value if isinstance(value, datetime) else _read(variable, value, datetime.fromisoformat)
            if instant.tzinfo is None:
                raise _wrong(variable, value)
            return format_datetime(instant.astimezone(zone), "d MMMM yyyy HH:mm", locale=locale)
        case VariableKind.NUMBER:
            number = value if isinstance(value, int | Decimal) else _read(variable, value, Decimal)
            return format_decimal(number, locale=locale)
        case VariableKind.LINK:
            if not (isinstance(value, str) and value.startswith(_SAFE) and value.isprintable()):
                raise _wrong(variable, value)
            return value
        case _:
            return str(value)


_SAFE = ("https://", "http://localhost/", "http://localhost:")
"""How links begin; a desk that serves its own machine alone has no certificate."""
_EXPECTED = {
    VariableKind.MONEY: "an amount such as 27.95 EUR",
    VariableKind.DATE: "a date such as 2026-11-30",
    VariableKind.INSTANT: "an instant such as 2026-11-30T09:00:00+01:00",
    VariableKind.NUMBER: "a number such as 80",
    VariableKind.LINK: "an address that begins with https://",
    VariableKind.TEXT: "a text",
}


def _money(text: str) -> Money:
    amount, _, currency = text.strip().partition(" ")
    return Money.of(amount, currency)


def _read(variable: Variable, value: Value, how: Callable[[str], T]) -> T:
    try:
        return how(str(value))
    except (DomainError, ValueError, InvalidOperation):
        raise _wrong(variable, value) from None


def _wrong(variable: Variable, value: object) -> WrongValue:
    expected = _EXPECTED[variable.kind]
    return WrongValue(
        f"{variable.name} is no {variable.kind}", field=variable.name, value=str(value), expected=expected
    )


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def render(wording: Wording, values: Mapping[str, str]) -> Wording:
    """Fill the variables in; in HTML every value is escaped. Raises MissingVariable."""
    if missing := used_variables(wording) - values.keys():
        raise MissingVariable(
            f"the message does not say {', '.join(sorted(missing))}",
            field="variables",
            expected=", ".join(sorted(used_variables(wording))),
        )
    plain = {name: _CONTROL.sub("", value) for name, value in values.items()}
    return Wording(
        subject=" ".join(_fill(wording.subject, plain).split()),
        text=_fill(wording.text, plain),
        html=_fill(wording.html, {name: escape(value) for name, value in plain.items()}),
    )


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _TOKEN.sub(lambda token: values[token[1]] if token[1] else token[0][0], text)


def languages_tried(language: str, brand_languages: Sequence[str]) -> tuple[str, ...]:
    """In which order languages are looked for: the customer's, without its region, the brand's, English."""
    return tuple(dict.fromkeys((language, language.partition("-")[0], *brand_languages, "en")))
