"""Allowances in catalogue files: every option, and what cannot be, with the place and what would be right."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from jsonschema import Draft202012Validator

from linehouse.catalog.errors import FilesInvalid
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.schema import offering_schema
from linehouse.catalog.values import Allowance, FirstPeriod, PeriodLength, PeriodUnit, Rollover, Sharing, WhenEmpty
from linehouse.rating.allowance_periods import OnChange
from linehouse.rating.yaml_source import load_marked
from tests.balance.house import family_files

FAMILY = "catalog/robin-family-50.yaml"
GB = 10**9
START = "    amount: 50 GB\n    every: cycle\n    shared: account\n    cap-per-member: 30 GB\n"
ROLLS = "    rollover: {min: 1 GB, max: 25 GB, lasts: 1 month}\n"


def written(text: str) -> dict[str, str]:
    """Robin's files and the family plans, with another beginning of the family's data allowance."""
    files = family_files()
    assert START + ROLLS in files[FAMILY]
    files[FAMILY] = files[FAMILY].replace(START + ROLLS, text)
    return files


def data_of(text: str) -> Allowance:
    """The family's data allowance with that beginning."""
    return read_catalogue(written(text)).catalogue.offering("robin-family-50").allowances[0]


def refusal(text: str) -> tuple[str, str]:
    """What is said, and what would be right."""
    with pytest.raises(FilesInvalid) as caught:
        read_catalogue(written(text))
    (problem,) = caught.value.problems
    return problem.message, str(problem.expected)


def test_the_family_plan_is_shared_and_rolls_over() -> None:
    found = data_of(START + ROLLS)
    assert (found.shared, found.cap) == (Sharing.ACCOUNT, 30 * GB)
    month = PeriodLength(1, PeriodUnit.MONTH)
    assert found.terms.rollover == Rollover(minimum=GB, maximum=25 * GB, lasts=month)
    assert (found.first_period, found.on_change, found.when_empty) == (
        FirstPeriod.FULL,
        OnChange.PRORATE,
        WhenEmpty.CHARGE,
    )


CYCLE = "    amount: 50 GB\n    every: cycle\n"
ONCE = "    amount: 50 GB\n    valid-for: 30 days\n"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (CYCLE + "    shared: group\n", lambda a: (a.shared, a.cap) == (Sharing.GROUP, None)),
        (CYCLE + "    shared: customer\n", lambda a: a.shared is Sharing.CUSTOMER),
        (CYCLE + "    rollover: none\n", lambda a: a.terms.rollover is None),
        (CYCLE + "    rollover: {}\n", lambda a: a.terms.rollover == Rollover()),
        (CYCLE + "    rollover: {priority: 50}\n", lambda a: a.terms.rollover == Rollover(priority=50)),
        (ONCE + "    rollover: {lasts: 2 weeks}\n", lambda a: str(a.terms.rollover.lasts) == "2 weeks"),
        (CYCLE + "    when-empty: block\n", lambda a: a.when_empty is WhenEmpty.BLOCK),
        (CYCLE + "    when-empty: throttle\n", lambda a: (a.when_empty, a.terms.when_empty_to) == ("throttle", "")),
        (CYCLE + "    when-empty: {throttle: slow-1}\n", lambda a: a.terms.when_empty_to == "slow-1"),
        (
            CYCLE + "    when-empty: {redirect: 'https://robin.example/more'}\n",
            lambda a: (a.when_empty, a.terms.when_empty_to) == ("redirect", "https://robin.example/more"),
        ),
        (CYCLE + "    on-change: fresh\n", lambda a: a.on_change is OnChange.FRESH),
        (ONCE + "    lasts: 7 days\n", lambda a: a.terms.lasts == timedelta(days=7)),
        (CYCLE + "    factor: 1/3\n    partial: yes\n", lambda a: a.terms.factor == Fraction(1, 3) and a.terms.partial),
    ],
)
def test_what_an_allowance_may_say(text: str, read) -> None:
    assert read(data_of(text))
    node = load_marked(written(text)[FAMILY], FAMILY)
    assert list(Draft202012Validator(offering_schema()).iter_errors(node.plain())) == []


@pytest.mark.parametrize(
    ("text", "said", "right"),
    [
        (CYCLE + "    shared: family\n", "cannot be 'family'", "account, customer, group"),
        (CYCLE + "    cap-per-member: 5 GB\n", "only a shared allowance has a cap", "`shared: account`"),
        (CYCLE + "    shared: account\n    cap-per-member: 60 GB\n", "60 GB of 50 GB", "at most 50 GB"),
        (
            CYCLE + "    shared: account\n    cap-per-member: 5 min\n",
            "counted in ms, not in octet",
            "a quantity of octet",
        ),
        (CYCLE + "    shared: account\n    cap-per-membre: 5 GB\n", "has no `cap-per-membre`", "`cap-per-member`"),
        (CYCLE + "    rollover: all\n", "'all' is no rollover", "`none`"),
        (CYCLE + "    rollover: {min: 60 GB}\n", "no more than 50 GB can be left", "at most 50 GB"),
        (CYCLE + "    rollover: {min: 9 GB, max: 2 GB}\n", "at least 9 GB rolls over, and at most 2 GB", "`max`"),
        (CYCLE + "    rollover: {mx: 2 GB}\n", "a rollover has no `mx`", "`max`"),
        (ONCE + "    rollover: {max: 2 GB}\n", "the rest needs a time of its own", "`lasts: 30 days`"),
        ("    amount: 50 GB\n    rollover: {lasts: 1 month}\n", "what has no end has no rest", "`every: cycle`"),
        (
            "    amount: unlimited\n    every: cycle\n    rollover: {}\n",
            "nothing is left of what is unlimited",
            "amount",
        ),
        ("    amount: unlimited\n    every: cycle\n    when-empty: block\n", "unlimited is never empty", "an amount"),
        (CYCLE + "    when-empty: redirect\n", "a redirect leads to an address", "{redirect: https://…}"),
        (CYCLE + "    when-empty: {redirect: shop}\n", "'shop' is no address", "https://"),
        (CYCLE + "    when-empty: {thottle: slow}\n", "a throttle has no `thottle`", "`throttle`"),
        (CYCLE + "    when-empty: slow\n", "cannot be 'slow'", "charge, block, throttle, redirect"),
        (CYCLE + "    lasts: 7 days\n", "comes every cycle is valid for the cycle", "no `lasts`"),
        (ONCE + "    lasts: 1 month\n", "lasts days or weeks", "`7 days`"),
        (ONCE + "    on-change: fresh\n", "a change of plan never takes what was granted once", "`every: cycle`"),
    ],
)
def test_what_cannot_be_names_the_place_and_what_is_right(text: str, said: str, right: str) -> None:
    message, expected = refusal(text)
    assert message.startswith(f"{FAMILY}, line ")
    assert said in message
    assert right in expected, expected
