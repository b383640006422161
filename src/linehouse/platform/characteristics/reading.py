"""What a declaration and a value must be: pure checks that name every fault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from linehouse.kernel.outcome import Problem
from linehouse.platform.characteristics.values import Characteristic, Declaration, Scalar, ValueKind

KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
TEXT_LIMIT = 600
INTEGER_LIMIT = 10**18
DIGITS_AFTER_POINT = 9
MAX_CHOICES = 200
MAX_PATTERN = 200
_YES = frozenset({"yes", "true", "1", "on"})
_NO = frozenset({"no", "false", "0", "off"})
_NUMERIC = frozenset({ValueKind.INTEGER, ValueKind.DECIMAL})
_REPEATED_GROUP = re.compile(r"[+*}]\)?[+*{]")


def check_declaration(new: Declaration, entities: Iterable[str]) -> tuple[Problem, ...]:
    """Everything that is wrong with a declaration."""
    known = tuple(entities)
    problems: list[Problem] = []

    def wrong(field: str, value: object, message: str, expected: str) -> None:
        problems.append(Problem("characteristics.declaration_invalid", message, field, str(value), expected))

    if new.entity not in known:
        wrong("entity", new.entity, f"{new.entity!r} has no characteristics", f"one of {', '.join(known)}")
    if not KEY.fullmatch(new.key):
        wrong("key", new.key, "the key is no name", "small letters, digits and hyphens, such as loyalty-tier")
    if not any(text.strip() for text in new.label.values()):
        wrong("label", "", "the label is missing", "what people read, such as Loyalty tier")
    if new.kind is ValueKind.CHOICE and not 1 <= len(new.choices) <= MAX_CHOICES:
        wrong("choices", len(new.choices), "a choice needs its values", f"1 to {MAX_CHOICES} values")
    if new.kind is not ValueKind.CHOICE and new.choices:
        wrong("choices", ", ".join(new.choices), f"a {new.kind} has no choices", "none")
    if any(not value.strip() or len(value) > 120 for value in new.choices):
        wrong("choices", ", ".join(new.choices), "a choice is empty or too long", "values of 1 to 120 characters")
    if new.unit and new.kind not in _NUMERIC:
        wrong("unit", new.unit, f"a {new.kind} has no unit", "none")
    bounded = new.kind in _NUMERIC or new.kind is ValueKind.TEXT
    for field in ("minimum", "maximum"):
        bound = getattr(new, field)
        if bound is not None and not bounded:
            wrong(field, bound, f"a {new.kind} has no {field}", "none")
    if new.minimum is not None and new.maximum is not None and new.minimum > new.maximum:
        wrong("maximum", new.maximum, "the maximum lies below the minimum", f"at least {new.minimum}")
    problems += _pattern_problems(new)
    return tuple(problems)


def _pattern_problems(new: Declaration) -> list[Problem]:
    if not new.pattern:
        return []
    code = "characteristics.declaration_invalid"
    if new.kind is not ValueKind.TEXT:
        return [Problem(code, f"a {new.kind} has no pattern", "pattern", new.pattern, "none")]
    # Repetitions of repetitions can take exponential time on a hostile value.
    if len(new.pattern) > MAX_PATTERN or _REPEATED_GROUP.search(new.pattern):
        expected = f"at most {MAX_PATTERN} characters without a repetition of a repetition"
        return [Problem(code, "the pattern is too costly", "pattern", new.pattern, expected)]
    try:
        re.compile(new.pattern)
    except re.error as error:
        return [Problem(code, f"the pattern cannot be read: {error}", "pattern", new.pattern, "a regular expression")]
    return []


def check_change(old: Characteristic, new: Declaration) -> tuple[Problem, ...]:
    """What a change of a declaration would break for values that exist."""
    code = "characteristics.change_refused"
    problems = []
    for field in ("entity", "key", "kind"):
        if getattr(old, field) != getattr(new, field):
            text = f"the {field} cannot change: values hang on it"
            problems.append(Problem(code, text, field, str(getattr(new, field)), str(getattr(old, field))))
    if gone := old.choices.keys() - new.choices.keys():
        text = "choices that values may hold cannot be taken away"
        problems.append(Problem(code, text, "choices", ", ".join(sorted(gone)), "keep them, or retire the whole"))
    return tuple(problems)


def read(spec: Declaration, raw: object) -> tuple[Scalar | None, Problem | None]:
    """The value that ``raw`` (a text of a form or file, or a value of JSON) is; nothing stays nothing."""
    text = raw.strip() if isinstance(raw, str) else raw
    if text is None or text == "":
        return None, None
    match spec.kind:
        case ValueKind.TEXT:
            return _text(spec, text)
        case ValueKind.INTEGER | ValueKind.DECIMAL:
            return _number(spec, text)
        case ValueKind.YES_NO:
            return _yes_no(spec, text)
        case ValueKind.DATE:
            return _day(spec, text)
        case ValueKind.CHOICE:
            if isinstance(text, str) and text in spec.choices:
                return text, None
            return None, _wrong(spec, raw, f"one of {', '.join(spec.choices)}")


def read_all(
    specs: Iterable[Characteristic], given: Mapping[str, object], held: Mapping[str, Scalar]
) -> tuple[dict[str, Scalar | None], tuple[Problem, ...]]:
    """The values given, by key (None takes one away), and all problems; what is required must be there afterwards."""
    known = {spec.key: spec for spec in specs}
    values: dict[str, Scalar | None] = {}
    problems: list[Problem] = []
    for key, raw in given.items():
        spec = known.get(key)
        if spec is None:
            expected = (
                f"one of {', '.join(sorted(known))}" if known else "none: the brand has declared no characteristic"
            )
            text = f"the brand has not declared {key!r}"
            problems.append(Problem("characteristics.unknown", text, key, "", expected))
            continue
        value, problem = read(spec, raw)
        if problem:
            problems.append(problem)
        elif spec.retired and value is not None and value != held.get(key):
            text = f"{spec.label_in('')} is retired and takes no new values"
            problems.append(Problem("characteristics.retired", text, key, str(raw), "leave it as it is"))
        else:
            values[key] = value
    after = {**held, **values}
    for spec in known.values():
        if (
            spec.required
            and not spec.retired
            and after.get(spec.key) is None
            and spec.key not in {p.field for p in problems}
        ):
            text = f"{spec.label_in('')} is missing"
            problems.append(Problem("characteristics.missing", text, spec.key, "", _expected(spec)))
    return values, tuple(problems)


def _expected(spec: Declaration) -> str:
    words = {
        ValueKind.TEXT: "a text",
        ValueKind.INTEGER: "a whole number",
        ValueKind.DECIMAL: "a number such as 12.5",
        ValueKind.YES_NO: "yes or no",
        ValueKind.DATE: "a date such as 2026-11-01",
        ValueKind.CHOICE: f"one of {', '.join(spec.choices)}",
    }[spec.kind]
    if spec.kind is ValueKind.TEXT and spec.pattern:
        words += f" of the form {spec.pattern}"
    length = " characters" if spec.kind is ValueKind.TEXT else ""
    if spec.minimum is not None:
        words += f", at least {spec.minimum:f}{length}"
    if spec.maximum is not None:
        words += f", at most {spec.maximum:f}{length}"
    return words


def _wrong(spec: Declaration, raw: object, expected: str = "") -> Problem:
    shown = str(raw)[:80]
    return Problem(
        "characteristics.value_invalid", f"{spec.label_in('')}: {shown!r} is wrong", spec.key, shown,
        expected or _expected(spec),
    )  # fmt: skip


def _text(spec: Declaration, raw: object) -> tuple[str | None, Problem | None]:
    if not isinstance(raw, str) or len(raw) > TEXT_LIMIT or not raw.replace("\n", " ").isprintable():
        return None, _wrong(spec, raw, f"a text of at most {TEXT_LIMIT} characters")
    too_short = spec.minimum is not None and len(raw) < spec.minimum
    too_long = spec.maximum is not None and len(raw) > spec.maximum
    if too_short or too_long or (spec.pattern and not re.fullmatch(spec.pattern, raw)):
        return None, _wrong(spec, raw)
    return raw, None


def _number(spec: Declaration, raw: object) -> tuple[int | Decimal | None, Problem | None]:
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        return None, _wrong(spec, raw)
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return None, _wrong(spec, raw)
    if not value.is_finite() or abs(value) > INTEGER_LIMIT:
        return None, _wrong(spec, raw)
    whole = value == value.to_integral_value()
    exponent = value.normalize().as_tuple().exponent
    fine = isinstance(exponent, int) and -exponent <= DIGITS_AFTER_POINT
    if (spec.kind is ValueKind.INTEGER and not whole) or not fine:
        return None, _wrong(spec, raw)
    if (spec.minimum is not None and value < spec.minimum) or (spec.maximum is not None and value > spec.maximum):
        return None, _wrong(spec, raw)
    return (int(value) if spec.kind is ValueKind.INTEGER else value.normalize()), None


def _yes_no(spec: Declaration, raw: object) -> tuple[bool | None, Problem | None]:
    if isinstance(raw, bool):
        return raw, None
    word = str(raw).casefold()
    if word in _YES | _NO:
        return word in _YES, None
    return None, _wrong(spec, raw)


def _day(spec: Declaration, raw: object) -> tuple[date | None, Problem | None]:
    if isinstance(raw, date):
        return raw, None
    try:
        return date.fromisoformat(str(raw)), None
    except ValueError:
        return None, _wrong(spec, raw)
