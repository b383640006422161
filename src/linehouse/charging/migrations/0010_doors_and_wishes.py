"""By what way a session's client can be reached, and the wishes that it is asked again."""

from django.db import migrations

FORWARD = """
ALTER TABLE charging_session ADD COLUMN door text NOT NULL DEFAULT 'json';
ALTER TABLE charging_session ADD COLUMN door_address jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN charging_session.door IS 'The kind of door that it came through last.';
CREATE INDEX charging_session_open ON charging_session (subscription_id) WHERE closed_at IS NULL;
CREATE INDEX charging_line_subscription ON charging_line (subscription);

CREATE TABLE charging_wish (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shard           smallint NOT NULL DEFAULT 0,
    subscription_id uuid NOT NULL,
    session         text,
    reason          text NOT NULL,
    ends            boolean NOT NULL DEFAULT false,
    wanted_at       timestamptz NOT NULL,
    tries           integer NOT NULL DEFAULT 0,
    not_before      timestamptz,
    settled_at      timestamptz,
    outcome         text NOT NULL DEFAULT ''
);
CREATE INDEX charging_wish_waiting ON charging_wish (id) WHERE settled_at IS NULL;
COMMENT ON TABLE charging_wish IS
    'Sessions that are to be asked again, or ended, since something changed; without a session: all open ones of the line.';
COMMENT ON COLUMN charging_wish.wanted_at IS 'Business time.';
COMMENT ON COLUMN charging_wish.not_before IS 'Machine time: nobody tries before.';
COMMENT ON COLUMN charging_wish.settled_at IS 'Machine time.';
"""
BACKWARD = """
DROP TABLE charging_wish;
DROP INDEX charging_line_subscription;
DROP INDEX charging_session_open;
ALTER TABLE charging_session DROP COLUMN door_address;
ALTER TABLE charging_session DROP COLUMN door;
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0009_sessions")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
