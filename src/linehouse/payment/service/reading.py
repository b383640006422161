"""What screens and APIs ask of payments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from linehouse.kernel.error import NotFound
from linehouse.kernel.money import Money
from linehouse.payment.models import Allocation, BankEntry, BankStatement, Payment
from linehouse.payment.values import AllocationView, EntryView, PaymentView, StatementView

_PAYMENT_SORT = {"number", "booked_on", "amount_micros", "created_at", "state", "billing_account_number"}
_ENTRY_SORT = {"booked_on", "amount_micros", "state", "bank_ref"}
SEARCHED = 2000
"""What a payer wrote is encrypted, so the newest so many rows are opened and looked through; older ones are found by
their numbers and by the bank's reference."""


def _ordered(sort: str, allowed: set[str], default: str) -> str:
    return sort if sort.lstrip("-") in allowed else default


def payments(
    *,
    search: str = "",
    customer_id: UUID | None = None,
    billing_account_id: UUID | None = None,
    state: str = "",
    sort: str = "-number",
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[PaymentView], int]:
    """A page of payments and how many match. ``search`` looks at number, account, reference and bank reference."""
    rows = Payment.objects.prefetch_related("allocations").order_by(_ordered(sort, _PAYMENT_SORT, "-number"))
    if search:
        rows = rows.filter(
            Q(number__icontains=search)
            | Q(billing_account_number__icontains=search)
            | Q(bank_ref__icontains=search)
            | Q(id__in=_saying(search, Payment.objects.order_by("-id"), ("reference",)))
        )
    if customer_id:
        rows = rows.filter(customer_id=customer_id)
    if billing_account_id:
        rows = rows.filter(billing_account_id=billing_account_id)
    if state:
        rows = rows.filter(state=state)
    return [_payment(row) for row in rows[offset : offset + limit]], rows.count()


def _saying(text: str, rows: QuerySet[Any], names: tuple[str, ...]) -> list[UUID]:
    wanted = text.casefold()
    return [row.id for row in list(rows[:SEARCHED]) if any(wanted in getattr(row, name).casefold() for name in names)]


def payment(payment_id: UUID) -> PaymentView:
    """One payment with its allocations. Raises NotFound."""
    row = Payment.objects.prefetch_related("allocations").filter(id=payment_id).first()
    if row is None:
        raise NotFound("no such payment", field="payment", value=str(payment_id))
    return _payment(row)


def payment_by_number(number: str) -> PaymentView:
    """One payment by its number, with its allocations. Raises NotFound."""
    row = Payment.objects.prefetch_related("allocations").filter(number=number).first()
    if row is None:
        raise NotFound("no such payment", field="payment", value=number)
    return _payment(row)


def payments_of_invoice(invoice_id: UUID) -> list[tuple[PaymentView, Money]]:
    """The payments that settled an invoice, each with the part that went to it."""
    rows = Allocation.objects.select_related("payment").filter(invoice_id=invoice_id).order_by("created_at", "id")
    return [(_payment(row.payment), Money(row.micros, row.currency)) for row in rows]


def payments_of_invoices(invoice_ids: Iterable[UUID]) -> dict[UUID, list[tuple[PaymentView, Money]]]:
    """What `payments_of_invoice` says, of many invoices in one query; one without payments is left out."""
    rows = Allocation.objects.filter(invoice_id__in=set(invoice_ids)).prefetch_related("payment__allocations")
    found: dict[UUID, list[tuple[PaymentView, Money]]] = {}
    for row in rows.order_by("created_at", "id"):
        found.setdefault(row.invoice_id, []).append((_payment(row.payment), Money(row.micros, row.currency)))
    return found


def credit_of(billing_account_id: UUID, currency: str) -> Money:
    """What the account has paid and not yet used."""
    total = Payment.objects.filter(billing_account_id=billing_account_id, currency=currency).aggregate(
        left=Sum("left_micros")
    )
    return Money(int(total["left"] or 0), currency)


def statements(*, search: str = "", offset: int = 0, limit: int = 50) -> tuple[Sequence[StatementView], int]:
    """A page of bank statements, newest first, and how many match."""
    rows = _statements().order_by("-created_at", "-id")
    if search:
        rows = rows.filter(Q(number__icontains=search) | Q(name__icontains=search))
    return [_statement(row) for row in rows[offset : offset + limit]], rows.count()


def statement(statement_id: UUID) -> StatementView:
    """One statement. Raises NotFound."""
    row = _statements().filter(id=statement_id).first()
    if row is None:
        raise NotFound("no such bank statement", field="statement", value=str(statement_id))
    return _statement(row)


def entries(
    *,
    statement_id: UUID | None = None,
    state: str = "",
    search: str = "",
    sort: str = "-booked_on",
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[EntryView], int]:
    """A page of bank entries and how many match. ``search`` looks at reference, text, payer and bank reference."""
    rows = BankEntry.objects.select_related("statement", "payment").order_by(
        _ordered(sort, _ENTRY_SORT, "-booked_on"), "id"
    )
    if statement_id:
        rows = rows.filter(statement_id=statement_id)
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(
            Q(bank_ref__icontains=search)
            | Q(id__in=_saying(search, BankEntry.objects.order_by("-id"), ("reference", "text", "payer")))
        )
    return [_entry(row) for row in rows[offset : offset + limit]], rows.count()


def entry(entry_id: UUID) -> EntryView:
    """One bank entry. Raises NotFound."""
    row = BankEntry.objects.select_related("statement", "payment").filter(id=entry_id).first()
    if row is None:
        raise NotFound("no such bank entry", field="entry", value=str(entry_id))
    return _entry(row)


def _statements() -> QuerySet[BankStatement]:
    return BankStatement.objects.annotate(
        entry_count=Count("entries"),
        matched_count=Count("entries", filter=Q(entries__state="matched")),
        unmatched_count=Count("entries", filter=Q(entries__state="unmatched")),
    )


def _payment(row: Payment) -> PaymentView:
    shares = tuple(
        AllocationView(a.invoice_id, a.invoice_number, Money(a.micros, a.currency), a.created_at)
        for a in sorted(row.allocations.all(), key=lambda a: (a.created_at, a.id))
    )
    return PaymentView(
        row.id,
        row.number,
        row.billing_account_id,
        row.billing_account_number,
        row.customer_id,
        row.method,
        row.state,
        Money(row.amount_micros, row.currency),
        Money(row.left_micros, row.currency),
        row.created_at,
        row.booked_on,
        row.reference,
        row.bank_ref,
        shares,
    )


def _statement(row: BankStatement) -> StatementView:
    return StatementView(
        row.id,
        row.number,
        row.iban,
        row.name,
        Money(row.opening_micros, row.currency),
        Money(row.closing_micros, row.currency),
        row.made_at,
        row.created_at,
        row.document_id,
        getattr(row, "entry_count", 0),
        getattr(row, "matched_count", 0),
        getattr(row, "unmatched_count", 0),
    )


def _entry(row: BankEntry) -> EntryView:
    return EntryView(
        row.id,
        row.statement_id,
        row.statement.number,
        row.bank_ref,
        Money(row.amount_micros, row.currency),
        row.booked_on,
        row.reference,
        row.text,
        row.payer,
        row.state,
        row.reason,
        row.payment_id,
        row.payment.number if row.payment else "",
        row.top_up,
    )
