"""What is observed of the doors of charging, in SQL for asyncpg: messages, rates, peers, processes."""

from __future__ import annotations

TRACE_COLUMNS = (
    "at",
    "node",
    "door",
    "peer",
    "session",
    "subscription_id",
    "way",
    "name",
    "result",
    "refused",
    "micros",
    "detail",
)

PUT_RATES = """
INSERT INTO charging_rate (minute, node, door, peer, name, result, refused, requests, slowest, latency)
SELECT given.minute, $1, given.door, given.peer, given.name, given.result, given.refused, given.requests, given.slowest,
       given.latency::int[]
FROM unnest($2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::bigint[],
            $10::text[])
     AS given (minute, door, peer, name, result, refused, requests, slowest, latency)
ON CONFLICT (minute, node, door, peer, name, result, refused) DO UPDATE
SET requests = excluded.requests, slowest = excluded.slowest, latency = excluded.latency
"""
"""A process's own counts of its minutes; each writes what the minute came to so far."""

PUT_PEERS = """
INSERT INTO charging_peer (node, door, peer, realm, address, state, since, seen_at, detail)
SELECT $1, given.door, given.peer, given.realm, given.address, given.state, given.since, $2, given.detail::jsonb
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[])
     AS given (door, peer, realm, address, state, since, detail)
ON CONFLICT (node, door, peer) DO UPDATE
SET realm = excluded.realm, address = excluded.address, state = excluded.state, since = excluded.since,
    seen_at = excluded.seen_at, detail = excluded.detail
"""

PUT_NODE = """
INSERT INTO charging_node (node, started_at, seen_at, kept, dropped) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (node) DO UPDATE SET seen_at = excluded.seen_at, kept = excluded.kept, dropped = excluded.dropped
"""

_FORGET_TRACES = """
DELETE FROM charging_trace WHERE id IN (SELECT id FROM charging_trace WHERE at < {before} ORDER BY at LIMIT 20000)
"""
FORGET = (
    _FORGET_TRACES,
    "DELETE FROM charging_rate WHERE minute < {before}",
    "DELETE FROM charging_peer WHERE seen_at < {before}",
    "DELETE FROM charging_node WHERE seen_at < {before}",
)
"""What goes after its time, each to be repeated until nothing went; ``before`` is the place of the instant."""
