"""What a person does with unmatched money."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.error import Invalid, NotFound
from linehouse.kernel.money import Money
from linehouse.payment.errors import AlreadyMatched
from linehouse.payment.lifecycle import BANK_ENTRY, UNMATCHED_ENTRY
from linehouse.payment.models import BankEntry
from linehouse.payment.service.payments import Received, record
from linehouse.payment.service.statements import UNMATCHED
from linehouse.platform.work import Actor, unit_of_work


def _locked(entry_id: UUID) -> BankEntry:
    row = BankEntry.objects.select_for_update().filter(id=entry_id).first()
    if row is None:
        raise NotFound("no such bank entry", field="entry", value=str(entry_id))
    if row.state != "unmatched":
        raise AlreadyMatched(f"the entry is {row.state}", field="state", value=row.state, expected="unmatched")
    return row


def assign_entry(
    entry_id: UUID, billing_account_id: UUID, *, actor: Actor, reason: str, invoice_id: UUID | None = None
) -> UUID:
    """Say whose unmatched money is; it becomes a payment and settles what is open. Returns the payment's id.

    Raises NotFound, AlreadyMatched, Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid("money moves with a reason", field="reason", expected="why the money is this account's")
    with unit_of_work(actor, reason) as work:
        row = _locked(entry_id)
        payment = record(
            Received(
                billing_account_id,
                Money(row.amount_micros, row.currency),
                "bankTransfer",
                row.booked_on,
                UNMATCHED,
                row.reference or row.text,
                row.bank_ref,
            ),
            invoice_id,
        )
        row.payment = payment
        row.state, row.reason, row.changed_at = BANK_ENTRY.require(row.state, "matched"), reason[:300], work.now
        row.save(update_fields=["payment", "state", "reason", "changed_at"])
        work.touch(UNMATCHED_ENTRY, str(row.id))
        return payment.id


def ignore_entry(entry_id: UUID, *, actor: Actor, reason: str) -> None:
    """Say that unmatched money is no customer's; it stays in the journal as such.

    Raises NotFound, AlreadyMatched, Invalid.
    """
    if not reason.strip():
        raise Invalid("this needs a reason", field="reason", expected="why the money is no customer's")
    with unit_of_work(actor, reason) as work:
        row = _locked(entry_id)
        row.state, row.reason, row.changed_at = BANK_ENTRY.require(row.state, "ignored"), reason[:300], work.now
        row.save(update_fields=["state", "reason", "changed_at"])
        work.touch(UNMATCHED_ENTRY, str(row.id))
