"""Who used it: asked of inventory, for the instant at which the usage began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from linehouse.inventory import service as inventory
from linehouse.inventory.values import IdentityKind, IdentityQuery
from linehouse.usage.errors import Suspension
from linehouse.usage.feeds import Feed
from linehouse.usage.models import UsageFile
from linehouse.usage.normalise import Prepared
from linehouse.usage.values import NormalisedUsage


@dataclass(frozen=True, slots=True)
class Identified:
    """The subscriber of a record."""

    subscription_id: UUID
    customer_id: UUID
    billing_account_id: UUID
    msisdn: str


@dataclass(frozen=True, slots=True)
class NotIdentified:
    """Why nobody was found."""

    reason: Suspension
    message: str


def identify(prepared: Sequence[Prepared]) -> list[Identified | NotIdentified]:
    """The subscriber of each record, in order; a fixed number of statements, however many they are.

    The IMSI decides. The MSISDN is asked as well: it decides where the IMSI is missing or unknown, and where both are
    known and name different subscribers the record is not charged to either.
    """
    questions = []
    for place, one in enumerate(prepared):
        if one.imsi:
            questions.append(IdentityQuery(2 * place, IdentityKind.IMSI, one.imsi, one.started_at))
        if one.msisdn:
            questions.append(IdentityQuery(2 * place + 1, IdentityKind.MSISDN, one.msisdn, one.started_at))
    found = inventory.identify_many(questions)
    answers: list[Identified | NotIdentified] = []
    for place, one in enumerate(prepared):
        by_imsi, by_msisdn = found.get(2 * place), found.get(2 * place + 1)
        subscriber = by_imsi or by_msisdn
        when = f"{one.started_at:%Y-%m-%d %H:%M:%S} UTC"
        if subscriber is None:
            answers.append(
                NotIdentified(Suspension.UNKNOWN_SUBSCRIBER, f"no subscriber had this IMSI or MSISDN at {when}")
            )
        elif by_imsi and by_msisdn and by_imsi.product_id != by_msisdn.product_id:
            message = f"IMSI and MSISDN belonged to different subscribers at {when}"
            answers.append(NotIdentified(Suspension.IDENTITY_CONFLICT, message))
        else:
            number = subscriber.msisdn.digits if subscriber.msisdn else one.msisdn
            answers.append(
                Identified(subscriber.product_id, subscriber.customer_id, subscriber.billing_account_id, number)
            )
    return answers


def with_subscriber(
    record_id: UUID, one: Prepared, subscriber: Identified, row: UsageFile, feed: Feed
) -> NormalisedUsage:
    """The record with its subscriber: what charging prices."""
    raw = one.raw
    return NormalisedUsage(
        id=record_id,
        key=one.key,
        subscription_id=subscriber.subscription_id,
        customer_id=subscriber.customer_id,
        billing_account_id=subscriber.billing_account_id,
        msisdn=subscriber.msisdn,
        imsi=one.imsi,
        usage_type=raw.usage_type,
        direction=raw.direction,
        other_party=one.party.text,
        party_kind=one.party.kind,
        started_at=one.started_at,
        utc_offset=raw.utc_offset,
        quantity=raw.quantity,
        serving=one.serving,
        visited=one.visited,
        apn=raw.apn,
        event_reference=raw.event_reference,
        cause=raw.cause,
        wholesale=raw.wholesale,
        source=row.source,
        source_kind=row.format,
        corrections=feed.corrections,
        file_id=row.id,
        position=raw.position,
        reference=raw.reference,
        attributes={
            **raw.attributes,
            **{name: text for name, text in (("party", raw.party), ("dialled", raw.dialled)) if text},
        },
        ended_at=raw.ended_at,
        amount=raw.amount,
    )
