"""What each event means to somebody who looks at a customer: one sentence for each, from its facts alone."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy

from linehouse.activation import events as activation
from linehouse.balance import events as balance
from linehouse.billing import events as billing
from linehouse.charging import events as charging
from linehouse.customer import events as customer
from linehouse.insight import words_of_balances, words_of_money, words_of_people, words_of_prepaid
from linehouse.insight.telling import amount, fields, has_words, money, tell, tells
from linehouse.insight.values import Mood, Subject, Told
from linehouse.inventory import events as inventory
from linehouse.notify import events as notify
from linehouse.ordering import events as ordering
from linehouse.ordering.values import StepKind
from linehouse.party import consent_events as party_consent
from linehouse.payment import events as payment
from linehouse.platform.characteristics import events as characteristics
from linehouse.platform.texts.codes import said
from linehouse.usage import events as usage

__all__ = ["has_words", "tell", "words_of_balances", "words_of_money", "words_of_people", "words_of_prepaid"]

_STEPS = {
    StepKind.RESERVE_MSISDN: gettext_lazy("a number was reserved"),
    StepKind.RESERVE_SIM: gettext_lazy("a SIM was reserved"),
    StepKind.PROVISION_NETWORK: gettext_lazy("the network was set up"),
    StepKind.ACTIVATE_PRODUCT: gettext_lazy("the product was activated"),
    StepKind.DEPROVISION_NETWORK: gettext_lazy("the line was taken out of the network"),
    StepKind.TERMINATE_PRODUCT: gettext_lazy("the product was ended"),
    StepKind.RETIRE_SIM: gettext_lazy("the SIM was retired"),
    StepKind.QUARANTINE_MSISDN: gettext_lazy("the number went into quarantine"),
    StepKind.COMPLETE: gettext_lazy("the item was completed"),
}


@tells(customer.CustomerCreated)
def _customer_created(event: customer.CustomerCreated) -> Told:
    subject = Subject("customer", event.customer_id, event.number)
    return Told(gettext("Customer registered"), f"{event.number}, {event.kind}", Mood.GOOD, subject)


@tells(customer.CustomerChanged)
def _customer_changed(event: customer.CustomerChanged) -> Told:
    return Told(gettext("Customer data changed"), fields(event.fields), subject=Subject("customer", event.customer_id))


@tells(customer.CustomerStateChanged)
def _customer_state(event: customer.CustomerStateChanged) -> Told:
    mood = Mood.GOOD if event.new == "active" else Mood.BAD
    return Told(
        gettext("Customer %(state)s") % {"state": said(event.new)},
        gettext("was %(state)s") % {"state": said(event.old)},
        mood,
        Subject("customer", event.customer_id),
    )


@tells(customer.BillingAccountCreated)
def _account_created(event: customer.BillingAccountCreated) -> Told:
    text = gettext("%(number)s, %(currency)s, cycle day %(cycle_day)s") % {
        "number": event.number,
        "currency": event.currency,
        "cycle_day": event.cycle_day,
    }
    return Told(
        gettext("Billing account opened"), text, subject=Subject("account", event.billing_account_id, event.number)
    )


@tells(customer.BillingAccountChanged)
def _account_changed(event: customer.BillingAccountChanged) -> Told:
    return Told(
        gettext("Billing account changed"), fields(event.fields), subject=Subject("account", event.billing_account_id)
    )


@tells(customer.BillingAccountStateChanged)
def _account_state(event: customer.BillingAccountStateChanged) -> Told:
    return Told(
        gettext("Billing account %(state)s") % {"state": said(event.new)},
        gettext("was %(state)s") % {"state": said(event.old)},
        subject=Subject("account", event.billing_account_id),
    )


@tells(ordering.OrderCaptured)
def _order_captured(event: ordering.OrderCaptured) -> Told:
    text = f"{event.order_number}: {', '.join(event.offering_keys)} ({event.channel})"
    return Told(gettext("Order placed"), text, Mood.INFO, Subject("order", event.order_id, event.order_number))


@tells(ordering.OrderStateChanged)
def _order_state(event: ordering.OrderStateChanged) -> Told:
    moods = {"completed": Mood.GOOD, "held": Mood.BAD, "failed": Mood.BAD, "partial": Mood.BAD, "rejected": Mood.BAD}
    reason = f": {event.reason}" if event.reason else ""
    return Told(
        gettext("Order %(state)s") % {"state": said(event.new)},
        gettext("%(number)s, was %(state)s") % {"number": event.order_number, "state": said(event.old)} + reason,
        moods.get(event.new, Mood.QUIET),
        Subject("order", event.order_id, event.order_number),
    )


@tells(ordering.StepCompleted)
def _step_completed(event: ordering.StepCompleted) -> Told:
    text = f"{event.order_number}: {_step(event.kind)}"
    return Told(gettext("Order step done"), text, subject=Subject("order", event.order_id, event.order_number))


@tells(ordering.StepFailed)
def _step_failed(event: ordering.StepFailed) -> Told:
    text = f"{event.order_number}, {said(event.kind)}: {event.reason or event.code}"
    return Told(gettext("Order step failed"), text, Mood.BAD, Subject("order", event.order_id, event.order_number))


@tells(ordering.StepCompensated)
def _step_compensated(event: ordering.StepCompensated) -> Told:
    text = f"{event.order_number}: {said(event.kind)}"
    return Told(gettext("Order step wound back"), text, subject=Subject("order", event.order_id, event.order_number))


@tells(ordering.CancellationRequested)
def _cancellation_requested(event: ordering.CancellationRequested) -> Told:
    subject = Subject("order", event.order_id, event.order_number)
    return Told(gettext("Cancellation asked for"), event.order_number, Mood.INFO, subject)


@tells(ordering.CancellationCompleted)
def _cancellation_completed(event: ordering.CancellationCompleted) -> Told:
    subject = Subject("order", event.order_id, event.order_number)
    return Told(
        gettext("Order cancelled"),
        gettext("%(order_number)s: everything was given back") % {"order_number": event.order_number},
        Mood.INFO,
        subject,
    )


@tells(activation.RequestCompleted)
def _network_done(event: activation.RequestCompleted) -> Told:
    done = {"create": gettext("Line set up in the network"), "remove": gettext("Line removed from the network")}
    title = done.get(event.action, gettext("Line changed in the network"))
    return Told(title, event.line, Mood.GOOD, Subject("request", event.request_id))


@tells(activation.RequestFailed)
def _network_failed(event: activation.RequestFailed) -> Told:
    text = f"{event.action} {event.line}: {event.reason or event.code}"
    return Told(gettext("The network did not do it"), text, Mood.BAD, Subject("request", event.request_id))


@tells(inventory.ProductCreated)
def _product_created(event: inventory.ProductCreated) -> Told:
    text = f"{event.product_number}: {event.offering_key}"
    return Told(gettext("Product prepared"), text, subject=Subject("product", event.product_id, event.product_number))


@tells(inventory.ProductActivated)
def _product_activated(event: inventory.ProductActivated) -> Told:
    text = f"{event.product_number}: {event.offering_key}"
    return Told(
        gettext("Product activated"), text, Mood.GOOD, Subject("product", event.product_id, event.product_number)
    )


@tells(inventory.ProductTerminated)
def _product_terminated(event: inventory.ProductTerminated) -> Told:
    text = f"{event.product_number}: {event.offering_key}"
    return Told(gettext("Product ended"), text, Mood.INFO, Subject("product", event.product_id, event.product_number))


@tells(inventory.ProductCancelled)
def _product_cancelled(event: inventory.ProductCancelled) -> Told:
    text = f"{event.product_number}: {event.offering_key}"
    return Told(
        gettext("Product not delivered"), text, Mood.INFO, Subject("product", event.product_id, event.product_number)
    )


@tells(balance.BucketGranted)
def _bucket_granted(event: balance.BucketGranted) -> Told:
    until = gettext(" until %(day)s") % {"day": event.valid_to.date().isoformat()} if event.valid_to else ""
    text = f"{event.subscription}: {amount(event.amount, event.asset)}{until}"
    return Told(gettext("Allowance granted"), text, subject=Subject("bucket", event.bucket_id, event.ref))


@tells(balance.BucketUsedUp)
def _bucket_used_up(event: balance.BucketUsedUp) -> Told:
    return Told(gettext("Allowance used up"), event.ref, Mood.INFO, Subject("bucket", event.bucket_id, event.ref))


@tells(balance.BucketExpired)
def _bucket_expired(event: balance.BucketExpired) -> Told:
    text = gettext("%(allowance)s: %(amount)s unused") % {
        "allowance": event.ref,
        "amount": amount(event.unused, event.asset),
    }
    return Told(gettext("Allowance expired"), text, subject=Subject("bucket", event.bucket_id, event.ref))


@tells(balance.BucketRolledOver)
def _bucket_rolled_over(event: balance.BucketRolledOver) -> Told:
    text = gettext("%(allowance)s: %(amount)s kept for later") % {
        "allowance": event.ref,
        "amount": amount(event.amount, event.asset),
    }
    return Told(gettext("Allowance rolled over"), text, subject=Subject("bucket", event.bucket_id, event.ref))


@tells(charging.UsageRatedAgain)
def _rated_again(event: charging.UsageRatedAgain) -> Told:
    sums = [
        f"{money(before, currency)} → {money(event.now.get(currency, 0), currency)}"
        for currency, before in sorted(event.before.items())
    ]
    text = gettext("%(subscription)s, %(records)d records: %(sums)s") % {
        "subscription": event.subscription,
        "records": event.records,
        "sums": ", ".join(sums),
    }
    subject = Subject("product", event.subscription_id, event.subscription)
    return Told(gettext("Usage rated again"), text, Mood.INFO, subject)


@tells(charging.LimitReached)
def _limit_reached(event: charging.LimitReached) -> Told:
    text = gettext("%(subscription)s: %(percent)d %% of %(limit)s (%(amount)s)") % {
        "subscription": event.subscription,
        "percent": event.percent,
        "limit": event.limit,
        "amount": money(event.amount, event.currency),
    }
    mood = Mood.BAD if event.percent >= 100 else Mood.INFO
    return Told(gettext("Limit reached"), text, mood, Subject("product", event.subscription_id, event.subscription))


@tells(charging.LimitConsented)
def _limit_consented(event: charging.LimitConsented) -> Told:
    text = gettext("%(subscription)s: %(limit)s, by %(channel)s") % {
        "subscription": event.subscription,
        "limit": event.limit,
        "channel": event.channel,
    }
    subject = Subject("product", event.subscription_id, event.subscription)
    return Told(gettext("Agreed to go on above a limit"), text, Mood.INFO, subject)


@tells(charging.ControlChanged)
def _control_changed(event: charging.ControlChanged) -> Told:
    text = gettext("%(subscription)s: %(kind)s %(key)s %(state)s") % {
        "subscription": event.subscription,
        "kind": said(event.kind),
        "key": event.key,
        "state": gettext("on") if event.on else gettext("off"),
    }
    subject = Subject("product", event.subscription_id, event.subscription)
    return Told(gettext("Limits and bars changed"), text, Mood.INFO, subject)


@tells(charging.ControlRefusedUsage)
def _control_refused(event: charging.ControlRefusedUsage) -> Told:
    text = gettext("%(subscription)s: %(limit)s") % {"subscription": event.subscription, "limit": event.control}
    subject = Subject("product", event.subscription_id, event.subscription)
    return Told(gettext("Usage refused by a limit"), text, Mood.BAD, subject)


@tells(charging.LineArrived)
def _line_arrived(event: charging.LineArrived) -> Told:
    text = gettext("%(subscription)s: %(country)s") % {"subscription": event.subscription, "country": event.country}
    subject = Subject("product", event.subscription_id, event.subscription)
    return Told(gettext("Used in another country"), text, Mood.INFO, subject)


@tells(charging.PolicyStatusChanged)
def _policy_changed(event: charging.PolicyStatusChanged) -> Told:
    text = gettext("%(subscription)s, %(counter)s: %(old)s → %(new)s") % {
        "subscription": event.subscription,
        "counter": event.counter,
        "old": event.old,
        "new": event.new,
    }
    subject = Subject("product", event.subscription_id, event.subscription)
    return Told(gettext("The network treats the line otherwise"), text, Mood.INFO, subject)


@tells(usage.UsageRecordSuspended)
def _usage_suspended(event: usage.UsageRecordSuspended) -> Told:
    return Told(
        gettext("Usage waits for a person"), said(event.reason), Mood.BAD, Subject("suspense", event.suspense_id)
    )


@tells(usage.UsageRecordResubmitted)
def _usage_resubmitted(event: usage.UsageRecordResubmitted) -> Told:
    return Told(gettext("Usage corrected"), gettext("it is priced now"), Mood.INFO, Subject("usage", event.record_id))


@tells(billing.AccountParked)
def _account_parked(event: billing.AccountParked) -> Told:
    subject = Subject("account", event.billing_account_id)
    return Told(gettext("The bill run could not bill this account"), event.code, Mood.BAD, subject)


@tells(billing.InvoiceIssued)
def _invoice_issued(event: billing.InvoiceIssued) -> Told:
    title = gettext("Credit note issued") if event.kind == "credit-note" else gettext("Invoice issued")
    text = gettext("%(number)s: %(amount)s, due %(day)s") % {
        "number": event.number,
        "amount": money(event.gross_micros, event.currency),
        "day": event.due_date.isoformat(),
    }
    return Told(title, text, Mood.INFO, Subject("invoice", event.invoice_id, event.number))


@tells(billing.InvoiceDocumented)
def _invoice_documented(event: billing.InvoiceDocumented) -> Told:
    return Told(
        gettext("Invoice PDF and XML made"), event.number, subject=Subject("invoice", event.invoice_id, event.number)
    )


@tells(billing.InvoiceSent)
def _invoice_sent(event: billing.InvoiceSent) -> Told:
    return Told(
        gettext("Invoice delivered"), event.number, Mood.GOOD, Subject("invoice", event.invoice_id, event.number)
    )


@tells(billing.InvoicePartiallyPaid)
def _invoice_partially_paid(event: billing.InvoicePartiallyPaid) -> Told:
    text = gettext("%(number)s: %(amount)s still open") % {
        "number": event.number,
        "amount": money(event.open_micros, event.currency),
    }
    return Told(gettext("Invoice partly paid"), text, Mood.INFO, Subject("invoice", event.invoice_id, event.number))


@tells(billing.InvoiceSettled)
def _invoice_settled(event: billing.InvoiceSettled) -> Told:
    return Told(gettext("Invoice paid"), event.number, Mood.GOOD, Subject("invoice", event.invoice_id, event.number))


@tells(billing.InvoiceReopened)
def _invoice_reopened(event: billing.InvoiceReopened) -> Told:
    text = gettext("%(number)s: %(amount)s open again") % {
        "number": event.number,
        "amount": money(event.open_micros, event.currency),
    }
    return Told(gettext("Payment taken back"), text, Mood.BAD, Subject("invoice", event.invoice_id, event.number))


@tells(payment.PaymentReceived)
def _payment_received(event: payment.PaymentReceived) -> Told:
    text = gettext("%(number)s: %(amount)s by %(method)s") % {
        "number": event.number,
        "amount": money(event.micros, event.currency),
        "method": said(event.method),
    }
    return Told(gettext("Payment received"), text, Mood.GOOD, Subject("payment", event.payment_id, event.number))


@tells(payment.PaymentAllocated)
def _payment_allocated(event: payment.PaymentAllocated) -> Told:
    text = gettext("%(amount)s set against %(invoice)s") % {
        "amount": money(event.micros, event.currency),
        "invoice": event.invoice_number,
    }
    return Told(gettext("Payment allocated"), text, subject=Subject("payment", event.payment_id))


@tells(notify.MessageCompleted)
def _message_completed(event: notify.MessageCompleted) -> Told:
    text = gettext("%(message)s by %(channel)s") % {"message": said(event.template), "channel": said(event.channel)} + (
        f", {event.subject_ref}" if event.subject_ref else ""
    )
    return Told(gettext("Message delivered"), text, subject=Subject("message", event.message_id))


@tells(notify.MessageFailed)
def _message_failed(event: notify.MessageFailed) -> Told:
    text = gettext("%(message)s by %(channel)s: %(reason)s") % {
        "message": said(event.template),
        "channel": said(event.channel),
        "reason": event.reason,
    }
    return Told(gettext("Message not delivered"), text, Mood.BAD, Subject("message", event.message_id))


@tells(notify.MessageCancelled)
def _message_cancelled(event: notify.MessageCancelled) -> Told:
    text = f"{said(event.template)}: {event.reason}" if event.template else event.reason
    return Told(gettext("Message not sent"), text, subject=Subject("message", event.message_id))


@tells(notify.PreferenceChanged)
def _preference_changed(event: notify.PreferenceChanged) -> Told:
    channels = ", ".join(said(channel) for channel in event.channels)
    return Told(gettext("Preferred channels chosen"), channels or gettext("left to each notice"))


@tells(party_consent.ConsentChanged)
def _consent_changed(event: party_consent.ConsentChanged) -> Told:
    what = {"purpose": said(event.purpose), "channel": said(event.channel), "source": said(event.source)}
    text = gettext("%(purpose)s by %(channel)s, %(source)s") if event.channel else gettext("%(purpose)s, %(source)s")
    return Told(gettext("Consent given") if event.given else gettext("Consent withdrawn"), text % what)


@tells(characteristics.ValuesChanged)
def _values_changed(event: characteristics.ValuesChanged) -> Told:
    return Told(gettext("Own fields changed"), f"{_spaced(event.entity)}: {fields(event.keys)}")


def _spaced(code: str) -> str:
    """A stored code in the reader's words."""
    return said(code)


def _step(kind: str) -> str:
    return str(_STEPS[StepKind(kind)]) if kind in set(StepKind) else said(kind)
