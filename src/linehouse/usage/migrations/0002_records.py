"""The hot tables: records by month, their moves, repeats, and the once-keys."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE TABLE usage_record (
    shard              smallint NOT NULL DEFAULT 0,
    started_at         timestamptz NOT NULL,
    id                 uuid NOT NULL,
    state              text NOT NULL CHECK (state IN ('received', 'guided', 'rejected', 'recycled', 'rated', 'rerated',
                                                      'billed')),
    key                text NOT NULL,
    file_id            uuid NOT NULL,
    position           integer NOT NULL,
    reference          text NOT NULL,
    source             text NOT NULL,
    source_kind        text NOT NULL,
    corrections        boolean NOT NULL,
    chargeable         boolean NOT NULL,
    subscription_id    uuid NOT NULL,
    customer_id        uuid NOT NULL,
    billing_account_id uuid NOT NULL,
    msisdn             text NOT NULL,
    imsi               text NOT NULL,
    usage_type         text NOT NULL,
    direction          text NOT NULL,
    other_party        text NOT NULL,
    party_kind         text NOT NULL,
    utc_offset         smallint,
    quantity           bigint NOT NULL,
    unit               text NOT NULL,
    serving_plmn       text NOT NULL,
    serving_country    text NOT NULL,
    serving_tadig      text NOT NULL,
    visited            boolean NOT NULL,
    apn                text NOT NULL,
    event_reference    text NOT NULL,
    cause              text NOT NULL,
    charge             bigint,
    charge_decimals    smallint NOT NULL DEFAULT 0,
    charge_currency    text NOT NULL DEFAULT '',
    attributes         jsonb NOT NULL,
    received_at        timestamptz NOT NULL,
    rated_at           timestamptz,
    PRIMARY KEY (shard, started_at, id)
) PARTITION BY RANGE (started_at);
COMMENT ON TABLE usage_record IS
    'Usage of known subscribers. started_at is when it happened; received_at and rated_at are by the business clock.';
CREATE TABLE usage_record_default PARTITION OF usage_record DEFAULT;
CREATE INDEX usage_record_id ON usage_record (id);
CREATE INDEX usage_record_file ON usage_record (file_id, position);
CREATE INDEX usage_record_customer ON usage_record (customer_id, started_at DESC);
CREATE INDEX usage_record_subscription ON usage_record (subscription_id, started_at DESC);

CREATE TABLE usage_record_move (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record_id     uuid NOT NULL,
    old           text NOT NULL,
    new           text NOT NULL,
    business_time timestamptz NOT NULL,
    actor         text NOT NULL,
    reason        text NOT NULL
);
COMMENT ON TABLE usage_record_move IS 'Every move of a record from state to state: its history. Rows are never changed.';
CREATE INDEX usage_record_move_record ON usage_record_move (record_id, id);

CREATE FUNCTION usage_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of usage records is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER usage_record_move_append_only BEFORE UPDATE OR DELETE ON usage_record_move
    FOR EACH ROW EXECUTE FUNCTION usage_refuse_change();

CREATE TABLE usage_seen_record (
    key       text PRIMARY KEY,
    digest    text NOT NULL,
    record_id uuid NOT NULL,
    file_id   uuid NOT NULL,
    position  integer NOT NULL,
    seen_at   timestamptz NOT NULL
);
COMMENT ON TABLE usage_seen_record IS
    'Once-keys of records; kept longer than the age at which a record goes to suspense. seen_at is by the business clock.';

CREATE TABLE usage_duplicate (
    file_id         uuid NOT NULL,
    position        integer NOT NULL,
    reference       text NOT NULL,
    key             text NOT NULL,
    first_file_id   uuid NOT NULL,
    first_position  integer NOT NULL,
    charge          bigint,
    charge_decimals smallint NOT NULL DEFAULT 0,
    charge_currency text NOT NULL DEFAULT '',
    record          jsonb NOT NULL,
    seen_at         timestamptz NOT NULL,
    PRIMARY KEY (file_id, position)
);
COMMENT ON TABLE usage_duplicate IS 'Records that came again, whole, and where they stood first. seen_at is by the business clock.';
"""

BACKWARD = """
DROP TABLE usage_duplicate;
DROP TABLE usage_seen_record;
DROP TABLE usage_record_move;
DROP FUNCTION usage_refuse_change();
DROP TABLE usage_record;
"""


class Migration(migrations.Migration):
    """First version."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("usage", "0001_initial")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(FORWARD, BACKWARD)]
