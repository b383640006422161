"""What of payments waits for a person: money of nobody, and refunds to give to the bank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from linehouse.kernel.money import Money
from linehouse.payment.lifecycle import TO_PAY, UNMATCHED_ENTRY
from linehouse.payment.models import BankEntry, Refund
from linehouse.platform.worklist.kinds import task_kind
from linehouse.platform.worklist.values import Waiting


def unmatched(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Money that came in and belongs to nobody yet."""
    rows = BankEntry.objects.select_related("statement").filter(state="unmatched")
    if keys is not None:
        rows = rows.filter(id__in=list(keys))
    for row in rows.order_by("created_at", "id"):
        amount = Money(row.amount_micros, row.currency)
        yield Waiting(
            str(row.id),
            f"{amount} of {row.booked_on.isoformat()}",
            row.reason,
            {
                "amount": str(amount),
                "booked on": row.booked_on.isoformat(),
                "statement": row.statement.number,
                "bank reference": row.bank_ref,
            },
            since=row.created_at,
        )


task_kind(
    UNMATCHED_ENTRY,
    queue="payments",
    title=_("Unmatched payment"),
    permission="payment.write",
    due=timedelta(days=2),
    link=lambda task: f"bank/entries/{task.key}",
    waiting=unmatched,
)


def to_pay(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Approved refunds that were not given to the bank yet."""
    rows = Refund.objects.filter(state="approved")
    if keys is not None:
        rows = rows.filter(id__in=list(keys))
    for row in rows.order_by("changed_at", "id"):
        yield Waiting(
            str(row.id),
            f"{row.number} for {row.billing_account_number}",
            "to be given to the bank",
            {
                "refund": row.number,
                "amount": str(Money(row.amount_micros, row.currency)),
                "account": row.billing_account_number,
                "proposal": row.proposal,
            },
            row.customer_id,
            since=row.changed_at,
        )


task_kind(
    TO_PAY,
    queue="payments",
    title=_("Refund to pay"),
    permission="refund.write",
    read="payment.read",
    due=timedelta(days=3),
    link=lambda task: f"refunds/{task.evidence['refund']}",
    waiting=to_pay,
)
