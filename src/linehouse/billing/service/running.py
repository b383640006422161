"""A bill run: planned, calculated account by account, approved, cancelled. Posting is in ``posting``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Count, Max, Sum

from linehouse.billing import store
from linehouse.billing.cycles import add_months, next_cycle_start
from linehouse.billing.errors import RunInFuture, RunNotFound, RunNotReady
from linehouse.billing.events import AccountParked, RunApproved, RunCalculated, RunCancelled, RunStarted
from linehouse.billing.lifecycle import HELD, PARKED, RUN, RUN_WAITS, TASK
from linehouse.billing.models import BillRun, Invoice, RunAccount
from linehouse.billing.service.bill_account import compute, write
from linehouse.billing.values import Cut
from linehouse.customer import service as customers
from linehouse.kernel.error import DomainError
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.kernel.period import local_date
from linehouse.platform.approval.reading import undecided
from linehouse.platform.approval.service import needs_approval, propose
from linehouse.platform.approval.values import Change, Proposal
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Actor, Work, current_work, unit_of_work

log = structlog.get_logger()

SERIES = default_series("bill-run", "BR-{n:06d}")
CALCULATE = "billing.calculate"
APPROVE_RUN = "billing.run"
"""The kind of proposal for approving a run."""
PAGE = 200
"""Accounts that one calculation job takes before it hands over to the next."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What became of the accounts of a run: expected = billed + zero + parked + excluded + waiting."""

    expected: int
    billed: int
    zero: int
    parked: int
    excluded: int
    waiting: int

    @property
    def adds_up(self) -> bool:
        """Whether every account is accounted for."""
        return self.expected == self.billed + self.zero + self.parked + self.excluded + self.waiting


def start_run(cycle_until: date, *, actor: Actor, reason: str = "bill run") -> UUID:
    """Plan a run for every account whose last cycle ended by the local day and is not billed yet; calculation follows.

    A run that is started again for the same day plans only what is left. Raises RunInFuture.
    """
    with unit_of_work(actor, reason) as work:
        run = BillRun(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            number=next_number(SERIES),
            cycle_until=cycle_until,
            started_by=actor.name,
            started_by_id=actor.id,
        )
        run.save(force_insert=True)
        tasks = _plan(run, work)
        RunAccount.objects.bulk_create(tasks, batch_size=1_000)
        move_run(run, "calculating", work)
        emit(RunStarted(run_id=run.id, run_number=run.number, cycle_until=cycle_until, accounts=len(tasks)))
        enqueue(CALCULATE, {"run": str(run.id), "page": 0}, key=f"{run.number}/0")
        return run.id


def _plan(run: BillRun, work: Work) -> list[RunAccount]:
    accounts = customers.billing_accounts(customers.billing_account_ids()).values()
    done = dict(
        RunAccount.objects.filter(state__in=("billed", "zero"))
        .values("account_id")
        .annotate(last=Max("cut"))
        .values_list("account_id", "last")
    )
    tasks = []
    for account in sorted(accounts, key=lambda a: a.number):
        if run.cycle_until > local_date(work.now, account.zone):
            raise RunInFuture(
                f"{run.cycle_until.isoformat()} has not come yet for {account.number}",
                field="cycle_until",
                value=run.cycle_until.isoformat(),
                expected="today or before",
            )
        cut = last_cut(run.cycle_until, account.cycle_day)
        if account.opened_on < cut and done.get(account.id, date.min) < cut:
            tasks.append(
                RunAccount(
                    id=new_id(),
                    created_at=work.now,
                    changed_at=work.now,
                    run=run,
                    account_id=account.id,
                    account_number=account.number,
                    customer_id=account.customer_id,
                    cut=cut,
                )
            )
    return tasks


def last_cut(until: date, cycle_day: int) -> date:
    """The last cycle day on or before the local day."""
    return add_months(next_cycle_start(until, cycle_day), -1, cycle_day)


def calculate_page(run_id: UUID, page: int, *, actor: Actor) -> None:
    """Calculate accounts until the page is full or none is left, each in its own transaction; then say what is next.

    Any number of workers may do this at the same time, and may be killed at any point.
    """
    for _ in range(PAGE):
        if not _calculate_next(run_id, actor):
            _finish(run_id, actor)
            return
    with unit_of_work(actor, "bill run"):
        run = locked_run(run_id)
        enqueue(CALCULATE, {"run": str(run_id), "page": page + 1}, key=f"{run.number}/{run.changed_at}/{page + 1}")


def _calculate_next(run_id: UUID, actor: Actor) -> bool:
    """Take one waiting account that no other worker holds; False when there is none."""
    with unit_of_work(actor, "bill run") as work:
        rows = RunAccount.objects.select_for_update(skip_locked=True, of=("self",)).select_related("run")
        task = rows.filter(run_id=run_id, run__state="calculating", state="waiting").order_by("account_number").first()
        if task is None:
            return False
        try:
            with transaction.atomic(using=current_brand()):
                invoice = _bill(task)
        except DomainError as error:
            _park(task, error.code, str(error), work)
        except Exception as error:  # one account must never stop the run; it is parked and logged
            log.exception("account could not be billed", account=task.account_number)
            _park(task, "billing.unexpected", f"{type(error).__name__}: {error}", work)
        else:
            _settle_task(task, "billed" if invoice else "zero", work, invoice=invoice)
        return True


def _bill(task: RunAccount) -> Invoice | None:
    store.lock_account(task.account_id)
    return write(compute(customers.billing_account(task.account_id), Cut(task.cut)), task.run)


def _settle_task(
    task: RunAccount, state: str, work: Work, *, invoice: Invoice | None = None, code: str = "", reason: str = ""
) -> None:
    old, task.state = task.state, TASK.require(task.state, state)
    task.invoice, task.code, task.reason, task.changed_at = invoice, code[:100], reason[:1000], work.now
    task.save(update_fields=["state", "invoice", "code", "reason", "changed_at"])
    # Most accounts are billed and never wait: only those that do, or did in another run, are looked at.
    if "parked" in (old, state) or RunAccount.objects.filter(account_id=task.account_id, state="parked").exists():
        work.touch(PARKED, str(task.account_id))


def _park(task: RunAccount, code: str, reason: str, work: Work) -> None:
    _settle_task(task, "parked", work, code=code, reason=reason)
    emit(
        AccountParked(
            billing_account_id=task.account_id, customer_id=task.customer_id, run_id=task.run_id, code=task.code
        )
    )


def _finish(run_id: UUID, actor: Actor) -> None:
    """The last worker closes the calculation; one that still holds an account will come here itself."""
    with unit_of_work(actor, "bill run") as work:
        run = locked_run(run_id)
        report = report_of(run.id)
        if run.state != "calculating" or report.waiting:
            return
        run.calculated_at = work.now
        move_run(run, "calculated", work, "calculated_at")
        emit(
            RunCalculated(
                run_id=run.id,
                run_number=run.number,
                expected=report.expected,
                billed=report.billed,
                zero=report.zero,
                parked=report.parked,
                excluded=report.excluded,
            )
        )


def report_of(run_id: UUID) -> RunReport:
    """The figures of a run as they stand."""
    counts = dict(RunAccount.objects.filter(run_id=run_id).values_list("state").annotate(n=Count("id")))
    return RunReport(
        expected=sum(counts.values()),
        billed=counts.get("billed", 0),
        zero=counts.get("zero", 0),
        parked=counts.get("parked", 0),
        excluded=counts.get("excluded", 0),
        waiting=counts.get("waiting", 0),
    )


def retry_parked(run_id: UUID, *, actor: Actor, reason: str, account_id: UUID | None = None) -> int:
    """Let the parked accounts of a calculated run, or one of them, be calculated again; returns how many.

    Raises IllegalTransition.
    """
    with unit_of_work(actor, reason) as work:
        run = locked_run(run_id)
        rows = RunAccount.objects.select_for_update().filter(run=run, state="parked", invoice__isnull=True)
        parked = list(rows if account_id is None else rows.filter(account_id=account_id))
        if parked:
            for task in parked:
                _settle_task(task, "waiting", work)
            move_run(run, "calculating", work)
            enqueue(CALCULATE, {"run": str(run.id), "page": 0}, key=f"{run.number}/{work.now.isoformat()}/retry")
        return len(parked)


def exclude(run_id: UUID, account_number: str, *, actor: Actor, reason: str) -> None:
    """Leave a parked account out of the run, on purpose. Raises RunNotFound, IllegalTransition."""
    with unit_of_work(actor, reason) as work:
        task = RunAccount.objects.select_for_update().filter(run_id=run_id, account_number=account_number).first()
        if task is None:
            raise RunNotFound(f"{account_number} is not in this run", field="account", value=account_number)
        _settle_task(task, "excluded", work, code=task.code, reason=reason)


def approve(run_id: UUID, *, actor: Actor, reason: str = "approved") -> Proposal | None:
    """Let the drafts of a calculated run be posted; posting follows.

    Who started a run whose drafts exceed the limit of the role does not approve it: then it is proposed, the proposal
    is returned, and another decides. Raises RunNotFound, IllegalTransition.
    """
    with unit_of_work(actor, reason) as work:
        run = locked_run(run_id)
        RUN.require(run.state, "approved")
        totals = totals_of(run.id)
        own = run.started_by_id in ("", actor.id)
        if own and any(needs_approval(APPROVE_RUN, actor, total) for total in totals):
            waiting = undecided(APPROVE_RUN, run.number)
            return waiting or propose(
                APPROVE_RUN,
                subject=run.number,
                changes=[
                    Change("state", "calculated", "approved"),
                    *(Change("drafts", "", str(total)) for total in totals),
                ],
                reason=reason,
                effect=totals[0] if len(totals) == 1 else None,
                payload={"run": str(run.id), "number": run.number},
                actor=actor,
            )
        _approve(run, work)
        return None


def _approve(run: BillRun, work: Work) -> None:
    run.approved_by = work.actor.name
    move_run(run, "approved", work, "approved_by")
    emit(RunApproved(run_id=run.id, run_number=run.number))


def totals_of(run_id: UUID) -> list[Money]:
    """What the drafts of a run come to, per currency."""
    sums = Invoice.objects.filter(run_id=run_id).order_by("currency").values_list("currency")
    return [Money(int(gross), currency) for currency, gross in sums.annotate(gross=Sum("gross_micros"))]


def approve_proposed(payload: Mapping[str, Any], work: Work) -> str:
    """Approve the proposed run, in the surrounding unit of work. Raises RunNotFound, IllegalTransition."""
    run = locked_run(UUID(payload["run"]))
    _approve(run, work)
    return f"{run.number} is approved"


def fingerprint_of_run(payload: Mapping[str, Any]) -> str:
    """State, number and sum of the drafts: a run that was calculated again is another one."""
    run = BillRun.objects.get(id=UUID(payload["run"]))
    drafts = Invoice.objects.filter(run=run).count()
    return f"{run.state}/{run.calculated_at}/{drafts}/{', '.join(str(total) for total in totals_of(run.id))}"


def cancel(run_id: UUID, *, actor: Actor, reason: str) -> None:
    """Give the run up: its drafts, their entries and their claims of usage are removed. Raises IllegalTransition."""
    with unit_of_work(actor, reason) as work:
        run = locked_run(run_id)
        move_run(run, "cancelled", work)
        for account in RunAccount.objects.filter(run=run).values_list("account_id", flat=True):
            work.touch(PARKED, str(account))
        for invoice in Invoice.objects.filter(run=run, state="onHold").values_list("id", flat=True):
            work.touch(HELD, str(invoice))
        RunAccount.objects.filter(run=run).exclude(state="excluded").delete()
        Invoice.objects.filter(run=run, number__isnull=True).delete()
        emit(RunCancelled(run_id=run.id, run_number=run.number))


def require_ready(run: BillRun) -> None:
    """Posting needs an approved run. Raises RunNotReady."""
    if run.state not in ("approved", "posting"):
        raise RunNotReady(f"{run.number} is {run.state}", field="state", value=run.state, expected="approved")


def locked_run(run_id: UUID) -> BillRun:
    """The run, held until the surrounding transaction ends. Raises RunNotFound."""
    current_work()
    run = BillRun.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        raise RunNotFound("no such bill run", field="run", value=str(run_id))
    return run


def move_run(run: BillRun, state: str, work: Work, *fields: str) -> None:
    """Move the run and save the named fields with it. Raises IllegalTransition."""
    run.state = RUN.require(run.state, state)
    run.changed_at = work.now
    run.save(update_fields=["state", "changed_at", *fields])
    work.touch(RUN_WAITS, str(run.id))
