"""`linehouse rate explain`: a price in words, from files alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from linehouse.kernel.error import DomainError, NotFound
from linehouse.run.commands.rate import command

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"


def explain(*words: str) -> str:
    done = CliRunner().invoke(command, ["explain", *words, "--folder", str(ROBIN)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_a_call_is_explained_to_the_total():
    assert explain("61 s to +31612345678 at 18:00 on Monday").splitlines() == [
        "1 min 1 s by tariff robin-standard v2026-11.",
        "Number zone nl-mobile (prefix 316), network zone home (204-04).",
        "0 s – 1 min: 1 × 1 min at 0.15 EUR per 1 min = 0.15 EUR, rule nl-calls (Calls to Dutch numbers).",
        "1 min – 1 min 1 s: 1 × 1 s at 0.15 EUR per 1 min = 0.0025 EUR, rule nl-calls (Calls to Dutch numbers).",
        "Total 0.1525 EUR (tax included).",
    ]


def test_words_need_no_quotes_and_fallbacks_are_followed():
    assert "robin-standard" in explain("1", "min", "to", "eu", "--tariff", "robin-sim-only")


def test_what_is_not_understood_is_told():
    with pytest.raises(DomainError, match="one sentence of a fixed form"):
        explain("a long call to my aunt")
    with pytest.raises(NotFound):
        explain("1 s to 112", "--tariff", "nobody")


def test_options_say_what_a_sentence_cannot_know() -> None:
    said = ("61", "s", "to", "nl-mobile", "--folder", str(ROBIN), "--left", "30 s", "--parts", "7 s", "--off-net")
    found = CliRunner().invoke(command, ["explain", *said])
    assert found.exit_code == 0, found.output
    assert "1 min – 1 min 1 s: 1 × 1 s from allowance, 1 s taken, rule nl-calls" in found.output
    assert "Total 0.15 EUR (tax included)." in found.output


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("en", "1 min 1 s by tariff robin-standard v2026-11.", "Total 0.1525 EUR (tax included)."),
        ("de", "1 min 1 s nach Tarif robin-standard v2026-11.", "Summe 0.1525 EUR (inkl. Steuer)."),
        ("fr", "1 min 1 s selon le tarif robin-standard v2026-11.", "Total 0.1525 EUR (taxe comprise)."),
        ("nl", "1 min 1 s volgens tarief robin-standard v2026-11.", "Totaal 0.1525 EUR (inclusief belasting)."),
        ("es", "1 min 1 s según la tarifa robin-standard v2026-11.", "Total 0.1525 EUR (impuestos incluidos)."),
        (
            "ar",
            "\u20681 min 1 s\u2069 حسب التعرفة \u2068robin-standard v2026-11\u2069.",
            "المجموع \u20680.1525 EUR\u2069 (شاملًا الضريبة).",
        ),
    ],
)
def test_a_price_is_explained_in_each_language(code: str, first: str, last: str) -> None:
    lines = explain("61 s to +31612345678 at 18:00 on Monday", "--language", code).splitlines()
    assert (lines[0], lines[-1], len(lines)) == (first, last, 5)
