"""Why a price is none, or not an ordinary one: kept in English with the record, and made a sentence again."""

from __future__ import annotations

import re
from typing import Final

from linehouse.kernel.sentence import Sentence, sentence

DETAILS: Final = (
    sentence("nothing was used"),
    sentence("a correction: the price of the quantity is given back"),
    sentence("a percentage is due and the event carries no amount"),
    sentence("the quantity is negative"),
    sentence("no meter counts that far"),
    sentence("no usage happened in that year"),
    sentence("the allowance is used up; usage goes on, slower, without money"),
    sentence("the allowance is used up and more can be bought"),
    sentence("the allowance is used up and money is not asked"),
    sentence("rule '%(rule)s' does not allow it"),
    sentence(
        "%(tariff)s has no rule for %(usage_type)s %(direction)s"
        " (number zone %(number)s, network zone %(network)s) from position %(position)s"
    ),
    sentence(
        "%(tariff)s has no rule for %(usage_type)s %(direction)s (number zone %(number)s, network zone %(network)s)"
    ),
)
"""Everything that the price function tells as a detail."""
_CODES: Final = ("usage_type", "direction")
_PLACE: Final = re.compile(r"%\\\((\w+)\\\)s")


def _read(template: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(lambda place: f"(?P<{place[1]}>.+)", re.escape(template)))


_READ: Final = tuple((detail.template, _read(detail.template)) for detail in DETAILS)


def said_again(detail: str) -> Sentence:
    """The sentence that was kept as this text; a text that is none of them stays as it is."""
    for template, read in _READ:
        if (found := read.fullmatch(detail)) is not None:
            named = found.groupdict()
            return Sentence(template, {key: Sentence(text) if key in _CODES else text for key, text in named.items()})
    return Sentence(detail)
