"""A month's bills with a real database: each account once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from linehouse.billing import service as billing
from linehouse.billing.errors import RunInFuture, SettlesTooMuch
from linehouse.billing.models import BilledEntry, Invoice
from linehouse.billing.service import bill_account, posting
from linehouse.billing.service import running as run_service
from linehouse.customer import service as customers
from linehouse.customer.values import CustomerRegistered
from linehouse.inventory import service as inventory
from linehouse.kernel.error import Invalid
from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry, Transfer
from linehouse.platform.checks import verify
from linehouse.platform.runner import run_one
from linehouse.platform.scope import brand_scope
from linehouse.platform.work import Actor, unit_of_work
from tests.billing.billing_values import eur
from tests.billing.house import UsageShelf, customer, product

DECEMBER = datetime(2026, 12, 1, 8, tzinfo=UTC)


def settle_up(actor: Actor, drain: Callable[[], int], until: date = date(2026, 12, 1)) -> billing.RunView:
    run_id = billing.start_run(until, actor=actor)
    drain()
    billing.approve(run_id, actor=actor)
    billing.post(run_id, actor=actor)
    drain()
    return billing.run(run_id)


def all_laws_hold() -> None:
    mine = ("billing.", "ledger.")
    assert [r.name for r in verify() if r.name.startswith(mine) and not r.holds] == []


def test_the_first_month(
    house: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[[datetime], object],
    events: Callable[[], list[str]],
    shelf: UsageShelf,
) -> None:
    sanne = customer(actor)
    line = product(actor, sanne)
    drain()
    for n, amount in enumerate(("0.1525", "0.305", "0.4575")):
        shelf.put(sanne.billing_account_id, line.number, amount, datetime(2026, 11, 5, 12, n, tzinfo=UTC))
    late = shelf.put(sanne.billing_account_id, line.number, "1.00", datetime(2026, 11, 30, 23, 0, tzinfo=UTC))
    advance(DECEMBER)
    events()
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    assert events() == ["billing.run.started"]
    drain()
    assert events() == ["billing.run.calculated"]
    report = billing.run(run_id).report
    assert (report.expected, report.billed, report.zero, report.parked, report.adds_up) == (1, 1, 0, 0, True)
    (draft,), _ = billing.search_invoices(run_id=run_id, drafts=True)
    assert (draft.state, draft.number, draft.gross) == ("new", "", eur("46.87"))
    assert ledger.journal()[1] == 0
    billing.approve(run_id, actor=actor)
    billing.post(run_id, actor=actor)
    assert events() == ["billing.run.approved"]
    drain()
    assert events() == ["billing.invoice.issued", "billing.run.posted"]

    detail = billing.invoice_detail(draft.id)
    assert detail.invoice.number == "INV-000001"
    assert (detail.invoice.state, detail.invoice.due_date) == ("validated", date(2026, 12, 15))
    assert [(item.kind.value, item.amount.text) for item in detail.lines] == [
        ("one-time", "9.95"),
        ("recurring", "18.00"),
        ("recurring", "18.00"),
        ("usage", "0.92"),
    ]
    assert detail.taxes[0].tax == eur("8.13")
    # 23:00 UTC on 30 November is midnight in Amsterdam: it belongs to December.
    assert late not in shelf.billed
    assert set(shelf.billed.values()) == {"INV-000001"}
    assert ledger.balance(f"receivable/{sanne.billing_account_number}", "EUR") == 46_870_000
    assert ledger.balance("tax/NL-21", "EUR") == 8_130_000
    earned = ledger.balance("revenue/recurring", "EUR")
    assert earned == detail.lines[1].net.micros
    assert ledger.balance("deferred/recurring", "EUR") == detail.lines[2].net.micros
    all_laws_hold()


def test_every_amount_is_taken_apart_to_its_cause(
    house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object], shelf: UsageShelf
) -> None:
    sanne = customer(actor)
    line = product(actor, sanne)
    drain()
    for n in range(7):
        shelf.put(sanne.billing_account_id, line.number, "0.1525", datetime(2026, 11, 5, 12, n, tzinfo=UTC))
    advance(DECEMBER)
    settle_up(actor, drain)
    detail = billing.invoice_detail(billing.invoice_by_number("INV-000001").id)
    for item in detail.lines:
        found = billing.explain_line(item.id)
        assert sum((child.exact for child in found.children), Fraction(0)) == found.exact
        assert found.exact + found.rounding == item.amount.micros
        assert all(child.clause for child in found.children)
    usage_line = detail.lines[-1]
    found = billing.explain_line(usage_line.id)
    assert (found.total, found.exact, found.rounding) == (7, Fraction(1_067_500), Fraction(2_500))
    assert found.children[0].facts["quantity"] == "1 min 1 s"
    paged = [billing.explain_line(usage_line.id, offset=n, limit=3).children for n in (0, 3, 6)]
    assert [len(page) for page in paged] == [3, 3, 1]
    assert billing.line_of_record(found.children[0].record_id) == usage_line.id  # type: ignore[arg-type]  # a record


def test_a_second_run_finds_nothing_and_changes_nothing(
    house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object], shelf: UsageShelf
) -> None:
    product(actor, customer(actor))
    drain()
    advance(DECEMBER)
    settle_up(actor, drain)
    before = ledger.ledger_hash()
    again = settle_up(actor, drain)
    assert (again.report.expected, again.state) == (0, "posted")
    assert ledger.ledger_hash() == before
    assert Invoice.objects.count() == 1


def test_two_runs_at_once_bill_each_account_once(
    house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object], shelf: UsageShelf
) -> None:
    for name in ("Sanne", "Daan", "Noor"):
        product(actor, customer(actor, name))
    drain()
    advance(DECEMBER)
    first = billing.start_run(date(2026, 12, 1), actor=actor)
    second = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    reports = [billing.run(run_id).report for run_id in (first, second)]
    assert [(r.billed, r.zero, r.parked) for r in reports] == [(3, 0, 0), (0, 3, 0)]
    assert Invoice.objects.count() == 3


def test_one_failing_account_does_not_stop_the_run(
    house: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[[datetime], object],
    events: Callable[[], list[str]],
    shelf: UsageShelf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [customer(actor, name) for name in ("Sanne", "Daan", "Noor")]
    for one in made[:2]:
        product(actor, one)
    drain()
    advance(DECEMBER)
    unbilled = shelf.unbilled
    broken = made[0].billing_account_id

    def fail(billing_account_id: object, until: datetime) -> object:
        if billing_account_id == broken:
            raise Invalid("the usage is unreadable", field="usage")
        return unbilled(billing_account_id, until)  # type: ignore[arg-type]  # an id

    monkeypatch.setattr(shelf, "unbilled", fail)
    events()
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    assert events() == ["billing.run.started", "billing.account.parked", "billing.run.calculated"]
    report = billing.run(run_id).report
    assert (report.expected, report.billed, report.zero, report.parked) == (3, 1, 1, 1)
    (parked,), _ = billing.run_accounts(run_id, state="parked")
    assert (parked.account_number, parked.code) == (made[0].billing_account_number, "kernel.invalid")
    assert "unreadable" in parked.reason
    assert BilledEntry.objects.filter(charge__account_id=broken).count() == 0

    monkeypatch.setattr(shelf, "unbilled", unbilled)
    assert billing.retry_parked(run_id, actor=actor, reason="mended") == 1
    drain()
    report = billing.run(run_id).report
    assert (report.billed, report.zero, report.parked, report.adds_up) == (2, 1, 0, True)


def test_an_unexpected_error_parks_the_account_too(
    house: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[[datetime], object],
    shelf: UsageShelf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    product(actor, customer(actor))
    drain()
    advance(DECEMBER)

    def explode(*_: object) -> object:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(shelf, "unbilled", explode)
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    (parked,), _ = billing.run_accounts(run_id, state="parked")
    assert (parked.code, parked.reason) == ("billing.unexpected", "ZeroDivisionError: boom")
    number = parked.account_number
    billing.exclude(run_id, number, actor=actor, reason="billed by hand")
    assert billing.run(run_id).report.excluded == 1


class Killed(BaseException):
    """A worker that dies: no handler catches it."""


@pytest.mark.parametrize("after", range(3))
def test_a_worker_killed_anywhere_in_the_calculation_leaves_each_account_billed_once(
    house: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[[datetime], object],
    shelf: UsageShelf,
    monkeypatch: pytest.MonkeyPatch,
    after: int,
) -> None:
    for name in ("Sanne", "Daan", "Noor"):
        product(actor, customer(actor, name))
    drain()
    advance(DECEMBER)
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    written = 0
    write = bill_account.write

    def write_and_die(*args: object) -> object:
        nonlocal written
        made = write(*args)  # type: ignore[arg-type]  # passed through
        written += 1
        if written == after + 1:
            raise Killed
        return made

    monkeypatch.setattr(run_service, "write", write_and_die)
    with pytest.raises(Killed):
        run_service.calculate_page(run_id, 0, actor=actor)
    monkeypatch.setattr(run_service, "write", write)
    assert Invoice.objects.count() == after
    drain()
    report = billing.run(run_id).report
    assert (report.expected, report.billed, report.adds_up) == (3, 3, True)
    assert Invoice.objects.count() == 3
    assert BilledEntry.objects.count() == 9


def test_a_worker_killed_between_two_postings_leaves_no_gap(
    house: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[[datetime], object],
    shelf: UsageShelf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("Sanne", "Daan", "Noor"):
        product(actor, customer(actor, name))
    drain()
    advance(DECEMBER)
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    billing.approve(run_id, actor=actor)
    billing.post(run_id, actor=actor)
    journal = posting._post_journal
    calls = 0

    def die_on_the_second(*args: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Killed
        journal(*args)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(posting, "_post_journal", die_on_the_second)
    with pytest.raises(Killed):
        posting.post_page(run_id, 0, actor=actor)
    monkeypatch.setattr(posting, "_post_journal", journal)
    assert list(Invoice.objects.exclude(number=None).values_list("number", flat=True)) == ["INV-000001"]
    drain()
    assert list(Invoice.objects.order_by("number").values_list("number", flat=True)) == [
        "INV-000001",
        "INV-000002",
        "INV-000003",
    ]
    assert billing.run(run_id).state == "posted"
    all_laws_hold()


def test_what_cannot_be_posted_is_held_and_the_run_goes_on(
    house: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[[datetime], object],
    shelf: UsageShelf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [customer(actor, name) for name in ("Sanne", "Daan")]
    for one in made:
        product(actor, one)
    drain()
    advance(DECEMBER)
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    issue = posting.issue

    def refuse(invoice: Invoice) -> None:
        if invoice.account_number == made[0].billing_account_number:
            raise Invalid("no address", field="address")
        issue(invoice)

    monkeypatch.setattr(posting, "issue", refuse)
    billing.approve(run_id, actor=actor)
    billing.post(run_id, actor=actor)
    drain()
    view = billing.run(run_id)
    assert (view.state, view.report.billed, view.report.parked) == ("posted", 1, 1)
    (held,), _ = billing.search_invoices(states=("onHold",), drafts=True)
    assert "no address" in held.hold_reason
    monkeypatch.setattr(posting, "issue", issue)
    billing.post_held(held.id, actor=actor, reason="address added")
    assert billing.invoice(held.id).number == "INV-000002"
    assert billing.run(run_id).report.parked == 0


def test_a_cancelled_run_leaves_nothing_behind(
    house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object], shelf: UsageShelf
) -> None:
    product(actor, customer(actor))
    drain()
    advance(DECEMBER)
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    billing.cancel(run_id, actor=actor, reason="wrong price")
    assert (Invoice.objects.count(), BilledEntry.objects.count()) == (0, 0)
    with pytest.raises(IllegalTransition):
        billing.approve(run_id, actor=actor)
    assert settle_up(actor, drain).report.billed == 1


def test_a_day_that_has_not_come_is_previewed_and_not_billed(
    house: str, actor: Actor, drain: Callable[[], int], shelf: UsageShelf
) -> None:
    sanne = customer(actor)
    product(actor, sanne)
    drain()
    with pytest.raises(RunInFuture):
        billing.start_run(date(2026, 12, 1), actor=actor)
    made = billing.preview(sanne.billing_account_id, date(2026, 12, 1))
    assert made is not None
    assert made.gross == eur("45.95")
    assert Invoice.objects.count() == 0


def test_preview_quote_and_bill_are_the_same(
    house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object], shelf: UsageShelf
) -> None:
    sanne = customer(actor)
    account = customers.billing_account(sanne.billing_account_id)
    at = datetime(2026, 11, 1, 8, tzinfo=UTC)
    quoted = billing.quote([billing.Wanted("1", "robin-sim-only-20")], billing.facts_of(account), at)
    product(actor, sanne)
    drain()
    seen = billing.preview(sanne.billing_account_id, date(2026, 12, 1))
    advance(DECEMBER)
    settle_up(actor, drain)
    bill = billing.invoice_detail(billing.invoice_by_number("INV-000001").id)
    assert seen is not None
    assert quoted.gross == seen.gross == bill.invoice.gross == eur("45.95")
    assert [line.net for line in quoted.lines] == [line.net for line in seen.lines] == [line.net for line in bill.lines]


def test_accounts_keep_their_own_cycle(
    house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object], shelf: UsageShelf
) -> None:
    def bills(of: CustomerRegistered) -> list[tuple[date, date]]:
        found, _ = billing.search_invoices(account_id=of.billing_account_id, descending=False)
        return [(view.period.start, view.period.end) for view in found]

    first, fifteenth = customer(actor, "Sanne"), customer(actor, "Daan", cycle_day=15)
    product(actor, first)
    product(actor, fifteenth)
    drain()
    advance(datetime(2026, 11, 15, 8, tzinfo=UTC))
    assert settle_up(actor, drain, date(2026, 11, 15)).report.expected == 1
    advance(DECEMBER)
    assert settle_up(actor, drain).report.expected == 1
    advance(datetime(2026, 12, 20, 8, tzinfo=UTC))
    assert settle_up(actor, drain, date(2026, 12, 20)).report.expected == 1
    assert bills(first) == [(date(2026, 11, 1), date(2026, 12, 1))]
    assert bills(fifteenth) == [
        (date(2026, 10, 15), date(2026, 11, 15)),
        (date(2026, 11, 15), date(2026, 12, 15)),
    ]
    all_laws_hold()


def test_a_terminated_product_gets_its_rest_back_as_a_credit_note(
    house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object], shelf: UsageShelf
) -> None:
    sanne = customer(actor)
    line = product(actor, sanne)
    drain()
    advance(DECEMBER)
    settle_up(actor, drain)
    advance(datetime(2026, 12, 11, 8, tzinfo=UTC))
    inventory.terminate_product(line.id, actor=actor)
    drain()
    advance(datetime(2027, 1, 1, 8, tzinfo=UTC))
    settle_up(actor, drain, date(2027, 1, 1))
    note = billing.invoice_by_number("CN-000001")
    assert (note.kind, note.state, note.gross) == ("credit-note", "validated", eur("-12.19"))
    (item,) = billing.invoice_detail(note.id).lines
    (child,) = billing.explain_line(item.id).children
    assert child.reverses_line is not None
    assert billing.lines_by_id([child.reverses_line])[child.reverses_line].amount == eur("18.00")
    all_laws_hold()
    assert [one.number for one in billing.open_invoices(sanne.billing_account_id)] == ["INV-000001"]
    with pytest.raises(SettlesTooMuch):
        billing.settle(note.id, eur("12.19"), "credit", actor=actor)
    owed, credit = (f"{kind}/{sanne.billing_account_number}" for kind in ("receivable", "credit"))
    with unit_of_work(actor, "as payment does"):
        ledger.post(Entry("credit:CN-000001", (Transfer(owed, credit, 12_190_000, "EUR"),)))
        billing.settle(note.id, eur("-12.19"), "credit", actor=actor)
    assert billing.invoice(note.id).state == "settled"
    advance(datetime(2027, 2, 1, 8, tzinfo=UTC))
    drain()
    assert ledger.balance("deferred/recurring", "EUR") == 0
    all_laws_hold()


def test_late_usage_comes_on_the_next_bill(
    house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object], shelf: UsageShelf
) -> None:
    sanne = customer(actor)
    line = product(actor, sanne)
    drain()
    advance(DECEMBER)
    settle_up(actor, drain)
    shelf.put(sanne.billing_account_id, line.number, "0.50", datetime(2026, 11, 20, 12, tzinfo=UTC))
    advance(datetime(2027, 1, 1, 8, tzinfo=UTC))
    settle_up(actor, drain, date(2027, 1, 1))
    second = billing.invoice_detail(billing.invoice_by_number("INV-000002").id)
    assert [line.amount.text for line in second.lines] == ["18.00", "0.50"]


def test_accounts_opened_after_the_cycle_end_are_not_expected(
    house: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    advance(DECEMBER + timedelta(days=1))
    product(actor, customer(actor))
    drain()
    assert settle_up(actor, drain).report.expected == 0


def test_another_brand_has_its_own_numbers(
    house: str, second_brand: str, actor: Actor, drain: Callable[[], int], advance: Callable[[datetime], object]
) -> None:
    product(actor, customer(actor))
    drain()
    advance(DECEMBER)
    settle_up(actor, drain)
    with brand_scope(second_brand):
        assert Invoice.objects.count() == 0
        assert not run_one()
