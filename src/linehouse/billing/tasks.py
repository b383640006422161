"""What of billing waits for a person: parked accounts, held invoices, runs to approve and post, failed documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from linehouse.billing.lifecycle import HELD, PARKED, RUN_WAITS
from linehouse.billing.models import BillRun, Invoice, RunAccount
from linehouse.billing.service.posting import post_held
from linehouse.billing.service.running import retry_parked, start_run
from linehouse.kernel.money import Money
from linehouse.platform.outbox.service import DELIVER
from linehouse.platform.sql import brand_cursor, dict_rows
from linehouse.platform.work import Actor
from linehouse.platform.worklist.failed_jobs import failed_of, run_again
from linehouse.platform.worklist.kinds import task_kind
from linehouse.platform.worklist.values import TaskView, Waiting

_DOCUMENTS = f"{DELIVER}documents.invoice"


def parked(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Accounts that their last run could not bill, and that no later run has billed, passed over or excluded."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT p.account_id, p.account_number, p.customer_id, p.cut, p.code, p.reason, p.changed_at, r.number
            FROM billing_runaccount p JOIN billing_billrun r ON r.id = p.run_id
            WHERE p.state = 'parked' AND p.invoice_id IS NULL AND r.state <> 'cancelled'
              AND (%(all)s OR p.account_id = ANY(%(keys)s))
              AND NOT EXISTS (
                SELECT 1 FROM billing_runaccount l JOIN billing_billrun lr ON lr.id = l.run_id
                WHERE l.account_id = p.account_id AND l.state <> 'waiting' AND lr.state <> 'cancelled'
                  AND (l.cut, l.created_at, l.id) > (p.cut, p.created_at, p.id))
            """,
            {"all": keys is None, "keys": [UUID(key) for key in keys or ()]},
        )
        rows = dict_rows(cursor)
    for row in rows:
        yield Waiting(
            str(row["account_id"]),
            f"{row['account_number']} not billed",
            row["reason"] or row["code"],
            {
                "account": row["account_number"],
                "bill run": row["number"],
                "cycle until": row["cut"].isoformat(),
                "code": row["code"],
            },
            row["customer_id"],
            since=row["changed_at"],
        )


def bill_again(task: TaskView, actor: Actor) -> str:
    """Calculate the account once more: in its run while that is open, else in a new run for what is left."""
    row = (
        RunAccount.objects.select_related("run")
        .filter(account_id=UUID(task.key), state="parked", invoice__isnull=True)
        .exclude(run__state="cancelled")
        .order_by("-cut", "-created_at", "-id")
        .first()
    )
    if row is None:
        return str(_("The account is not parked any more."))
    if row.run.state == "calculated":
        retry_parked(row.run_id, actor=actor, reason="from the work list", account_id=row.account_id)
        return str(_("%(run)s calculates the account again.") % {"run": row.run.number})
    run = BillRun.objects.get(id=start_run(row.run.cycle_until, actor=actor, reason="from the work list"))
    return str(_("%(run)s was started for what is left.") % {"run": run.number})


def held(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Invoices that could not be posted."""
    rows = Invoice.objects.select_related("run").filter(state="onHold")
    if keys is not None:
        rows = rows.filter(id__in=list(keys))
    for row in rows.order_by("changed_at", "id"):
        yield Waiting(
            str(row.id),
            f"{row.account_number}: draft on hold",
            row.hold_reason,
            {
                "account": row.account_number,
                "bill run": row.run.number if row.run else "",
                "gross": str(Money(row.gross_micros, row.currency)),
            },
            row.customer_id,
            since=row.changed_at,
        )


def post_again(task: TaskView, actor: Actor) -> str:
    """Post the invoice, now that its cause may be mended."""
    post_held(UUID(task.key), actor=actor, reason="from the work list")
    return str(_("The invoice has been posted."))


def runs(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Runs that are calculated and wait for approval, or are approved and wait to be posted."""
    rows = BillRun.objects.filter(state__in=("calculated", "approved"))
    if keys is not None:
        rows = rows.filter(id__in=list(keys))
    for row in rows.order_by("changed_at", "id"):
        sums = row.invoices.values_list("currency").annotate(gross=Sum("gross_micros"))
        yield Waiting(
            str(row.id),
            f"{row.number}",
            "to be approved" if row.state == "calculated" else "to be posted",
            {
                "bill run": row.number,
                "cycle until": row.cycle_until.isoformat(),
                "drafts": str(row.invoices.count()),
                "gross": ", ".join(str(Money(int(gross), currency)) for currency, gross in sums),
            },
            since=row.changed_at,
        )


task_kind(
    PARKED,
    queue="billing",
    title=_("Account not billed"),
    permission="billing.run",
    due=timedelta(days=2),
    link=lambda task: f"bill-runs/{task.evidence['bill run']}",
    retry=bill_again,
    waiting=parked,
)
task_kind(
    HELD,
    queue="billing",
    title=_("Invoice on hold"),
    permission="billing.approve",
    due=timedelta(days=2),
    link=lambda task: f"invoices/by-id/{task.key}",
    retry=post_again,
    waiting=held,
)
task_kind(
    RUN_WAITS,
    queue="billing",
    title=_("Bill run"),
    permission="billing.approve",
    due=timedelta(days=3),
    link=lambda task: f"bill-runs/{task.evidence['bill run']}",
    waiting=runs,
)
task_kind(
    "billing.documents",
    queue="billing",
    title=_("Documents of an invoice not made"),
    permission="billing.approve",
    due=timedelta(days=1),
    link=lambda task: f"invoices/{task.evidence['object']}" if task.evidence.get("object") else "",
    retry=run_again,
    waiting=failed_of(_DOCUMENTS),
    jobs=(_DOCUMENTS,),
)
