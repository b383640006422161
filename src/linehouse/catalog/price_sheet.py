"""The figures of a catalog file as a sheet: each price with the one place where it is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import yaml

from linehouse.catalog.edits import with_scalars
from linehouse.catalog.errors import DraftFileRefused

Place = tuple[str | int, ...]
"""Keys and positions from the document's root down to one value; the first is the number of the document."""

_FIGURES = ("price", "connect", "finish", "minimum", "maximum", "flat", "amount", "percent")


@dataclass(frozen=True, slots=True)
class Figure:
    """One price: the clause in which it stands (a rule's or an offering's name), what it is, and how it is written."""

    place: Place
    clause: str
    what: str
    value: str
    note: str = ""
    line: int = 0

    @property
    def field(self) -> str:
        """The place as one word, for forms: ``0.rules.3.price.steps.0.price``."""
        return ".".join(map(str, self.place))


def figures_of(text: str) -> list[Figure]:
    """Every price of a tariff or offering file, in the order of the file; none where the text is no YAML."""
    try:
        roots = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError:
        return []
    return [figure for number, root in enumerate(roots) for figure in _figures(root, (number,), "", {})]


def place_of(field: str) -> Place:
    """The place that a form's field names."""
    return tuple(int(part) if part.isdigit() else part for part in field.split("."))


def with_figures(text: str, changes: Mapping[str, str]) -> str:
    """The text with some figures at their new values, every other byte as it was.

    ``changes`` holds amounts by ``Figure.field``. Raises DraftFileRefused for what is no figure of the file and for a
    value that is no amount.
    """
    known = {figure.field for figure in figures_of(text)}
    for field, value in changes.items():
        if field not in known:
            raise DraftFileRefused("no price stands there", field=field, value=value, expected="a price of the file")
        _amount(field, value)
    return with_scalars(text, {place_of(field): value.strip() for field, value in changes.items()})


def _amount(field: str, value: str) -> None:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal("NaN")
    exponent = amount.as_tuple().exponent
    if not amount.is_finite() or amount < 0 or not isinstance(exponent, int) or exponent < -6 or "e" in value.lower():
        raise DraftFileRefused("this is no amount", field=field, value=value, expected="0.15: at most six decimals")


def _figures(node: yaml.Node, place: Place, clause: str, around: Mapping[str, str]) -> Iterator[Figure]:
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _figures(item, (*place, index), clause, around)
        return
    if not isinstance(node, yaml.MappingNode):
        return
    said = {key.value: value.value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
    named = said.get("name") or said.get("rule") or said.get("offering") or said.get("tariff") or clause
    for key, value in node.value:
        if isinstance(value, yaml.ScalarNode) and key.value in _FIGURES and _is_figure(value.value):
            yield Figure(
                (*place, key.value), named, _what(place, key.value), value.value, _note(said), value.start_mark.line + 1
            )
        elif key.value not in {"examples", "text", "lines"}:
            yield from _figures(value, (*place, key.value), named, said)


def _is_figure(value: str) -> bool:
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _what(place: Place, key: str) -> str:
    inside = next((part for part in reversed(place) if isinstance(part, str)), "")
    return f"{inside} {key}" if inside in {"connect", "finish", "minimum", "maximum"} else key


def _note(said: Mapping[str, str]) -> str:
    """What the price is for: its unit, block and beginning, or its period."""
    words = {"from": "from ", "unit": "per ", "block": "in blocks of ", "period": "per "}
    return ", ".join(f"{before}{said[word]}" for word, before in words.items() if word in said)
