"""What each event means to somebody who looks at a customer: one sentence for each, from its facts alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from linehouse.activation import events as activation
from linehouse.balance import events as balance
from linehouse.billing import events as billing
from linehouse.care import events as care
from linehouse.customer import events as customer
from linehouse.insight.values import Mood, Subject, Told
from linehouse.inventory import events as inventory
from linehouse.kernel.event import Event
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.notify import events as notify
from linehouse.ordering import events as ordering
from linehouse.ordering.values import StepKind
from linehouse.party import consent_events as party_consent
from linehouse.payment import events as payment
from linehouse.platform.characteristics import events as characteristics
from linehouse.usage import events as usage

E = TypeVar("E", bound=Event)
_words: dict[str, Callable[[Any], Told]] = {}

_STEPS = {
    StepKind.RESERVE_MSISDN: "a number was reserved",
    StepKind.RESERVE_SIM: "a SIM was reserved",
    StepKind.PROVISION_NETWORK: "the network was set up",
    StepKind.ACTIVATE_PRODUCT: "the product was activated",
    StepKind.DEPROVISION_NETWORK: "the line was taken out of the network",
    StepKind.TERMINATE_PRODUCT: "the product was ended",
    StepKind.RETIRE_SIM: "the SIM was retired",
    StepKind.QUARANTINE_MSISDN: "the number went into quarantine",
    StepKind.COMPLETE: "the item was completed",
}


def tell(event: Event) -> Told:
    """The event in plain words; one without words of its own is told by its name."""
    words = _words.get(event.event_name)
    if words is not None:
        return words(event)
    _, thing, what = event.event_name.split(".")
    return Told(f"{thing.replace('_', ' ').capitalize()} {what.replace('_', ' ')}")


def has_words(event_name: str) -> bool:
    """Whether somebody has written what this event means."""
    return event_name in _words


def _tells(event: type[E]) -> Callable[[Callable[[E], Told]], Callable[[E], Told]]:
    def register(words: Callable[[E], Told]) -> Callable[[E], Told]:
        _words[event.event_name] = words
        return words

    return register


def _money(micros: int, currency: str) -> str:
    return str(Money(micros, currency))


def _amount(amount: int | None, asset: str) -> str:
    if amount is None:
        return "unlimited"
    return Quantity(amount, Unit(asset)).human() if asset in set(Unit) else _money(amount, asset)


def _fields(names: tuple[str, ...]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


@_tells(customer.CustomerCreated)
def _customer_created(event: customer.CustomerCreated) -> Told:
    subject = Subject("customer", event.customer_id, event.number)
    return Told("Customer registered", f"{event.number}, {event.kind}", Mood.GOOD, subject)


@_tells(customer.CustomerChanged)
def _customer_changed(event: customer.CustomerChanged) -> Told:
    return Told("Customer data changed", _fields(event.fields), subject=Subject("customer", event.customer_id))


@_tells(customer.CustomerStateChanged)
def _customer_state(event: customer.CustomerStateChanged) -> Told:
    mood = Mood.GOOD if event.new == "active" else Mood.BAD
    return Told(f"Customer {event.new}", f"was {event.old}", mood, Subject("customer", event.customer_id))


@_tells(customer.BillingAccountCreated)
def _account_created(event: customer.BillingAccountCreated) -> Told:
    text = f"{event.number}, {event.currency}, cycle day {event.cycle_day}"
    return Told("Billing account opened", text, subject=Subject("account", event.billing_account_id, event.number))


@_tells(customer.BillingAccountChanged)
def _account_changed(event: customer.BillingAccountChanged) -> Told:
    return Told("Billing account changed", _fields(event.fields), subject=Subject("account", event.billing_account_id))


@_tells(customer.BillingAccountStateChanged)
def _account_state(event: customer.BillingAccountStateChanged) -> Told:
    return Told(
        f"Billing account {event.new}", f"was {event.old}", subject=Subject("account", event.billing_account_id)
    )


@_tells(ordering.OrderCaptured)
def _order_captured(event: ordering.OrderCaptured) -> Told:
    text = f"{event.order_number}: {', '.join(event.offering_keys)} ({event.channel})"
    return Told("Order placed", text, Mood.INFO, Subject("order", event.order_id, event.order_number))


@_tells(ordering.OrderStateChanged)
def _order_state(event: ordering.OrderStateChanged) -> Told:
    moods = {"completed": Mood.GOOD, "held": Mood.BAD, "failed": Mood.BAD, "partial": Mood.BAD, "rejected": Mood.BAD}
    reason = f": {event.reason}" if event.reason else ""
    return Told(
        f"Order {_spaced(event.new)}",
        f"{event.order_number}, was {_spaced(event.old)}{reason}",
        moods.get(event.new, Mood.QUIET),
        Subject("order", event.order_id, event.order_number),
    )


@_tells(ordering.StepCompleted)
def _step_completed(event: ordering.StepCompleted) -> Told:
    text = f"{event.order_number}: {_step(event.kind)}"
    return Told("Order step done", text, subject=Subject("order", event.order_id, event.order_number))


@_tells(ordering.StepFailed)
def _step_failed(event: ordering.StepFailed) -> Told:
    text = f"{event.order_number}, {_spaced(event.kind)}: {event.reason or event.code}"
    return Told("Order step failed", text, Mood.BAD, Subject("order", event.order_id, event.order_number))


@_tells(ordering.StepCompensated)
def _step_compensated(event: ordering.StepCompensated) -> Told:
    text = f"{event.order_number}: {_spaced(event.kind)}"
    return Told("Order step wound back", text, subject=Subject("order", event.order_id, event.order_number))


@_tells(ordering.CancellationRequested)
def _cancellation_requested(event: ordering.CancellationRequested) -> Told:
    subject = Subject("order", event.order_id, event.order_number)
    return Told("Cancellation asked for", event.order_number, Mood.INFO, subject)


@_tells(ordering.CancellationCompleted)
def _cancellation_completed(event: ordering.CancellationCompleted) -> Told:
    subject = Subject("order", event.order_id, event.order_number)
    return Told("Order cancelled", f"{event.order_number}: everything was given back", Mood.INFO, subject)


@_tells(activation.RequestCompleted)
def _network_done(event: activation.RequestCompleted) -> Told:
    done = {"create": "Line set up in the network", "remove": "Line removed from the network"}
    title = done.get(event.action, "Line changed in the network")
    return Told(title, event.line, Mood.GOOD, Subject("request", event.request_id))


@_tells(activation.RequestFailed)
def _network_failed(event: activation.RequestFailed) -> Told:
    text = f"{event.action} {event.line}: {event.reason or event.code}"
    return Told("The network did not do it", text, Mood.BAD, Subject("request", event.request_id))


@_tells(inventory.ProductActivated)
def _product_activated(event: inventory.ProductActivated) -> Told:
    text = f"{event.product_number}: {event.offering_key}"
    return Told("Product activated", text, Mood.GOOD, Subject("product", event.product_id, event.product_number))


@_tells(inventory.ProductTerminated)
def _product_terminated(event: inventory.ProductTerminated) -> Told:
    text = f"{event.product_number}: {event.offering_key}"
    return Told("Product ended", text, Mood.INFO, Subject("product", event.product_id, event.product_number))


@_tells(inventory.ProductCancelled)
def _product_cancelled(event: inventory.ProductCancelled) -> Told:
    text = f"{event.product_number}: {event.offering_key}"
    return Told("Product not delivered", text, Mood.INFO, Subject("product", event.product_id, event.product_number))


@_tells(balance.BucketGranted)
def _bucket_granted(event: balance.BucketGranted) -> Told:
    until = f" until {event.valid_to.date().isoformat()}" if event.valid_to else ""
    text = f"{event.subscription}: {_amount(event.amount, event.asset)}{until}"
    return Told("Allowance granted", text, subject=Subject("bucket", event.bucket_id, event.ref))


@_tells(balance.BucketUsedUp)
def _bucket_used_up(event: balance.BucketUsedUp) -> Told:
    return Told("Allowance used up", event.ref, Mood.INFO, Subject("bucket", event.bucket_id, event.ref))


@_tells(balance.BucketExpired)
def _bucket_expired(event: balance.BucketExpired) -> Told:
    text = f"{event.ref}: {_amount(event.unused, event.asset)} unused"
    return Told("Allowance expired", text, subject=Subject("bucket", event.bucket_id, event.ref))


@_tells(usage.UsageRecordSuspended)
def _usage_suspended(event: usage.UsageRecordSuspended) -> Told:
    return Told("Usage waits for a person", _spaced(event.reason), Mood.BAD, Subject("suspense", event.suspense_id))


@_tells(usage.UsageRecordResubmitted)
def _usage_resubmitted(event: usage.UsageRecordResubmitted) -> Told:
    return Told("Usage corrected", "it is priced now", Mood.INFO, Subject("usage", event.record_id))


@_tells(billing.AccountParked)
def _account_parked(event: billing.AccountParked) -> Told:
    subject = Subject("account", event.billing_account_id)
    return Told("The bill run could not bill this account", event.code, Mood.BAD, subject)


@_tells(billing.InvoiceIssued)
def _invoice_issued(event: billing.InvoiceIssued) -> Told:
    title = "Credit note issued" if event.kind == "credit-note" else "Invoice issued"
    text = f"{event.number}: {_money(event.gross_micros, event.currency)}, due {event.due_date.isoformat()}"
    return Told(title, text, Mood.INFO, Subject("invoice", event.invoice_id, event.number))


@_tells(billing.InvoiceDocumented)
def _invoice_documented(event: billing.InvoiceDocumented) -> Told:
    return Told("Invoice PDF and XML made", event.number, subject=Subject("invoice", event.invoice_id, event.number))


@_tells(billing.InvoiceSent)
def _invoice_sent(event: billing.InvoiceSent) -> Told:
    return Told("Invoice delivered", event.number, Mood.GOOD, Subject("invoice", event.invoice_id, event.number))


@_tells(billing.InvoicePartiallyPaid)
def _invoice_partially_paid(event: billing.InvoicePartiallyPaid) -> Told:
    text = f"{event.number}: {_money(event.open_micros, event.currency)} still open"
    return Told("Invoice partly paid", text, Mood.INFO, Subject("invoice", event.invoice_id, event.number))


@_tells(billing.InvoiceSettled)
def _invoice_settled(event: billing.InvoiceSettled) -> Told:
    return Told("Invoice paid", event.number, Mood.GOOD, Subject("invoice", event.invoice_id, event.number))


@_tells(billing.InvoiceReopened)
def _invoice_reopened(event: billing.InvoiceReopened) -> Told:
    text = f"{event.number}: {_money(event.open_micros, event.currency)} open again"
    return Told("Payment taken back", text, Mood.BAD, Subject("invoice", event.invoice_id, event.number))


@_tells(payment.PaymentReceived)
def _payment_received(event: payment.PaymentReceived) -> Told:
    text = f"{event.number}: {_money(event.micros, event.currency)} by {event.method}"
    return Told("Payment received", text, Mood.GOOD, Subject("payment", event.payment_id, event.number))


@_tells(payment.PaymentAllocated)
def _payment_allocated(event: payment.PaymentAllocated) -> Told:
    text = f"{_money(event.micros, event.currency)} set against {event.invoice_number}"
    return Told("Payment allocated", text, subject=Subject("payment", event.payment_id))


@_tells(notify.MessageCompleted)
def _message_completed(event: notify.MessageCompleted) -> Told:
    text = f"{_spaced(event.template)} by {event.channel}" + (f", {event.subject_ref}" if event.subject_ref else "")
    return Told("Message delivered", text, subject=Subject("message", event.message_id))


@_tells(notify.MessageFailed)
def _message_failed(event: notify.MessageFailed) -> Told:
    text = f"{_spaced(event.template)} by {event.channel}: {event.reason}"
    return Told("Message not delivered", text, Mood.BAD, Subject("message", event.message_id))


@_tells(party_consent.ConsentChanged)
def _consent_changed(event: party_consent.ConsentChanged) -> Told:
    where = f" by {event.channel}" if event.channel else ""
    return Told(
        "Consent given" if event.given else "Consent withdrawn", f"{_spaced(event.purpose)}{where}, {event.source}"
    )


@_tells(characteristics.ValuesChanged)
def _values_changed(event: characteristics.ValuesChanged) -> Told:
    return Told("Own fields changed", f"{_spaced(event.entity)}: {_fields(event.keys)}")


_CONTACTS = {
    ("phone", "inbound"): "The customer called",
    ("phone", "outbound"): "The customer was called",
    ("email", "inbound"): "The customer wrote by e-mail",
    ("email", "outbound"): "An e-mail was written to the customer",
    ("chat", "inbound"): "The customer came to the chat",
    ("shop", "inbound"): "The customer came to the shop",
    ("letter", "inbound"): "The customer sent a letter",
    ("letter", "outbound"): "A letter was sent to the customer",
}


@_tells(care.InteractionRecorded)
def _interaction_recorded(event: care.InteractionRecorded) -> Told:
    title = _CONTACTS.get((event.channel, event.direction), f"Contact, {event.direction} by {event.channel}")
    about = ", ".join(subject.partition(":")[2] for subject in event.about)
    text = f"{event.number}: {event.topic}" + (f", about {about}" if about else "")
    return Told(title, text, Mood.INFO, _interaction(event))


@_tells(care.InteractionStateChanged)
def _interaction_state(event: care.InteractionStateChanged) -> Told:
    text = f"{event.number}, was {_spaced(event.old)}"
    return Told(f"Contact {_spaced(event.new)}", text, subject=_interaction(event))


@_tells(care.InteractionAnnotated)
def _interaction_annotated(event: care.InteractionAnnotated) -> Told:
    whose = "for the customer too" if event.visibility == "customer" else "for colleagues"
    return Told("Note added to a contact", f"{event.number}, {whose}", subject=_interaction(event))


@_tells(care.InteractionWithdrawn)
def _interaction_withdrawn(event: care.InteractionWithdrawn) -> Told:
    return Told("Contact withdrawn", f"{event.number} was recorded by mistake", Mood.BAD, _interaction(event))


def _interaction(event: Any) -> Subject:
    return Subject("interaction", event.interaction_id, event.number)


@_tells(care.FollowUpCreated)
def _follow_up_created(event: care.FollowUpCreated) -> Told:
    after = f", after {event.interaction_number}" if event.interaction_number else ""
    return Told("Follow-up planned", f"due {event.due[:16].replace('T', ' ')} UTC{after}", Mood.INFO, _task(event))


@_tells(care.FollowUpDone)
def _follow_up_done(event: care.FollowUpDone) -> Told:
    done = event.outcome == "done"
    after = f"after {event.interaction_number}" if event.interaction_number else ""
    return Told(
        "Follow-up done" if done else "Follow-up dropped", after, Mood.GOOD if done else Mood.QUIET, _task(event)
    )


def _task(event: Any) -> Subject | None:
    return Subject("interaction", event.interaction_id, event.interaction_number) if event.interaction_id else None


def _spaced(word: str) -> str:
    """``inProgress`` and ``in-progress`` as people write them."""
    parted = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in word)
    return parted.replace("-", " ").replace("_", " ").strip()


def _step(kind: str) -> str:
    return _STEPS[StepKind(kind)] if kind in set(StepKind) else _spaced(kind)
