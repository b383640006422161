"""Records of files that tell of usage which was charged while it happened."""

from django.db import migrations

FORWARD = """
CREATE INDEX charging_session_line ON charging_session (subscription_id, began_at);

CREATE TABLE charging_match (
    record_key      text PRIMARY KEY,
    record_id       uuid NOT NULL,
    file_id         uuid NOT NULL,
    subscription_id uuid NOT NULL,
    session         text NOT NULL,
    usage_type      text NOT NULL,
    quantity        bigint NOT NULL,
    matched_at      timestamptz NOT NULL,
    settled_at      timestamptz,
    difference      bigint,
    outcome         text NOT NULL DEFAULT ''
);
CREATE INDEX charging_match_waiting ON charging_match (session, usage_type) WHERE settled_at IS NULL;
CREATE INDEX charging_match_session ON charging_match (session, usage_type);
COMMENT ON TABLE charging_match IS
    'Records of files that are the same usage as a session; once it is over the difference is settled on the session.';
COMMENT ON COLUMN charging_match.quantity IS 'What the record says, base units.';
COMMENT ON COLUMN charging_match.matched_at IS 'Business time.';
COMMENT ON COLUMN charging_match.settled_at IS 'Business time.';
COMMENT ON COLUMN charging_match.difference IS 'What the records of the session said more than it had been charged for.';
"""
BACKWARD = """
DROP TABLE charging_match;
DROP INDEX charging_session_line;
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0014_reused_keys")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
