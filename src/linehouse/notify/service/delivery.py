"""Delivering a message: read the address, hand the mail over, keep the evidence."""

from __future__ import annotations

from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.notify.errors import NoAddress
from linehouse.notify.events import MessageCompleted, MessageFailed
from linehouse.notify.lifecycle import MESSAGE
from linehouse.notify.mailer import Attachment, Mail, Refusal, Unreachable, mailer
from linehouse.notify.models import Message
from linehouse.notify.values import masked
from linehouse.platform.documents.service import load
from linehouse.platform.jobs.registry import RetryLater
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import SYSTEM, unit_of_work


def deliver(message_id: UUID) -> None:
    """Try to deliver a message; a second call after success does nothing.

    The call to the mail server stands between two transactions. Raises RetryLater when the server is unreachable.
    """
    with unit_of_work(SYSTEM, "delivery") as work:
        row = Message.objects.select_for_update().get(id=message_id)
        if row.state in ("completed", "cancelled"):
            return
        try:
            mail = _mail(row)
        except NoAddress as error:
            _fail(row, error.code)
            return
        if row.state == "initial":
            row.state = MESSAGE.require(row.state, "inProgress")
        row.attempts += 1
        row.recipient_masked = masked(mail.recipient)
        row.changed_at = work.now
        row.save(update_fields=["state", "attempts", "recipient_masked", "changed_at"])
    try:
        evidence = mailer().send(mail)
    except Unreachable as error:
        raise RetryLater(str(error)) from error
    except Refusal as error:
        with unit_of_work(SYSTEM, "delivery"):
            _fail(Message.objects.select_for_update().get(id=message_id), str(error))
        return
    with unit_of_work(SYSTEM, "delivery") as work:
        row = Message.objects.select_for_update().get(id=message_id)
        if row.state == "completed":
            return
        row.state = MESSAGE.require(row.state, "completed")
        row.evidence, row.sent_at, row.changed_at = evidence[:500], work.now, work.now
        row.save(update_fields=["state", "evidence", "sent_at", "changed_at"])
        emit(
            MessageCompleted(
                message_id=row.id,
                customer_id=row.customer_id,
                template=row.template,
                channel=row.channel,
                subject_ref=row.subject_ref,
            )
        )


def _fail(row: Message, reason: str) -> None:
    row.state = MESSAGE.require(row.state, "failed")
    row.evidence = reason[:500]
    row.save(update_fields=["state", "evidence"])
    emit(
        MessageFailed(
            message_id=row.id,
            customer_id=row.customer_id,
            template=row.template,
            channel=row.channel,
            subject_ref=row.subject_ref,
            reason=reason[:200],
        )
    )


def _mail(row: Message) -> Mail:
    party = customers.customer_view(row.customer_id).party
    address = party.email
    if not address:
        raise NoAddress("the customer has no e-mail address", field="email", expected="an address")
    brand = catalog.published().brand
    files = [load(UUID(document)) for document in row.documents]
    return Mail(
        message_id=row.message_id,
        sender_name=brand.name,
        sender=brand.legal_entity.email,
        recipient_name=party.name,
        recipient=address,
        subject=row.subject,
        text=row.text,
        language=row.language,
        attachments=tuple(Attachment(file.name, file.media_type, file.content) for file in files),
    )
