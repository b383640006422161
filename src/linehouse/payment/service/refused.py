"""Files of a bank that could not be taken."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from linehouse.kernel.error import DomainError
from linehouse.kernel.ids import new_id
from linehouse.payment.lifecycle import REFUSED_STATEMENT
from linehouse.payment.models import RefusedStatement
from linehouse.platform.documents.service import SEALED_FOR_THE_HOUSE, store
from linehouse.platform.work import Actor, unit_of_work
from linehouse.platform.worklist.values import Waiting

KIND = "bank.statement"


def keep_refused(name: str, data: bytes, error: DomainError, *, actor: Actor) -> None:
    """Keep a file that was refused, so that a person looks after it; the same content again is the same file."""
    digest = hashlib.sha256(data).hexdigest()
    with unit_of_work(actor, f"bank file {name} refused") as work:
        row = RefusedStatement.objects.select_for_update().filter(sha256=digest).first()
        if row is None:
            row = RefusedStatement(id=new_id(), created_at=work.now, sha256=digest)
            row.document_id = store(
                name, "application/xml", data, kind=KIND, subject=digest[:16], sealing=SEALED_FOR_THE_HOUSE
            )
        row.name, row.code, row.reason = name[:255], error.code, str(error)[:1000]
        row.refused_at, row.taken_at, row.changed_at = work.now, None, work.now
        row.save()
        work.touch(REFUSED_STATEMENT, digest)


def taken_after_all(data: bytes, *, actor: Actor) -> None:
    """The content was taken: whoever waited for it waits no more. Nothing when it was never refused."""
    digest = hashlib.sha256(data).hexdigest()
    with unit_of_work(actor, "bank file taken") as work:
        if RefusedStatement.objects.filter(sha256=digest, taken_at=None).update(taken_at=work.now, changed_at=work.now):
            work.touch(REFUSED_STATEMENT, digest)


def refused_files(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Files of a bank that were refused and not taken since."""
    rows = RefusedStatement.objects.filter(taken_at=None)
    if keys is not None:
        rows = rows.filter(sha256__in=list(keys))
    for row in rows.order_by("refused_at", "id"):
        yield Waiting(
            row.sha256,
            row.name,
            row.reason,
            {"file": row.name, "code": row.code, "document": str(row.document_id)},
            since=row.refused_at,
        )
