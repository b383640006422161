"""Rated usage by month, its once-keys, what was billed, and what the charging process must know of subscribers."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE TABLE charging_once (
    record_key    text PRIMARY KEY,
    record_id     uuid NOT NULL,
    business_time timestamptz NOT NULL
);
COMMENT ON TABLE charging_once IS 'Once-keys: each usage record is charged once. Kept for ever.';

CREATE TABLE charging_rated_usage (
    sequence        bigint GENERATED ALWAYS AS IDENTITY,
    shard           smallint NOT NULL DEFAULT 0,
    rated_at        timestamptz NOT NULL,
    record_id       uuid NOT NULL,
    record_key      text NOT NULL,
    file_id         uuid NOT NULL,
    customer_id     uuid NOT NULL,
    subscription_id uuid NOT NULL,
    subscription    text NOT NULL,
    account_id      uuid NOT NULL,
    account         text NOT NULL,
    billing_mode    text NOT NULL CHECK (billing_mode IN ('prepaid', 'postpaid')),
    usage_type      text NOT NULL,
    direction       text NOT NULL,
    started_at      timestamptz NOT NULL,
    quantity        bigint NOT NULL,
    unit            text NOT NULL,
    peer            text NOT NULL,
    network         text NOT NULL,
    number_zone     text NOT NULL,
    network_zone    text NOT NULL,
    tariff          text NOT NULL,
    catalog_version integer NOT NULL,
    rule            text NOT NULL,
    verdict         text NOT NULL CHECK (verdict IN ('priced', 'free', 'blocked')),
    line_group      text NOT NULL,
    label           jsonb NOT NULL,
    clause          text NOT NULL,
    covered_by      text NOT NULL,
    currency        text NOT NULL,
    tax_mode        text NOT NULL CHECK (tax_mode IN ('gross', 'net')),
    tax_category    text NOT NULL,
    tax_code        text NOT NULL,
    gl              text NOT NULL,
    amount          bigint NOT NULL,
    net             bigint NOT NULL,
    gross           bigint NOT NULL,
    uncollected     bigint NOT NULL,
    blocked         bigint NOT NULL,
    unit_takes      jsonb NOT NULL,
    money_takes     jsonb NOT NULL,
    explanation     jsonb NOT NULL,
    PRIMARY KEY (shard, rated_at, sequence)
) PARTITION BY RANGE (rated_at);
COMMENT ON TABLE charging_rated_usage IS
    'Usage with its price, never changed. rated_at by the business clock, started_at by the network''s.';
CREATE TABLE charging_rated_usage_default PARTITION OF charging_rated_usage DEFAULT;
CREATE INDEX charging_rated_usage_account ON charging_rated_usage (account_id, started_at);
CREATE INDEX charging_rated_usage_subscription ON charging_rated_usage (subscription_id, started_at);
CREATE INDEX charging_rated_usage_record ON charging_rated_usage (record_id);

CREATE TABLE charging_billed (
    record_id     uuid PRIMARY KEY,
    invoice       text NOT NULL,
    business_time timestamptz NOT NULL
);
COMMENT ON TABLE charging_billed IS 'Once-keys: a rated record stands on one invoice.';
CREATE INDEX charging_billed_invoice ON charging_billed (invoice);

CREATE TABLE charging_line (
    shard           smallint NOT NULL DEFAULT 0,
    subscription_id uuid NOT NULL,
    subscription    text NOT NULL,
    msisdn          text NOT NULL,
    customer_id     uuid NOT NULL,
    account_id      uuid NOT NULL,
    account         text NOT NULL,
    offering        text NOT NULL,
    tariff_key      text,
    billing_mode    text NOT NULL,
    currency        text NOT NULL,
    tax_country     text NOT NULL,
    zone            text NOT NULL,
    valid_from      timestamptz NOT NULL,
    valid_to        timestamptz,
    PRIMARY KEY (shard, subscription_id)
);
COMMENT ON TABLE charging_line IS 'What the charging process must know of a line, kept from the events of inventory.';
CREATE INDEX charging_line_msisdn ON charging_line (msisdn, valid_from);

CREATE TABLE charging_tariffs (
    catalog_version integer PRIMARY KEY,
    valid_from      timestamptz NOT NULL,
    files           jsonb NOT NULL
);
COMMENT ON TABLE charging_tariffs IS 'Tariff and zone files of published catalogues, for the charging process.';

CREATE FUNCTION charging_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rated usage is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER charging_rated_usage_append_only BEFORE UPDATE OR DELETE ON charging_rated_usage
    FOR EACH ROW EXECUTE FUNCTION charging_refuse_change();
CREATE TRIGGER charging_once_append_only BEFORE UPDATE OR DELETE ON charging_once
    FOR EACH ROW EXECUTE FUNCTION charging_refuse_change();
CREATE TRIGGER charging_billed_append_only BEFORE UPDATE OR DELETE ON charging_billed
    FOR EACH ROW EXECUTE FUNCTION charging_refuse_change();
"""

BACKWARD = """
DROP TABLE charging_tariffs;
DROP TABLE charging_line;
DROP TABLE charging_billed;
DROP TABLE charging_rated_usage;
DROP TABLE charging_once;
DROP FUNCTION charging_refuse_change();
"""


class Migration(migrations.Migration):
    """First version."""

    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(FORWARD, BACKWARD)]
