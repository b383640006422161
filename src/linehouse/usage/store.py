"""Set-based SQL of the hot tables: records, their moves, repeats and once-keys."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.platform.partitions import ensure_ahead, partitioned
from linehouse.platform.sql import brand_cursor, dict_rows
from linehouse.rating.service import Ported
from linehouse.rating.values import Direction, UsageType
from linehouse.usage.values import NormalisedUsage, PartyKind, ServingNetwork, WholesaleCharge

RECORDS = partitioned("usage_record")

_COLUMNS = (
    "started_at", "id", "state", "key", "file_id", "position", "reference", "source", "source_kind", "corrections",
    "chargeable", "subscription_id", "customer_id", "billing_account_id", "msisdn", "imsi", "usage_type", "direction",
    "other_party", "party_kind", "utc_offset", "quantity", "unit", "serving_plmn", "serving_country", "serving_tadig",
    "visited", "apn", "event_reference", "cause", "charge", "charge_decimals", "charge_currency", "attributes",
    "received_at", "ended_at", "amount", "amount_currency",
)  # fmt: skip
_PLACES = ", ".join(["%s"] * len(_COLUMNS))
_INSERT = f"INSERT INTO usage_record ({', '.join(_COLUMNS)}) VALUES ({_PLACES})"  # noqa: S608  # our own names


_ONE = "SELECT * FROM usage_record WHERE id = %s"
_ONE_LOCKED = f"{_ONE} FOR UPDATE"


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a once-key was claimed first."""

    key: str
    digest: str
    record_id: UUID
    file_id: UUID
    position: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A record that came again."""

    position: int
    reference: str
    key: str
    first_file_id: UUID
    first_position: int
    charge: WholesaleCharge | None
    record: str


def claim(keys: Sequence[Seen], now: datetime) -> dict[str, Seen]:
    """Claim once-keys; returns those that were claimed before, by key. A key that another transaction is just claiming
    is waited for."""
    if not keys:
        return {}
    with brand_cursor() as cursor:
        # In order of key, so that two files with the same records cannot wait for each other in a circle.
        ordered = sorted(keys, key=lambda seen: seen.key)
        cursor.execute(
            """
            INSERT INTO usage_seen_record (key, digest, record_id, file_id, position, seen_at)
            SELECT key, digest, record_id, file_id, position, %s
            FROM unnest(%s::text[], %s::text[], %s::uuid[], %s::uuid[], %s::int[])
                 AS given (key, digest, record_id, file_id, position)
            ON CONFLICT (key) DO NOTHING RETURNING key
            """,
            [
                now,
                [seen.key for seen in ordered],
                [seen.digest for seen in ordered],
                [seen.record_id for seen in ordered],
                [seen.file_id for seen in ordered],
                [seen.position for seen in ordered],
            ],
        )
        new = {row[0] for row in cursor.fetchall()}
        known = [seen.key for seen in ordered if seen.key not in new]
        if not known:
            return {}
        cursor.execute(
            "SELECT key, digest, record_id, file_id, position FROM usage_seen_record WHERE key = ANY(%s)", [known]
        )
        return {row["key"]: Seen(**row) for row in dict_rows(cursor)}


def put_ported(moves: Sequence[Ported], source: str, now: datetime) -> int:
    """Note moves of numbers; returns how many were new or say something else than before. The last of a file counts."""
    last = {(move.number, move.since): move for move in moves}
    with brand_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO usage_ported_number (number, since, network, source, loaded_at)
            SELECT number, since, network, %s, %s
            FROM unnest(%s::text[], %s::timestamptz[], %s::text[]) AS given (number, since, network)
            ORDER BY number, since
            ON CONFLICT (number, since) DO UPDATE
            SET network = excluded.network, source = excluded.source, loaded_at = excluded.loaded_at
            WHERE usage_ported_number.network <> excluded.network
            """,
            [
                source,
                now,
                [number for number, _ in last],
                [since for _, since in last],
                [str(move.network or "") for move in last.values()],
            ],
        )
        return int(cursor.rowcount)


def ported(numbers: AbstractSet[str], until: datetime) -> list[Ported]:
    """The moves of these numbers up to an instant."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT number, network, since FROM usage_ported_number WHERE number = ANY(%s) AND since <= %s",
            [sorted(numbers), until],
        )
        return [
            Ported(number, Plmn.parse(network) if network else None, since)
            for number, network, since in cursor.fetchall()
        ]


def release(keys: Sequence[str]) -> None:
    """Give once-keys free: their records were discarded and had no effect."""
    with brand_cursor() as cursor:
        cursor.execute("DELETE FROM usage_seen_record WHERE key = ANY(%s)", [list(keys)])


def add_duplicates(file_id: UUID, duplicates: Iterable[Duplicate], now: datetime) -> None:
    """Keep repeats, whole."""
    rows = [
        (
            file_id,
            one.position,
            one.reference,
            one.key,
            one.first_file_id,
            one.first_position,
            *_charge_columns(one.charge),
            one.record,
            now,
        )
        for one in duplicates
    ]
    if rows:
        with brand_cursor() as cursor:
            cursor.executemany(
                """
                INSERT INTO usage_duplicate (file_id, position, reference, key, first_file_id, first_position, charge,
                                             charge_decimals, charge_currency, record, seen_at)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
                """,
                rows,
            )


def add_records(records: Sequence[NormalisedUsage], *, chargeable: bool, now: datetime) -> None:
    """Insert guided records; a month that has no partition yet gets one."""
    if not records:
        return
    _ensure_months({record.started_at for record in records}, now)
    with brand_cursor() as cursor:
        cursor.executemany(_INSERT, [_values(record, chargeable=chargeable, now=now) for record in records])


def _ensure_months(instants: Iterable[datetime], now: datetime) -> None:
    months = {i.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0) for i in instants}
    for month in sorted(months):
        with brand_cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NULL", [f"usage_record_{month:%Y_%m}"])
            row = cursor.fetchone()
        if row and row[0] and month <= now:
            ensure_ahead(month)


def _charge_columns(charge: WholesaleCharge | None) -> tuple[int | None, int, str]:
    return (charge.amount, charge.decimals, charge.currency) if charge else (None, 0, "")


def charge_of(row: Mapping[str, Any]) -> WholesaleCharge | None:
    """The charge in a row's three columns."""
    if row["charge"] is None:
        return None
    return WholesaleCharge(row["charge"], row["charge_decimals"], row["charge_currency"])


def _values(record: NormalisedUsage, *, chargeable: bool, now: datetime) -> tuple[Any, ...]:
    return (
        record.started_at,
        record.id,
        "guided",
        record.key,
        record.file_id,
        record.position,
        record.reference,
        record.source,
        record.source_kind,
        record.corrections,
        chargeable,
        record.subscription_id,
        record.customer_id,
        record.billing_account_id,
        record.msisdn,
        record.imsi,
        record.usage_type.value,
        record.direction.value,
        record.other_party,
        record.party_kind.value,
        record.utc_offset,
        record.quantity.amount,
        record.quantity.unit.value,
        str(record.serving.plmn or ""),
        record.serving.country,
        record.serving.tadig,
        record.visited,
        record.apn,
        record.event_reference,
        record.cause,
        *_charge_columns(record.wholesale),
        json.dumps(dict(record.attributes)),
        now,
        record.ended_at,
        record.amount.micros if record.amount else None,
        record.amount.currency if record.amount else "",
    )


def attributes_of(row: Mapping[str, Any]) -> dict[str, str]:
    """The facts in a row's JSON column, which a plain cursor gives as text."""
    found = row["attributes"]
    decoded: dict[str, str] = json.loads(found) if isinstance(found, str) else found
    return decoded


def usage_of(row: Mapping[str, Any]) -> NormalisedUsage:
    """A row of ``usage_record`` as the value that charging prices."""
    return NormalisedUsage(
        id=row["id"],
        key=row["key"],
        subscription_id=row["subscription_id"],
        customer_id=row["customer_id"],
        billing_account_id=row["billing_account_id"],
        msisdn=row["msisdn"],
        imsi=row["imsi"],
        usage_type=UsageType(row["usage_type"]),
        direction=Direction(row["direction"]),
        other_party=row["other_party"],
        party_kind=PartyKind(row["party_kind"]),
        started_at=row["started_at"],
        utc_offset=row["utc_offset"],
        quantity=Quantity(row["quantity"], Unit(row["unit"])),
        serving=ServingNetwork(
            Plmn.parse(row["serving_plmn"]) if row["serving_plmn"] else None,
            row["serving_country"],
            row["serving_tadig"],
        ),
        visited=row["visited"],
        apn=row["apn"],
        event_reference=row["event_reference"],
        cause=row["cause"],
        wholesale=charge_of(row),
        source=row["source"],
        source_kind=row["source_kind"],
        corrections=row["corrections"],
        file_id=row["file_id"],
        position=row["position"],
        reference=row["reference"],
        attributes=attributes_of(row),
        ended_at=row["ended_at"],
        amount=None if row["amount"] is None else Money(row["amount"], row["amount_currency"]),
    )


def guided_of_file(file_id: UUID) -> list[NormalisedUsage]:
    """Chargeable records of a file that wait to be priced, in order of (start, position)."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT * FROM usage_record WHERE file_id = %s AND state = 'guided' AND chargeable "
            "ORDER BY started_at, position",
            [file_id],
        )
        return [usage_of(row) for row in dict_rows(cursor)]


def by_id(record_ids: Sequence[UUID]) -> list[NormalisedUsage]:
    """Records by id, whatever their state."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT * FROM usage_record WHERE id = ANY(%s::uuid[])", [list(record_ids)])
        return [usage_of(row) for row in dict_rows(cursor)]


_USED = """
SELECT * FROM usage_record
WHERE chargeable AND state IN ('guided', 'rated', 'rerated', 'billed') AND started_at >= %s AND started_at < %s
  AND subscription_id = ANY(%s::uuid[])
ORDER BY started_at, file_id::text, position
"""


def used(subscription_ids: Sequence[UUID], start: datetime, end: datetime) -> list[NormalisedUsage]:
    """Chargeable records of subscriptions that began in [start, end), in the order in which they are charged."""
    with brand_cursor() as cursor:
        cursor.execute(_USED, [start, end, list(subscription_ids)])
        return [usage_of(row) for row in dict_rows(cursor)]


def record_row(record_id: UUID, *, lock: bool = False) -> dict[str, Any] | None:
    """One record with its state, or None."""
    with brand_cursor() as cursor:
        cursor.execute(_ONE_LOCKED if lock else _ONE, [record_id])
        rows = dict_rows(cursor)
    return rows[0] if rows else None


def move(
    record_ids: Sequence[UUID], old: Sequence[str], new: str, *, now: datetime, actor: str, reason: str
) -> set[UUID]:
    """Move records that are in one of the ``old`` states; returns which were. Each move is kept as history."""
    if not record_ids:
        return set()
    with brand_cursor() as cursor:
        cursor.execute(
            """
            WITH chosen AS (
                SELECT started_at, id, state FROM usage_record WHERE id = ANY(%s::uuid[]) AND state = ANY(%s)
                ORDER BY started_at, id FOR UPDATE
            ), moved AS (
                UPDATE usage_record AS r SET state = %s, rated_at = CASE WHEN %s = 'rated' THEN %s ELSE r.rated_at END
                FROM chosen WHERE r.started_at = chosen.started_at AND r.id = chosen.id
                RETURNING r.id, chosen.state AS old
            )
            INSERT INTO usage_record_move (record_id, old, new, business_time, actor, reason)
            SELECT id, old, %s, %s, %s, %s FROM moved RETURNING record_id
            """,
            [list(record_ids), list(old), new, new, now, new, now, actor, reason],
        )
        return {row[0] for row in cursor.fetchall()}


def add_move(record_id: UUID, old: str, new: str, *, now: datetime, actor: str, reason: str) -> None:
    """Keep a move of a record that has no row of its own while it waits."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO usage_record_move (record_id, old, new, business_time, actor, reason) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            [record_id, old, new, now, actor, reason],
        )


def delete_record(record_id: UUID) -> None:
    """Take a rejected record out, so that its corrected self can take its place; its moves stay."""
    with brand_cursor() as cursor:
        cursor.execute("DELETE FROM usage_record WHERE id = %s", [record_id])


def moves_of(record_id: UUID) -> list[dict[str, Any]]:
    """A record's history, oldest first."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT old, new, business_time, actor, reason FROM usage_record_move WHERE record_id = %s ORDER BY id",
            [record_id],
        )
        return dict_rows(cursor)


def state_sums(file_id: UUID) -> list[dict[str, Any]]:
    """Per state and scale: how many records of the file, and what they cost. Repeats are ``duplicate``."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT state, chargeable, charge_decimals, count(*) AS records, sum(charge)::numeric AS charge
            FROM usage_record WHERE file_id = %s AND state <> 'rejected' GROUP BY 1, 2, 3
            UNION ALL
            SELECT CASE state WHEN 'discarded' THEN 'discarded' ELSE 'suspended' END, true, charge_decimals, count(*),
                   sum(charge)::numeric
            FROM usage_suspense WHERE file_id = %s AND state <> 'resolved' GROUP BY 1, 2, 3
            UNION ALL
            SELECT 'duplicate', true, charge_decimals, count(*), sum(charge)::numeric
            FROM usage_duplicate WHERE file_id = %s GROUP BY 1, 2, 3
            """,
            [file_id, file_id, file_id],
        )
        return dict_rows(cursor)


def duplicates_of_file(file_id: UUID) -> list[dict[str, Any]]:
    """Repeats in a file and where they stood first."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT position, reference, first_file_id, first_position, seen_at FROM usage_duplicate "
            "WHERE file_id = %s ORDER BY position",
            [file_id],
        )
        return dict_rows(cursor)
