"""Proves from what a client heard, and from bare SQL, that no money was lost or doubled. It knows no code of the house.

What is asked: every repeat got the same answer; each line's balance went down by exactly what its answers charged;
movements, journal and rated usage say the same; nothing is reserved any more; no balance is below zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import psycopg

from tests.faults.client import Heard

MICROS = 1_000_000


def check(dsn: str, heard: Sequence[Heard], opening: int) -> list[str]:
    """What is wrong; empty when everything holds. ``opening`` is the credit of each line, micro-units."""
    wrong = list(_repeats(heard))
    charged = _charged(heard)
    with psycopg.connect(dsn) as connection:
        for msisdn, granted, used, reserved, expired in connection.execute(_BALANCES).fetchall():
            said = charged.pop(f"+{msisdn}", 0)
            if used - (granted - opening) != said:
                wrong.append(f"{msisdn}: answers charged {said}, the balance lost {used - (granted - opening)}")
            if reserved or expired:
                wrong.append(f"{msisdn}: {reserved} reserved, {expired} expired")
            if granted - used < 0:
                wrong.append(f"{msisdn}: balance {granted - used}")
        wrong += [f"{msisdn}: charged {said} and has no balance" for msisdn, said in charged.items() if said]
        wrong += _books(connection)
        known = {(row[0].split(":")[-1], row[1]) for row in connection.execute(_ANSWERED).fetchall()}
        wrong += [f"no answer is kept of {one}" for one in _acted(heard) - known]
    return wrong


def disagreements(dsn: str) -> list[str]:
    """What is wrong with the books and balances alone, whatever was answered."""
    with psycopg.connect(dsn) as connection:
        wrong = list(_books(connection))
        for msisdn, granted, used, reserved, _ in connection.execute(_BALANCES).fetchall():
            if reserved or granted < used:
                wrong.append(f"{msisdn}: {reserved} reserved, balance {granted - used}")
    return wrong


def _books(connection: psycopg.Connection) -> Iterator[str]:
    for name, text in _AGREE.items():
        yield from (f"{name}: {row}" for row in connection.execute(text).fetchall())
    sums = {name: connection.execute(text).fetchone() for name, text in _SUMS.items()}
    if len(set(sums.values())) != 1:
        yield f"sums differ: {sums}"
    if connection.execute(_DOUBLED).fetchall():
        yield "a record stands twice"


def _repeats(heard: Iterable[Heard]) -> Iterable[str]:
    first: dict[tuple[str, str], Heard] = {}
    for one in heard:
        known = first.setdefault((one.session, one.key), one)
        if (known.status, known.answer) != (one.status, one.answer):
            yield f"{one.session}/{one.key} was answered {known.answer}, then {one.answer}"


def _acted(heard: Iterable[Heard]) -> set[tuple[str, str]]:
    return {(one.session, one.key) for one in heard if one.status == 200}


def _charged(heard: Iterable[Heard]) -> dict[str, int]:
    """By line, each request once."""
    sums: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    for one in heard:
        if (one.session, one.key) in seen:
            continue
        seen.add((one.session, one.key))
        for service in one.answer.get("services", ()):
            if "charged" in service:
                assert service["charged"]["currency"] == "EUR"
                sums[one.msisdn] = sums.get(one.msisdn, 0) + int(Decimal(service["charged"]["value"]) * MICROS)
    return sums


_BALANCES = """
SELECT l.msisdn, b.granted, b.used, b.reserved, b.expired
FROM charging_line l JOIN balance_bucket b ON b.subscription_id = l.subscription_id
WHERE b.asset = 'EUR' AND b.ref LIKE '%/start-credit'
"""
_AGREE = {
    "bucket and movements": """
SELECT b.ref, b.used, coalesce(m.used, 0) FROM balance_bucket b LEFT JOIN (
    SELECT bucket_id, sum(amount) AS used FROM balance_movement WHERE kind IN ('use', 'late-use') GROUP BY 1
) m ON m.bucket_id = b.id WHERE b.used <> coalesce(m.used, 0)
""",
    "bucket and journal": """
SELECT b.ref, b.granted - b.used - b.expired, coalesce(c.total, 0) - coalesce(d.total, 0)
FROM balance_bucket b
JOIN ledger_account a ON a.key IN ('prepaid/' || b.ref, 'allowance/' || b.ref) AND a.asset = b.asset
LEFT JOIN LATERAL (SELECT sum(amount) AS total FROM ledger_transfer WHERE credit_account = a.id) c ON true
LEFT JOIN LATERAL (SELECT sum(amount) AS total FROM ledger_transfer WHERE debit_account = a.id) d ON true
WHERE b.granted - b.used - b.expired <> coalesce(c.total, 0) - coalesce(d.total, 0)
""",
    "sessions that keep something": "SELECT session FROM charging_session WHERE lapses_at IS NOT NULL",
}
_SUMS = {
    "rated usage": "SELECT coalesce(sum(amount), 0)::bigint FROM charging_rated_usage",
    "movements": """
SELECT (coalesce(sum(amount) FILTER (WHERE kind IN ('use', 'late-use')), 0)
        - coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0))::bigint
FROM balance_movement WHERE asset = 'EUR'
""",
}
_DOUBLED = "SELECT record_key FROM charging_rated_usage GROUP BY 1 HAVING count(*) > 1"
_ANSWERED = "SELECT session, key FROM charging_answer"
