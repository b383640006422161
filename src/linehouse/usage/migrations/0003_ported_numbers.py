"""Numbers that were ported from network to network."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE TABLE usage_ported_number (
    number    text NOT NULL CHECK (number ~ '^[1-9][0-9]{6,14}$'),
    since     timestamptz NOT NULL,
    network   text NOT NULL,
    source    text NOT NULL,
    loaded_at timestamptz NOT NULL,
    PRIMARY KEY (number, since)
);
COMMENT ON TABLE usage_ported_number IS
    'Which network (MCC-MNC) a number is in from an instant on; empty: back where its prefix says. loaded_at is by the business clock.';
"""


class Migration(migrations.Migration):
    """Ported numbers."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("usage", "0002_records")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(FORWARD, "DROP TABLE usage_ported_number")]
