"""Buckets, their movements by month, the once-keys of movements, and what is granted anew every cycle."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE TABLE balance_bucket (
    shard           smallint NOT NULL DEFAULT 0,
    id              uuid NOT NULL,
    ref             text NOT NULL UNIQUE,
    kind            text NOT NULL CHECK (kind IN ('units', 'promotional', 'main')),
    asset           text NOT NULL,
    customer_id     uuid NOT NULL,
    subscription_id uuid NOT NULL,
    subscription    text NOT NULL,
    account_id      uuid NOT NULL,
    account         text NOT NULL,
    product_id      uuid NOT NULL,
    source          text NOT NULL,
    catalog_version integer NOT NULL,
    texts           jsonb NOT NULL,
    granted         bigint CHECK (granted >= 0),
    used            bigint NOT NULL DEFAULT 0 CHECK (used >= 0),
    reserved        bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    expired         bigint NOT NULL DEFAULT 0 CHECK (expired >= 0),
    taxed_at        text NOT NULL CHECK (taxed_at IN ('sale', 'use')),
    priority        integer NOT NULL,
    scope           jsonb NOT NULL,
    when_empty      text NOT NULL CHECK (when_empty IN ('charge', 'block')),
    valid_from      timestamptz NOT NULL,
    valid_to        timestamptz CHECK (valid_to >= valid_from),
    created_at      timestamptz NOT NULL,
    closed_at       timestamptz,
    PRIMARY KEY (shard, id),
    CONSTRAINT balance_bucket_never_overdrawn CHECK (granted IS NULL OR used + reserved + expired <= granted),
    CONSTRAINT balance_bucket_money_is_limited CHECK (granted IS NOT NULL OR kind = 'units')
);
COMMENT ON TABLE balance_bucket IS
    'What a subscription may use. granted NULL: unlimited. Instants by the business clock; closed_at: the rest was booked.';
CREATE INDEX balance_bucket_subscription ON balance_bucket (subscription_id, valid_from);
CREATE INDEX balance_bucket_account ON balance_bucket (account_id);
CREATE INDEX balance_bucket_product ON balance_bucket (product_id);
CREATE INDEX balance_bucket_ends ON balance_bucket (valid_to) WHERE closed_at IS NULL AND valid_to IS NOT NULL;

CREATE TABLE balance_movement (
    position      bigint GENERATED ALWAYS AS IDENTITY,
    shard         smallint NOT NULL DEFAULT 0,
    bucket_id     uuid NOT NULL,
    ref           text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('grant', 'use', 'late-use', 'expire', 'refund')),
    amount        bigint NOT NULL CHECK (amount > 0),
    asset         text NOT NULL,
    left_after    bigint CHECK (left_after >= 0),
    cause         text NOT NULL,
    record_id     uuid,
    business_time timestamptz NOT NULL,
    machine_time  timestamptz NOT NULL,
    actor         text NOT NULL,
    PRIMARY KEY (shard, business_time, position)
) PARTITION BY RANGE (business_time);
COMMENT ON TABLE balance_movement IS 'Every change of a bucket, never changed itself: the audit of balance_bucket.';
CREATE TABLE balance_movement_default PARTITION OF balance_movement DEFAULT;
CREATE INDEX balance_movement_bucket ON balance_movement (bucket_id, business_time, position);

CREATE TABLE balance_movement_key (
    key           text PRIMARY KEY,
    business_time timestamptz NOT NULL
);
COMMENT ON TABLE balance_movement_key IS 'Once-keys: each movement happens once. Kept for ever.';

CREATE TABLE balance_entitlement (
    shard           smallint NOT NULL DEFAULT 0,
    id              uuid NOT NULL,
    product_id      uuid NOT NULL,
    allowance       text NOT NULL,
    offering        text NOT NULL,
    catalog_version integer NOT NULL,
    customer_id     uuid NOT NULL,
    subscription_id uuid NOT NULL,
    subscription    text NOT NULL,
    account_id      uuid NOT NULL,
    account         text NOT NULL,
    ref_prefix      text NOT NULL,
    next_at         timestamptz NOT NULL,
    ended_at        timestamptz,
    PRIMARY KEY (shard, id),
    UNIQUE (product_id, allowance)
);
COMMENT ON TABLE balance_entitlement IS
    'Allowances that are granted anew every billing cycle. next_at by the business clock: when the next one is due.';
CREATE INDEX balance_entitlement_due ON balance_entitlement (next_at) WHERE ended_at IS NULL;

CREATE FUNCTION balance_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'movements are append-only: correct one by another' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER balance_movement_append_only BEFORE UPDATE OR DELETE ON balance_movement
    FOR EACH ROW EXECUTE FUNCTION balance_refuse_change();
CREATE TRIGGER balance_movement_key_append_only BEFORE UPDATE OR DELETE ON balance_movement_key
    FOR EACH ROW EXECUTE FUNCTION balance_refuse_change();
"""

BACKWARD = """
DROP TABLE balance_entitlement;
DROP TABLE balance_movement_key;
DROP TABLE balance_movement;
DROP TABLE balance_bucket;
DROP FUNCTION balance_refuse_change();
"""


class Migration(migrations.Migration):
    """First version."""

    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(FORWARD, BACKWARD)]
