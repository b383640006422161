"""How a bucket is consumed, where that is unusual."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FORWARD = """
ALTER TABLE balance_bucket ADD COLUMN terms jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN balance_bucket.terms IS
    'What is unusual of how it is consumed: block (base units), exact, partial, stop, factor, price of its own.';
"""


class Migration(migrations.Migration):
    """Terms of buckets."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("balance", "0001_initial")]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(FORWARD, "ALTER TABLE balance_bucket DROP COLUMN terms")
    ]
