"""Allowances that lines share, with what each took, and rests that move into a bucket of their own."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FORWARD = """
ALTER TABLE balance_bucket
    ADD COLUMN rolled        bigint NOT NULL DEFAULT 0 CHECK (rolled >= 0),
    ADD COLUMN late_from     timestamptz CHECK (late_from <= valid_from),
    ADD COLUMN first_used_at timestamptz,
    ADD COLUMN shared        text CHECK (shared IN ('account', 'customer', 'group')),
    ADD COLUMN holder_id     uuid,
    ADD COLUMN cap           bigint CHECK (cap > 0),
    ADD CONSTRAINT balance_bucket_shared_has_a_holder CHECK ((shared IS NULL) = (holder_id IS NULL)),
    DROP CONSTRAINT balance_bucket_never_overdrawn,
    ADD CONSTRAINT balance_bucket_never_overdrawn
        CHECK (granted IS NULL OR used + reserved + expired + rolled <= granted),
    DROP CONSTRAINT balance_bucket_when_empty_check,
    ADD CONSTRAINT balance_bucket_when_empty_check
        CHECK (when_empty IN ('charge', 'block', 'throttle', 'redirect'));
CREATE INDEX balance_bucket_holder ON balance_bucket (holder_id, valid_from) WHERE holder_id IS NOT NULL;
COMMENT ON COLUMN balance_bucket.rolled IS 'What of an unused rest moved into a bucket of its own when the time was over.';
COMMENT ON COLUMN balance_bucket.late_from IS
    'Usage from then on that is told only now may take from it: the beginning of the bucket from which it rolled over.';
COMMENT ON COLUMN balance_bucket.first_used_at IS 'Where it lasts from its first use: when that was.';
COMMENT ON COLUMN balance_bucket.holder_id IS
    'Of a shared bucket: the account, the customer, or the plan product whose group shares it.';
COMMENT ON COLUMN balance_bucket.cap IS 'What one line may take of a shared bucket.';
COMMENT ON COLUMN balance_bucket.terms IS
    'What is unusual of how it is consumed: block (base units), exact, partial, stop, factor, price, rollover and so on.';

ALTER TABLE balance_movement
    ADD COLUMN member text NOT NULL DEFAULT '',
    DROP CONSTRAINT balance_movement_kind_check,
    ADD CONSTRAINT balance_movement_kind_check
        CHECK (kind IN ('grant', 'use', 'late-use', 'expire', 'refund', 'return', 'late-return', 'withdraw',
                        'rollover'));
COMMENT ON COLUMN balance_movement.member IS 'Of a shared bucket: the line that used it.';

CREATE TABLE balance_member_use (
    shard           smallint NOT NULL DEFAULT 0,
    bucket_id       uuid NOT NULL,
    subscription_id uuid NOT NULL,
    subscription    text NOT NULL,
    used            bigint NOT NULL CHECK (used >= 0),
    cap             bigint,
    PRIMARY KEY (shard, bucket_id, subscription_id),
    CONSTRAINT balance_member_use_within_cap CHECK (cap IS NULL OR used <= cap)
);
COMMENT ON TABLE balance_member_use IS
    'What each line took of a shared bucket. Read and written only under the lock of the bucket.';

CREATE TABLE balance_group_member (
    shard           smallint NOT NULL DEFAULT 0,
    id              uuid NOT NULL,
    holder_id       uuid NOT NULL,
    holder          text NOT NULL,
    subscription_id uuid NOT NULL,
    subscription    text NOT NULL,
    joined_at       timestamptz NOT NULL,
    left_at         timestamptz,
    PRIMARY KEY (shard, id),
    CONSTRAINT balance_group_member_leaves_after_joining CHECK (left_at >= joined_at)
);
CREATE UNIQUE INDEX balance_group_member_once ON balance_group_member (holder_id, subscription_id)
    WHERE left_at IS NULL;
CREATE INDEX balance_group_member_line ON balance_group_member (subscription_id, joined_at);
COMMENT ON TABLE balance_group_member IS
    'Lines that use the shared allowances of another line (holder), from joined_at to left_at by the business clock.';
"""

BACKWARD = """
DROP TABLE balance_group_member;
DROP TABLE balance_member_use;
ALTER TABLE balance_movement
    DROP CONSTRAINT balance_movement_kind_check,
    ADD CONSTRAINT balance_movement_kind_check
        CHECK (kind IN ('grant', 'use', 'late-use', 'expire', 'refund', 'return', 'late-return', 'withdraw')),
    DROP COLUMN member;
ALTER TABLE balance_bucket
    DROP CONSTRAINT balance_bucket_never_overdrawn,
    DROP CONSTRAINT balance_bucket_when_empty_check,
    DROP CONSTRAINT balance_bucket_shared_has_a_holder,
    DROP COLUMN rolled, DROP COLUMN late_from, DROP COLUMN first_used_at, DROP COLUMN shared, DROP COLUMN holder_id,
    DROP COLUMN cap,
    ADD CONSTRAINT balance_bucket_never_overdrawn CHECK (granted IS NULL OR used + reserved + expired <= granted),
    ADD CONSTRAINT balance_bucket_when_empty_check CHECK (when_empty IN ('charge', 'block'));
"""


class Migration(migrations.Migration):
    """Sharing and rollover."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("balance", "0003_returns")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(FORWARD, BACKWARD)]
