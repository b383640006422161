"""Use cases of consents: record what somebody said, and ask where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.party.consent_events import ConsentChanged
from linehouse.party.consent_models import Consent
from linehouse.party.consent_values import ConsentChannel, ConsentEntry, ConsentNow, ConsentSource, Purpose
from linehouse.platform.clock.service import business_now
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work

E = TypeVar("E", Purpose, ConsentChannel, ConsentSource)


def record_consent(
    party_id: UUID,
    purpose: Purpose | str,
    *,
    given: bool,
    channel: ConsentChannel | str = ConsentChannel.ANY,
    source: ConsentSource | str,
    evidence: str = "",
    customer_id: UUID | None = None,
    actor: Actor,
) -> ConsentEntry:
    """Write that a party agrees to a purpose, or no longer. A consent needs evidence, a withdrawal needs none (GDPR
    article 7(1) and (3)). ``customer_id`` puts it on that customer's timeline. Raises InvalidFields.
    """
    known_purpose = _known(Purpose, purpose, "purpose")
    known_channel = _known(ConsentChannel, channel, "channel")
    known_source = _known(ConsentSource, source, "source")
    if given and not evidence.strip():
        expected = "how it can be shown that the person agreed, such as a form or a recording"
        raise InvalidFields((Problem("party.no_evidence", "a consent needs evidence", "evidence", "", expected),))
    with unit_of_work(actor, f"consent: {known_purpose.value}") as work:
        row = Consent.objects.create(
            id=new_id(),
            party_id=party_id,
            purpose=known_purpose,
            channel=known_channel,
            given=given,
            source=known_source,
            evidence=evidence.strip()[:500],
            at=work.now,
            actor=actor.name,
        )
        emit(
            ConsentChanged(
                party_id=party_id,
                customer_id=customer_id,
                purpose=known_purpose,
                channel=known_channel,
                given=given,
                source=known_source,
            )
        )
        return _entry(row)


def consent_given(
    party_id: UUID,
    purpose: Purpose | str,
    at: datetime | None = None,
    *,
    channel: ConsentChannel | str = ConsentChannel.ANY,
) -> bool:
    """Whether the party agrees to the purpose by the channel at the instant (now by default).

    The last word counts, whether it was about this channel or about all of them; without any word the answer is no.
    """
    return consent_now(party_id, purpose, at, channel=channel).given


def consent_now(
    party_id: UUID,
    purpose: Purpose | str,
    at: datetime | None = None,
    *,
    channel: ConsentChannel | str = ConsentChannel.ANY,
) -> ConsentNow:
    """The same with the line that decides. Raises InvalidFields for a purpose or channel that nobody knows."""
    known_purpose = _known(Purpose, purpose, "purpose")
    known_channel = _known(ConsentChannel, channel, "channel")
    row = (
        Consent.objects.filter(
            party_id=party_id,
            purpose=known_purpose,
            channel__in={ConsentChannel.ANY.value, known_channel.value},
            at__lte=at or business_now(),
        )
        .order_by("-at", "-id")
        .first()
    )
    entry = _entry(row) if row else None
    return ConsentNow(
        purpose=known_purpose, channel=known_channel, given=entry is not None and entry.given, entry=entry
    )


def consent_ledger(party_id: UUID) -> Sequence[ConsentEntry]:
    """Everything that the party said, the last first."""
    return [_entry(row) for row in Consent.objects.filter(party_id=party_id).order_by("-at", "-id")]


def _entry(row: Consent) -> ConsentEntry:
    return ConsentEntry(
        id=row.id,
        party_id=row.party_id,
        purpose=Purpose(row.purpose),
        channel=ConsentChannel(row.channel),
        given=row.given,
        source=ConsentSource(row.source),
        evidence=row.evidence,
        at=row.at,
        actor=row.actor,
    )


def _known(kind: type[E], word: str, field: str) -> E:
    try:
        return kind(word)
    except ValueError:
        expected = ", ".join(one.value or "nothing (all)" for one in kind)
        raise InvalidFields((Problem("party.unknown_word", f"{word!r} is not known", field, "", expected),)) from None
