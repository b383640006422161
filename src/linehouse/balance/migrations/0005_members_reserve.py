"""What each line's open sessions keep of a shared bucket."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FORWARD = """
ALTER TABLE balance_member_use
    ADD COLUMN reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    DROP CONSTRAINT balance_member_use_within_cap,
    ADD CONSTRAINT balance_member_use_within_cap CHECK (cap IS NULL OR used + reserved <= cap);
"""
BACKWARD = """
ALTER TABLE balance_member_use
    DROP CONSTRAINT balance_member_use_within_cap,
    DROP COLUMN reserved,
    ADD CONSTRAINT balance_member_use_within_cap CHECK (cap IS NULL OR used <= cap);
"""


class Migration(migrations.Migration):
    """Reservations within caps."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("balance", "0004_shared_and_rolled")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(FORWARD, BACKWARD)]
