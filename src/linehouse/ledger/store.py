"""SQL of the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from linehouse.kernel.clock import MachineClock
from linehouse.ledger.values import AccountBalance, Entry, Posted, TrialLine, account_class
from linehouse.platform.partitions import partitioned
from linehouse.platform.sql import brand_cursor, hot_cursor

partitioned("ledger_transfer")


def claim_causes(entries: Sequence[Entry], now: datetime) -> set[str]:
    """Write the once-keys that are new and return them."""
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_cause (cause, digest, business_time)"
            " SELECT cause, digest, %s FROM unnest(%s::text[], %s::text[]) AS given (cause, digest)"
            " ON CONFLICT (cause) DO NOTHING RETURNING cause",
            [now, [e.cause for e in entries], [e.digest for e in entries]],
        )
        return {row[0] for row in cursor.fetchall()}


def digests(causes: Sequence[str]) -> dict[str, str]:
    """What was posted before for these causes."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT cause, digest FROM ledger_cause WHERE cause = ANY(%s)", [list(causes)])
        return dict(cursor.fetchall())


def account_ids(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The ids of accounts by (key, asset); what is missing is opened, in one order, so that posters never cross."""
    pairs = sorted(set(wanted))
    keys, assets = [key for key, _ in pairs], [asset for _, asset in pairs]
    with brand_cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_account (key, class, asset)"
            " SELECT given.* FROM unnest(%s::text[], %s::text[], %s::text[]) AS given (key, class, asset)"
            " WHERE NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.key = given.key AND a.asset = given.asset)"
            " ON CONFLICT (key, asset) DO NOTHING",
            [keys, [account_class(key) for key in keys], assets],
        )
        cursor.execute(
            "SELECT a.key, a.asset, a.id FROM ledger_account a"
            " JOIN unnest(%s::text[], %s::text[]) AS given (key, asset) ON a.key = given.key AND a.asset = given.asset",
            [keys, assets],
        )
        return {(key, asset): found for key, asset, found in cursor.fetchall()}


def insert_transfers(entries: Sequence[Entry], ids: dict[tuple[str, str], int], now: datetime, actor: str) -> None:
    """Append the transfers of all entries in one statement."""
    rows = [
        (e.cause, leg, ids[t.debit, t.asset], ids[t.credit, t.asset], t.asset, t.amount, e.note)
        for e in entries
        for leg, t in enumerate(e.transfers, 1)
    ]
    columns = list(zip(*rows, strict=True))
    with brand_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ledger_transfer (cause, leg, debit_account, credit_account, asset, amount, note,
                                         business_time, machine_time, actor)
            SELECT given.*, %s, %s, %s
            FROM unnest(%s::text[], %s::smallint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[],
                        %s::text[]) AS given
            """,
            [now, MachineClock().now(), actor, *(list(column) for column in columns)],
        )


_BALANCES = """
SELECT a.key, a.asset, coalesce(d.total, 0), coalesce(c.total, 0)
FROM ledger_account a
LEFT JOIN LATERAL (SELECT sum(amount) AS total FROM ledger_transfer WHERE debit_account = a.id {until}) d ON true
LEFT JOIN LATERAL (SELECT sum(amount) AS total FROM ledger_transfer WHERE credit_account = a.id {until}) c ON true
"""


def balances(where: str, params: Sequence[Any], until: datetime | None = None) -> list[AccountBalance]:
    """Accounts with their sums; ``where`` is a condition on ``a`` written by this room."""
    bound = "AND business_time < %s" if until else ""
    before: list[Any] = [until, until] if until else []
    with hot_cursor() as cursor:
        cursor.execute(
            _BALANCES.format(until=bound) + f' WHERE {where} ORDER BY a.key COLLATE "C", a.asset', [*before, *params]
        )
        return [AccountBalance(key, asset, int(debit), int(credit)) for key, asset, debit, credit in cursor.fetchall()]


def trial_balance() -> list[TrialLine]:
    """Sums per asset and class."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT asset, class, sum(debit), sum(credit) FROM (
                SELECT a.asset, a.class, t.amount AS debit, 0 AS credit
                FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit_account
                UNION ALL
                SELECT a.asset, a.class, 0, t.amount
                FROM ledger_transfer t JOIN ledger_account a ON a.id = t.credit_account
            ) sides GROUP BY asset, class ORDER BY asset COLLATE "C", class COLLATE "C"
            """
        )
        return [TrialLine(asset, cls, int(debit), int(credit)) for asset, cls, debit, credit in cursor.fetchall()]


_POSTED = """
SELECT t.position, t.cause, t.leg, d.key, c.key, t.amount, t.asset, t.business_time, t.actor, t.note
FROM ledger_transfer t JOIN ledger_account d ON d.id = t.debit_account JOIN ledger_account c ON c.id = t.credit_account
"""


def transfers(where: str, params: Sequence[Any], *, offset: int, limit: int, newest_first: bool = True) -> list[Posted]:
    """A page of the journal; ``where`` is a condition on ``t``, ``d`` and ``c`` written by this room."""
    order = "DESC" if newest_first else "ASC"
    with brand_cursor() as cursor:
        cursor.execute(
            f"{_POSTED} WHERE {where} ORDER BY t.business_time {order}, t.position {order} OFFSET %s LIMIT %s",
            [*params, offset, limit],
        )
        return [Posted(*row) for row in cursor.fetchall()]


def all_transfers(batch: int = 5_000) -> Iterator[Posted]:
    """The whole journal in the order of posting."""
    with brand_cursor() as cursor:
        cursor.execute(f"{_POSTED} ORDER BY t.business_time, t.position")
        while rows := cursor.fetchmany(batch):
            for row in rows:
                yield Posted(*row)


_COUNT = """
SELECT count(*) FROM ledger_transfer t
JOIN ledger_account d ON d.id = t.debit_account JOIN ledger_account c ON c.id = t.credit_account WHERE
"""


def count_transfers(where: str, params: Sequence[Any]) -> int:
    """How many transfers match."""
    with brand_cursor() as cursor:
        cursor.execute(
            _COUNT + where,
            list(params),
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def canonical_lines(batch: int = 5_000) -> Iterator[str]:
    """Every transfer in canonical writing, sorted bytewise: what the ledger hash covers."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT line FROM (
                SELECT concat_ws('|', t.cause, t.leg, d.key, c.key, t.asset, t.amount,
                                 to_char(t.business_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS line
                FROM ledger_transfer t
                JOIN ledger_account d ON d.id = t.debit_account JOIN ledger_account c ON c.id = t.credit_account
            ) lines ORDER BY line COLLATE "C"
            """
        )
        while rows := cursor.fetchmany(batch):
            for (line,) in rows:
                yield line


def incomplete_causes() -> list[tuple[str, str]]:
    """Causes whose transfers are missing or differ from what was recorded at posting."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT k.cause, k.digest, coalesce(j.digest, 'no transfers') FROM ledger_cause k
            LEFT JOIN (
                SELECT t.cause, encode(sha256(convert_to(string_agg(
                    concat_ws('|', d.key, c.key, t.amount, t.asset), E'\\n' ORDER BY t.leg), 'UTF8')), 'hex') AS digest
                FROM ledger_transfer t
                JOIN ledger_account d ON d.id = t.debit_account JOIN ledger_account c ON c.id = t.credit_account
                GROUP BY t.cause
            ) j ON j.cause = k.cause
            WHERE j.digest IS DISTINCT FROM k.digest
            """
        )
        return [(cause, found) for cause, _, found in cursor.fetchall()]
