"""The bounded regular expressions agree with Python's, and refuse what they do not do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.edge.tmf.kit.pattern import MAX_PATTERN, Pattern, PatternError

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", "1", "(?:ab)", "(a|b)", "^", "$"])
PATTERNS = st.lists(
    st.tuples(ATOMS, st.sampled_from(["", "*", "+", "?", "{2}", "{1,3}", "{0,}"])).map("".join), max_size=5
).map("".join)


@given(PATTERNS, st.text(alphabet="ab1", max_size=8))
def test_agrees_with_the_standard_library(pattern: str, value: str) -> None:
    try:
        expected = re.search(pattern, value) is not None
    except re.error:
        return
    assert Pattern(pattern).found_in(value) is expected


def test_a_hostile_pattern_costs_no_more_than_its_size() -> None:
    # A back-tracking engine needs about 2^200 steps here.
    assert not Pattern("^(a+)+$").found_in("a" * 200 + "!")


@pytest.mark.parametrize(
    "pattern", ["(", ")", "*", "a)", "[a", r"\1", "(?=a)", "a{3,2}", "a{x}", "(a{99}){99}", "a" * (MAX_PATTERN + 1)]
)
def test_refuses(pattern: str) -> None:
    with pytest.raises(PatternError):
        Pattern(pattern)
