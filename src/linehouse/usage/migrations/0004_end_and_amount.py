"""When a record was closed, and what was paid for: a tariff may price by either."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FORWARD = """
ALTER TABLE usage_record
    ADD COLUMN ended_at        timestamptz,
    ADD COLUMN amount          bigint,
    ADD COLUMN amount_currency text NOT NULL DEFAULT '';
COMMENT ON COLUMN usage_record.amount IS
    'What the content or service cost that was bought, micro-units of amount_currency; null where nothing was.';
"""
BACKWARD = "ALTER TABLE usage_record DROP COLUMN ended_at, DROP COLUMN amount, DROP COLUMN amount_currency"


class Migration(migrations.Migration):
    """Two more facts of a record."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("usage", "0003_ported_numbers")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(FORWARD, BACKWARD)]
