"""When a message is written, and its delivery."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from linehouse.balance.events import (
    BucketThresholdCrossed,
    PackEnded,
    PackRenewalComing,
    PackRenewalShort,
    PrepaidLineEnding,
    PrepaidLineMoved,
)
from linehouse.billing import service as billing
from linehouse.billing.events import InvoiceDocumented
from linehouse.billing.reference import grouped
from linehouse.catalog import service as catalog
from linehouse.charging.events import LimitConsented, LimitReached, LineArrived
from linehouse.inventory import service as inventory
from linehouse.inventory.events import ProductActivated
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.notify.events import MessageCompleted
from linehouse.notify.service import balances
from linehouse.notify.service.approvers import ask_deciders
from linehouse.notify.service.delivery import deliver
from linehouse.notify.service.of_lines import tell_consent, tell_limit, welcome_abroad
from linehouse.notify.service.outcomes import AWAIT_RECEIPT
from linehouse.notify.service.receipts import receipt_overdue
from linehouse.notify.service.writing import DELIVER, send_notice
from linehouse.notify.values import Channel
from linehouse.notify.wording import Value
from linehouse.ordering.events import OrderStateChanged
from linehouse.payment.events import PaymentReceived
from linehouse.platform.approval.events import ChangeProposed
from linehouse.platform.jobs.registry import Attempt, external_job, job
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.work import SYSTEM, Work

__all__ = ["balances"]

# Ten segments may each wait for the centre's answer before somebody else may look after the message.
_LEASE_SECONDS = 300


@external_job(DELIVER, max_attempts=30, lease_seconds=_LEASE_SECONDS)
def deliver_message(payload: dict[str, Any], attempt: Attempt) -> None:
    """Hand a message over to the mail server or the SMS centre."""
    deliver(UUID(payload["message"]))


@job(AWAIT_RECEIPT)
def await_receipt(payload: dict[str, Any], work: Work) -> None:
    """Decide about an SMS of which no receipt came in time."""
    receipt_overdue(UUID(payload["delivery"]))


def _day(day: date | None) -> date:
    if day is None:
        raise TypeError("an invoice with documents has its dates")
    return day


@consumer("notify.invoice", on=(InvoiceDocumented,))
def send_invoice(event: InvoiceDocumented, work: Work) -> None:
    """An invoice goes out as soon as its documents are kept."""
    account = catalog.published().brand.bank_account
    bill = billing.invoice(event.invoice_id)
    variables: dict[str, Value] = {"invoice": event.number, "amount": abs(bill.gross), "date": _day(bill.issue_date)}
    if bill.kind != "credit-note":
        variables |= {
            "due": _day(bill.due_date),
            "holder": account.holder,
            "iban": " ".join(account.iban[i : i + 4] for i in range(0, len(account.iban), 4)),
            "reference": grouped(bill.reference),
        }
    send_notice(
        "credit-note" if bill.kind == "credit-note" else "invoice",
        key=str(event.invoice_id),
        customer_id=event.customer_id,
        subject_ref=event.number,
        variables=variables,
        documents=(event.pdf_document_id, event.xml_document_id),
    )


@consumer("notify.welcome", on=(ProductActivated,))
def send_welcome(event: ProductActivated, work: Work) -> None:
    """A new line is welcomed; an add-on is not."""
    if event.parent_product_id is not None:
        return
    product = inventory.find_product(id=event.product_id)
    offering = catalog.published().offerings.get(event.offering_key)
    send_notice(
        "welcome",
        key=str(event.product_id),
        customer_id=event.customer_id,
        subject_ref=event.product_number,
        variables={
            "plan": offering.name if offering else event.offering_key,
            "number": product.msisdn.e164 if product.msisdn else "",
        },
    )


@consumer("notify.order_cancelled", on=(OrderStateChanged,))
def tell_of_cancellation(event: OrderStateChanged, work: Work) -> None:
    """Somebody whose order is cancelled is told that nothing is owed."""
    if event.new == "cancelled":
        send_notice(
            "order-cancelled",
            key=str(event.order_id),
            customer_id=event.customer_id,
            subject_ref=event.order_number,
            variables={"order": event.order_number},
        )


@consumer("notify.payment", on=(PaymentReceived,))
def thank_for_payment(event: PaymentReceived, work: Work) -> None:
    """A payment is confirmed."""
    send_notice(
        "payment",
        key=str(event.payment_id),
        customer_id=event.customer_id,
        subject_ref=event.number,
        variables={"amount": Money(event.micros, event.currency)},
    )


@consumer("notify.approvers", on=(ChangeProposed,))
def ask_approvers(event: ChangeProposed, work: Work) -> None:
    """Staff who may decide a proposal are asked by mail."""
    ask_deciders(event.number)


@consumer("notify.invoice_sent", on=(MessageCompleted,))
def tell_billing(event: MessageCompleted, work: Work) -> None:
    """An invoice whose mail was taken by the customer's server counts as sent."""
    if event.template in ("invoice", "credit-note") and event.channel == Channel.EMAIL:
        billing.mark_sent(billing.invoice_by_number(event.subject_ref).id, actor=SYSTEM)


@consumer("notify.pack_renewal", on=(PackRenewalComing,))
def tell_of_renewal(event: PackRenewalComing, work: Work) -> None:
    """Who will pay again is told before, and what is missing to it."""
    variables: dict[str, Value] = {"line": event.subscription, "pack": event.offering_name, "at": event.renews_at}
    if event.missing:
        variables["missing"] = Money(event.missing, event.currency)
    else:
        variables["price"] = Money(event.micros, event.currency)
    send_notice(
        "pack-renewal-short" if event.missing else "pack-renewal",
        key=f"{event.pack_id}/{event.renews_at.isoformat()}",
        customer_id=event.customer_id,
        subject_ref=event.subscription,
        variables=variables,
    )


@consumer("notify.pack_unpaid", on=(PackRenewalShort,))
def tell_of_missing_money(event: PackRenewalShort, work: Work) -> None:
    """A pack that waits for money says until when."""
    send_notice(
        "pack-unpaid",
        key=f"{event.pack_id}/{event.grace_until.isoformat()}",
        customer_id=event.customer_id,
        subject_ref=event.subscription,
        variables={
            "line": event.subscription,
            "pack": event.offering_name,
            "missing": Money(event.missing, event.currency),
            "until": event.grace_until,
        },
    )


@consumer("notify.pack_ended", on=(PackEnded,))
def tell_of_end(event: PackEnded, work: Work) -> None:
    """A pack that was not paid has ended; one that nobody wanted any more ends in silence."""
    if event.why == "not-paid":
        send_notice(
            "pack-ended",
            key=str(event.pack_id),
            customer_id=event.customer_id,
            subject_ref=event.subscription,
            variables={"line": event.subscription, "pack": event.offering_name},
        )


@consumer("notify.threshold", on=(BucketThresholdCrossed,))
def tell_of_threshold(event: BucketThresholdCrossed, work: Work) -> None:
    """A figure has reached what somebody wanted to know of."""
    send_notice(
        f"threshold-{event.measure}",
        key=f"{event.threshold_id}/{work.causation}",
        customer_id=event.customer_id,
        subject_ref=event.subscription,
        variables={
            "line": event.subscription,
            "value": _amount(event.value, event.asset),
            "limit": _amount(event.limit, event.asset),
        },
    )


def _amount(number: int, asset: str) -> str:
    return Quantity(number, Unit(asset)).human() if asset in set(Unit) else str(Money(number, asset))


@consumer("notify.prepaid_ending", on=(PrepaidLineEnding,))
def warn_of_a_step(event: PrepaidLineEnding, work: Work) -> None:
    """Before a prepaid line is restricted, its owner is told."""
    send_notice(
        "prepaid-ending",
        key=f"{event.line_id}/{work.causation}",
        customer_id=event.customer_id,
        subject_ref=event.subscription,
        variables={"line": event.subscription, "at": event.next_at},
    )


@consumer("notify.prepaid_line", on=(PrepaidLineMoved,))
def tell_of_a_step(event: PrepaidLineMoved, work: Work) -> None:
    """Every step of a prepaid line's life is told, and its way back."""
    variables: dict[str, Value] = {"line": event.subscription}
    if event.new in ("grace", "inactive") and event.next_at is not None:
        variables["until"] = event.next_at
    send_notice(
        "prepaid-back" if event.new == "active" else f"prepaid-{event.new}",
        key=f"{event.line_id}/{work.causation}",
        customer_id=event.customer_id,
        subject_ref=event.subscription,
        variables=variables,
    )


@consumer("notify.limit", on=(LimitReached, LimitConsented))
def tell_of_limits(event: LimitReached | LimitConsented, work: Work) -> None:
    """A line comes near its limit, reaches it, or its customer agreed to go on."""
    if isinstance(event, LimitReached):
        tell_limit(event)
    else:
        tell_consent(event)


@consumer("notify.abroad", on=(LineArrived,))
def greet_abroad(event: LineArrived, work: Work) -> None:
    """A line is used in another country."""
    welcome_abroad(event)
