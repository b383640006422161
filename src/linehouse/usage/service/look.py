"""Reading usage: for charging, for screens, for TMF635."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Q

from linehouse.kernel.numbering import Plmn
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.platform.sql import brand_cursor, dict_rows
from linehouse.usage import store
from linehouse.usage.errors import SuspenseUnknown, UsageFileUnknown, UsageRecordUnknown
from linehouse.usage.models import UsageFile, UsageSuspense
from linehouse.usage.values import (
    FileView,
    NormalisedUsage,
    PartyKind,
    Reconciliation,
    ServingNetwork,
    SuspenseView,
    UsageFilter,
    UsageView,
    WholesaleCharge,
)

_ELSEWHERE: list[str] = []


def also_usage(rows: str) -> None:
    """Show usage that came in no file: a SELECT with the columns of ``_ALL_USAGE``, of whichever room keeps it."""
    if rows not in _ELSEWHERE:
        _ELSEWHERE.append(rows)


_WAITING = ("open", "corrected", "resubmitted")

# A record that waits is usage too, in the state that TMF635 calls rejected; one that came back from charging stands in
# both tables and is shown once, as it stands among the records.
_ALL_USAGE = """
    SELECT r.id, r.state, r.usage_type, r.direction, r.started_at, r.quantity, r.unit, r.subscription_id, r.customer_id,
           r.billing_account_id, r.msisdn, r.imsi, r.other_party, r.party_kind, r.serving_plmn, r.serving_country,
           r.serving_tadig, r.visited, r.apn, r.charge, r.charge_decimals, r.charge_currency, r.file_id, r.position,
           r.reference, r.source, r.chargeable, r.received_at, r.rated_at, s.id AS suspense_id,
           coalesce(s.reason, '') AS reason, r.attributes
    FROM usage_record r
    LEFT JOIN usage_suspense s ON r.state = 'rejected' AND s.record_id = r.id
    UNION ALL
    SELECT s.record_id, CASE s.state WHEN 'resubmitted' THEN 'recycled' ELSE 'rejected' END, s.usage_type, s.direction,
           s.started_at, s.quantity, s.unit, s.subscription_id, s.customer_id, NULL, s.msisdn, s.imsi, '', 'unknown',
           '', '', '', false, '', s.charge, s.charge_decimals, s.charge_currency, s.file_id, s.position, s.reference,
           f.source, f.chargeable, s.created_at, NULL, s.id, s.reason, '{}'::jsonb
    FROM usage_suspense s JOIN usage_file f ON f.id = s.file_id
    WHERE s.state <> 'resolved' AND NOT s.was_guided
"""


def _all_usage() -> str:
    return " UNION ALL ".join((_ALL_USAGE, *_ELSEWHERE))


def normalised_records(file_id: UUID) -> Sequence[NormalisedUsage]:
    """Records of a file that wait to be priced, by (start, position); none of a file that is not chargeable."""
    return store.guided_of_file(file_id)


def normalised_record(record_id: UUID) -> NormalisedUsage:
    """One record as charging prices it, whatever its state; raises UsageRecordUnknown."""
    row = store.record_row(record_id)
    if row is None:
        raise UsageRecordUnknown("no such usage record", field="id", value=str(record_id))
    return store.usage_of(row)


def normalised_by_id(record_ids: Sequence[UUID]) -> Sequence[NormalisedUsage]:
    """Records as charging prices them, whatever their state; unknown ids are left out."""
    return store.by_id(record_ids) if record_ids else []


def used_by(subscription_ids: Sequence[UUID], start: datetime, end: datetime) -> Sequence[NormalisedUsage]:
    """Chargeable usage of subscriptions that began in [start, end), in the order in which it is charged; what waits in
    suspense is not among it."""
    return store.used(subscription_ids, start, end) if subscription_ids else []


def list_usage(wanted: UsageFilter, *, offset: int = 0, limit: int = 50) -> tuple[Sequence[UsageView], int]:
    """A page of usage, newest first, and how many there are."""
    where, values = _conditions(wanted)
    with brand_cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_all_usage()}) u WHERE {where}", values)  # noqa: S608  # our own text
        counted = cursor.fetchone()
        cursor.execute(
            f"SELECT * FROM ({_all_usage()}) u WHERE {where} "  # noqa: S608  # our own text
            "ORDER BY u.started_at DESC NULLS LAST, u.id DESC OFFSET %s LIMIT %s",
            [*values, offset, limit],
        )
        return [_usage_view(row) for row in dict_rows(cursor)], counted[0] if counted else 0


def find_usage(usage_id: UUID) -> UsageView:
    """One usage in any state; raises UsageRecordUnknown."""
    with brand_cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({_all_usage()}) u WHERE u.id = %s", [usage_id])  # noqa: S608  # our own text
        rows = dict_rows(cursor)
    if not rows:
        raise UsageRecordUnknown("no such usage record", field="id", value=str(usage_id))
    return _usage_view(rows[0])


def history_of_usage(usage_id: UUID) -> Sequence[dict[str, Any]]:
    """The moves of a record: old, new, business time, actor, reason; oldest first."""
    return store.moves_of(usage_id)


def _conditions(wanted: UsageFilter) -> tuple[str, list[Any]]:
    parts: list[str] = ["true"]
    values: list[Any] = []

    def also(condition: str, value: object) -> None:
        parts.append(condition)
        values.append(value)

    for column in ("customer_id", "subscription_id", "billing_account_id", "file_id"):
        if (value := getattr(wanted, column)) is not None:
            also(f"u.{column} = %s", value)
    if wanted.states:
        also("u.state = ANY(%s)", list(wanted.states))
    if wanted.usage_type:
        also("u.usage_type = %s", wanted.usage_type)
    if wanted.started_from is not None:
        also("u.started_at >= %s", wanted.started_from)
    if wanted.started_to is not None:
        also("u.started_at < %s", wanted.started_to)
    return " AND ".join(parts), values


def _quantity(amount: int | None, unit: str) -> Quantity | None:
    return None if amount is None or not unit else Quantity(amount, Unit(unit))


def _usage_view(row: dict[str, Any]) -> UsageView:
    plain = {name: row[name] for name in UsageView.__dataclass_fields__ if name in row}
    plain.update(
        quantity=_quantity(row["quantity"], row["unit"]),
        party_kind=PartyKind(row["party_kind"]),
        serving=ServingNetwork(
            Plmn.parse(row["serving_plmn"]) if row["serving_plmn"] else None,
            row["serving_country"],
            row["serving_tadig"],
        ),
        wholesale=store.charge_of(row),
        attributes=store.attributes_of(row),
    )
    return UsageView(**plain)


def list_files(
    *, state: str = "", source: str = "", text: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[FileView], int]:
    """A page of files, newest first, and how many match. ``text`` is looked for in name, sender and number."""
    rows = UsageFile.objects.order_by("-created_at", "-id")
    if state:
        rows = rows.filter(state=state)
    if source:
        rows = rows.filter(source=source)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(sender__icontains=text) | Q(sequence__icontains=text))
    return [_file_view(row) for row in rows[offset : offset + limit]], rows.count()


def find_file(file_id: UUID) -> FileView:
    """The file; raises UsageFileUnknown."""
    return _file_view(_file(file_id))


def _file(file_id: UUID) -> UsageFile:
    row = UsageFile.objects.filter(id=file_id).first()
    if row is None:
        raise UsageFileUnknown("no such usage file", field="id", value=str(file_id))
    return row


def _file_view(row: UsageFile) -> FileView:
    def charge(amount: int | None) -> WholesaleCharge | None:
        return None if amount is None else WholesaleCharge(amount, row.charge_decimals, row.charge_currency)

    return FileView(
        id=row.id,
        name=row.name,
        source=row.source,
        format=row.format,
        version=row.version,
        sender=row.sender,
        recipient=row.recipient,
        sequence=row.sequence,
        sha256=row.sha256,
        size=row.size,
        document_id=row.document_id,
        state=row.state,
        reason=row.reason,
        message=row.message,
        chargeable=row.chargeable,
        records=row.records,
        normalised=row.normalised,
        duplicates=row.duplicates,
        suspended=row.suspended,
        declared_charge=charge(row.declared_charge),
        summed_charge=charge(row.summed_charge),
        notes=tuple(row.notes),
        made_at=row.made_at,
        received_at=row.created_at,
        processed_at=row.processed_at,
    )


def duplicates_of(file_id: UUID) -> Sequence[dict[str, Any]]:
    """Repeats in a file: position, reference, and the file and position where the usage stood first."""
    return store.duplicates_of_file(file_id)


def list_suspense(
    *,
    states: Sequence[str] = ("open", "corrected"),
    reason: str = "",
    file_id: UUID | None = None,
    customer_id: UUID | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[SuspenseView], int]:
    """A page of waiting records, oldest first, and how many match."""
    rows = UsageSuspense.objects.select_related("file").order_by("created_at", "id")
    if states:
        rows = rows.filter(state__in=states)
    if reason:
        rows = rows.filter(reason=reason)
    if file_id is not None:
        rows = rows.filter(file_id=file_id)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    return [_suspense_view(row) for row in rows[offset : offset + limit]], rows.count()


def find_suspense(suspense_id: UUID) -> SuspenseView:
    """A waiting record; raises SuspenseUnknown."""
    row = UsageSuspense.objects.select_related("file").filter(id=suspense_id).first()
    if row is None:
        raise SuspenseUnknown("no such record in suspense", field="id", value=str(suspense_id))
    return _suspense_view(row)


def _suspense_view(row: UsageSuspense) -> SuspenseView:
    return SuspenseView(
        id=row.id,
        record_id=row.record_id,
        file_id=row.file_id,
        file_name=row.file.name,
        position=row.position,
        reference=row.reference,
        state=row.state,
        reason=row.reason,
        message=row.message,
        usage_type=row.usage_type,
        direction=row.direction,
        started_at=row.started_at,
        quantity=_quantity(row.quantity, row.unit),
        msisdn=row.msisdn,
        imsi=row.imsi,
        customer_id=row.customer_id,
        evidence=row.evidence,
        record=row.record,
        created_at=row.created_at,
        changed_at=row.changed_at,
        resolution=row.resolution,
    )


_OUTCOMES = {"rated": "rated", "rerated": "rated", "billed": "rated"}


def reconcile(file_id: UUID) -> Reconciliation:
    """Where every record of a file is now, and whether the charges agree. Raises UsageFileUnknown."""
    row = _file(file_id)
    counts = dict.fromkeys(("rated", "guided", "reported", "suspended", "duplicate", "discarded"), 0)
    charges = dict.fromkeys(counts, Fraction(0))
    for group in store.state_sums(file_id):
        outcome = _OUTCOMES.get(group["state"], group["state"])
        if outcome in ("received", "recycled"):
            outcome = "guided"
        if outcome == "guided" and not group["chargeable"]:
            outcome = "reported"
        counts[outcome] += group["records"]
        charges[outcome] += Fraction(group["charge"] or 0) / 10 ** group["charge_decimals"]
    declared = None if row.declared_charge is None else Fraction(row.declared_charge, 10**row.charge_decimals)
    return Reconciliation(
        file_id=row.id,
        records=row.records,
        rated=counts["rated"],
        guided=counts["guided"],
        reported=counts["reported"],
        suspended=counts["suspended"],
        duplicates=counts["duplicate"],
        discarded=counts["discarded"],
        currency=row.charge_currency,
        declared=declared,
        summed=sum(charges.values(), Fraction(0)),
        by_outcome=charges,
    )


def missing_numbers(source: str, sender: str) -> Sequence[int]:
    """File sequence numbers of a sender that did not arrive, between the lowest and the highest that did (TD.57: every
    number once, in order). A series that starts again from 1 is judged by its longest run."""
    numbers = sorted(
        {
            int(number)
            for number in UsageFile.objects.filter(source=source, sender=sender, state="processed").values_list(
                "sequence", flat=True
            )
            if number.isdigit()
        }
    )
    if not numbers:
        return []
    runs = [[numbers[0]]]
    for number in numbers[1:]:
        if number - runs[-1][-1] > _WRAP:
            runs.append([number])
        else:
            runs[-1].append(number)
    return [missing for run in runs for missing in sorted(set(range(run[0], run[-1])) - set(run))]


_WRAP = 50_000


def latest_received(source: str) -> datetime | None:
    """When the last file of a feed came in, by the business clock; None when none ever did."""
    return UsageFile.objects.filter(source=source).order_by("-created_at").values_list("created_at", flat=True).first()
