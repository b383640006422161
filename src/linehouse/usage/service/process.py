"""Reading a received file: judged whole, then its records normalised, counted once, identified, taken in or held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from linehouse.kernel.ids import new_id
from linehouse.kernel.money import BIGINT_MAX
from linehouse.platform.documents import service as documents
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.usage import store
from linehouse.usage.errors import FileRefused, Suspension
from linehouse.usage.events import UsageFileProcessed
from linehouse.usage.feeds import Feed
from linehouse.usage.formats import format_named
from linehouse.usage.intake import require_acceptable
from linehouse.usage.lifecycle import FILE_GAP, USAGE_FILE
from linehouse.usage.models import UsageFile
from linehouse.usage.normalise import Held, Prepared, prepare
from linehouse.usage.service.feeds import feed_named
from linehouse.usage.service.identify import Identified, identify, with_subscriber
from linehouse.usage.service.receive import refuse
from linehouse.usage.service.records import to_json
from linehouse.usage.service.suspend import Waiting, add_waiting
from linehouse.usage.values import FileTotals, NormalisedUsage, ParsedFile, RawUsage, UnreadableRecord


def process_file(file_id: UUID, *, actor: Actor) -> None:
    """Read one received file, in one transaction: all of it is taken in, or it is refused and kept. A file that is no
    longer ``received`` is left alone, so that it may be asked twice."""
    with unit_of_work(actor, "usage file read") as work:
        row = UsageFile.objects.select_for_update().filter(id=file_id).first()
        if row is None or row.state != "received":
            return
        feed = feed_named(row.source)
        try:
            parsed = format_named(row.format).read(documents.load(row.document_id).content, feed.settings)
            _describe(row, parsed)
            require_acceptable(parsed, feed, _earlier(row))
        except FileRefused as error:
            refuse(row, error.refusal, str(error), work)
            return
        _move(row, "parsed", work)
        _take_in(row, feed, parsed, work)
        row.processed_at = work.now
        _move(row, "processed", work)
        work.touch(FILE_GAP, f"{row.source}/{row.sender}")
        emit(
            UsageFileProcessed(
                file_id=row.id,
                source=row.source,
                format=row.format,
                records=row.records,
                normalised=row.normalised,
                duplicates=row.duplicates,
                suspended=row.suspended,
                chargeable=row.chargeable,
            )
        )


def _move(row: UsageFile, new: str, work: Work) -> None:
    row.state, row.changed_at = USAGE_FILE.require(row.state, new), work.now
    row.save()


def _describe(row: UsageFile, parsed: ParsedFile) -> None:
    row.version, row.sender, row.recipient = parsed.version, parsed.sender[:40], parsed.recipient[:40]
    row.sequence, row.made_at, row.notes = parsed.sequence[:20], parsed.created_at, list(parsed.notes)
    row.chargeable = row.chargeable and not parsed.test
    row.records = len(parsed.records)
    declared, summed = scaled(parsed.declared, parsed.summed)
    if max(abs(declared or 0), abs(summed or 0)) > BIGINT_MAX:
        declared = summed = None
    charge = parsed.declared.charge or parsed.summed.charge
    row.declared_charge, row.summed_charge = declared, summed
    row.charge_decimals = max((t.charge.decimals for t in (parsed.declared, parsed.summed) if t.charge), default=0)
    row.charge_currency = charge.currency if charge else ""


def scaled(declared: FileTotals, summed: FileTotals) -> tuple[int | None, int | None]:
    """Both charges as whole numbers of one scale, the finer of the two."""
    charges = [total.charge for total in (declared, summed)]
    decimals = max((charge.decimals for charge in charges if charge), default=0)
    first, second = (charge.amount * 10 ** (decimals - charge.decimals) if charge else None for charge in charges)
    return first, second


def _earlier(row: UsageFile) -> str | None:
    if not row.sequence:
        return None
    same = UsageFile.objects.filter(
        format=row.format, sender=row.sender, recipient=row.recipient, sequence=row.sequence
    )
    earlier = same.filter(state__in=("parsed", "processed")).exclude(id=row.id).first()
    return earlier.name if earlier else None


@dataclass(slots=True)
class _Sorted:
    """Where the records of one file go."""

    ready: list[tuple[UUID, Prepared]] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    duplicates: list[store.Duplicate] = field(default_factory=list)


def _take_in(row: UsageFile, feed: Feed, parsed: ParsedFile, work: Work) -> None:
    found = _Sorted()
    judged: list[tuple[UUID, Prepared | Held]] = []
    for record in map(_storable, parsed.records):
        if isinstance(record, UnreadableRecord):
            found.waiting.append(Waiting.of_unreadable(new_id(), record))
        else:
            judged.append((new_id(), prepare(record, feed, work.now)))
    for record_id, one in _once(row.id, judged, found, work):
        if isinstance(one, Held):
            found.waiting.append(Waiting.of_held(record_id, one))
        else:
            found.ready.append((record_id, one))
    records = _identify(row, feed, found)
    store.add_records(records, chargeable=row.chargeable, now=work.now)
    store.add_duplicates(row.id, found.duplicates, work.now)
    add_waiting(row, found.waiting, work)
    row.normalised, row.duplicates, row.suspended = len(records), len(found.duplicates), len(found.waiting)


def _storable(record: RawUsage | UnreadableRecord) -> RawUsage | UnreadableRecord:
    """A record whose numbers no table holds is kept as text; such numbers come from damaged files."""
    if isinstance(record, UnreadableRecord):
        return record
    charges = [charge.amount for charge in (record.wholesale, record.wholesale_tax) if charge]
    charges += [record.amount.micros] if record.amount else []
    if max(map(abs, (record.quantity.amount, *charges))) <= BIGINT_MAX:
        return record
    evidence = f"quantity {record.quantity.amount} {record.quantity.unit}, charge {record.wholesale}"
    message = "a number in it is too large to be true"
    return UnreadableRecord(record.position, record.reference, Suspension.UNREADABLE, message, evidence)


def _once(
    file_id: UUID, judged: Sequence[tuple[UUID, Prepared | Held]], found: _Sorted, work: Work
) -> list[tuple[UUID, Prepared | Held]]:
    """Those that are here for the first time; repeats, and records that contradict an earlier one, are sorted out."""
    firsts: dict[str, store.Seen] = {}
    for record_id, one in judged:
        if one.key:
            firsts.setdefault(one.key, store.Seen(one.key, one.digest, record_id, file_id, one.raw.position))
    before = store.claim(tuple(firsts.values()), work.now)
    fresh = []
    for record_id, one in judged:
        first = before.get(one.key) or firsts.get(one.key)
        if first is None or first.record_id == record_id:
            fresh.append((record_id, one))
        elif first.digest == one.digest:
            found.duplicates.append(
                store.Duplicate(
                    one.raw.position,
                    one.raw.reference,
                    one.key,
                    first.file_id,
                    first.position,
                    one.raw.wholesale,
                    to_json(one.raw),
                )
            )
        else:
            place = f"position {first.position} of " + ("this file" if first.file_id == file_id else "an earlier file")
            message = f"the same usage with another quantity or charge stands at {place}"
            # It has no key of its own: the first one keeps it.
            held = Held(one.raw, Suspension.CONFLICTING_DUPLICATE, message)
            found.waiting.append(Waiting.of_held(record_id, held))
    return fresh


def _identify(row: UsageFile, feed: Feed, found: _Sorted) -> list[NormalisedUsage]:
    answers = identify([one for _, one in found.ready])
    records = []
    for (record_id, one), answer in zip(found.ready, answers, strict=True):
        if isinstance(answer, Identified):
            records.append(with_subscriber(record_id, one, answer, row, feed))
        else:
            held = Held(one.raw, answer.reason, answer.message, one.key, one.digest)
            found.waiting.append(Waiting.of_held(record_id, held))
    return records
