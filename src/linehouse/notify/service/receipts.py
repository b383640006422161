"""What the other side says later: receipts of SMS, mails that come back, and silence."""

from __future__ import annotations

from uuid import UUID

from linehouse.notify.models import Delivery, Message, SmsPart
from linehouse.notify.service import outcomes
from linehouse.notify.sms import Receipt, ReceiptState
from linehouse.notify.values import MessageClass
from linehouse.platform.work import SYSTEM, unit_of_work


def take_receipt(receipt: Receipt) -> bool:
    """Take a receipt of an SMS's segment; False when the current brand sent nothing with this number.

    A second receipt for a segment changes nothing but the evidence; one that comes after a failure corrects it.
    """
    with unit_of_work(SYSTEM, "receipt of an SMS"):
        part = (
            SmsPart.objects.filter(centre_id=receipt.centre_id).order_by("-id").first() if receipt.centre_id else None
        )
        if part is None:
            return False
        row = Message.objects.select_for_update().get(deliveries__id=part.delivery_id)
        delivery = Delivery.objects.select_for_update().get(id=part.delivery_id)
        part = SmsPart.objects.select_for_update().get(id=part.id)
        settled = part.state in ("delivered", "failed") and part.state == receipt.state.value
        kind = "repeated" if settled else "receipt"
        outcomes.keep(row, kind, f"part {part.number}: {receipt.words}", "sms")
        if settled or receipt.state is ReceiptState.UNDERWAY or part.state == "delivered":
            return True
        if receipt.state is ReceiptState.DELIVERED:
            outcomes.move_part(part, "delivered", receipt=receipt.words)
            # While further segments are still being handed over, delivery looks at the receipts afterwards.
            if delivery.state != "submitting" and not delivery.parts.exclude(state="delivered").exists():
                outcomes.delivered(row, delivery)
            return True
        outcomes.move_part(part, "failed", receipt=receipt.words)
        if delivery.state == "accepted":
            outcomes.channel_failed(row, delivery, f"not delivered: {receipt.words}")
        return True


def take_bounce(message_id: str, words: str, *, for_good: bool) -> bool:
    """Take a mail that came back (RFC 3464); False when the current brand sent no mail with this Message-ID.

    A delay is only kept as evidence. A failure for good lets the message go by its next channel, or fail.
    """
    with unit_of_work(SYSTEM, "a mail came back"):
        row = Message.objects.select_for_update().filter(message_id=message_id).first()
        if row is None:
            return False
        delivery = (
            row.deliveries.select_for_update().filter(channel="email", attempts__gt=0).order_by("-position").first()
        )
        outcomes.keep(row, "bounced" if for_good else "delayed", words, "email")
        if for_good and delivery is not None and delivery.state == "accepted":
            outcomes.channel_failed(row, delivery, f"came back: {words}")
        return True


def receipt_overdue(delivery_id: UUID) -> None:
    """No receipt came in time. What the law demands goes by its next channel, since it must be shown to have arrived;
    any other message counts as handed over, without proof."""
    with unit_of_work(SYSTEM, "no receipt in time"):
        message_id = Delivery.objects.values_list("message_id", flat=True).get(id=delivery_id)
        row = Message.objects.select_for_update().get(id=message_id)
        delivery = Delivery.objects.select_for_update().get(id=delivery_id)
        if delivery.state != "accepted" or row.state != "inProgress":
            return
        outcomes.keep(row, "no-receipt", "the centre took it, and no receipt came in time", "sms")
        if row.message_class == MessageClass.LEGAL:
            outcomes.channel_failed(row, delivery, "no receipt in time")
        else:
            outcomes.complete(row, delivery)
