"""Sentences for people as data: what is said, apart from the language in which it is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English text with named places (``Total %(total)s.``), and what stands there. As text it is English.

    Texts and figures are the same in every language; a sentence within a sentence is said in the same language.
    """

    template: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        return filled(self.template, {name: plain_value(value) for name, value in self.values.items()})


def sentence(template: str, /, **values: Value) -> Sentence:
    """A sentence; its template is a literal, so that the catalogues of texts find it."""
    return Sentence(template, values)


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its values; one without any is taken as it stands, signs of percent included."""
    return template % values if values else template


def plain_value(value: Value) -> str:
    """A value in English."""
    return value.human() if isinstance(value, Quantity) else str(value)


Value = str | int | Quantity | Money | Sentence
