"""Every table of the rule book's pages on rating is executed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from linehouse.kernel.money import Money
from linehouse.kernel.period import Period
from linehouse.kernel.rounding import Rounding
from linehouse.rating.service import in_burn_order
from linehouse.rating.values import BucketKind, Conditions, Scope, UsageType
from tests.rating.builders_rating import LONG_AGO, purse, units
from tests.rating.rule_fixtures import FIXTURES
from tests.rating.rule_tables import check, tables

DOCUMENTS = ("rating.md", "rounding.md", "burn-order.md")
ALL = [table for document in DOCUMENTS for table in tables(document)]


def in_words(table):
    """Four places where something is rounded, each named with its mode: those that exist."""
    modes = {mode.value for mode in Rounding}
    assert all(any(mode in row["mode"] for mode in modes) for row in table.rows)


def lines(table):
    """Records are summed first; the line is rounded once, the difference shown."""
    for row in table.rows:
        records = row["records"]
        times, _, figure = records.rpartition(" × ")
        found = [Money.of(one, "EUR").micros for one in (figure if times else records).split(", ")]
        total = sum(found) * int(times or 1)
        line = Money(total, "EUR").rounded(Rounding.HALF_UP).micros
        assert total == Money.of(row["sum"], "EUR").micros
        assert line == Money.of(row["line"], "EUR").micros
        assert line - total == Money.of(row["rounding"].replace("−", "-"), "EUR").micros


def order(table):
    """Two buckets that differ in one criterion alone are asked in the order that the row says."""
    soon, late = (Period(LONG_AGO, datetime(year, 1, 1, tzinfo=UTC)) for year in (2027, 2028))
    narrow = Scope(include=(Conditions(usage_types=(UsageType.DATA,)),))
    pairs = {
        "kind": (units("b", 1, priority=900), purse("a", 1, BucketKind.PROMOTIONAL)),
        "`priority`": (units("b", 1, priority=1), units("a", 1, priority=2)),
        "expiry": (units("b", 1, valid=soon), units("a", 1, valid=late)),
        "scope": (units("b", 1, scope=narrow), units("a", 1)),
        "owner": (units("b", 1), units("a", 1, shared=True)),
        "age": (units("b", 1), units("a", 1, created_at=datetime(2026, 2, 1, tzinfo=UTC))),
        "reference": (units("a", 1), units("b", 1)),
    }
    assert [row["criterion"] for row in table.rows] == list(pairs)
    for first, second in pairs.values():
        assert in_burn_order([second, first]) == [first, second]


OTHERS = {"in-words": in_words, "lines": lines, "burn-order": order}


@pytest.mark.parametrize("table", ALL, ids=lambda table: f"{table.document}:{table.name or table.line}")
def test_a_table_says_what_happens(table):
    assert table.name in FIXTURES or table.name in OTHERS, (
        f"{table.document}, line {table.line}: no test executes this table; mark it with <!-- worked: name -->"
    )
    if table.name in OTHERS:
        OTHERS[table.name](table)
    else:
        check(table, FIXTURES[table.name])


def test_every_fixture_is_shown():
    assert {table.name for table in ALL} == {*FIXTURES, *OTHERS}
