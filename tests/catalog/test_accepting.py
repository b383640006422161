"""Warnings that stand: read, sorted out, written into files."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from linehouse.catalog.accepting import sorted_out
from linehouse.catalog.accepting_text import with_accepted
from linehouse.catalog.errors import DraftFileRefused, FilesInvalid
from linehouse.catalog.files import read_catalogue
from linehouse.kernel.outcome import Problem
from linehouse.rating.accepted_text import read_accepted
from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.yaml_source import load_marked

STANDARD = "tariffs/robin-standard.yaml"
LINES = """
accepted:  # what stands
  # the first
  - warning: no-example
    rule: picture-messages
    reason: nobody sends them
    until: 2027-06-30
  - {warning: gap, reason: short codes, until: 2026-12-31}
"""


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ("no-example", "no-exmaple", "did you mean `no-example`?"),
        ("no-example", "over-cap", "'over-cap' is an error and cannot be accepted"),
        ("    reason: nobody sends them\n", "", "needs `reason`"),
        ("2027-06-30", "2027-06-31", "no day of the calendar"),
        ("until: 2026-12-31}", "untill: 2026-12-31}", "did you mean `until`?"),
        ("- {warning: gap,", "- {warning: no-example, rule: picture-messages,", "is already accepted"),
    ],
)
def test_what_cannot_be_accepted_is_told(was: str, becomes: str, message: str) -> None:
    assert was in LINES
    node = load_marked(LINES.replace(was, becomes, 1), "t.yaml").entries()["accepted"]
    with pytest.raises(SourceTextInvalid) as refusal:
        read_accepted(node)
    assert message in f"{refusal.value.message} {refusal.value.expected}"
    assert "t.yaml, line " in refusal.value.message


def test_what_stands_is_told_apart_until_its_day(robin_files: dict[str, str]) -> None:
    text = robin_files[STANDARD].replace("\naccepted:\n", LINES.replace("  # what stands", ""), 1)
    catalogue = read_catalogue(robin_files | {STANDARD: text}).catalogue
    found = [
        Problem("catalog.no-example", "MMS has none", "tariffs.robin-standard.picture-messages"),
        Problem("catalog.no-example", "SMS has none", "tariffs.robin-standard.world-messages"),
        Problem("catalog.gap", "short codes", "tariffs.robin-standard."),
        Problem("catalog.over-cap-unless", "084", "tariffs.robin-standard.nl-personal"),
    ]
    then = sorted_out(found, catalogue, date(2026, 12, 31))
    assert [one.problem.message for one in then.standing] == ["MMS has none", "short codes", "084"]
    assert [one.message for one in then.open] == ["SMS has none"]
    later = sorted_out(found, catalogue, date(2027, 1, 1))
    assert [one.message for one in later.open] == [
        "SMS has none",
        "short codes (accepted until 2026-12-31, which is past)",
    ]
    nothing = sorted_out(found[1:], catalogue, date(2026, 12, 31))
    assert [one.code for one in nothing.open] == ["catalog.no-example", "catalog.accepted-nothing"]
    assert "no-example of picture-messages is accepted and is not there" in nothing.open[1].message


def test_an_error_is_refused_in_its_file(robin_files: dict[str, str]) -> None:
    text = robin_files[STANDARD].replace("warning: over-cap-unless", "warning: over-cap", 1)
    with pytest.raises(FilesInvalid) as refusal:
        read_catalogue(robin_files | {STANDARD: text})
    assert "cannot be accepted" in refusal.value.problems[0].message


def test_a_line_is_written_and_every_other_byte_stays() -> None:
    text = "tariff: t\nrules: []  # none\n"
    once = with_accepted(text, "gap", "", "it is: meant", date(2027, 1, 31))
    assert once == text + '\naccepted:\n  - warning: gap\n    reason: "it is: meant"\n    until: 2027-01-31\n'
    twice = with_accepted(once, "no-example", "calls", "later", date(2027, 2, 1))
    first = yaml.safe_load(twice)["accepted"]
    assert [(one["warning"], one.get("rule")) for one in first] == [("no-example", "calls"), ("gap", None)]
    again = with_accepted(twice, "gap", "", "still meant", date(2028, 1, 31))
    assert again == twice.replace('"it is: meant"', "still meant").replace("2027-01-31", "2028-01-31")
    assert [str(one.until) for one in read_accepted(load_marked(again).entries()["accepted"])] == [
        "2027-02-01",
        "2028-01-31",
    ]
    flat = "accepted:\n- {warning: gap, reason: r, until: 2027-01-01}\n"
    assert "accepted:\n- warning: twice\n  reason: r" in with_accepted(flat, "twice", "", "r", date(2027, 1, 1))
    with pytest.raises(DraftFileRefused):
        with_accepted("accepted: [{warning: gap, reason: r, until: 2027-01-01}]\n", "twice", "", "r", date(2027, 1, 1))
