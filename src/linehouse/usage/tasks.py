"""What of usage waits for a person: records in suspense, refused files, files that never came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from linehouse.platform.documents import service as documents
from linehouse.platform.sql import brand_cursor, dict_rows
from linehouse.platform.work import Actor
from linehouse.platform.worklist.kinds import task_kind
from linehouse.platform.worklist.values import TaskView, Waiting
from linehouse.usage.errors import Refusal
from linehouse.usage.lifecycle import FILE_GAP, REFUSED_FILE, SUSPENSE
from linehouse.usage.models import UsageFile, UsageSuspense
from linehouse.usage.service.look import missing_numbers
from linehouse.usage.service.process import process_file
from linehouse.usage.service.receive import receive_file
from linehouse.usage.service.suspend import resubmit

_AT_ONCE = 2_000
"""Records that one attempt from the work list takes in again; the rest wait for the next."""


def suspended(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Waiting records, by file and reason."""
    pairs = [key.split("/", 1) for key in keys or ()]
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT s.file_id, s.reason, f.name, f.created_at, count(*) AS records, min(s.message) AS message,
                   min(s.started_at) AS first_use, max(s.started_at) AS last_use, min(s.position) AS position,
                   CASE WHEN count(DISTINCT s.customer_id) = 1 AND count(s.customer_id) = count(*)
                        THEN (array_agg(s.customer_id))[1] END AS customer_id
            FROM usage_suspense s JOIN usage_file f ON f.id = s.file_id
            WHERE s.state IN ('open', 'corrected', 'resubmitted')
              AND (%(all)s OR (s.file_id, s.reason) IN (SELECT * FROM unnest(%(files)s::uuid[], %(reasons)s::text[])))
            GROUP BY s.file_id, s.reason, f.name, f.created_at
            """,
            {
                "all": keys is None,
                "files": [UUID(file) for file, _reason in pairs],
                "reasons": [reason for _file, reason in pairs],
            },
        )
        rows = dict_rows(cursor)
    for row in rows:
        evidence = {"file": row["name"], "reason": row["reason"], "records": str(row["records"])}
        if row["records"] == 1:
            evidence["position"] = str(row["position"])
        if row["first_use"]:
            evidence["usage from"] = row["first_use"].isoformat()
            evidence["usage until"] = row["last_use"].isoformat()
        yield Waiting(
            f"{row['file_id']}/{row['reason']}",
            f"{row['name']}: {row['records']} {'record' if row['records'] == 1 else 'records'}",
            row["message"] or row["reason"],
            evidence,
            row["customer_id"],
            since=row["created_at"],
        )


def take_in_again(task: TaskView, actor: Actor) -> str:
    """Take the group's records in again, each in its own transaction; what fails waits on with its reason."""
    file, reason = task.key.split("/", 1)
    rows = UsageSuspense.objects.filter(
        file_id=UUID(file), reason=reason, state__in=("open", "corrected"), record__isnull=False
    )
    taken = left = 0
    for suspense_id in rows.order_by("position").values_list("id", flat=True)[:_AT_ONCE]:
        if resubmit(suspense_id, actor=actor, reason="from the work list"):
            taken += 1
        else:
            left += 1
    unreadable = UsageSuspense.objects.filter(
        file_id=UUID(file), reason=reason, state="open", record__isnull=True
    ).count()
    return str(
        _("%(taken)d taken in, %(left)d still wait, %(unreadable)d must be corrected first.")
        % {"taken": taken, "left": left, "unreadable": unreadable}
    )


def refused(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Refused files whose content, or whose name from the same source, did not come well later. Repeats are no work."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (f.sha256) f.*
            FROM usage_file f
            WHERE f.state = 'refused' AND f.reason <> %(repeat)s AND (%(all)s OR f.sha256 = ANY(%(keys)s))
              AND NOT EXISTS (
                SELECT 1 FROM usage_file w
                WHERE w.state <> 'refused' AND w.id > f.id
                  AND (w.sha256 = f.sha256 OR (w.name = f.name AND w.source = f.source)))
            ORDER BY f.sha256, f.id DESC
            """,
            {"repeat": Refusal.DUPLICATE_FILE.value, "all": keys is None, "keys": list(keys or ())},
        )
        rows = dict_rows(cursor)
    for row in rows:
        evidence = {
            "file": row["name"],
            "file id": str(row["id"]),
            "feed": row["source"],
            "refused for": row["reason"],
            "octets": str(row["size"]),
            "sequence": row["sequence"],
        }
        yield Waiting(
            row["sha256"],
            row["name"],
            row["message"] or row["reason"],
            {name: value for name, value in evidence.items() if value},
            since=row["created_at"],
        )


def read_again(task: TaskView, actor: Actor) -> str:
    """Receive the kept content once more and read it."""
    row = UsageFile.objects.filter(sha256=task.key, state="refused").order_by("-created_at", "-id").first()
    if row is None:
        return str(_("The file is not refused any more."))
    content = documents.load(row.document_id).content
    file_id = receive_file(row.name, content, row.source, actor=actor)
    process_file(file_id, actor=actor)
    read = UsageFile.objects.get(id=file_id)
    return str(_("%(name)s is %(state)s: %(records)d records") % {
        "name": read.name, "state": read.state, "records": read.records
    })  # fmt: skip


def missing(keys: Sequence[str] | None) -> Iterable[Waiting]:
    """Senders of whom files are missing between those that came."""
    if keys is None:
        rows = UsageFile.objects.filter(state="processed").exclude(sequence="").values("source", "sender").distinct()
        streams = [(row["source"], row["sender"]) for row in rows]
    else:
        streams = [(source, sender) for source, _slash, sender in (key.partition("/") for key in keys)]
    for source, sender in streams:
        numbers = missing_numbers(source, sender)
        if not numbers:
            continue
        yield Waiting(
            f"{source}/{sender}",
            f"{source} {sender}".strip(),
            f"{len(numbers)} file numbers did not come",
            {"feed": source, "sender": sender, "missing": ", ".join(_runs(numbers))[:500], "count": str(len(numbers))},
            since=_revealed(source, sender, numbers[-1]),
        )


def _revealed(source: str, sender: str, last: int) -> datetime | None:
    """When the first file after the last gap came in: then it became known that something is missing."""
    came = UsageFile.objects.filter(source=source, sender=sender, state="processed").exclude(sequence="")
    later = [(row.created_at, row.sequence) for row in came.only("created_at", "sequence") if row.sequence.isdigit()]
    return min((at for at, sequence in later if int(sequence) > last), default=None)


def _runs(numbers: Sequence[int]) -> list[str]:
    """Numbers in ascending order as runs: 12–15, 19."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


task_kind(
    SUSPENSE,
    queue="usage",
    title=_("Usage in suspense"),
    permission="usage.write",
    due=timedelta(days=2),
    link=lambda task: f"usage/files/{task.key.split('/', 1)[0]}?tab=suspense&reason={task.key.split('/', 1)[1]}",
    retry=take_in_again,
    waiting=suspended,
)
task_kind(
    REFUSED_FILE,
    queue="usage",
    title=_("Refused usage file"),
    permission="usage.write",
    due=timedelta(days=1),
    link=lambda task: f"usage/files/{task.evidence['file id']}",
    retry=read_again,
    waiting=refused,
    dismissible=True,
)
task_kind(
    FILE_GAP,
    queue="usage",
    title=_("Missing usage files"),
    permission="usage.write",
    due=timedelta(days=1),
    link=lambda task: f"usage/files?source={task.evidence['feed']}",
    waiting=missing,
    dismissible=True,
)
