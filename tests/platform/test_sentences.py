"""Sentences as data, said in six languages: every value in each of them, English as it always was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from babel.messages.extract import extract_python
from django.utils.translation import override

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.kernel.sentence import Sentence, sentence
from linehouse.platform.texts.languages import LANGUAGES, TRANSLATED
from linehouse.platform.texts.sentences import say

SOURCE: Final = Path(__file__).resolve().parents[2] / "src" / "linehouse"
_PLACE: Final = re.compile(r"%\((\w+)\)s")
ISOLATES: Final = str.maketrans("", "", "\u2068\u2069")


def templates() -> Iterator[str]:
    """What stands in the calls of `sentence` in the house's modules."""
    for file in sorted(SOURCE.rglob("*.py")):
        source = file.read_bytes()
        if b"sentence(" in source:
            for _, _, found, _ in extract_python(BytesIO(source), {"sentence": None}, (), {}):
                given: object = found
                text = given[0] if isinstance(given, tuple) else given
                if isinstance(text, str):
                    yield text


TEMPLATES: Final = sorted(set(templates()))


def test_the_templates_of_the_house_are_found() -> None:
    assert {"Total %(total)s (%(tax)s).", "The customer is in no segment.", "nothing was used"} <= set(TEMPLATES)


@pytest.mark.parametrize("code", [language.code for language in TRANSLATED])
def test_each_sentence_has_its_values_in_each_language(code: str) -> None:
    for template in TEMPLATES:
        values = {name: f"<{name}>" for name in _PLACE.findall(template)}
        with override(code):
            said = say(Sentence(template, values)).translate(ISOLATES)
        assert [value for value in values.values() if value not in said] == [], (template, said)
        assert "%(" not in said
        if re.search("[a-z]{3}", _PLACE.sub("", template)) and not template.startswith("Total"):
            assert said != (template % values if values else template)


def test_english_is_the_sentence_as_text() -> None:
    for template in TEMPLATES:
        one = Sentence(template, {name: f"<{name}>" for name in _PLACE.findall(template)})
        with override("en"):
            assert say(one) == str(one)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "Taken from 31612345678/texts: 3 messages."),
        ("de", "Entnommen aus 31612345678/texts: 3 Nachrichten."),
        ("fr", "Prélevé sur 31612345678/texts : 3 messages."),
        ("nl", "Afgenomen van 31612345678/texts: 3 berichten."),
        ("es", "Tomado de 31612345678/texts: 3 mensajes."),
        ("ar", "خُصم من \u206831612345678/texts\u2069: \u20683 رسائل\u2069."),
    ],
)
def test_what_is_counted_in_words_has_the_languages_plural(code: str, said: str) -> None:
    one = sentence(
        "Taken from %(bucket)s: %(quantity)s.", bucket="31612345678/texts", quantity=Quantity(3, Unit.MESSAGE)
    )
    with override(code):
        assert say(one) == said


def test_money_and_quantities_are_the_same_in_every_language() -> None:
    for language in LANGUAGES:
        for value, text in (
            (Money(152_500, "EUR"), "0.1525 EUR"),
            (Quantity(61_000, Unit.MILLISECOND), "1 min 1 s"),
            (Quantity(1_500_000_000, Unit.OCTET), "1.5 GB"),
        ):
            with override(language.code):
                assert text in say(sentence("Due with an invoice: %(amount)s.", amount=value))


def test_a_sentence_within_a_sentence_is_said_too() -> None:
    one = sentence("%(verdict)s: %(why)s.", verdict=sentence("Blocked"), why=sentence("nothing was used"))
    assert str(one) == "Blocked: nothing was used."
    with override("nl"):
        assert say(one) == "Geblokkeerd: er is niets gebruikt."


def test_signs_of_percent_and_unknown_texts_stay() -> None:
    assert str(Sentence("100 % of nothing")) == "100 % of nothing"
    with override("de"):
        assert say(Sentence("100 % of nothing")) == "100 % of nothing"
        assert say(Sentence("")) == ""
        assert say(sentence("Paid from %(bucket)s: %(amount)s.", bucket="50 %s", amount=1)) == "Bezahlt aus 50 %s: 1."
