"""Posting in SQL, for asyncpg: once-keys, accounts, transfers. Each takes columns, so that a batch is one statement."""

from __future__ import annotations

OPEN_ACCOUNTS = """
INSERT INTO ledger_account (key, class, asset)
SELECT given.* FROM unnest($1::text[], $2::text[], $3::text[]) AS given (key, class, asset)
WHERE NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.key = given.key AND a.asset = given.asset)
ON CONFLICT (key, asset) DO NOTHING
"""
"""Accounts by key, class and asset, in one order of all posters."""

ACCOUNT_IDS = """
SELECT a.key, a.asset, a.id FROM ledger_account a
JOIN unnest($1::text[], $2::text[]) AS given (key, asset) ON a.key = given.key AND a.asset = given.asset
"""

POST = """
WITH claimed AS (
    INSERT INTO ledger_cause (cause, digest, business_time)
    SELECT given.*, $7 FROM unnest($10::text[], $11::text[]) AS given
)
INSERT INTO ledger_transfer (cause, leg, debit_account, credit_account, asset, amount, business_time, machine_time,
                             actor)
SELECT given.*, $7, $8, $9
FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[]) AS given
"""
"""Transfers ($1 to $6) of causes ($10) with digests ($11); one that was posted before is refused by its key."""
