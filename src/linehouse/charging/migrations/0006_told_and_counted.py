"""What usage of a period counts, what a tariff was told of each record, and what went on slower or elsewhere."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE TABLE charging_counter (
    shard           smallint NOT NULL DEFAULT 0,
    subscription_id uuid NOT NULL,
    period_start    date NOT NULL,
    counter         text NOT NULL,
    used            numeric NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, subscription_id, period_start, counter)
);
COMMENT ON TABLE charging_counter IS
    'What a subscription used in a cycle of its account, by the tariffs'' counters. The row without a counter is the
one that is locked while usage is charged.';

ALTER TABLE charging_rated_usage
    ADD COLUMN throttled  bigint NOT NULL DEFAULT 0,
    ADD COLUMN redirected bigint NOT NULL DEFAULT 0,
    ADD COLUMN reason     text NOT NULL DEFAULT '',
    ADD COLUMN counted    jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN counted_in date,
    ADD COLUMN told       jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN charging_rated_usage.counted IS
    'What it added to the counters of the cycle that began on counted_in.';
COMMENT ON COLUMN charging_rated_usage.told IS 'What its tariff asked for and was told, word by word.';

ALTER TABLE charging_line ADD COLUMN cycle_day smallint NOT NULL DEFAULT 1;

CREATE FUNCTION charging_count_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO charging_counter AS c (subscription_id, period_start, counter, used)
    SELECT fresh.subscription_id, fresh.counted_in, one.key, sum(one.value::numeric)
    FROM fresh CROSS JOIN LATERAL jsonb_each_text(fresh.counted) AS one
    WHERE fresh.counted_in IS NOT NULL
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (shard, subscription_id, period_start, counter) DO UPDATE SET used = c.used + excluded.used;
    RETURN NULL;
END $$;
CREATE TRIGGER charging_rated_usage_period AFTER INSERT ON charging_rated_usage
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION charging_count_period();
"""

BACKWARD = """
DROP TRIGGER charging_rated_usage_period ON charging_rated_usage;
DROP FUNCTION charging_count_period();
ALTER TABLE charging_line DROP COLUMN cycle_day;
ALTER TABLE charging_rated_usage
    DROP COLUMN throttled, DROP COLUMN redirected, DROP COLUMN reason, DROP COLUMN counted, DROP COLUMN counted_in,
    DROP COLUMN told;
DROP TABLE charging_counter;
"""


class Migration(migrations.Migration):
    """Counters of periods, and what a record was told."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("charging", "0005_reversals")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(FORWARD, BACKWARD)]
