"""What tariffs ask of a line and of whom it calls, for the charging process: segments, and the line's own lists."""

from django.db import migrations

FORWARD = """
ALTER TABLE charging_line ADD COLUMN segment text NOT NULL DEFAULT '';
ALTER TABLE charging_line ADD COLUMN segments text[] NOT NULL DEFAULT '{}';

CREATE TABLE charging_friend (
    shard           smallint NOT NULL DEFAULT 0,
    subscription_id uuid NOT NULL,
    list_key        text NOT NULL,
    number          text NOT NULL,
    valid_from      timestamptz NOT NULL,
    PRIMARY KEY (shard, subscription_id, list_key, number)
);
CREATE INDEX charging_friend_of_line ON charging_friend (subscription_id);
COMMENT ON TABLE charging_friend IS 'Numbers on the lists of lines (friends and family), kept from the events of inventory.';
"""
BACKWARD = """
DROP TABLE charging_friend;
ALTER TABLE charging_line DROP COLUMN segments;
ALTER TABLE charging_line DROP COLUMN segment;
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0016_above_limits")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
