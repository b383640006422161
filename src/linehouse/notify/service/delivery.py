"""Delivering a message: may it go, where to, hand it over, keep what came of it.

Before each call the state ``submitting`` is committed. Found so by a later attempt, nobody knows whether the other
side took it. The rule: a mail is sent again under the same Message-ID, which makes it one for the reader; a legal SMS
is sent again, since twice is better than not at all; any other SMS is not, and the message fails for a person to see.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.kernel.ids import new_id
from linehouse.notify import contact_rules, sms
from linehouse.notify.contact_rules import Verdict
from linehouse.notify.errors import NoAddress, NoSmsCentre
from linehouse.notify.events import MessageStarted
from linehouse.notify.frame import framed
from linehouse.notify.lifecycle import MESSAGE
from linehouse.notify.mailer import Attachment, Mail, Refusal, Unreachable, mailer
from linehouse.notify.models import Delivery, Message, SmsPart
from linehouse.notify.service import outcomes
from linehouse.notify.service.addresses import Address, address_of, zone_for
from linehouse.notify.service.contact import rules_of
from linehouse.notify.sms_text import segmented
from linehouse.notify.values import Channel, MessageClass, masked
from linehouse.party import service as party
from linehouse.platform.documents.service import load
from linehouse.platform.jobs.registry import RetryLater
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import SYSTEM, Work, unit_of_work

REASON = "delivery"


def deliver(message_id: UUID) -> None:
    """Try to deliver a message; a call after it has ended does nothing. Raises RetryLater where trying again helps."""
    ready = _begin(message_id)
    if ready is None:
        return
    delivery_id, address = ready
    try:
        if _channel(delivery_id) is Channel.EMAIL:
            _by_mail(message_id, delivery_id, address)
        else:
            _by_sms(message_id, delivery_id, address)
    except Unreachable as error:
        _put_off(message_id, delivery_id, str(error))
    except Refusal as error:
        with unit_of_work(SYSTEM, REASON):
            row, delivery = _locked(message_id, delivery_id)
            outcomes.channel_failed(row, delivery, str(error))
    except NoSmsCentre as error:
        with unit_of_work(SYSTEM, REASON):
            row, delivery = _locked(message_id, delivery_id)
            outcomes.channel_failed(row, delivery, error.code)
    except sms.OutcomeUnknown as error:
        _unknown(message_id, delivery_id, str(error))


def _begin(message_id: UUID) -> tuple[UUID, Address] | None:
    """Decide what is to be done now; None when nothing is."""
    with unit_of_work(SYSTEM, REASON) as work:
        row = Message.objects.select_for_update().get(id=message_id)
        if row.state in ("completed", "cancelled", "failed") or _too_early(row, work):
            return None
        delivery = row.deliveries.filter(state__in=("waiting", "submitting", "unknown")).order_by("position").first()
        if delivery is None or (row.state == "initial" and not _may_go(row, delivery, work)):
            return None
        if not delivery.text:
            # The key of whom it was written to is destroyed: there is nothing left to say, and nobody to say it to.
            outcomes.channel_failed(row, delivery, "erased")
            return None
        try:
            address = address_of(row, Channel(delivery.channel))
        except NoAddress as error:
            outcomes.channel_failed(row, delivery, error.code)
            return None
        if delivery.state == "submitting" and not _after_a_crash(row, delivery):
            return None
        if row.state == "initial":
            row.state = MESSAGE.require(row.state, "inProgress")
            emit(MessageStarted(message_id=row.id, template=row.template, channel=delivery.channel))
        row.attempts += 1
        row.recipient_masked = delivery.recipient_masked = masked(address.value)
        row.changed_at = work.now
        row.save(update_fields=["state", "attempts", "recipient_masked", "changed_at"])
        delivery.attempts += 1
        delivery.save(update_fields=["attempts", "recipient_masked"])
        if delivery.state != "submitting":
            outcomes.move(delivery, "submitting")
        return delivery.id, address


def _too_early(row: Message, work: Work) -> bool:
    return row.due_at is not None and row.due_at > work.now


def _may_go(row: Message, delivery: Delivery, work: Work) -> bool:
    message_class = MessageClass(row.message_class)
    if message_class is not MessageClass.MARKETING or row.party_id is None:
        return True
    channel = Channel(delivery.channel)
    rules = rules_of(channel)
    recent = Message.objects.filter(
        customer_id=row.customer_id,
        message_class=MessageClass.MARKETING,
        channel=channel,
        sent_at__gt=work.now - timedelta(days=rules.cap_days + rules.hold_hours // 24 + 1),
    )
    decision = contact_rules.decide(
        message_class,
        consent=party.consent_given(row.party_id, row.purpose, work.now, channel=channel.value),
        now=work.now,
        written_at=row.due_at or row.created_at,
        zone=zone_for(row, rules.zone_of),
        rules=rules,
        sent=[moment for moment in recent.values_list("sent_at", flat=True) if moment],
    )
    if decision.verdict is Verdict.SEND:
        return True
    if decision.verdict is Verdict.HOLD and decision.until is not None:
        outcomes.hold(row, decision.reason, decision.until)
        return False
    outcomes.drop(row, decision.reason)
    return False


def _after_a_crash(row: Message, delivery: Delivery) -> bool:
    """Whether it goes on with a way that was left while it was being handed over."""
    if delivery.channel == Channel.EMAIL:
        outcomes.keep(
            row, "unknown", "nobody knows whether it was taken: sent again under the same Message-ID", "email"
        )
        return True
    if not delivery.parts.filter(state="submitting").exists():
        return True
    return _resolve(row, delivery, "a process ended while it was being handed over")


def _resolve(row: Message, delivery: Delivery, why: str) -> bool:
    """The rule for an SMS of which nobody knows whether it was taken; True: send it again."""
    part = delivery.parts.filter(state="submitting").order_by("number").first()
    if row.message_class == MessageClass.LEGAL:
        outcomes.keep(row, "unknown", f"{why}: a legal notice is sent again", "sms")
        if part is not None:
            outcomes.move_part(part, "waiting")
        return True
    if part is not None:
        outcomes.move_part(part, "unknown")
    outcomes.move(delivery, "unknown", why)
    outcomes.keep(row, "unknown", f"{why}: not sent again by itself", "sms")
    outcomes.fail(row, why)
    return False


def _unknown(message_id: UUID, delivery_id: UUID, why: str) -> None:
    with unit_of_work(SYSTEM, REASON):
        row, delivery = _locked(message_id, delivery_id)
        again = _resolve(row, delivery, why)
        if again:
            outcomes.move(delivery, "waiting", why)
    if again:
        raise RetryLater(why)


def _put_off(message_id: UUID, delivery_id: UUID, why: str) -> None:
    with unit_of_work(SYSTEM, REASON):
        row, delivery = _locked(message_id, delivery_id)
        for part in delivery.parts.filter(state="submitting"):
            outcomes.move_part(part, "waiting")
        if delivery.attempts >= row.tries:
            outcomes.channel_failed(row, delivery, f"given up after {delivery.attempts} attempts: {why}")
            return
        outcomes.move(delivery, "waiting", why)
        outcomes.keep(row, "put-off", why, delivery.channel)
    raise RetryLater(why)


def _by_mail(message_id: UUID, delivery_id: UUID, address: Address) -> None:
    row = Message.objects.get(id=message_id)
    delivery = Delivery.objects.get(id=delivery_id)
    brand = catalog.published().brand
    files = [load(UUID(document)) for document in row.documents]
    mail = Mail(
        message_id=row.message_id,
        sender_name=brand.name,
        sender=brand.legal_entity.email,
        recipient_name=address.name,
        recipient=address.value,
        subject=delivery.subject,
        text=delivery.text,
        language=delivery.language,
        attachments=tuple(Attachment(file.name, file.media_type, file.content) for file in files),
        html=framed(delivery.html, delivery.language, brand) if delivery.html else "",
    )
    words = mailer().send(mail)
    with unit_of_work(SYSTEM, REASON):
        row, delivery = _locked(message_id, delivery_id)
        if delivery.state == "submitting":
            outcomes.accepted(row, delivery, words, receipts=False)


def _by_sms(message_id: UUID, delivery_id: UUID, address: Address) -> None:
    delivery = Delivery.objects.get(id=delivery_id)
    text = segmented(delivery.text)
    with unit_of_work(SYSTEM, REASON) as work:
        for number in range(1, text.count + 1):
            if not delivery.parts.filter(number=number).exists():
                SmsPart.objects.create(
                    id=new_id(), created_at=work.now, changed_at=work.now, delivery=delivery, number=number
                )
    centre = sms.centre()
    sender = catalog.published().brand.look.logo_text
    for number, octets in enumerate(text.segments, 1):
        with unit_of_work(SYSTEM, REASON):
            part = SmsPart.objects.select_for_update().get(delivery=delivery, number=number)
            if part.state not in ("waiting", "unknown"):
                continue
            outcomes.move_part(part, "submitting")
        segment = sms.Segment(
            sender=sender,
            recipient=address.value,
            octets=octets,
            is_gsm=text.is_gsm,
            number=number,
            total=text.count,
            reference=delivery.id.bytes[-1],
        )
        try:
            taken = centre.submit(segment)
        except Refusal:
            with unit_of_work(SYSTEM, REASON):
                outcomes.move_part(SmsPart.objects.select_for_update().get(id=part.id), "failed")
            raise
        with unit_of_work(SYSTEM, REASON):
            row, delivery = _locked(message_id, delivery_id)
            part = SmsPart.objects.select_for_update().get(id=part.id)
            outcomes.move_part(part, "accepted", centre_id=taken.centre_id)
            outcomes.keep(row, "submitted", f"part {number} of {text.count}: {taken.words}", "sms")
    _all_taken(message_id, delivery_id)


def _all_taken(message_id: UUID, delivery_id: UUID) -> None:
    """Every segment is with the centre; receipts may have come for some of them already."""
    with unit_of_work(SYSTEM, REASON):
        row, delivery = _locked(message_id, delivery_id)
        if delivery.state != "submitting":
            return
        parts = list(delivery.parts.order_by("number"))
        outcomes.accepted(row, delivery, "taken by the SMS centre", receipts=any(part.centre_id for part in parts))
        if all(part.state == "delivered" for part in parts):
            outcomes.delivered(row, delivery)
        elif failed := next((part for part in parts if part.state == "failed"), None):
            outcomes.channel_failed(row, delivery, f"not delivered: {failed.receipt}")


def _channel(delivery_id: UUID) -> Channel:
    return Channel(Delivery.objects.values_list("channel", flat=True).get(id=delivery_id))


def _locked(message_id: UUID, delivery_id: UUID) -> tuple[Message, Delivery]:
    row = Message.objects.select_for_update().get(id=message_id)
    return row, Delivery.objects.select_for_update().get(id=delivery_id)
