"""Records that wait: put into suspense, corrected, resubmitted, discarded. None is ever lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from linehouse.kernel.ids import new_id
from linehouse.kernel.money import BIGINT_MAX
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.usage import store
from linehouse.usage.corrections import corrected
from linehouse.usage.errors import CorrectionInvalid, SuspenseUnknown, Suspension, UsageRecordUnknown
from linehouse.usage.events import UsageRecordResubmitted, UsageRecordSuspended
from linehouse.usage.lifecycle import SUSPENSE, USAGE_RECORD, USAGE_SUSPENSE
from linehouse.usage.models import UsageFile, UsageSuspense
from linehouse.usage.normalise import Held, Prepared, prepare
from linehouse.usage.service.feeds import feed_named
from linehouse.usage.service.identify import Identified, identify, with_subscriber
from linehouse.usage.service.records import from_builtins, to_builtins
from linehouse.usage.values import NormalisedUsage, NumberForm, RawUsage, UnreadableRecord, WholesaleCharge


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record on its way into suspense."""

    record_id: UUID
    position: int
    reference: str
    reason: str
    message: str
    raw: RawUsage | None
    evidence: str = ""
    key: str = ""
    charge: WholesaleCharge | None = None
    customer_id: UUID | None = None
    subscription_id: UUID | None = None
    was_guided: bool = False

    @classmethod
    def of_unreadable(cls, record_id: UUID, record: UnreadableRecord) -> Waiting:
        """What its reader could not read."""
        return cls(
            record_id,
            record.position,
            record.reference,
            record.code,
            record.message,
            None,
            record.evidence,
            charge=record.wholesale,
        )

    @classmethod
    def of_held(cls, record_id: UUID, held: Held) -> Waiting:
        """What normalising held back."""
        raw = held.raw
        return cls(
            record_id,
            raw.position,
            raw.reference,
            held.reason.value,
            held.message,
            raw,
            key=held.key,
            charge=raw.wholesale,
        )


def add_waiting(row: UsageFile, waiting: Sequence[Waiting], work: Work) -> None:
    """Put records of a file into suspense, in the surrounding unit of work."""
    rows = [_suspense_row(row, one, work.now) for one in waiting]
    UsageSuspense.objects.bulk_create(rows)
    for made in rows:
        _tell(made)
        work.touch(SUSPENSE, suspense_key(made))


def suspense_key(row: UsageSuspense) -> str:
    """The key of the task to which a waiting record belongs: one per file and reason."""
    return f"{row.file_id}/{row.reason}"


def _tell(row: UsageSuspense) -> None:
    emit(
        UsageRecordSuspended(
            suspense_id=row.id,
            file_id=row.file_id,
            position=row.position,
            reason=row.reason,
            customer_id=row.customer_id,
        )
    )


def _suspense_row(file: UsageFile, one: Waiting, now: datetime) -> UsageSuspense:
    row = UsageSuspense(
        id=new_id(),
        created_at=now,
        changed_at=now,
        record_id=one.record_id,
        file=file,
        position=one.position,
        reference=one.reference,
        state="open",
        reason=one.reason,
        message=one.message.replace("\x00", ""),
        evidence=one.evidence.replace("\x00", ""),
        key=one.key,
        was_guided=one.was_guided,
        customer_id=one.customer_id,
        subscription_id=one.subscription_id,
    )
    if one.charge is not None and abs(one.charge.amount) <= BIGINT_MAX:
        row.charge, row.charge_decimals = one.charge.amount, one.charge.decimals
        row.charge_currency = one.charge.currency
    if one.raw is not None:
        _show(row, one.raw)
    return row


def _show(row: UsageSuspense, raw: RawUsage) -> None:
    row.record = to_builtins(raw)
    row.usage_type, row.direction, row.started_at = raw.usage_type.value, raw.direction.value, raw.started_at
    row.imsi, row.msisdn = raw.imsi[:40], raw.msisdn[:40]
    row.quantity = raw.quantity.amount if abs(raw.quantity.amount) <= BIGINT_MAX else None
    row.unit = raw.quantity.unit.value


def suspend(record_id: UUID, reason: str, message: str, *, actor: Actor) -> UUID:
    """Send a guided record back into suspense, because it could not be priced; returns the suspense id.

    Asked twice, it answers with the same id. Raises UsageRecordUnknown, IllegalTransition.
    """
    with unit_of_work(actor, f"usage record suspended: {reason}") as work:
        found = store.record_row(record_id, lock=True)
        if found is None:
            raise UsageRecordUnknown("no such usage record", field="id", value=str(record_id))
        waiting = UsageSuspense.objects.filter(record_id=record_id).exclude(state="resolved").first()
        if found["state"] == "rejected" and waiting is not None:
            return waiting.id
        USAGE_RECORD.require(found["state"], "rejected")
        usage = store.usage_of(found)
        store.move([record_id], [found["state"]], "rejected", now=work.now, actor=work.actor.name, reason=message)
        row = UsageSuspense.objects.select_for_update().filter(record_id=record_id).first()
        if row is None:
            row = _suspense_row(
                UsageFile.objects.get(id=usage.file_id), _waiting_again(usage, reason, message), work.now
            )
            row.save(force_insert=True)
        else:
            _reopen(row, usage, reason, message, work.now)
        _tell(row)
        work.touch(SUSPENSE, suspense_key(row))
        return row.id


def _waiting_again(usage: NormalisedUsage, reason: str, message: str) -> Waiting:
    return Waiting(
        usage.id,
        usage.position,
        usage.reference,
        reason,
        message,
        raw_of(usage),
        key=usage.key,
        charge=usage.wholesale,
        customer_id=usage.customer_id,
        subscription_id=usage.subscription_id,
        was_guided=True,
    )


def raw_of(usage: NormalisedUsage) -> RawUsage:
    """A normalised record as a raw one, to be corrected and taken in again."""
    attributes = dict(usage.attributes)
    written, dialled = attributes.pop("party", ""), attributes.pop("dialled", "")
    return RawUsage(
        position=usage.position,
        reference=usage.reference,
        usage_type=usage.usage_type,
        direction=usage.direction,
        quantity=usage.quantity,
        started_at=usage.started_at,
        utc_offset=usage.utc_offset,
        imsi=usage.imsi,
        msisdn=usage.msisdn,
        party=usage.other_party or written,
        party_form=NumberForm.INTERNATIONAL if usage.other_party.startswith("+") else NumberForm.DIALLED,
        dialled=dialled,
        plmn=str(usage.serving.plmn or ""),
        tadig=usage.serving.tadig,
        apn=usage.apn,
        event_reference=usage.event_reference,
        cause=usage.cause,
        wholesale=usage.wholesale,
        attributes=attributes,
        ended_at=usage.ended_at,
        amount=usage.amount,
    )


def _reopen(row: UsageSuspense, usage: NormalisedUsage, reason: str, message: str, now: datetime) -> None:
    # It was here before and has been resolved; the same entry opens again, so that its whole story stays in one place.
    row.state, row.reason, row.message, row.changed_at = "open", reason, message, now
    row.was_guided, row.customer_id, row.subscription_id = True, usage.customer_id, usage.subscription_id
    _show(row, raw_of(usage))
    row.save()


def _locked(suspense_id: UUID) -> UsageSuspense:
    row = UsageSuspense.objects.select_for_update().select_related("file").filter(id=suspense_id).first()
    if row is None:
        raise SuspenseUnknown("no such record in suspense", field="id", value=str(suspense_id))
    return row


def correct(suspense_id: UUID, changes: Mapping[str, str], *, actor: Actor, reason: str) -> None:
    """Change fields of a waiting record (see ``usage.corrections.FIELDS``); the reason and the old values are kept.

    An unreadable record is corrected by giving everything that a record needs. Raises SuspenseUnknown,
    CorrectionInvalid, IllegalTransition.
    """
    if not reason.strip():
        raise CorrectionInvalid("a correction needs a reason", field="reason", expected="why it is right")
    with unit_of_work(actor, reason) as work:
        row = _locked(suspense_id)
        state = USAGE_SUSPENSE.require(row.state, "corrected")
        before = from_builtins(row.record) if row.record else None
        after = corrected(before, changes, row.position, row.reference)
        if before is None and row.charge is not None:
            after = replace(after, wholesale=WholesaleCharge(row.charge, row.charge_decimals, row.charge_currency))
        row.state, row.changed_at = state, work.now
        _show(row, after)
        row.save()


def discard(suspense_id: UUID, *, actor: Actor, reason: str) -> None:
    """Give a waiting record up: it stays here, never to be charged, and its once-key is free for a better one.

    Raises SuspenseUnknown, CorrectionInvalid without a reason, IllegalTransition.
    """
    if not reason.strip():
        raise CorrectionInvalid("discarding needs a reason", field="reason", expected="why it is not charged")
    with unit_of_work(actor, reason) as work:
        row = _locked(suspense_id)
        row.state = USAGE_SUSPENSE.require(row.state, "discarded")
        row.resolution, row.changed_at = reason, work.now
        row.save()
        work.touch(SUSPENSE, suspense_key(row))
        if row.key:
            store.release([row.key])


def resubmit(suspense_id: UUID, *, actor: Actor, reason: str = "") -> bool:
    """Take a waiting record in again, with its corrections; True when it went through and can be priced.

    What fails comes back open with its new reason. Raises SuspenseUnknown, CorrectionInvalid for an unreadable record
    that was not corrected, IllegalTransition.
    """
    with unit_of_work(actor, reason or "resubmitted from suspense") as work:
        row = _locked(suspense_id)
        if row.record is None:
            raise CorrectionInvalid(
                "an unreadable record must be corrected first", field="record", expected="its fields"
            )
        work.touch(SUSPENSE, suspense_key(row))
        row.state = USAGE_SUSPENSE.require(row.state, "resubmitted")
        row.changed_at = work.now
        row.save()
        outcome = _try_again(row, work)
        if isinstance(outcome, Held):
            row.state = USAGE_SUSPENSE.require(row.state, "open")
            row.reason, row.message = outcome.reason.value, outcome.message
            row.save()
            _tell(row)
            work.touch(SUSPENSE, suspense_key(row))
            return False
        row.state = USAGE_SUSPENSE.require(row.state, "resolved")
        row.customer_id, row.subscription_id = outcome.customer_id, outcome.subscription_id
        row.key = outcome.key
        row.save()
        emit(
            UsageRecordResubmitted(
                record_id=outcome.id, suspense_id=row.id, file_id=row.file_id, customer_id=outcome.customer_id
            )
        )
        return True


def _try_again(row: UsageSuspense, work: Work) -> NormalisedUsage | Held:
    feed = feed_named(row.file.source)
    judged = prepare(from_builtins(row.record), feed, work.now)
    if isinstance(judged, Held):
        return judged
    if (clash := _claim(row, judged, work)) is not None:
        return clash
    (answer,) = identify([judged])
    if not isinstance(answer, Identified):
        return Held(judged.raw, answer.reason, answer.message, judged.key, judged.digest)
    usage = with_subscriber(row.record_id, judged, answer, row.file, feed)
    actor, why = work.actor.name, work.reason
    if row.was_guided:
        store.delete_record(row.record_id)
    store.add_move(row.record_id, "rejected", "recycled", now=work.now, actor=actor, reason=why)
    store.add_records([usage], chargeable=row.file.chargeable, now=work.now)
    store.add_move(row.record_id, "recycled", "guided", now=work.now, actor=actor, reason=why)
    return usage


def _claim(row: UsageSuspense, judged: Prepared, work: Work) -> Held | None:
    # A correction may have changed what makes the record itself; its first key stays claimed, so that the uncorrected
    # record, should it come again, is still a repeat.
    seen = store.Seen(judged.key, judged.digest, row.record_id, row.file_id, row.position)
    before = store.claim([seen], work.now).get(judged.key)
    if before is None or before.record_id == row.record_id:
        return None
    message = f"this usage was taken in before, at position {before.position} of file {before.file_id}"
    return Held(judged.raw, Suspension.CONFLICTING_DUPLICATE, message)


def corrections_of(suspense_id: UUID) -> Mapping[str, Any] | None:
    """The record as it would be taken in now, for the form that corrects it; None for an unreadable one."""
    row = UsageSuspense.objects.filter(id=suspense_id).first()
    if row is None:
        raise SuspenseUnknown("no such record in suspense", field="id", value=str(suspense_id))
    kept: Mapping[str, Any] | None = row.record
    return kept
