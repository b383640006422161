"""Answers to programs that asked what lines have left and what they used."""

from django.db import migrations

FORWARD = """
CREATE TABLE charging_consumption (
    id               uuid PRIMARY KEY,
    asked_at         timestamptz NOT NULL,
    asked            jsonb NOT NULL,
    lines            jsonb NOT NULL,
    subscription_ids uuid[] NOT NULL
);
CREATE INDEX charging_consumption_asked ON charging_consumption (asked_at);
COMMENT ON TABLE charging_consumption IS 'What programs were told of balances and usage, kept as it was told.';
COMMENT ON COLUMN charging_consumption.asked_at IS 'Business time.';
"""
BACKWARD = """
DROP TABLE charging_consumption;
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0017_told_online")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
