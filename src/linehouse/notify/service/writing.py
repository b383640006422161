"""Writing a message: choosing channels and words, once; what happens then is delivery's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.customer.values import CustomerView
from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.notify.errors import UnknownTemplate
from linehouse.notify.models import Delivery, Evidence, Message
from linehouse.notify.service.contact import preference
from linehouse.notify.service.wordings import chosen_wording, notice
from linehouse.notify.sms_text import plain_spaces
from linehouse.notify.values import Channel, MessageClass, Notice, Recipient, Wording
from linehouse.notify.wording import Value, filled, render
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.work import Work, current_work

DELIVER = "notify.deliver"
TRIES = 12
"""Attempts by each channel: the pauses grow to ten minutes, so that together they last about forty."""
NOBODY = Recipient()


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said by one channel."""

    channel: Channel
    language: str
    version: int
    wording: Wording


def send_notice(
    key_of_notice: str,
    *,
    key: str,
    customer_id: UUID | None = None,
    to: Recipient = NOBODY,
    subject_ref: str = "",
    variables: Mapping[str, Value] | None = None,
    documents: Sequence[UUID] = (),
    channels: Sequence[Channel | str] = (),
    language: str = "",
    due: datetime | None = None,
) -> UUID | None:
    """Tell a customer, or somebody with the address ``to``, in the surrounding unit of work; returns the message's id.

    The same notice and ``key`` say it once: a second time returns None. Class, channels and variables are the
    notice's; ``channels`` narrows and orders them, else the customer's preference does. It goes by the first channel
    and falls back to the next where that fails for good. ``due`` is business time. Raises UnknownTemplate,
    MissingVariable, WrongValue, NotFound.
    """
    work = current_work()
    if Message.objects.filter(template=key_of_notice, key=key).exists():
        return None
    declared = notice(key_of_notice)
    customer = customers.customer_view(customer_id) if customer_id else None
    spoken = language or (customer.language if customer else catalog.published().brand.language)
    words = _words_of(declared, customer, to, variables or {}, channels, spoken)
    return _write(
        work,
        words,
        customer=customer,
        to=to,
        key=key,
        template=key_of_notice,
        message_class=declared.message_class,
        purpose=declared.purpose,
        subject_ref=subject_ref,
        documents=documents,
        due=due,
    )


def send_text(
    text: str,
    *,
    subject: str = "",
    channel: Channel | str,
    customer_id: UUID | None = None,
    to: Recipient = NOBODY,
    message_class: MessageClass | str = MessageClass.SERVICE,
    documents: Sequence[UUID] = (),
    due: datetime | None = None,
    description: str = "",
    priority: str = "",
    tries: int = TRIES,
) -> UUID:
    """Send the caller's own words by one channel, in the surrounding unit of work. Raises InvalidFields, NotFound."""
    work = current_work()
    problems = []
    if not text.strip():
        problems.append(Problem("notify.empty", "the text is empty", "text", "", "what the receiver is to read"))
    if channel == Channel.EMAIL and not subject.strip():
        problems.append(Problem("notify.empty", "a mail needs a subject", "subject", "", "one line"))
    if channel not in set(Channel):
        expected = ", ".join(Channel)
        problems.append(Problem("notify.channel", "there is no such channel", "channel", str(channel), expected))
    if message_class not in set(MessageClass):
        expected = ", ".join(MessageClass)
        problems.append(Problem("notify.class", "there is no such class", "message_class", message_class, expected))
    if message_class == MessageClass.MARKETING and customer_id is None:
        expected = "a customer, whose consent can be asked for"
        problems.append(Problem("notify.nobody", "marketing goes to customers", "customer", "", expected))
    if not 1 <= tries <= 20:
        problems.append(Problem("notify.tries", "this is no number of attempts", "tries", str(tries), "1 to 20"))
    if problems:
        raise InvalidFields(tuple(problems))
    customer = customers.customer_view(customer_id) if customer_id else None
    language = customer.language if customer else catalog.published().brand.language
    wording = Wording(subject=" ".join(subject.split()), text=text)
    return _write(
        work,
        [_Words(Channel(channel), language, 0, wording)],
        customer=customer,
        to=to,
        key=str(new_id()),
        message_class=MessageClass(message_class),
        documents=documents,
        due=due,
        description=description,
        priority=priority,
        tries=tries,
    )


def _said(words: _Words) -> str:
    return plain_spaces(words.wording.text).strip() if words.channel is Channel.SMS else words.wording.text


def _words_of(
    declared: Notice,
    customer: CustomerView | None,
    to: Recipient,
    variables: Mapping[str, Value],
    channels: Sequence[Channel | str],
    language: str,
) -> list[_Words]:
    brand = catalog.published().brand
    zone = customer.accounts[0].zone if customer and customer.accounts else brand.zone
    given: dict[str, Value] = {"name": customer.name if customer else to.name, "brand": brand.name, **variables}
    found = []
    for channel in _order(declared, customer, to, channels):
        chosen = chosen_wording(declared.key, channel, language)
        if chosen is None:
            continue
        filled_in = render(chosen.wording, filled(declared, given, chosen.language, zone))
        found.append(_Words(channel, chosen.language, chosen.number, filled_in))
    if not found:
        raise UnknownTemplate(
            f"the notice {declared.key} has no words for any channel that could be used",
            field="channels",
            value=", ".join(map(str, channels or declared.channels)),
            expected="a published wording for one of them",
        )
    return found


def _order(
    declared: Notice, customer: CustomerView | None, to: Recipient, channels: Sequence[Channel | str]
) -> list[Channel]:
    if channels:
        return [Channel(one) for one in channels]
    if customer is None:
        addresses = {Channel.EMAIL: to.email, Channel.SMS: to.phone}
        return [one for one in declared.channels if addresses[one]]
    wanted = preference(customer.id).channels
    if declared.message_class is MessageClass.MARKETING and wanted:
        return [one for one in wanted if one in declared.channels]
    return sorted(declared.channels, key=lambda one: wanted.index(one) if one in wanted else len(wanted))


def _write(
    work: Work,
    words: Sequence[_Words],
    *,
    customer: CustomerView | None,
    to: Recipient,
    key: str,
    message_class: MessageClass,
    template: str = "",
    purpose: str = "marketing",
    subject_ref: str = "",
    documents: Sequence[UUID] = (),
    due: datetime | None = None,
    description: str = "",
    priority: str = "",
    tries: int = TRIES,
) -> UUID:
    digest = hashlib.sha256(f"{work.brand}/{template}/{key}".encode()).hexdigest()[:32]
    first = words[0]
    own_id = new_id()
    row = Message(
        id=own_id,
        owner_id=customer.party_id if customer else own_id,
        created_at=work.now,
        changed_at=work.now,
        template=template,
        key=key,
        message_class=message_class,
        purpose=purpose,
        channel=first.channel,
        language=first.language,
        customer_id=customer.id if customer else None,
        party_id=customer.party_id if customer else None,
        recipient_name=to.name,
        recipient_email=to.email,
        recipient_phone=to.phone,
        subject_ref=subject_ref,
        subject=first.wording.subject[:300],
        text=_said(first),
        documents=[str(document) for document in documents],
        message_id=f"<{digest}@linehouse.invalid>",
        due_at=due,
        description=description,
        priority=priority,
        tries=tries,
    )
    row.save(force_insert=True)
    for position, one in enumerate(words):
        Delivery.objects.create(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            message=row,
            owner_id=row.owner_id,
            position=position,
            channel=one.channel,
            language=one.language,
            version=one.version,
            subject=one.wording.subject[:300],
            text=_said(one),
            html=one.wording.html,
        )
    ways = ", then ".join(f"{one.channel} in {one.language} (version {one.version})" for one in words)
    Evidence.objects.create(
        id=new_id(),
        message=row,
        at=work.now,
        kind="written",
        text=f"{message_class}; {ways}; by {work.actor.name}"[:500],
    )
    enqueue(DELIVER, {"message": str(row.id)}, key=f"{row.id}/1", due=due)
    return row.id
