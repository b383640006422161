"""A week abroad, end to end: the welcome, the notice at 80 %, the stop at the limit of the law, the customer's
agreement with what shows it, late records, and the bill."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linehouse.charging import service as charging
from linehouse.charging.ports import use_tax_rates
from linehouse.kernel.money import Money
from linehouse.ledger import service as ledger
from linehouse.notify import service as notify
from linehouse.platform.checks import verify
from linehouse.platform.clock.service import business_now
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.sql import brand_cursor
from linehouse.rating.controls import SetBy
from linehouse.rating.session.answers import CutBy
from linehouse.rating.session.requests import Operation
from linehouse.rating.values import UsageType
from linehouse.run.charging_node import _rate
from linehouse.usage import service as usage
from tests.balance.house import activate, open_shop, register
from tests.charging.conftest import FEEDS
from tests.charging.controls.house import FR, NL, US, Engine, asking
from tests.charging.host import Cdr, send
from tests.notify.conftest import centre, mails

__all__ = ["centre", "mails"]

START, UPDATE, FINISH = Operation.START, Operation.UPDATE, Operation.FINISH
MB = 10**6


@pytest.fixture
def sanne(brand, actor, drain, monkeypatch, mails, centre):
    """A customer with Robin SIM Only 20."""
    ours = ("balance.", "charging.", "notify.limit", "notify.abroad", "usage.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    usage.apply_feeds(FEEDS, actor=actor)
    before = use_tax_rates(_rate)
    made = activate(actor, register(actor), "robin-sim-only-20")
    drain()
    yield made
    use_tax_rates(before)


@pytest.fixture
def gateway(installation, sanne):
    with brand_cursor() as cursor:
        cursor.execute("SELECT current_database()")
        engine = Engine(installation.dsn.url(cursor.fetchone()[0]))
    return lambda operation, session, key="1", **said: engine.one(
        asking(sanne.msisdn.digits, operation, session, key, **said)
    )


def said(sanne):
    """What the customer was told, oldest first."""
    rows, _ = notify.messages(limit=50)
    return [(one.template, one.text) for one in sorted(rows, key=lambda one: (one.created_at, one.id))]


def test_a_week_abroad(sanne, gateway, actor, drain, advance):
    # In France the plan is used as at home: 20 GB, all of which is fair use.
    assert gateway(START, "fr", plmn=FR, want=MB).granted == MB
    gateway(FINISH, "fr", "2", plmn=FR, used=MB)
    drain()
    [(notice, text)] = said(sanne)
    assert (notice, "20 GB" in text, "France" in text) == ("roaming-welcome-union", True, True)
    # In the United States a megabyte costs 0.25, and the limit of the law is on without anybody having asked.
    advance(business_now() + timedelta(days=1))
    assert gateway(START, "us", plmn=US, want=200 * MB).granted == 200 * MB
    drain()
    notice, text = said(sanne)[-1]
    assert (notice, "0.25" in text, "1.98" in text or "0.99" in text) == ("roaming-welcome", True, True)
    advance(business_now() + timedelta(hours=1))
    gateway(UPDATE, "us", "2", plmn=US, used=200 * MB, want=100 * MB)
    drain()
    notice, text = said(sanne)[-1]
    assert (notice, "80 %" in text, "60.50" in text) == ("spending-limit", True, True)
    advance(business_now() + timedelta(hours=1))
    gateway(UPDATE, "us", "3", plmn=US, used=42 * MB, want=100 * MB)
    drain()
    notice, text = said(sanne)[-1]
    assert (notice, "60.50" in text) == ("limit-reached", True)
    assert gateway(START, "us-2", plmn=US, want=MB).cut_by is CutBy.SPEND_CAP
    # Emergency is never stopped, and a call home is no data.
    assert gateway(START, "112", kind=UsageType.VOICE, to="112", plmn=US, want=60_000).granted == 60_000
    # A record that no session knows comes late: it is kept, and billed to nobody.
    send([Cdr(sanne, "DATA", 10 * MB, start="2026-11-01 22:00:00", plmn="310-410")], actor)
    drain()
    assert ledger.balance("writeoff/above-limit", "EUR") == 2_066_116
    # The customer agrees, and goes on at once.
    advance(business_now() + timedelta(hours=1))
    charging.consent(sanne.id, "roaming-data", channel="app", evidence="pressed «go on» at 10:00", actor=actor)
    drain()
    assert said(sanne)[-1][0] == "limit-consented"
    assert gateway(UPDATE, "us", "4", plmn=US, want=10 * MB).granted == 10 * MB
    gateway(FINISH, "us", "5", plmn=US, used=10 * MB)
    # At home a child gets the telephone: no paid numbers, and no more than five euro a month.
    charging.set_bar(sanne.id, "premium", on=True, by=SetBy.CUSTOMER, actor=actor, reason="a child uses it")
    charging.set_limit(
        sanne.id,
        "spending",
        amount=Money(5_000_000, "EUR"),
        hard=True,
        by=SetBy.CUSTOMER,
        actor=actor,
        reason="a child",
    )
    assert gateway(START, "0900", kind=UsageType.VOICE, to="+31900123456", plmn=NL, want=60_000).cut_by is CutBy.BAR
    assert gateway(START, "world", kind=UsageType.VOICE, to="+12125550123", plmn=NL, want=60_000).granted == 0
    drain()
    assert said(sanne)[-1][0] == "limit-closed"
    # The bill has what was used up to the limit, and what came after the agreement.
    assert [row.balance for row in ledger.accounts("unbilled/")] == [50_000_000 + 2_066_116]
    assert [(one.name, one.verdict.findings) for one in verify() if not one.holds] == []
