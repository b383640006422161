"""Use of a bucket can be taken back: three more kinds of movements."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

_KINDS = "'grant', 'use', 'late-use', 'expire', 'refund'"
_CHANGE = """
ALTER TABLE balance_movement DROP CONSTRAINT balance_movement_kind_check,
    ADD CONSTRAINT balance_movement_kind_check CHECK (kind IN ({kinds}));
"""


class Migration(migrations.Migration):
    """Returns."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("balance", "0002_bucket_terms")]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(
            _CHANGE.format(kinds=f"{_KINDS}, 'return', 'late-return', 'withdraw'"), _CHANGE.format(kinds=_KINDS)
        )
    ]
