"""What usage costs beside what it is sold for, by which plan and device it happened, and its sums by the hour."""

from django.db import migrations

FORWARD = """
ALTER TABLE charging_rated_usage
    ADD COLUMN offering    text NOT NULL DEFAULT '',
    ADD COLUMN segment     text NOT NULL DEFAULT '',
    ADD COLUMN device      text NOT NULL DEFAULT '',
    ADD COLUMN cost        bigint,
    ADD COLUMN cost_rule   text NOT NULL DEFAULT '',
    ADD COLUMN cost_reason text NOT NULL DEFAULT '',
    DROP CONSTRAINT charging_rated_usage_verdict_check,
    ADD CONSTRAINT charging_rated_usage_verdict_check
        CHECK (verdict IN ('priced', 'free', 'blocked', 'throttled'));
COMMENT ON COLUMN charging_rated_usage.cost IS
    'Wholesale cost without tax, micro-units of the row''s currency; null while nobody can say.';
CREATE INDEX charging_rated_usage_started ON charging_rated_usage (started_at);
CREATE INDEX charging_rated_usage_no_cost ON charging_rated_usage (record_id) WHERE cost IS NULL;

CREATE TABLE charging_usage_hour (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hour         timestamptz NOT NULL,
    offering     text NOT NULL,
    segment      text NOT NULL,
    device       text NOT NULL,
    tariff       text NOT NULL,
    billing_mode text NOT NULL,
    usage_type   text NOT NULL,
    direction    text NOT NULL,
    unit         text NOT NULL,
    number_zone  text NOT NULL,
    network_zone text NOT NULL,
    network      text NOT NULL,
    currency     text NOT NULL,
    records      bigint NOT NULL,
    quantity     numeric NOT NULL,
    amount       numeric NOT NULL,
    net          numeric NOT NULL,
    gross        numeric NOT NULL,
    uncollected  numeric NOT NULL,
    cost         numeric NOT NULL,
    net_costed   numeric NOT NULL,
    no_cost      bigint NOT NULL
);
COMMENT ON TABLE charging_usage_hour IS
    'Sums of rated usage by the hour in which it began: what each statement added. hour is by the network''s clock.';
CREATE INDEX charging_usage_hour_hour ON charging_usage_hour (hour);

CREATE FUNCTION charging_count_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO charging_usage_hour (hour, offering, segment, device, tariff, billing_mode, usage_type, direction, unit,
        number_zone, network_zone, network, currency, records, quantity, amount, net, gross, uncollected, cost,
        net_costed, no_cost)
    SELECT date_trunc('hour', started_at, 'UTC'), offering, segment, device, tariff, billing_mode, usage_type,
        direction, unit, number_zone, network_zone, network, currency, count(*), sum(quantity), sum(amount), sum(net),
        sum(gross), sum(uncollected), coalesce(sum(cost), 0), coalesce(sum(net) FILTER (WHERE cost IS NOT NULL), 0),
        count(*) FILTER (WHERE cost IS NULL)
    FROM fresh
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
    RETURN NULL;
END $$;
CREATE TRIGGER charging_rated_usage_hours AFTER INSERT ON charging_rated_usage
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION charging_count_hours();

CREATE FUNCTION charging_count_costs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO charging_usage_hour (hour, offering, segment, device, tariff, billing_mode, usage_type, direction, unit,
        number_zone, network_zone, network, currency, records, quantity, amount, net, gross, uncollected, cost,
        net_costed, no_cost)
    SELECT date_trunc('hour', n.started_at, 'UTC'), n.offering, n.segment, n.device, n.tariff, n.billing_mode,
        n.usage_type, n.direction, n.unit, n.number_zone, n.network_zone, n.network, n.currency, 0, 0, 0, 0, 0, 0,
        sum(n.cost), sum(n.net), -count(*)
    FROM fresh n JOIN stale o ON (o.shard, o.rated_at, o.sequence) = (n.shard, n.rated_at, n.sequence)
    WHERE o.cost IS NULL AND n.cost IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
    RETURN NULL;
END $$;
CREATE TRIGGER charging_rated_usage_costs AFTER UPDATE ON charging_rated_usage
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION charging_count_costs();

CREATE TRIGGER charging_usage_hour_append_only BEFORE UPDATE OR DELETE ON charging_usage_hour
    FOR EACH ROW EXECUTE FUNCTION charging_refuse_change();

CREATE OR REPLACE FUNCTION charging_only_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.peer = '' AND to_jsonb(NEW) - 'peer' = to_jsonb(OLD) - 'peer' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.cost IS NULL
       AND to_jsonb(NEW) - ARRAY['cost', 'cost_rule', 'cost_reason']
         = to_jsonb(OLD) - ARRAY['cost', 'cost_rule', 'cost_reason'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rated usage is append-only' USING ERRCODE = 'restrict_violation';
END $$;

INSERT INTO charging_usage_hour (hour, offering, segment, device, tariff, billing_mode, usage_type, direction, unit,
    number_zone, network_zone, network, currency, records, quantity, amount, net, gross, uncollected, cost, net_costed,
    no_cost)
SELECT date_trunc('hour', started_at, 'UTC'), offering, segment, device, tariff, billing_mode, usage_type, direction,
    unit, number_zone, network_zone, network, currency, count(*), sum(quantity), sum(amount), sum(net), sum(gross),
    sum(uncollected), 0, 0, count(*)
FROM charging_rated_usage
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
"""

BACKWARD = """
DROP TRIGGER charging_rated_usage_costs ON charging_rated_usage;
DROP TRIGGER charging_rated_usage_hours ON charging_rated_usage;
DROP FUNCTION charging_count_costs();
DROP FUNCTION charging_count_hours();
DROP TABLE charging_usage_hour;
CREATE OR REPLACE FUNCTION charging_only_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.peer = '' AND to_jsonb(NEW) - 'peer' = to_jsonb(OLD) - 'peer' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rated usage is append-only' USING ERRCODE = 'restrict_violation';
END $$;
DROP INDEX charging_rated_usage_no_cost;
DROP INDEX charging_rated_usage_started;
ALTER TABLE charging_rated_usage
    DROP COLUMN offering, DROP COLUMN segment, DROP COLUMN device,
    DROP COLUMN cost, DROP COLUMN cost_rule, DROP COLUMN cost_reason,
    DROP CONSTRAINT charging_rated_usage_verdict_check,
    ADD CONSTRAINT charging_rated_usage_verdict_check CHECK (verdict IN ('priced', 'free', 'blocked'));
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0002_forget_peer")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
