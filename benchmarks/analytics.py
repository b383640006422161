"""Sums of a million rated records: ``charging.usage_totals`` beside the same sums by plain SQL over the records.

The records are spread over 30 days, four plans, ten zones, six networks and two hundred models of device.
"""

from __future__ import annotations

from datetime import UTC, datetime

import click
from ground import brand, headed, timed, told

ROWS, BATCH, ROUNDS = 1_000_000, 10_000, 5
FILL = """
INSERT INTO charging_rated_usage (rated_at, record_id, record_key, file_id, customer_id, subscription_id, subscription,
    account_id, account, billing_mode, usage_type, direction, started_at, quantity, unit, peer, network, number_zone,
    network_zone, tariff, catalog_version, rule, verdict, line_group, label, clause, covered_by, currency, tax_mode,
    tax_category, tax_code, gl, amount, net, gross, uncollected, blocked, unit_takes, money_takes, explanation,
    offering, segment, device, cost, cost_rule)
SELECT timestamptz '2026-11-01 08:00Z', gen_random_uuid(), n::text, '00000000-0000-7000-8000-000000000001',
    gen_random_uuid(), gen_random_uuid(), 'S-' || n %% 50000, gen_random_uuid(), 'BA-' || n %% 50000, 'postpaid',
    (ARRAY['voice', 'data', 'sms'])[n %% 3 + 1], 'out',
    timestamptz '2026-11-01 00:00Z' + (n / {batch} * 2592000.0 / {batches} + n %% 25920) * interval '1 second',
    1000 + n %% 7919, (ARRAY['ms', 'octet', 'sms'])[n %% 3 + 1], '+31612345678', '204-0' || n %% 6, 'zone-' || n %% 10,
    'home', 'robin-standard v1', 1, 'rule', 'priced', 'calls', '{{"en": "Calls"}}', 'robin-standard v1: rule', '',
    'EUR', 'gross', 'standard', 'NL-21', 'usage', n %% 999983, n %% 826431, n %% 999983, 0, 0, '{{}}', '{{}}',
    jsonb_build_object('parts', repeat('a part of the explanation ', 20)), 'plan-' || n %% 4, 'individual',
    CASE WHEN n %% 5 = 0 THEN '' ELSE (35000000 + n %% 200)::text END, n %% 499979, 'host v1: rule'
FROM generate_series(%s, %s) AS n
"""
PLAIN = """
SELECT offering, to_char(started_at AT TIME ZONE 'Europe/Amsterdam', 'HH24') AS hour, currency, unit, count(*),
       sum(quantity), sum(net), sum(gross), sum(uncollected), sum(cost), sum(net) FILTER (WHERE cost IS NOT NULL),
       count(*) FILTER (WHERE cost IS NULL)
FROM charging_rated_usage WHERE started_at >= %s AND started_at < %s GROUP BY 1, 2, 3, 4
"""


def main() -> None:
    """Fill the table as charging does, in statements of BATCH records, and ask both ways in turns."""
    ours: list[float] = []
    theirs: list[float] = []
    filling: list[float] = []
    with brand():
        from linehouse.charging import service as charging
        from linehouse.charging.service import By, UsageSlice
        from linehouse.kernel.period import Period
        from linehouse.platform.sql import brand_cursor

        fill = FILL.format(batch=BATCH, batches=ROWS // BATCH)
        with timed(filling), brand_cursor() as cursor:
            for start in range(0, ROWS, BATCH):
                cursor.execute(fill, [start, start + BATCH - 1])
            cursor.execute("ANALYZE charging_rated_usage")
            cursor.execute("ANALYZE charging_usage_hour")
        period = Period(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
        wanted = UsageSlice(period=period, zone="Europe/Amsterdam")

        def kept() -> list[tuple[object, ...]]:
            with timed(ours):
                found = charging.usage_totals(wanted, [By.PLAN, By.HOUR])
            return sorted((one.keys, one.records, one.retail, one.cost) for one in found)

        def plain() -> dict[tuple[str, ...], list[int]]:
            with timed(theirs), brand_cursor() as cursor:
                cursor.execute(PLAIN, [period.start, period.end])
                rows = cursor.fetchall()
            sums: dict[tuple[str, ...], list[int]] = {}
            for row in rows:
                so_far = sums.setdefault((row[0], row[1]), [0, 0, 0])
                for place, column in enumerate((4, 6, 9)):
                    so_far[place] += int(row[column])
            return sums

        kept(), plain()
        ours.clear(), theirs.clear()
        for _ in range(ROUNDS):
            same = kept() == sorted((key, *sums) for key, sums in plain().items())
            if not same:
                raise SystemExit("the sums differ")
        with brand_cursor() as cursor:
            cursor.execute("SELECT count(*) FROM charging_usage_hour")
            row = cursor.fetchone()
    headed("analytics: a million records by plan and hour of the day, every sum of both ways the same")
    click.echo(f"  {ROWS:,} records in {filling[0]:.0f} s, their sums in {row[0] if row else 0:,} rows")
    told("usage_totals", "SQL over records", ROWS, ours, theirs, "records")


if __name__ == "__main__":
    main()
