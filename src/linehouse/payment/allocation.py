"""How a payment is set against what is open: as the payer said, then the oldest due first; the rest stays credit."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linehouse.kernel.money import Money
from linehouse.payment.values import OpenInvoice, Share


def allocate(amount: Money, open_invoices: Sequence[OpenInvoice], named: UUID | None = None) -> tuple[Share, ...]:
    """Share ``amount`` (> 0) over invoices of its currency: the named one first, then by due date and number.

    No share exceeds what is open; the shares together never exceed the amount.
    """
    order = sorted(
        (i for i in open_invoices if i.open.currency == amount.currency and i.open.micros > 0),
        key=lambda i: (i.id != named, i.due_on, i.number),
    )
    shares = []
    left = amount
    for invoice in order:
        if not left:
            break
        part = min(left, invoice.open)
        shares.append(Share(invoice, part))
        left -= part
    return tuple(shares)
