"""What of a record's usage lay above a limit that nobody agreed to pass: the operator's loss."""

from django.db import migrations

FORWARD = """
ALTER TABLE charging_rated_usage ADD COLUMN loss bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN charging_rated_usage.loss IS
    'What of it lay above a limit and nobody is billed, without tax, micro-units; part of what is uncollected.';
"""
BACKWARD = "ALTER TABLE charging_rated_usage DROP COLUMN loss;"


class Migration(migrations.Migration):
    dependencies = [("charging", "0015_matches")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
