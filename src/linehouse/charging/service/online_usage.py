"""Usage that was charged while it happened stands in no file: it is shown among the usage, from its rated records."""

from __future__ import annotations

ONLINE_USAGE = """
    SELECT o.record_id, 'rated', o.usage_type, o.direction, o.started_at, o.quantity, o.unit, o.subscription_id,
           o.customer_id, o.account_id, coalesce(l.msisdn, ''), '', o.peer,
           CASE WHEN o.peer = '' THEN 'none' WHEN starts_with(o.peer, '+') THEN 'e164' ELSE 'unknown' END,
           CASE WHEN o.network ~ '^[0-9]{3}-?[0-9]{2,3}$' THEN o.network ELSE '' END,
           CASE WHEN o.network ~ '^[A-Z]{2}$' THEN o.network ELSE '' END,
           '', false, '', NULL::bigint, 0::smallint, '', o.file_id, 0, '', 'online', true, o.rated_at, o.rated_at,
           NULL::uuid, '', '{}'::jsonb
    FROM charging_rated_usage o LEFT JOIN charging_line l ON l.subscription_id = o.subscription_id
    WHERE o.stands AND starts_with(o.record_key, 'online:')
"""
"""The columns are those by which the usage room lists."""
