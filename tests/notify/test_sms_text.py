"""How long an SMS is, by examples counted by hand and by a property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.notify.sms_text import decoded, segmented


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "count", "left"),
    [
        ("", "GSM 03.38", 0, 1, 160),
        ("a" * 160, "GSM 03.38", 160, 1, 0),
        ("a" * 161, "GSM 03.38", 161, 2, 145),
        ("a" * 306, "GSM 03.38", 306, 2, 0),
        ("a" * 307, "GSM 03.38", 307, 3, 152),
        ("€" * 80, "GSM 03.38", 160, 1, 0),
        ("a" + "€" * 80, "GSM 03.38", 161, 2, 145),
        ("äöüßÄÖÜñ@£$¥", "GSM 03.38", 12, 1, 148),
        ("é[x]", "GSM 03.38", 6, 1, 154),
        ("ç", "UCS-2", 1, 1, 69),
        ("я" * 70, "UCS-2", 70, 1, 0),
        ("я" * 71, "UCS-2", 71, 2, 63),
        ("🐦" * 35, "UCS-2", 70, 1, 0),
        ("🐦" * 36, "UCS-2", 72, 2, 61),
    ],
)
def test_lengths(text: str, alphabet: str, units: int, count: int, left: int) -> None:
    found = segmented(text)
    assert (found.alphabet, found.units, found.count, found.left) == (alphabet, units, count, left)


def test_an_escaped_character_is_not_cut_in_two() -> None:
    found = segmented("a" * 152 + "€" + "b" * 100)
    assert [len(one) for one in found.segments] == [152, 102]


def test_a_pair_of_surrogates_is_not_cut_in_two() -> None:
    found = segmented("я" * 66 + "🐦" + "я" * 30)
    assert [len(one) // 2 for one in found.segments] == [66, 32]


def test_what_makes_it_ucs2_is_named() -> None:
    assert segmented("naïve ł").outside == ("ï", "ł")


@given(st.text(max_size=700))
def test_whatever_is_cut_reads_the_same_together(text: str) -> None:
    text = text.encode("utf-16-be", "ignore").decode("utf-16-be")
    found = segmented(text)
    assert decoded(b"".join(found.segments), gsm=found.is_gsm) == text
    limit = (160 if found.count == 1 else 153) if found.is_gsm else (140 if found.count == 1 else 134)
    assert all(len(one) <= limit for one in found.segments)
    assert "".join(decoded(one, gsm=found.is_gsm) for one in found.segments) == text
