"""Rated records may be taken back and entered anew: which entry stands, the reversals, and the once-keys of both."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

_COUNT = """
CREATE OR REPLACE FUNCTION charging_count_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO charging_usage_hour (hour, offering, segment, device, tariff, billing_mode, usage_type, direction, unit,
        number_zone, network_zone, network, currency, records, quantity, amount, net, gross, uncollected, cost,
        net_costed, no_cost)
    SELECT date_trunc('hour', started_at, 'UTC'), offering, segment, device, tariff, billing_mode, usage_type,
        direction, unit, number_zone, network_zone, network, currency, {records}, sum(quantity), sum(amount), sum(net),
        sum(gross), sum(uncollected), coalesce(sum(cost), 0), coalesce(sum(net) FILTER (WHERE cost IS NOT NULL), 0),
        {no_cost}
    FROM fresh
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
    RETURN NULL;
END $$;
"""
_ONLY = """
CREATE OR REPLACE FUNCTION charging_only_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.peer = '' AND to_jsonb(NEW) - 'peer' = to_jsonb(OLD) - 'peer' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.cost IS NULL
       AND to_jsonb(NEW) - ARRAY['cost', 'cost_rule', 'cost_reason']
         = to_jsonb(OLD) - ARRAY['cost', 'cost_rule', 'cost_reason'] THEN
        RETURN NEW;
    END IF;{more}
    RAISE EXCEPTION 'rated usage is append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""
_REVERSED = """
    IF TG_OP = 'UPDATE' AND OLD.stands AND NOT NEW.stands
       AND to_jsonb(NEW) - 'stands' = to_jsonb(OLD) - 'stands' THEN
        RETURN NEW;
    END IF;"""

FORWARD = (
    """
ALTER TABLE charging_rated_usage
    ADD COLUMN stands         boolean NOT NULL DEFAULT true,
    ADD COLUMN reversal       boolean NOT NULL DEFAULT false,
    ADD COLUMN revision       smallint NOT NULL DEFAULT 0,
    ADD COLUMN place          bigint,
    ADD COLUMN first_rated_at timestamptz,
    ADD COLUMN rerate         text NOT NULL DEFAULT '';
COMMENT ON COLUMN charging_rated_usage.stands IS
    'Whether the entry counts; false for one that was taken back, and for the reversal that took it back.';
COMMENT ON COLUMN charging_rated_usage.place IS
    'Its place in the order of first charging, where that is not its own sequence.';
COMMENT ON COLUMN charging_rated_usage.first_rated_at IS
    'When the record was first charged, where this is a later entry of it.';

CREATE TABLE charging_reversal (
    record_key    text NOT NULL,
    revision      smallint NOT NULL,
    record_id     uuid NOT NULL,
    rerate        text NOT NULL,
    business_time timestamptz NOT NULL,
    PRIMARY KEY (record_key, revision)
);
COMMENT ON TABLE charging_reversal IS 'Once-keys: each entry of a record is taken back once. Kept for ever.';

CREATE TABLE charging_once_again (
    record_key    text NOT NULL,
    revision      smallint NOT NULL CHECK (revision > 0),
    record_id     uuid NOT NULL,
    business_time timestamptz NOT NULL,
    PRIMARY KEY (record_key, revision)
);
COMMENT ON TABLE charging_once_again IS
    'Once-keys of later entries: a record whose entry was taken back is charged anew once. Kept for ever.';

CREATE TRIGGER charging_reversal_append_only BEFORE UPDATE OR DELETE ON charging_reversal
    FOR EACH ROW EXECUTE FUNCTION charging_refuse_change();
CREATE TRIGGER charging_once_again_append_only BEFORE UPDATE OR DELETE ON charging_once_again
    FOR EACH ROW EXECUTE FUNCTION charging_refuse_change();
"""
    + _COUNT.format(
        records="sum(CASE WHEN reversal THEN -1 ELSE 1 END)",
        no_cost="coalesce(sum(CASE WHEN reversal THEN -1 ELSE 1 END) FILTER (WHERE cost IS NULL), 0)",
    )
    + _ONLY.format(more=_REVERSED)
)

BACKWARD = (
    _ONLY.format(more="")
    + _COUNT.format(records="count(*)", no_cost="count(*) FILTER (WHERE cost IS NULL)")
    + """
DROP TABLE charging_once_again;
DROP TABLE charging_reversal;
ALTER TABLE charging_rated_usage
    DROP COLUMN stands, DROP COLUMN reversal, DROP COLUMN revision, DROP COLUMN place, DROP COLUMN first_rated_at,
    DROP COLUMN rerate;
"""
)


class Migration(migrations.Migration):
    """Entries that are taken back."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("charging", "0004_merge_hours")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(FORWARD, BACKWARD)]
