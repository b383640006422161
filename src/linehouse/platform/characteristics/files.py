"""Characteristics as a YAML file beside a brand's catalog, readable by a product manager."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.platform.characteristics.values import Characteristic, Declaration, ValueKind

FILE = "characteristics.yaml"
DEFAULT = "default"
"""The name, among the languages of a label, of the text for all others."""
_FIELDS = frozenset(
    {
        "label", "kind", "description", "unit", "choices", "minimum", "maximum", "pattern", "required", "searchable",
        "personal",
    }
)  # fmt: skip


def read_file(text: str) -> tuple[Declaration, ...]:
    """The declarations of a file: entity → key → fields. Raises InvalidFields naming each fault by its path."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" in line {where.line + 1}" if where else ""
        raise InvalidFields((_fault(FILE, f"the file is no YAML{line}", "entity: {key: {label: …}}"),)) from error
    problems: list[Problem] = []
    found: list[Declaration] = []
    for entity, keys in _mapping(document, FILE, problems).items():
        for position, (key, body) in enumerate(_mapping(keys, str(entity), problems).items()):
            path = f"{entity}.{key}"
            one = _declaration(str(entity), str(key), position, _mapping(body, path, problems), path, problems)
            if one:
                found.append(one)
    if problems:
        raise InvalidFields(tuple(problems))
    return tuple(found)


def write_file(specs: Iterable[Characteristic]) -> str:
    """The file that declares the same; retired characteristics are left out."""
    document: dict[str, dict[str, Any]] = {}
    for spec in specs:
        if spec.retired:
            continue
        body: dict[str, Any] = {"label": _label_out(spec.label)}
        if spec.kind is not ValueKind.TEXT:
            body["kind"] = spec.kind.value
        for name in ("description", "unit", "pattern"):
            if value := getattr(spec, name):
                body[name] = value
        if spec.choices:
            body["choices"] = spec.choices
        for name in ("minimum", "maximum"):
            bound: Decimal | None = getattr(spec, name)
            if bound is not None:
                body[name] = int(bound) if bound == bound.to_integral_value() else format(bound.normalize(), "f")
        if spec.required:
            body["required"] = True
        if not spec.searchable:
            body["searchable"] = False
        if spec.personal:
            body["personal"] = True
        document.setdefault(spec.entity, {})[spec.key] = body
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110) if document else ""


def _declaration(
    entity: str, key: str, position: int, body: dict[str, Any], path: str, problems: list[Problem]
) -> Declaration | None:
    before = len(problems)
    problems += [
        _fault(f"{path}.{name}", f"{name!r} is not known", ", ".join(sorted(_FIELDS)))
        for name in sorted(body.keys() - _FIELDS)
    ]
    label = body.get("label", key)
    try:
        kind = ValueKind(body.get("kind", "text"))
    except ValueError:
        problems.append(_fault(f"{path}.kind", f"{body.get('kind')!r} is no kind", ", ".join(ValueKind)))
        return None
    bounds: dict[str, Decimal | None] = {}
    for name in ("minimum", "maximum"):
        try:
            bounds[name] = None if body.get(name) is None else Decimal(str(body[name]))
        except InvalidOperation:
            problems.append(_fault(f"{path}.{name}", f"{body[name]!r} is no number", "a number"))
    problems += [
        _fault(f"{path}.{name}", f"{body[name]!r} is neither true nor false", "true or false")
        for name in ("required", "searchable", "personal")
        if not isinstance(body.get(name, False), bool)
    ]
    if len(problems) > before:
        return None
    choices = body.get("choices") or {}
    if isinstance(choices, list):
        choices = {str(choice): str(choice) for choice in choices}
    return Declaration(
        entity=entity,
        key=key,
        label=_label_in(label),
        kind=kind,
        description=str(body.get("description", "")),
        unit=str(body.get("unit", "")),
        choices={str(value): str(shown) for value, shown in choices.items()},
        minimum=bounds["minimum"],
        maximum=bounds["maximum"],
        pattern=str(body.get("pattern", "")),
        required=body.get("required", False),
        searchable=body.get("searchable", True),
        personal=body.get("personal", False),
        position=position,
    )


def _label_in(label: object) -> dict[str, str]:
    if not isinstance(label, dict):
        return {"": str(label)}
    return {"" if language == DEFAULT else str(language): str(text) for language, text in label.items()}


def _label_out(label: dict[str, str]) -> str | dict[str, str]:
    if set(label) == {""}:
        return label[""]
    return {language or DEFAULT: text for language, text in label.items()}


def _mapping(value: object, path: str, problems: list[Problem]) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    problems.append(_fault(path, f"{path} holds no names with values", "name: value"))
    return {}


def _fault(field: str, message: str, expected: str) -> Problem:
    return Problem("characteristics.file_invalid", message, field, "", expected)
