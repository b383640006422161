"""The journal: accounts, transfers by month, and the once-keys of causes."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE TABLE ledger_account (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key     text NOT NULL,
    class   text NOT NULL,
    asset   text NOT NULL,
    UNIQUE (key, asset),
    UNIQUE (id, asset)
);
COMMENT ON TABLE ledger_account IS 'Accounts: class/detail, one per asset.';

CREATE TABLE ledger_cause (
    cause         text PRIMARY KEY,
    digest        text NOT NULL,
    business_time timestamptz NOT NULL
);
COMMENT ON TABLE ledger_cause IS 'Once-keys: each cause is posted once, kept for ever.';

CREATE TABLE ledger_transfer (
    position       bigint GENERATED ALWAYS AS IDENTITY,
    shard          smallint NOT NULL DEFAULT 0,
    cause          text NOT NULL,
    leg            smallint NOT NULL,
    debit_account  bigint NOT NULL,
    credit_account bigint NOT NULL,
    asset          text NOT NULL,
    amount         bigint NOT NULL CHECK (amount > 0),
    business_time  timestamptz NOT NULL,
    machine_time   timestamptz NOT NULL,
    actor          text NOT NULL,
    note           text NOT NULL DEFAULT '',
    CHECK (debit_account <> credit_account),
    PRIMARY KEY (shard, business_time, position),
    FOREIGN KEY (debit_account, asset) REFERENCES ledger_account (id, asset),
    FOREIGN KEY (credit_account, asset) REFERENCES ledger_account (id, asset)
) PARTITION BY RANGE (business_time);
COMMENT ON TABLE ledger_transfer IS 'The journal: one transfer a row, never changed. business_time is by the business clock.';

CREATE TABLE ledger_transfer_default PARTITION OF ledger_transfer DEFAULT;
CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit_account, business_time, position);
CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit_account, business_time, position);
CREATE INDEX ledger_transfer_cause ON ledger_transfer (cause);

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: correct a mistake by another entry' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_transfer_append_only BEFORE UPDATE OR DELETE ON ledger_transfer
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_cause_append_only BEFORE UPDATE OR DELETE ON ledger_cause
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
"""

BACKWARD = """
DROP TABLE ledger_transfer;
DROP TABLE ledger_cause;
DROP TABLE ledger_account;
DROP FUNCTION ledger_refuse_change();
"""


class Migration(migrations.Migration):
    """First version."""

    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(FORWARD, BACKWARD)]
