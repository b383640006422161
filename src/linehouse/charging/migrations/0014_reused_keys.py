"""When a key first came with other content; lines are found by who holds a bucket that they share."""

from django.db import migrations

FORWARD = """
ALTER TABLE charging_answer ADD COLUMN reused_at timestamptz;
COMMENT ON COLUMN charging_answer.reused_at IS 'When its key first came with other content. Business time.';
CREATE INDEX charging_line_account ON charging_line (account_id);
CREATE INDEX charging_line_customer ON charging_line (customer_id);
"""
BACKWARD = """
DROP INDEX charging_line_customer;
DROP INDEX charging_line_account;
ALTER TABLE charging_answer DROP COLUMN reused_at;
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0013_line_controls")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
