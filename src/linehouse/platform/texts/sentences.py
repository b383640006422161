"""Sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language, gettext, ngettext

from linehouse.kernel.quantity import Quantity, Unit
from linehouse.kernel.sentence import Sentence, Value, filled
from linehouse.platform.texts.languages import active

ISOLATED = "\u2068{}\u2069"
"""A value within a sentence that runs from right to left: it keeps its own direction (Unicode UAX #9, isolates)."""


def say(sentence: Sentence) -> str:
    """The sentence in the reader's language; one without a translation stays English."""
    values = {name: _said(value) for name, value in sentence.values.items()}
    return filled(gettext(sentence.template) if sentence.template else "", values)


def say_all(sentences: Iterable[Sentence]) -> list[str]:
    """Each of them."""
    return [say(one) for one in sentences]


def _said(value: Value) -> str:
    if isinstance(value, Sentence):
        return say(value)
    text = _quantity(value) if isinstance(value, Quantity) else str(value)
    return ISOLATED.format(text) if text and active(get_language()).right_to_left else text


def _quantity(value: Quantity) -> str:
    """As in English; only what is counted in words has the language's own."""
    count = abs(value.amount)
    match value.unit:
        case Unit.MESSAGE:
            text = ngettext("%(count)s message", "%(count)s messages", count)
        case Unit.EVENT:
            text = ngettext("%(count)s event", "%(count)s events", count)
        case _:
            return value.human()
    return text % {"count": value.amount}
