"""What credits, refunds and approvals mean to somebody who looks at the customer."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext, gettext_lazy

from linehouse.billing import events as billing
from linehouse.insight.telling import money, tells
from linehouse.insight.values import Mood, Subject, Told
from linehouse.payment import events as payment
from linehouse.platform.approval import events as approval
from linehouse.platform.texts.codes import said


@tells(billing.CreditGiven)
def _credit_given(event: billing.CreditGiven) -> Told:
    text = f"{event.number}: {money(event.gross_micros, event.currency)}, {said(event.reason_code)}"
    return Told(gettext("Credit given"), text, Mood.GOOD, _invoice(event.invoice_id))


@tells(billing.CreditReversed)
def _credit_reversed(event: billing.CreditReversed) -> Told:
    text = f"{event.number}: {money(event.gross_micros, event.currency)}"
    return Told(gettext("Credit taken back"), text, Mood.BAD, _invoice(event.invoice_id))


def _invoice(invoice_id: UUID) -> Subject:
    return Subject("invoice", invoice_id)


_REFUND = {
    "approved": gettext_lazy("Refund approved"),
    "exported": gettext_lazy("Refund given to the bank"),
    "paid": gettext_lazy("Refund paid"),
    "returned": gettext_lazy("Refund came back from the bank"),
    "refused": gettext_lazy("Refund refused"),
}


@tells(payment.RefundRequested)
def _refund_requested(event: payment.RefundRequested) -> Told:
    subject = Subject("refund", event.refund_id, event.number)
    return Told(
        gettext("Refund asked for"), f"{event.number}: {money(event.micros, event.currency)}", Mood.INFO, subject
    )


@tells(payment.RefundMoved)
def _refund_moved(event: payment.RefundMoved) -> Told:
    title = str(_REFUND.get(event.new, gettext("Refund %(state)s") % {"state": said(event.new)}))
    mood = {"paid": Mood.GOOD, "returned": Mood.BAD, "refused": Mood.BAD}.get(event.new, Mood.QUIET)
    subject = Subject("refund", event.refund_id, event.number)
    return Told(title, f"{event.number}: {money(event.micros, event.currency)}", mood, subject)


@tells(approval.ChangeProposed)
def _proposed(event: approval.ChangeProposed) -> Told:
    effect = "" if event.effect_micros is None else f", {money(event.effect_micros, event.currency)}"
    text = f"{event.number}: {said(event.kind)}, {event.subject}{effect}"
    return Told(gettext("A change waits for approval"), text, Mood.INFO, _proposal(event))


@tells(approval.ChangeDecided)
def _decided(event: approval.ChangeDecided) -> Told:
    title = gettext("Proposed change: %(state)s") % {"state": said(event.state)}
    mood = Mood.BAD if event.state in ("refused", "expired", "failed") else Mood.GOOD
    return Told(title, f"{event.number}: {said(event.kind)}", mood, _proposal(event))


def _proposal(event: approval.ChangeProposed | approval.ChangeDecided) -> Subject:
    return Subject("proposal", event.proposal_id, event.number)
