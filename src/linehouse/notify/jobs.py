"""When a message is written, and its delivery."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_currency

from linehouse.billing import service as billing
from linehouse.billing.events import InvoiceDocumented
from linehouse.billing.reference import grouped
from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.inventory.events import ProductActivated
from linehouse.kernel.money import Money
from linehouse.notify.events import MessageCompleted
from linehouse.notify.service.delivery import deliver
from linehouse.notify.service.messages import DELIVER, say
from linehouse.payment.events import PaymentReceived
from linehouse.platform.jobs.registry import Attempt, external_job
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.work import SYSTEM, Work


@external_job(DELIVER)
def deliver_message(payload: dict[str, Any], attempt: Attempt) -> None:
    """Hand a message over to the mail server."""
    deliver(UUID(payload["message"]))


def _amount(amount: Money, language: str) -> str:
    return format_currency(amount.decimal, amount.currency, locale=language)


@consumer("notify.invoice", on=(InvoiceDocumented,))
def send_invoice(event: InvoiceDocumented, work: Work) -> None:
    """An invoice goes out as soon as its documents are kept."""
    brand = catalog.published().brand
    bill = billing.invoice(event.invoice_id)
    language = customers.customer_view(event.customer_id).language
    say(
        "credit-note" if bill.kind == "credit-note" else "invoice",
        key=str(event.invoice_id),
        customer_id=event.customer_id,
        subject_ref=event.number,
        variables={
            "brand": brand.name,
            "invoice": event.number,
            "amount": _amount(abs(bill.gross), language),
            "date": format_date(bill.issue_date, locale=language),
            "due": format_date(bill.due_date, locale=language),
            "holder": brand.bank_account.holder,
            "iban": " ".join(brand.bank_account.iban[i : i + 4] for i in range(0, len(brand.bank_account.iban), 4)),
            "reference": grouped(bill.reference),
        },
        documents=(event.pdf_document_id, event.xml_document_id),
    )


@consumer("notify.welcome", on=(ProductActivated,))
def send_welcome(event: ProductActivated, work: Work) -> None:
    """A new line is welcomed; an add-on is not."""
    if event.parent_product_id is not None:
        return
    catalogue = catalog.published()
    product = inventory.find_product(id=event.product_id)
    offering = catalogue.offerings.get(event.offering_key)
    say(
        "welcome",
        key=str(event.product_id),
        customer_id=event.customer_id,
        subject_ref=event.product_number,
        variables={
            "brand": catalogue.brand.name,
            "plan": offering.name if offering else event.offering_key,
            "number": product.msisdn.e164 if product.msisdn else "",
        },
    )


@consumer("notify.payment", on=(PaymentReceived,))
def thank_for_payment(event: PaymentReceived, work: Work) -> None:
    """A payment is confirmed."""
    language = customers.customer_view(event.customer_id).language
    say(
        "payment",
        key=str(event.payment_id),
        customer_id=event.customer_id,
        subject_ref=event.number,
        variables={
            "brand": catalog.published().brand.name,
            "amount": _amount(Money(event.micros, event.currency), language),
        },
    )


@consumer("notify.invoice_sent", on=(MessageCompleted,))
def tell_billing(event: MessageCompleted, work: Work) -> None:
    """An invoice whose mail was taken by the customer's server counts as sent."""
    if event.template in ("invoice", "credit-note"):
        billing.mark_sent(billing.invoice_by_number(event.subject_ref).id, actor=SYSTEM)
