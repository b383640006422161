"""Receiving a file: it is kept whole before anybody reads it."""

from __future__ import annotations

import hashlib
from uuid import UUID

from linehouse.kernel.ids import new_id
from linehouse.platform.documents import service as documents
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, Work, current_work, unit_of_work
from linehouse.usage.errors import DeliveryReused, FeedUnknown, Refusal
from linehouse.usage.events import UsageFileReceived, UsageFileRefused
from linehouse.usage.formats import format_named
from linehouse.usage.lifecycle import REFUSED_FILE
from linehouse.usage.models import UsageFile
from linehouse.usage.service.feeds import feed_named, recognise_feed

PROCESS = "usage.process"
"""The kind of job that reads a received file."""
_NAME_LENGTH = 255


def receive_file(name: str, data: bytes, source: str = "", *, actor: Actor, delivery: str = "") -> UUID:
    """Keep a file and have it read; returns its id.

    ``source`` is the feed; without it the feed is recognised by name and content. The same content a second time is
    kept as a refused file (``duplicate_file``), unless the first was refused. ``delivery`` is the sender's own
    once-key: the same delivery again returns the same id and changes nothing. Raises FeedUnknown, FormatUnknown for
    a ``source`` that is given and not known, DeliveryReused.
    """
    name = name.replace("\x00", "")[-_NAME_LENGTH:]
    digest = hashlib.sha256(data).hexdigest()
    with unit_of_work(actor, f"usage file {name}") as work:
        _lock(delivery, digest)
        if delivery and (known := UsageFile.objects.filter(delivery=delivery).first()):
            if known.sha256 != digest:
                raise DeliveryReused(
                    f"delivery {delivery} brought other content before", field="delivery", value=delivery
                )
            return known.id
        first = UsageFile.objects.filter(sha256=digest).exclude(state="refused").first()
        row = UsageFile(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            name=name,
            sha256=digest,
            size=len(data),
            delivery=delivery,
            state="received",
        )
        row.document_id = first.document_id if first else _keep(name, data, digest)
        try:
            feed = feed_named(source) if source else recognise_feed(name, data)
        except FeedUnknown as error:
            if source:
                raise
            return _refused(row, Refusal.UNKNOWN_FORMAT, str(error))
        row.source, row.format = feed.key, feed.format
        row.chargeable = feed.chargeable and format_named(feed.format).chargeable
        if first is not None:
            return _refused(row, Refusal.DUPLICATE_FILE, f"the same content came as {first.name} before")
        row.save(force_insert=True)
        _look_at_refused(row, work)
        enqueue(PROCESS, {"file_id": str(row.id)}, key=str(row.id), serial=f"usage/{feed.key}")
        emit(UsageFileReceived(file_id=row.id, source=row.source, format=row.format, sha256=digest, size=row.size))
        return row.id


def _look_at_refused(row: UsageFile, work: Work) -> None:
    """What was refused before under this name or with this content may be mended by this file, or wait again."""
    work.touch(REFUSED_FILE, row.sha256)
    earlier = UsageFile.objects.filter(name=row.name, source=row.source, state="refused")
    for digest in earlier.values_list("sha256", flat=True):
        work.touch(REFUSED_FILE, digest)


def _lock(delivery: str, digest: str) -> None:
    # The same content or delivery from two doors at once: the second waits and then sees the first.
    with brand_cursor() as cursor:
        for word in sorted({f"usage/{digest}", f"usage/{delivery}"} - {"usage/"}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [word])


def _keep(name: str, data: bytes, digest: str) -> UUID:
    return documents.store(
        name,
        "application/octet-stream",
        data,
        kind="usage.raw",
        subject=digest[:16],
        sealing=documents.SEALED_FOR_THE_HOUSE,
    )


def _refused(row: UsageFile, refusal: Refusal, message: str) -> UUID:
    row.state, row.reason, row.message = "refused", refusal.value, message
    row.save(force_insert=True)
    _look_at_refused(row, current_work())
    emit(UsageFileRefused(file_id=row.id, source=row.source, reason=refusal.value))
    return row.id


def refuse(row: UsageFile, refusal: Refusal, message: str, work: Work) -> None:
    """Refuse a received file in the surrounding unit of work; its octets stay kept."""
    row.state, row.reason, row.message, row.changed_at = "refused", refusal.value, message, work.now
    row.processed_at = work.now
    row.save()
    _look_at_refused(row, work)
    emit(UsageFileRefused(file_id=row.id, source=row.source, reason=refusal.value))
