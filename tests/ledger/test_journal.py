"""The journal: balanced by construction, once per cause, never changed, equal for equal runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connections

from linehouse.kernel.error import DomainError
from linehouse.ledger import service
from linehouse.ledger.errors import BadTransfer, CauseConflict, UnknownClass
from linehouse.ledger.values import Entry, Transfer
from linehouse.platform.checks import Finding, Result, Verdict, verify
from linehouse.platform.scope import CONTROL, brand_scope, realm_scope
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, unit_of_work
from tests.conftest import START


def invoice(number: int, micros: int = 18_000_000) -> Entry:
    return Entry(
        f"invoice:R-{number}",
        (
            Transfer("receivable/BA-1", "deferred/recurring", micros - 3_120_000, "EUR"),
            Transfer("receivable/BA-1", "tax/NL-21", 3_120_000, "EUR"),
        ),
    )


def broken() -> list[Result]:
    """The ledger's own laws that do not hold; other rooms know nothing of what is posted here by hand."""
    return [result for result in verify() if result.name.startswith("ledger.") and not result.holds]


def test_balances_are_on_the_normal_side(brand: str, actor: Actor) -> None:
    with unit_of_work(actor):
        assert service.post(invoice(1))
        assert service.post(Entry("payment:1", (Transfer("bank/main", "receivable/BA-1", 10_000_000, "EUR"),)))
        assert service.post(
            Entry("grant:1", (Transfer("granted/octet", "allowance/S-1/data", 20_000_000_000, "octet"),))
        )
    assert service.balance("receivable/BA-1", "EUR") == 8_000_000
    assert service.balance("tax/NL-21", "EUR") == 3_120_000
    assert service.balance("allowance/S-1/data", "octet") == 20_000_000_000
    assert service.balance("receivable/BA-1", "EUR", until=START) == 0
    sums: dict[str, tuple[int, int]] = {}
    for line in service.trial_balance():
        debit, credit = sums.get(line.asset, (0, 0))
        sums[line.asset] = (debit + line.debit, credit + line.credit)
    assert sums == {"EUR": (28_000_000, 28_000_000), "octet": (20_000_000_000, 20_000_000_000)}
    found, total = service.statement("receivable/BA-1", "EUR")
    assert total == 3
    assert found[0].cause == "payment:1"


def test_rows_are_held_against_the_journal_from_both_sides(brand: str, actor: Actor) -> None:
    with unit_of_work(actor):
        service.post(invoice(1))
    right = {("receivable/BA-1", "EUR"): 18_000_000}
    assert service.agreement(right, "receivable/") == Verdict(1)
    wrong = {("receivable/BA-2", "EUR"): 5, ("tax/NL-21", "EUR"): 3_120_000}
    assert service.agreement(wrong, "receivable/", "tax/").findings == (
        Finding("receivable/BA-1 EUR", "0", "18000000"),
        Finding("receivable/BA-2 EUR", "5", "0"),
    )


def test_a_cause_is_posted_once(brand: str, actor: Actor) -> None:
    with unit_of_work(actor):
        assert service.post(invoice(1))
        assert not service.post(invoice(1))
    with pytest.raises(CauseConflict, match="R-1"), unit_of_work(actor):
        service.post_all((invoice(2), invoice(1, 19_000_000)))
    assert service.entry("invoice:R-2") == []
    assert len(service.entry("invoice:R-1")) == 2


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_transfer SET amount = 1", "DELETE FROM ledger_transfer", "DELETE FROM ledger_cause"]
)
def test_nothing_is_changed_or_deleted(brand: str, actor: Actor, statement: str) -> None:
    with unit_of_work(actor):
        service.post(invoice(1))
    with pytest.raises(DatabaseError, match="append-only"), unit_of_work(actor), brand_cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("debit", "credit", "amount", "asset", "error"),
    [
        ("bank/main", "bank/main", 1, "EUR", BadTransfer),
        ("bank/main", "revenue/x", 0, "EUR", BadTransfer),
        ("bank/main", "revenue/x", -1, "EUR", BadTransfer),
        ("bank/main", "revenue/x", 1, "", BadTransfer),
        ("bank", "revenue/x", 1, "EUR", UnknownClass),
        ("vault/main", "revenue/x", 1, "EUR", UnknownClass),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(
    debit: str, credit: str, amount: int, asset: str, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        Transfer(debit, credit, amount, asset)


def test_parallel_posters_of_one_cause_post_it_once(brand: str, actor: Actor) -> None:
    def poster() -> None:
        with realm_scope(CONTROL), brand_scope(brand):
            for number in range(20):
                with unit_of_work(actor):
                    service.post(invoice(number))
            connections.close_all()

    threads = [threading.Thread(target=poster) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert service.balance("receivable/BA-1", "EUR") == 20 * 18_000_000
    assert broken() == []


def test_equal_runs_have_equal_hashes_whatever_their_order(
    brand: str, second_brand: str, actor: Actor, advance: Callable[..., Any]
) -> None:
    with unit_of_work(actor):
        service.post_all((invoice(1), invoice(2)))
    first = service.ledger_hash()
    with brand_scope(second_brand):
        with unit_of_work(actor):
            service.post(invoice(2))
        with unit_of_work(actor):
            service.post(invoice(1))
        assert service.ledger_hash() == first
        with unit_of_work(actor):
            service.post(invoice(3))
        assert service.ledger_hash() != first
    advance(START + timedelta(days=1))
    with unit_of_work(actor):
        service.post(invoice(3))
    with brand_scope(second_brand):
        other = service.ledger_hash()
    assert service.ledger_hash() != other


def test_verify_names_a_transfer_that_was_tampered_with(brand: str, actor: Actor) -> None:
    with unit_of_work(actor):
        service.post_all((invoice(1), invoice(2)))
    assert broken() == []
    conf = connections[brand].settings_dict
    with psycopg.connect(
        host=conf["HOST"],
        port=conf["PORT"],
        user=conf["USER"],
        password=conf["PASSWORD"],
        dbname=conf["NAME"],
        autocommit=True,
    ) as vandal:
        vandal.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfer_append_only")
        vandal.execute("UPDATE ledger_transfer SET amount = amount + 1 WHERE cause = 'invoice:R-2' AND leg = 1")
    assert [(result.name, [finding.subject for finding in result.verdict.findings]) for result in broken()] == [
        ("ledger.causes", ["invoice:R-2"])
    ]
