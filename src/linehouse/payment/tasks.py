"""What of payments waits for a person: money that nothing says whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from linehouse.kernel.money import Money
from linehouse.payment.lifecycle import UNMATCHED_ENTRY
from linehouse.payment.models import BankEntry
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
