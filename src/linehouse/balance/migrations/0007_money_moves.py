"""Money that is put on lines, sent, corrected by hand; how far below zero money may go."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

_BEFORE = "'grant', 'use', 'late-use', 'expire', 'refund', 'return', 'late-return', 'withdraw', 'rollover'"
_KINDS = f"{_BEFORE}, 'top-up', 'transfer-in', 'transfer-out', 'adjust-up', 'adjust-down', 'take-back', 'give-back'"

FORWARD = f"""
ALTER TABLE balance_bucket
    ADD COLUMN overdraft bigint NOT NULL DEFAULT 0 CHECK (overdraft >= 0),
    ADD COLUMN overdraw  boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT balance_bucket_never_overdrawn,
    ADD CONSTRAINT balance_bucket_never_overdrawn
        CHECK (granted IS NULL OR overdraw OR used + reserved + expired + rolled <= granted + overdraft),
    ADD CONSTRAINT balance_bucket_overdraft_is_money
        CHECK (kind = 'main' OR (overdraft = 0 AND NOT overdraw));
COMMENT ON COLUMN balance_bucket.overdraft IS 'How far below zero it may go, in micro-units; 0: it is prepaid.';
COMMENT ON COLUMN balance_bucket.overdraw IS 'Usage that has happened is debited below the floor, too.';

ALTER TABLE balance_movement
    DROP CONSTRAINT balance_movement_left_after_check,
    DROP CONSTRAINT balance_movement_kind_check,
    ADD CONSTRAINT balance_movement_kind_check CHECK (kind IN ({_KINDS}));
COMMENT ON COLUMN balance_movement.left_after IS 'What was left; below zero while an overdraft is in use.';
"""

BACKWARD = f"""
ALTER TABLE balance_movement
    DROP CONSTRAINT balance_movement_kind_check,
    ADD CONSTRAINT balance_movement_kind_check CHECK (kind IN ({_BEFORE})),
    ADD CONSTRAINT balance_movement_left_after_check CHECK (left_after >= 0);
ALTER TABLE balance_bucket
    DROP CONSTRAINT balance_bucket_overdraft_is_money,
    DROP CONSTRAINT balance_bucket_never_overdrawn,
    ADD CONSTRAINT balance_bucket_never_overdrawn
        CHECK (granted IS NULL OR used + reserved + expired + rolled <= granted),
    DROP COLUMN overdraw,
    DROP COLUMN overdraft;
"""


class Migration(migrations.Migration):
    """Money moves."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("balance", "0006_packs_and_thresholds")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(FORWARD, BACKWARD)]
