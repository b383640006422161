"""What came of a message's way by a channel: the states, the evidence, the next channel, the end."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from linehouse.kernel.ids import new_id
from linehouse.notify.events import MessageCancelled, MessageCompleted, MessageFailed, MessageHeld
from linehouse.notify.lifecycle import DELIVERY, MESSAGE, PART, UNDELIVERED
from linehouse.notify.models import Delivery, Evidence, Message, SmsPart
from linehouse.notify.service.contact import rules_of
from linehouse.notify.service.writing import DELIVER
from linehouse.notify.values import Channel, MessageClass, masked
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import current_work

AWAIT_RECEIPT = "notify.await_receipt"
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+\d{7,15}")


def keep(row: Message, kind: str, text: str, channel: str = "") -> None:
    """Add a line of evidence; the last one also stands with the message."""
    words = without_addresses(text)[:500]
    Evidence.objects.create(
        id=new_id(), message=row, at=current_work().now, kind=kind, channel=channel or row.channel, text=words
    )
    row.evidence, row.changed_at = words, current_work().now
    row.save(update_fields=["evidence", "changed_at"])


def without_addresses(text: str) -> str:
    """The other side's words with every address in them masked: evidence is shown to those who need not see one."""
    return _ADDRESS.sub(lambda found: masked(found[0]), text)


def move(delivery: Delivery, state: str, reason: str = "") -> None:
    """Move the way by a channel to a state."""
    delivery.state = DELIVERY.require(delivery.state, state)
    delivery.reason, delivery.changed_at = without_addresses(reason)[:300], current_work().now
    delivery.save(update_fields=["state", "reason", "changed_at"])


def move_part(part: SmsPart, state: str, *, centre_id: str | None = None, receipt: str = "") -> None:
    """Move a segment to a state."""
    part.state = PART.require(part.state, state)
    part.changed_at = current_work().now
    if centre_id is not None:
        part.centre_id = centre_id
    if receipt:
        part.receipt = receipt[:60]
    part.save(update_fields=["state", "changed_at", "centre_id", "receipt"])


def run_again(row: Message) -> None:
    """Have the message delivered by a job of its own."""
    row.runs += 1
    row.save(update_fields=["runs"])
    enqueue(DELIVER, {"message": str(row.id)}, key=f"{row.id}/{row.runs}")


def run_later(row: Message, due: datetime) -> None:
    """The same at a business instant."""
    row.runs += 1
    row.save(update_fields=["runs"])
    enqueue(DELIVER, {"message": str(row.id)}, key=f"{row.id}/{row.runs}", due=due)


def accepted(row: Message, delivery: Delivery, words: str, *, receipts: bool) -> None:
    """The other side took it. Without receipts to come that completes the message; else they are waited for."""
    move(delivery, "accepted", words)
    keep(row, "accepted", words, delivery.channel)
    if not receipts:
        complete(row, delivery)
        return
    hours = rules_of(Channel(delivery.channel)).receipt_hours
    due = current_work().now + timedelta(hours=hours)
    enqueue(AWAIT_RECEIPT, {"delivery": str(delivery.id)}, key=f"{delivery.id}/{delivery.attempts}", due=due)


def delivered(row: Message, delivery: Delivery) -> None:
    """Receipts say that all of it arrived."""
    move(delivery, "delivered")
    if row.state != "completed":
        complete(row, delivery)


def complete(row: Message, delivery: Delivery) -> None:
    """The message has reached its receiver."""
    row.state = MESSAGE.require(row.state, "completed")
    row.sent_at = row.changed_at = current_work().now
    row.channel, row.language = delivery.channel, delivery.language
    row.save(update_fields=["state", "sent_at", "changed_at", "channel", "language"])
    for other in row.deliveries.filter(state="waiting"):
        move(other, "skipped", "not needed")
    follow(row)
    emit(
        MessageCompleted(
            message_id=row.id,
            customer_id=row.customer_id,
            template=row.template,
            channel=delivery.channel,
            subject_ref=row.subject_ref,
        )
    )


def channel_failed(row: Message, delivery: Delivery, reason: str) -> None:
    """It cannot go by this channel: the next one is tried, or the message has failed."""
    move(delivery, "failed", reason)
    keep(row, "failed", reason, delivery.channel)
    if row.sent_at is not None:
        row.sent_at = None
        row.save(update_fields=["sent_at"])
    following = row.deliveries.filter(state__in=("waiting", "skipped"), position__gt=delivery.position).first()
    if following is None:
        fail(row, reason)
        return
    if following.state == "skipped":
        move(following, "waiting")
    if row.state == "completed":
        row.state = MESSAGE.require(row.state, "inProgress")
    row.channel, row.language = following.channel, following.language
    row.subject, row.text = following.subject, following.text
    row.save(update_fields=["state", "channel", "language", "subject", "text"])
    keep(row, "fallback", f"{delivery.channel} failed, {following.channel} is next", following.channel)
    run_again(row)


def fail(row: Message, reason: str) -> None:
    """No channel is left."""
    row.state = MESSAGE.require(row.state, "failed")
    row.changed_at = current_work().now
    row.save(update_fields=["state", "changed_at"])
    follow(row)
    emit(
        MessageFailed(
            message_id=row.id,
            customer_id=row.customer_id,
            template=row.template,
            channel=row.channel,
            subject_ref=row.subject_ref,
            reason=without_addresses(reason)[:200],
        )
    )


def hold(row: Message, reason: str, until: datetime) -> None:
    """Wait; the rules are asked again then."""
    row.held_until, row.runs = until, row.runs + 1
    row.save(update_fields=["held_until", "runs"])
    keep(row, "held", f"{reason}, until {until:%Y-%m-%d %H:%M} UTC")
    emit(MessageHeld(message_id=row.id, template=row.template, reason=reason, until=until))
    enqueue(DELIVER, {"message": str(row.id)}, key=f"{row.id}/{row.runs}", due=until)


def drop(row: Message, reason: str) -> None:
    """Not sent, for a reason that is kept."""
    row.state = MESSAGE.require(row.state, "cancelled")
    row.held_until = None
    row.save(update_fields=["state", "held_until"])
    keep(row, "cancelled", reason)
    for one in row.deliveries.filter(state="waiting"):
        move(one, "skipped", reason)
    emit(MessageCancelled(message_id=row.id, customer_id=row.customer_id, template=row.template, reason=reason[:200]))


def follow(row: Message) -> None:
    """Let the work list follow: a notice that the law demands may not get lost unseen."""
    if row.message_class == MessageClass.LEGAL:
        current_work().touch(UNDELIVERED, str(row.id))
