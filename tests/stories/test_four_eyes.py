"""Four eyes, end to end at the desk: a credit, a refund, a bill run and new prices each need a second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from linehouse.billing import service as billing
from linehouse.catalog import ports
from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.kernel.money import Money
from linehouse.payment import service as payments
from linehouse.payment.values import RefundRequest
from linehouse.platform.access import policy
from linehouse.platform.access.grants import Grant
from linehouse.platform.approval import service as approval
from linehouse.platform.approval.errors import OwnProposal
from linehouse.platform.audit.service import history
from linehouse.platform.checks import verify
from linehouse.platform.outbox import registry
from linehouse.platform.runner import drain
from linehouse.platform.work import Actor
from linehouse.platform.worklist.reading import task_of
from tests.billing.house import customer, product, publish
from tests.catalog.test_publish import dearer
from tests.conftest import ROBIN, colleague


def waits(number: str) -> bool:
    task = task_of("approval.proposal", str(approval.find_proposal(number).id))
    return task is not None and task.live


def everything_agrees() -> None:
    assert [(r.name, r.verdict.findings) for r in verify() if not r.holds] == []


@pytest.fixture
def selling(brand: str, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> str:
    """The brand with one customer who has a plan; billing and payments listen to events."""
    listening = {n: c for n, c in registry._consumers.items() if n.startswith(("billing.", "payment."))}
    monkeypatch.setattr(registry, "_consumers", listening)
    publish(actor)
    product(actor, customer(actor))
    drain()
    return brand


def test_money_moves_only_with_a_second_person(
    selling: str, actor: Actor, advance: Callable[[datetime], object]
) -> None:
    cor, fay = colleague(selling, "care", "Cor Care"), colleague(selling, "finance")
    account = customers.find_billing_accounts().rows[0]

    # A credit beyond the agent's limit waits, is decided by another, and stands in the books.
    wish = billing.CreditRequest(
        account_id=account.id, gross=Money.of("30.00", "EUR"), reason_code="outage", note="three hours without data"
    )
    asked = billing.give_credit(wish, actor=cor).proposal
    assert asked is not None
    assert waits(asked.number)
    with pytest.raises(OwnProposal):
        approval.approve(asked.number, actor=cor)
    assert approval.approve(asked.number, actor=fay, note="fair").state == "applied"
    assert not waits(asked.number)
    drain()
    assert payments.credit_of(account.id, "EUR") == Money.of("30.00", "EUR")
    steps = [change.what for change in history("approval.ProposalRow", asked.id)]
    assert steps.count("update") == 2

    # Part of it goes back to the bank, whatever the amount: never by one person alone.
    refund = payments.request_refund(
        RefundRequest(
            billing_account_id=account.id,
            amount=Money.of("5.00", "EUR"),
            iban="NL91ABNA0417164300",
            holder="F. de Vries",
            reason="asked for",
        ),
        actor=fay,
    )
    assert refund.state == "requested"
    approval.approve(refund.proposal, actor=actor)
    assert payments.refund(refund.number).state == "approved"

    # The rest pays the next bill.
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))
    run = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    assert billing.approve(run, actor=actor) is None
    billing.post(run, actor=actor)
    drain()
    bill = next(b for b in billing.search_invoices()[0] if b.kind == "invoice")
    assert (bill.gross, bill.paid) == (Money.of("45.95", "EUR"), Money.of("25.00", "EUR"))
    everything_agrees()


def test_a_large_run_is_not_approved_by_who_started_it(
    selling: str, actor: Actor, advance: Callable[[datetime], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tuple(
        Grant("admin", "billing", "approve", limits=(Money.of("10.00", "EUR"),))
        if grant.permission == "billing.approve"
        else grant
        for grant in policy.GRANTS["admin"]
    )
    monkeypatch.setattr(policy, "GRANTS", {**policy.GRANTS, "admin": small})
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))
    run = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    asked = billing.approve(run, actor=actor)
    assert asked is not None
    assert asked.effect == Money.of("45.95", "EUR")
    assert billing.approve(run, actor=actor) == asked
    assert billing.run(run).state == "calculated"
    assert approval.approve(asked.number, actor=colleague(selling, "finance")).state == "applied"
    assert billing.run(run).approved_by == "Fay Finance"
    billing.post(run, actor=actor)
    drain()
    assert billing.run(run).state == "posted"
    everything_agrees()


def test_another_than_who_started_a_run_needs_nobody_else(
    selling: str, actor: Actor, advance: Callable[[datetime], object]
) -> None:
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))
    run = billing.start_run(date(2026, 12, 1), actor=colleague(selling, "finance"))
    drain()
    assert billing.approve(run, actor=colleague(selling, "finance", "Fred Finance")) is None
    assert billing.run(run).state == "approved"
    assert actor.name


def test_new_prices_of_active_products_say_their_effect(selling: str, actor: Actor) -> None:
    before = list(ports._active)
    files = catalog.exported_files()
    assert catalog.plan_texts(files).empty
    asked = catalog.apply_texts(dearer(files), actor=actor, base_version=1)
    assert asked.proposal == ""
    assert asked.number == 2
    assert before == ports._active
    assert ROBIN.is_dir()
    everything_agrees()
