"""Sessions that are charged while they last, the answers that they were given, and what usage costs by catalogue."""

from django.db import migrations

FORWARD = """
CREATE TABLE charging_session (
    shard           smallint NOT NULL DEFAULT 0,
    session         text PRIMARY KEY,
    subscription_id uuid NOT NULL,
    state           jsonb NOT NULL,
    began_at        timestamptz NOT NULL,
    closed_at       timestamptz,
    lapses_at       timestamptz
);
CREATE INDEX charging_session_lapses ON charging_session (lapses_at) WHERE lapses_at IS NOT NULL;
CREATE INDEX charging_session_of_line ON charging_session (subscription_id, began_at);
COMMENT ON TABLE charging_session IS 'Sessions of online charging: what was assigned and what is reserved.';
COMMENT ON COLUMN charging_session.lapses_at IS 'When the first of its reservations ends. Business time.';

CREATE TABLE charging_answer (
    session     text NOT NULL,
    key         text NOT NULL,
    fingerprint text NOT NULL,
    answer      jsonb NOT NULL,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (session, key)
);
COMMENT ON TABLE charging_answer IS 'What each request was answered: the same request gets the same answer.';

ALTER TABLE charging_tariffs ADD COLUMN cost_tariff text NOT NULL DEFAULT '';
"""
BACKWARD = """
ALTER TABLE charging_tariffs DROP COLUMN cost_tariff;
DROP TABLE charging_answer;
DROP TABLE charging_session;
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0008_rerate_uncollected")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
