"""What online charging tells in the commit of what it did: events, tasks, and wishes for open sessions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from linehouse.balance import service as balance
from linehouse.balance.values import Grant, Owner, TaxedAt
from linehouse.inventory import service as inventory
from linehouse.kernel.period import Period
from linehouse.platform.work import unit_of_work
from linehouse.rating.session.answers import Refusal
from linehouse.rating.values import BucketKind, UsageType
from tests.balance.house import activate, register
from tests.charging.online.conftest import Said, figures, lawful, rows, used
from tests.conftest import START

SECOND = 1000
USA = "+12125550123"
CALL: dict[str, Any] = {"usage": UsageType.VOICE, "other": USA}
TOLD = (
    "SELECT name, payload::text FROM outbox_outboxevent WHERE name IN"
    " ('balance.bucket.used_up', 'charging.session.ended', 'charging.session.key_reused') ORDER BY position"
)


@pytest.fixture
def line(shop, actor, drain):
    made = activate(actor, register(actor), "robin-prepaid-start")
    drain()
    return made


def told():
    return [(name, json.loads(payload)) for name, payload in rows(TOLD)]


def test_a_bucket_that_is_used_up_and_a_session_that_ends_are_told(line, ask, drain):
    ask(line, "start", want=600 * SECOND, **CALL)
    assert told() == []
    ask(line, "update", key="2", used=used(600 * SECOND), wants=False, **CALL)
    [(name, payload)] = told()
    assert (name, payload["ref"]) == ("balance.bucket.used_up", f"{line.number}/start-credit")
    ask(line, "finish", key="3", used=used(60 * SECOND), **CALL)
    name, payload = told()[-1]
    assert name == "charging.session.ended"
    assert payload["used"] == {"ms": 660 * SECOND}
    assert (payload["charged"], payload["uncollected"], payload["lapsed"]) == ({"EUR": 5_000_000}, 500_000, False)
    drain()
    assert rows("SELECT count(*) FROM jobs_job WHERE state <> 'done' AND kind LIKE 'outbox%%'") == [(0,)]
    lawful()


def test_a_debit_in_one_piece_is_no_session_that_ends(line, ask):
    ask(line, "debit", used=used(60 * SECOND), wants=False, **CALL)
    assert told() == []


def test_a_key_that_is_used_twice_is_a_task_once(line, nodes, drain):
    first = Said(line, "debit", used=used(60 * SECOND), wants=False, **CALL)
    other = Said(line, "debit", used=used(61 * SECOND), wants=False, **CALL)
    [answered] = nodes(first)
    assert answered.refusal is None
    for _ in range(2):
        [refused] = nodes(other)
        assert refused.refusal is Refusal.KEY_REUSED
    assert figures(f"{line.number}/start-credit") == (4_500_000, 0, 500_000)
    assert [name for name, _ in told()] == ["charging.session.key_reused"]
    drain()
    assert rows("SELECT kind, subject, state FROM worklist_task") == [("charging.key_reused", "s1", "open")]


def test_a_grant_in_mid_session_lets_it_be_asked_again(line, ask, drain, actor):
    ask(line, "start", want=3_000 * SECOND, **CALL)
    with unit_of_work(actor, "top-up"):
        balance.grant([top_up(line)], actor=actor)
    drain()
    assert rows("SELECT session, reason, ends FROM charging_wish") == [("s1", "granted", False)]
    going = ask(line, "update", key="2", used=used(600 * SECOND), want=60 * SECOND, **CALL)
    assert (going.granted, going.final) == (60 * SECOND, False)
    lawful()


def test_a_line_that_ends_ends_its_sessions(line, ask, drain, actor):
    ask(line, "start", want=60 * SECOND, **CALL)
    with unit_of_work(actor, "ended"):
        inventory.terminate_product(line.id, actor=actor)
    drain()
    assert rows("SELECT session, reason, ends FROM charging_wish") == [("s1", "line ended", True)]


def top_up(line):
    owner = Owner(
        customer_id=line.customer_id,
        subscription_id=line.id,
        subscription=line.number,
        account_id=line.billing_account_id,
        account=line.billing_account_number,
    )
    return Grant(
        ref=f"{line.number}/top-up-1",
        owner=owner,
        product_id=line.id,
        kind=BucketKind.MAIN,
        asset="EUR",
        amount=10_000_000,
        valid=Period(START),
        source="robin-prepaid-start/top-up",
        catalog_version=1,
        taxed_at=TaxedAt.SALE,
    )
