"""SQL of rated usage and of what the charging process reads: set-based, on the brand's database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from linehouse.catalog.values import BillingMode, BrandProfile
from linehouse.charging.sql.columns import NAMES, WRITTEN
from linehouse.charging.values import UNBILLED, Line, RatedUsage
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.platform.partitions import partitioned
from linehouse.platform.sql import brand_cursor, dict_rows
from linehouse.rating.service import PlainPriced
from linehouse.rating.values import TaxMode, Verdict

partitioned("charging_rated_usage")

_OF_ENTRY = "revision smallint, place bigint, first_rated_at timestamptz, rerate text"
"""What only later entries of a record say."""
_ENTRY_NAMES = ", ".join(column.split()[0] for column in _OF_ENTRY.split(","))


def revisions(keys: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """Of once-keys that were charged: the newest entry's revision, and whether that still stands."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT o.record_key, coalesce(a.latest, 0), NOT EXISTS (
                SELECT 1 FROM charging_reversal r
                WHERE r.record_key = o.record_key AND r.revision = coalesce(a.latest, 0))
            FROM charging_once o LEFT JOIN LATERAL (
                SELECT max(revision) AS latest FROM charging_once_again WHERE record_key = o.record_key
            ) a ON true
            WHERE o.record_key = ANY(%s)
            """,
            [list(keys)],
        )
        return {key: (latest, stands) for key, latest, stands in cursor.fetchall()}


def insert_rated(rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Append rated records in the order given, with their once-keys; a key that is taken is refused.

    A row with a ``revision`` is a later entry of a record whose entry before was taken back.
    """
    if not rows:
        return
    first = [row for row in rows if not row.get("revision")]
    again = [row for row in rows if row.get("revision")]
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_once (record_key, record_id, business_time)"
            " SELECT record_key, record_id, %s FROM unnest(%s::text[], %s::uuid[]) AS given (record_key, record_id)",
            [now, [row["record_key"] for row in first], [row["record_id"] for row in first]],
        )
        if again:
            cursor.execute(
                "INSERT INTO charging_once_again (record_key, revision, record_id, business_time)"
                " SELECT given.*, %s FROM unnest(%s::text[], %s::smallint[], %s::uuid[]) AS given",
                [now, *([row[name] for row in again] for name in ("record_key", "revision", "record_id"))],
            )
        columns, kinds, values = NAMES, WRITTEN, NAMES
        if again:
            columns, kinds = f"{NAMES}, {_ENTRY_NAMES}", f"{WRITTEN}, {_OF_ENTRY}"
            values = columns.replace(", revision, place, ", ", coalesce(revision, 0), place, ")
            values = values.removesuffix("rerate") + "coalesce(rerate, '')"
        cursor.execute(
            f"INSERT INTO charging_rated_usage (rated_at, {columns})"  # noqa: S608  # our own column names
            f" SELECT %s, {values} FROM ROWS FROM (jsonb_to_recordset(%s::jsonb) AS ({kinds}))"
            f" WITH ORDINALITY AS given ({columns}, nth) ORDER BY nth",
            [now, json.dumps(rows, default=str)],
        )


_READ = f"""
SELECT coalesce(u.place, u.sequence) AS sequence, coalesce(u.first_rated_at, u.rated_at) AS rated_at,
       u.sequence AS entry, u.rated_at AS entered_at, u.revision, u.reversal, u.rerate,
       {NAMES.replace(", explanation", "")}, coalesce(b.invoice, '') AS invoice
FROM charging_rated_usage u LEFT JOIN charging_billed b USING (record_id)
"""  # noqa: S608  # our own column names


def rated(where: str, params: Sequence[Any], order: str = "started_at, sequence", page: str = "") -> list[RatedUsage]:
    """Rated records, as they stand, by a condition that this room wrote."""
    with brand_cursor() as cursor:
        cursor.execute(f"{_READ} WHERE u.stands AND ({where}) ORDER BY {order} {page}", list(params))
        return [_rated(row) for row in dict_rows(cursor)]


def entries(where: str, params: Sequence[Any]) -> list[RatedUsage]:
    """Every entry by a condition, those that were taken back and their reversals too, in the order of entering."""
    with brand_cursor() as cursor:
        cursor.execute(f"{_READ} WHERE {where} ORDER BY u.sequence", list(params))
        return [_rated(row) for row in dict_rows(cursor)]


def count(where: str, params: Sequence[Any]) -> int:
    """How many rated records match."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM charging_rated_usage u LEFT JOIN charging_billed b USING (record_id)"  # noqa: S608
            f" WHERE u.stands AND ({where})",
            list(params),
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def rated_by_name(where: str, params: Mapping[str, Any], page: str) -> list[RatedUsage]:
    """Rated records by a condition with named values, in order of their start."""
    with brand_cursor() as cursor:
        cursor.execute(f"{_READ} WHERE u.stands AND ({where}) ORDER BY started_at, sequence {page}", dict(params))
        return [_rated(row) for row in dict_rows(cursor)]


def count_by_name(where: str, params: Mapping[str, Any]) -> int:
    """How many rated records match such a condition."""
    with brand_cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM charging_rated_usage WHERE stands AND ({where})", dict(params))  # noqa: S608
        row = cursor.fetchone()
    return int(row[0]) if row else 0


Explanation = tuple[PlainPriced, dict[str, int], dict[str, int], int, dict[str, Any], dict[str, int], date | None]


def explanation(record_id: UUID) -> Explanation | None:
    """How a record was priced, what it took by bucket (units, money), what nobody paid, what its tariff was told, and
    what it counts in which period."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT explanation, unit_takes, money_takes, uncollected, told, counted, counted_in"
            " FROM charging_rated_usage WHERE record_id = %s AND stands ORDER BY sequence DESC LIMIT 1",
            [record_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return _json(row[0]), _json(row[1]), _json(row[2]), row[3], _json(row[4]), _json(row[5]), row[6]


_SUMS = """
SELECT usage_type, direction, count(*), sum(quantity)::numeric, unit, sum(amount)::numeric, currency,
       count(*) FILTER (WHERE amount = 0 AND covered_by <> '')
FROM charging_rated_usage u WHERE u.stands AND ({where})
GROUP BY usage_type, direction, unit, currency ORDER BY usage_type, direction
"""


def sums(where: str, params: Sequence[Any]) -> list[tuple[str, str, int, int, str, int, str, int]]:
    """Per usage type, direction, unit and currency: records, quantity, amount, and how many buckets paid entirely."""
    with brand_cursor() as cursor:
        cursor.execute(_SUMS.format(where=where), list(params))
        return [(*row[:3], int(row[3]), row[4], int(row[5]), *row[6:]) for row in cursor.fetchall()]


def insert_billed(record_ids: Sequence[UUID], invoice: str, now: datetime) -> set[UUID]:
    """Remember on which invoice records stand; returns which were new."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_billed (record_id, invoice, business_time)"
            " SELECT id, %s, %s FROM unnest(%s::uuid[]) AS given (id) ON CONFLICT DO NOTHING RETURNING record_id",
            [invoice, now, list(record_ids)],
        )
        return {row[0] for row in cursor.fetchall()}


def invoices_of(record_ids: Sequence[UUID]) -> dict[UUID, str]:
    """On which invoice records stand."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT record_id, invoice FROM charging_billed WHERE record_id = ANY(%s::uuid[])", [list(record_ids)]
        )
        return dict(cursor.fetchall())


def unbilled_by_account() -> dict[tuple[str, str], int]:
    """Net of postpaid usage that stands on no invoice, by account and currency."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT account, currency, sum(net)::numeric FROM charging_rated_usage u"
            " WHERE stands AND billing_mode = 'postpaid' AND NOT EXISTS"
            " (SELECT 1 FROM charging_billed b WHERE b.record_id = u.record_id) GROUP BY account, currency"
        )
        return {(account, currency): int(net) for account, currency, net in cursor.fetchall()}


def put_line(line: Line, msisdn: str, valid_from: datetime) -> None:
    """What the charging process must know of a line."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO charging_line (subscription_id, subscription, msisdn, customer_id, account_id, account,
                                       offering, tariff_key, billing_mode, currency, tax_country, zone, cycle_day,
                                       valid_from, segment, segments)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (shard, subscription_id) DO UPDATE
            SET msisdn = excluded.msisdn, tariff_key = excluded.tariff_key, offering = excluded.offering,
                segment = excluded.segment, segments = excluded.segments
            """,
            [
                line.subscription_id,
                line.subscription,
                msisdn,
                line.customer_id,
                line.account_id,
                line.account,
                line.offering,
                line.tariff_key,
                line.billing_mode.value,
                line.currency,
                line.tax_country,
                line.zone.key,
                line.cycle_day,
                valid_from,
                line.segment,
                sorted(line.segments),
            ],
        )


def put_segments(customer_id: UUID, segment: str, segments: Sequence[str]) -> None:
    """The customer is in other segments now."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE charging_line SET segment = %s, segments = %s WHERE customer_id = %s"
            " AND (segment, segments) IS DISTINCT FROM (%s, %s)",
            [segment, list(segments), customer_id, segment, list(segments)],
        )


def put_friends(subscription_id: UUID, listed: Sequence[tuple[str, str, datetime]]) -> None:
    """What stands on a line's lists now: list, number (digits), since when."""
    with brand_cursor() as cursor:
        cursor.execute("DELETE FROM charging_friend WHERE subscription_id = %s", [subscription_id])
        cursor.execute(
            "INSERT INTO charging_friend (subscription_id, list_key, number, valid_from)"
            " SELECT %s, given.* FROM unnest(%s::text[], %s::text[], %s::timestamptz[]) AS given",
            [subscription_id, *([row[place] for row in listed] for place in range(3))],
        )


def end_line(subscription_id: UUID, at: datetime) -> None:
    """The line is no more."""
    with brand_cursor() as cursor:
        cursor.execute("UPDATE charging_line SET valid_to = %s WHERE subscription_id = %s", [at, subscription_id])


def put_tariffs(catalog_version: int, valid_from: datetime, files: Mapping[str, str], brand: BrandProfile) -> None:
    """The tariffs, zones and controls of a published catalogue, and whose it is."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_tariffs (catalog_version, valid_from, files, cost_tariff, home, currency)"
            " VALUES (%s, %s, %s::jsonb, %s, %s, %s) ON CONFLICT (catalog_version) DO NOTHING",
            [
                catalog_version,
                valid_from,
                json.dumps(dict(files)),
                brand.cost_tariff or "",
                brand.country,
                brand.currency,
            ],
        )


def losses() -> dict[str, int]:
    """What lay above a limit, without tax, by currency."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT currency, sum(loss)::bigint FROM charging_rated_usage WHERE loss <> 0 GROUP BY currency")
        return dict(cursor.fetchall())


def tariffs_without_home() -> list[int]:
    """Catalogues that were published before it was kept whose they are."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT catalog_version FROM charging_tariffs WHERE home = '' ORDER BY catalog_version")
        return [number for (number,) in cursor.fetchall()]


def put_home(catalog_version: int, brand: BrandProfile) -> None:
    """Whose a catalogue is."""
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE charging_tariffs SET home = %s, currency = %s WHERE catalog_version = %s",
            [brand.country, brand.currency, catalog_version],
        )


def drop_tariffs(catalog_version: int) -> None:
    """A version was taken back."""
    with brand_cursor() as cursor:
        cursor.execute("DELETE FROM charging_tariffs WHERE catalog_version = %s", [catalog_version])


_GAP = ("cost_reason", "usage_type", "direction", "number_zone", "network_zone")


def cost_gaps() -> list[dict[str, Any]]:
    """Rated records without a cost, by reason, kind of usage and zones."""
    names = ", ".join(_GAP)
    with brand_cursor() as cursor:
        cursor.execute(
            f"SELECT {names}, max(cost_rule) AS rule, count(*) AS records, min(started_at) AS first_use,"  # noqa: S608
            " max(started_at) AS last_use FROM charging_rated_usage WHERE stands AND cost IS NULL"
            f" GROUP BY {names} ORDER BY {names}"
        )
        return dict_rows(cursor)


def without_cost(limit: int, gap: Sequence[str] = ()) -> list[RatedUsage]:
    """Rated records without a cost, oldest first: of one gap, or of all."""
    where, params = "cost IS NULL", list(gap)
    if gap:
        where += "".join(f" AND u.{name} = %s" for name in _GAP)
    return rated(where, params, "sequence", f"LIMIT {int(limit)}")


def set_costs(known: Sequence[tuple[int, datetime, int, str]]) -> None:
    """Put costs (sequence, instant of rating, micro-units, clause) to records that had none."""
    if not known:
        return
    with brand_cursor() as cursor:
        cursor.execute(
            """
            UPDATE charging_rated_usage u SET cost = given.cost, cost_rule = given.rule, cost_reason = ''
            FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[], %s::text[])
                 AS given (sequence, rated_at, cost, rule)
            WHERE u.rated_at = given.rated_at AND u.sequence = given.sequence AND u.cost IS NULL AND u.stands
            """,
            [
                [sequence for sequence, _, _, _ in known],
                [at for _, at, _, _ in known],
                [cost for _, _, cost, _ in known],
                [rule for _, _, _, rule in known],
            ],
        )


def _rated(row: Mapping[str, Any]) -> RatedUsage:
    currency = row["currency"]
    return RatedUsage(
        sequence=row["sequence"],
        record_id=row["record_id"],
        record_key=row["record_key"],
        file_id=row["file_id"],
        customer_id=row["customer_id"],
        subscription_id=row["subscription_id"],
        subscription=row["subscription"],
        account_id=row["account_id"],
        account=row["account"],
        billing_mode=BillingMode(row["billing_mode"]),
        usage_type=row["usage_type"],
        direction=row["direction"],
        started_at=row["started_at"],
        quantity=Quantity(row["quantity"], Unit(row["unit"])),
        peer=row["peer"],
        network=row["network"],
        number_zone=row["number_zone"],
        network_zone=row["network_zone"],
        tariff=row["tariff"],
        catalog_version=row["catalog_version"],
        rule=row["rule"],
        verdict=Verdict(row["verdict"]),
        group=row["line_group"],
        label=_json(row["label"]),
        clause=row["clause"],
        covered_by=row["covered_by"],
        amount=Money(row["amount"], currency),
        net=Money(row["net"], currency),
        gross=Money(row["gross"], currency),
        uncollected=Money(row["uncollected"], currency),
        loss=Money(row["loss"], currency),
        blocked=row["blocked"],
        mode=TaxMode(row["tax_mode"]),
        tax_category=row["tax_category"],
        tax_code=row["tax_code"],
        gl=row["gl"],
        unit_takes=_json(row["unit_takes"]),
        money_takes=_json(row["money_takes"]),
        rated_at=row["rated_at"],
        invoice=row["invoice"],
        offering=row["offering"],
        segment=row["segment"],
        device=row["device"],
        cost=None if row["cost"] is None else Money(row["cost"], currency),
        cost_rule=row["cost_rule"],
        cost_reason=row["cost_reason"],
        entry=row["entry"],
        entered_at=row["entered_at"],
        revision=row["revision"],
        reversal=row["reversal"],
        rerate=row["rerate"],
        throttled=row["throttled"],
        redirected=row["redirected"],
        reason=row["reason"],
        counted=_json(row["counted"]),
        counted_in=row["counted_in"],
        told=_json(row["told"]),
    )


def _json(value: Any) -> Any:
    # Django's connection hands jsonb over as text, so that a JSONField may choose its own decoder.
    return json.loads(value) if isinstance(value, str) else value


def insert_wishes(subscription_ids: Sequence[UUID], reason: str, *, ends: bool, at: datetime) -> int:
    """A wish for each open session of these lines; returns how many."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO charging_wish (subscription_id, session, reason, ends, wanted_at)"
            " SELECT subscription_id, session, %s, %s, %s FROM charging_session"
            " WHERE subscription_id = ANY(%s::uuid[]) AND closed_at IS NULL",
            [reason, ends, at, list(subscription_ids)],
        )
        return int(cursor.rowcount)


def lines_of_holder(holder_id: UUID) -> set[UUID]:
    """The lines that share what an account or a customer holds."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT subscription_id FROM charging_line WHERE %s IN (account_id, customer_id) AND valid_to IS NULL",
            [holder_id],
        )
        return {row[0] for row in cursor.fetchall()}


def reservations() -> dict[str, tuple[int, int]]:
    """By bucket what it says is reserved in it, and what the open sessions keep; only where either is above nothing."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(b.ref, s.ref), coalesce(b.reserved, 0), coalesce(s.kept, 0)
            FROM (SELECT ref, reserved FROM balance_bucket WHERE reserved > 0) b
            FULL JOIN (
                SELECT kept.key AS ref, sum(kept.value::bigint)::bigint AS kept
                FROM charging_session c, jsonb_each(c.state -> 'services') AS service,
                     jsonb_each_text(coalesce(service.value -> 'reserved', '{}')) AS kept
                WHERE c.lapses_at IS NOT NULL AND NOT starts_with(kept.key, %s)
                GROUP BY kept.key
            ) s ON s.ref = b.ref
            """,
            [UNBILLED],
        )
        return {ref: (reserved, kept) for ref, reserved, kept in cursor.fetchall()}


def sessions_near(
    subscriptions: Iterable[UUID], references: Iterable[str], first: datetime, last: datetime
) -> list[dict[str, Any]]:
    """Sessions of these lines with one of these references, or that began within a day of that time."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT s.subscription_id, s.door_address ->> 'reference' AS reference, s.state,
                   ARRAY(SELECT DISTINCT m.usage_type FROM charging_match m WHERE m.session = s.session) AS taken
            FROM charging_session s
            WHERE s.subscription_id = ANY(%s) AND (
                s.began_at BETWEEN %s - interval '1 day' AND %s + interval '1 day'
                OR s.door_address ->> 'reference' = ANY(%s))
            ORDER BY s.began_at, s.session
            """,
            [list(subscriptions), first, last, list(references)],
        )
        return dict_rows(cursor)


def insert_matches(rows: Sequence[tuple[Any, ...]], now: datetime) -> None:
    """Keep which session each record tells of; a record that is kept already stays as it is."""
    with brand_cursor() as cursor:
        cursor.executemany(
            "INSERT INTO charging_match (record_key, record_id, file_id, subscription_id, session, usage_type,"
            " quantity, matched_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (record_key) DO NOTHING",
            [(*row, now) for row in rows],
        )
