"""Taking a bank statement: every booking once, each matched or waiting with a reason."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import transaction

from linehouse.balance import service as balance
from linehouse.balance.money_rules import Method
from linehouse.balance.service import TopUpRequest
from linehouse.billing import service as billing
from linehouse.inventory import service as inventory
from linehouse.kernel.error import DomainError
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import money_sum
from linehouse.kernel.numbering import Msisdn
from linehouse.ledger.service import post
from linehouse.ledger.values import Entry, Transfer
from linehouse.payment.errors import StatementRefused, StatementRepeated
from linehouse.payment.events import EntryUnmatched, StatementReceived
from linehouse.payment.lifecycle import BANK_ENTRY, UNMATCHED_ENTRY
from linehouse.payment.matching import Match, line_to_top_up, match
from linehouse.payment.models import BankEntry, BankStatement
from linehouse.payment.service.payments import Received, open_invoice, record
from linehouse.payment.service.refunds import paid_by, record_paid
from linehouse.payment.values import OpenInvoice, Statement, StatementEntry
from linehouse.platform.documents.service import SEALED_FOR_THE_HOUSE, store
from linehouse.platform.outbox.service import emit
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Actor, current_work, unit_of_work

UNMATCHED = "suspense/bank"


def bank_account(iban: str) -> str:
    """The ledger account of a bank account; it shows the last four characters only."""
    return f"bank/{iban[:4]}-{iban[-4:]}"


def delivered(delivery: str) -> bool:
    """Whether the inbox file of this once-key was taken."""
    return BankStatement.objects.filter(delivery=delivery).exists()


def receive_statement(name: str, data: bytes, statement: Statement, *, actor: Actor, delivery: str = "") -> UUID:
    """Take a statement that was read from ``data``, in one transaction: all of it, or nothing.

    Bookings that an earlier file brought are passed over. Raises StatementRepeated for the same file or the same
    statement number, StatementRefused when the balances and the bookings do not add up.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    _require_adds_up(statement)
    with unit_of_work(actor, f"bank statement {statement.number}") as work:
        if BankStatement.objects.filter(sha256=sha256).exists():
            raise StatementRepeated("this file was taken before", field="file", value=name, expected="a new statement")
        if BankStatement.objects.filter(iban=statement.iban, number=statement.number).exists():
            raise StatementRepeated(
                "this statement was taken before", field="number", value=statement.number, expected="a new statement"
            )
        document = store(
            name, "application/xml", data, kind="bank.statement", subject=statement.number, sealing=SEALED_FOR_THE_HOUSE
        )
        row = BankStatement(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            number=statement.number,
            iban=statement.iban,
            name=name,
            sha256=sha256,
            delivery=delivery,
            document_id=document,
            currency=statement.closing.currency,
            opening_micros=statement.opening.micros,
            closing_micros=statement.closing.micros,
            made_at=statement.made_at,
        )
        row.save(force_insert=True)
        states = [_take(row, booking) for booking in statement.entries]
        emit(
            StatementReceived(
                statement_id=row.id,
                number=row.number,
                entries=len(states),
                matched=states.count("matched"),
                unmatched=states.count("unmatched"),
                repeated=states.count("repeated"),
            )
        )
        return row.id


def _require_adds_up(statement: Statement) -> None:
    moved = money_sum((entry.amount for entry in statement.entries), statement.closing.currency)
    if statement.opening + moved != statement.closing:
        raise StatementRefused(
            "the balances and the bookings do not add up",
            field="closing balance",
            value=str(statement.closing),
            expected=str(statement.opening + moved),
        )
    if len({entry.bank_ref for entry in statement.entries}) != len(statement.entries):
        raise StatementRefused(
            "two bookings have the same bank reference", field="AcctSvcrRef", expected="one per booking"
        )


def _take(statement: BankStatement, booking: StatementEntry) -> str:
    work = current_work()
    if BankEntry.objects.filter(iban=statement.iban, bank_ref=booking.bank_ref).exists():
        return "repeated"
    row = BankEntry(
        id=new_id(),
        created_at=work.now,
        changed_at=work.now,
        statement=statement,
        bank_ref=booking.bank_ref,
        iban=statement.iban,
        currency=booking.amount.currency,
        amount_micros=booking.amount.micros,
        booked_on=booking.booked_on,
        value_on=booking.value_on,
        reference=booking.reference,
        text=booking.text,
        payer=booking.payer,
        payer_account=booking.payer_account,
        end_to_end=booking.end_to_end,
    )
    bank = bank_account(statement.iban)
    if booking.amount.micros <= 0:
        row.state, row.reason = BANK_ENTRY.require("booked", "ignored"), "money that went out"
        if paid := paid_by((booking.end_to_end, booking.reference, booking.text)):
            record_paid(paid, booking.booked_on, actor=work.actor, bank_ref=booking.bank_ref)
            row.reason = f"refund {paid}"
        row.save(force_insert=True)
        if booking.amount.micros < 0:
            post(
                Entry(
                    f"bank:{statement.iban[-4:]}/{booking.bank_ref}",
                    (Transfer(UNMATCHED, bank, -booking.amount.micros, booking.amount.currency),),
                )
            )
        return row.state
    found = match(booking, _invoices_by)
    if isinstance(found, Match):
        row.payment = record(
            Received(
                found.invoice.billing_account_id,
                booking.amount,
                "bankTransfer",
                booking.booked_on,
                bank,
                booking.reference or booking.text,
                booking.bank_ref,
            ),
            found.invoice.id,
        )
        row.state, row.reason = BANK_ENTRY.require("booked", "matched"), f"by {found.by}"
        row.save(force_insert=True)
        return row.state
    said = _top_up(row, booking, bank)
    if row.top_up:
        row.state, row.reason = BANK_ENTRY.require("booked", "matched"), "by top-up reference"
        row.save(force_insert=True)
        return row.state
    row.state, row.reason = BANK_ENTRY.require("booked", "unmatched"), said or found.reason
    row.save(force_insert=True)
    work.touch(UNMATCHED_ENTRY, str(row.id))
    post(
        Entry(
            f"bank:{statement.iban[-4:]}/{booking.bank_ref}",
            (Transfer(bank, UNMATCHED, booking.amount.micros, booking.amount.currency),),
        )
    )
    emit(EntryUnmatched(entry_id=row.id, currency=row.currency, micros=row.amount_micros, reason=row.reason))
    return row.state


def _top_up(row: BankEntry, booking: StatementEntry, bank: str) -> str:
    """Put the money on the line whose top-up reference the booking carries; returns why not, if it was refused."""
    digits = line_to_top_up(booking)
    if not digits:
        return ""
    work = current_work()
    line = inventory.identify(msisdn=Msisdn(digits), at=work.now)
    if line is None:
        return f"no line has the number of the top-up reference ({Msisdn(digits).masked})"
    request = TopUpRequest(
        line=line.product_number,
        amount=booking.amount,
        method=Method.BANK,
        once=f"bank/{row.iban}/{row.bank_ref}",
        reference=booking.bank_ref,
        channel="bank",
        source=bank,
        free=True,
    )
    try:
        with transaction.atomic(using=current_brand()):
            row.top_up = balance.top_up(request, actor=work.actor).number
    except DomainError as refusal:
        return f"top-up refused: {refusal.message}"[:300]
    return ""


def _invoices_by(references: tuple[str, ...]) -> list[OpenInvoice]:
    return [open_invoice(item) for item in billing.invoices_by_reference(references)]
