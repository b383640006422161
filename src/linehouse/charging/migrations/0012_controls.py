"""What bounds a line's usage while it happens: caps, counters for policy and their statuses, where a line was seen."""

from django.db import migrations

FORWARD = """
ALTER TABLE charging_tariffs ADD COLUMN home text NOT NULL DEFAULT '';
ALTER TABLE charging_tariffs ADD COLUMN currency text NOT NULL DEFAULT '';

CREATE TABLE charging_cap (
    shard           smallint NOT NULL DEFAULT 0,
    subscription_id uuid NOT NULL,
    key             text NOT NULL,
    starts          timestamptz NOT NULL,
    ends            timestamptz,
    spent           bigint NOT NULL DEFAULT 0,
    reserved        bigint NOT NULL DEFAULT 0,
    told            smallint NOT NULL DEFAULT 0,
    consented_at    timestamptz,
    recent          jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (subscription_id, key, starts),
    CONSTRAINT charging_cap_reserved CHECK (reserved >= 0)
);
COMMENT ON TABLE charging_cap IS 'How far each limit of a line is in a period; read and written with what it bounds.';
COMMENT ON COLUMN charging_cap.spent IS 'Micro-units of what buckets gave, in the tariff''s tax mode.';
COMMENT ON COLUMN charging_cap.told IS 'The highest percent of which the customer was told.';
COMMENT ON COLUMN charging_cap.recent IS 'What rolls: milliseconds since 1970 and amount, oldest first.';

CREATE TABLE charging_policy_counter (
    shard           smallint NOT NULL DEFAULT 0,
    subscription_id uuid NOT NULL,
    key             text NOT NULL,
    starts          timestamptz NOT NULL,
    ends            timestamptz,
    used            bigint NOT NULL DEFAULT 0,
    open            bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (subscription_id, key, starts)
);
COMMENT ON TABLE charging_policy_counter IS 'What a line used of a policy counter in a period, base units.';
COMMENT ON COLUMN charging_policy_counter.open IS 'Granted, and not reported yet.';

CREATE TABLE charging_policy_status (
    subscription_id uuid NOT NULL,
    key             text NOT NULL,
    status          text NOT NULL,
    acts            text NOT NULL,
    next_status     text NOT NULL DEFAULT '',
    next_at         timestamptz,
    since           timestamptz NOT NULL,
    PRIMARY KEY (subscription_id, key)
);
CREATE INDEX charging_policy_status_next ON charging_policy_status (next_at) WHERE next_at IS NOT NULL;
COMMENT ON TABLE charging_policy_status IS 'The status of each policy counter of a line; the next one follows by itself.';

CREATE TABLE charging_policy_change (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscription_id uuid NOT NULL,
    key             text NOT NULL,
    was             text NOT NULL,
    status          text NOT NULL,
    why             text NOT NULL,
    changed_at      timestamptz NOT NULL
);
CREATE INDEX charging_policy_change_of_line ON charging_policy_change (subscription_id, changed_at);
COMMENT ON TABLE charging_policy_change IS 'Every change of a status, and what brought it: a session, time.';

CREATE TABLE charging_policy_subscription (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL,
    ref             text NOT NULL,
    subscription_id uuid NOT NULL,
    counters        text[] NOT NULL DEFAULT '{}',
    address         jsonb NOT NULL DEFAULT '{}',
    began_at        timestamptz NOT NULL,
    expires_at      timestamptz,
    UNIQUE (kind, ref)
);
CREATE INDEX charging_policy_subscription_of_line ON charging_policy_subscription (subscription_id);
COMMENT ON TABLE charging_policy_subscription IS 'Who is told when statuses of a line change, and by which door.';

CREATE TABLE charging_policy_push (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    policy_subscription uuid NOT NULL REFERENCES charging_policy_subscription ON DELETE CASCADE,
    key                 text NOT NULL,
    status              text NOT NULL,
    next_status         text NOT NULL DEFAULT '',
    next_at             timestamptz,
    wanted_at           timestamptz NOT NULL,
    claimed_until       timestamptz,
    tries               integer NOT NULL DEFAULT 0,
    told_at             timestamptz
);
CREATE UNIQUE INDEX charging_policy_push_waiting ON charging_policy_push (policy_subscription, key)
    WHERE told_at IS NULL;
COMMENT ON TABLE charging_policy_push IS 'Statuses that are to be told, and that were.';

CREATE TABLE charging_policy_due (
    subscription_id uuid PRIMARY KEY,
    due_at          timestamptz NOT NULL
);
COMMENT ON TABLE charging_policy_due IS 'Lines of which the statuses are to be decided anew: a turbo, a grant, a setting.';

CREATE TABLE charging_whereabouts (
    subscription_id uuid PRIMARY KEY,
    country         text NOT NULL DEFAULT '',
    plmn            text NOT NULL DEFAULT '',
    device          text NOT NULL DEFAULT '',
    since           timestamptz NOT NULL
);
COMMENT ON TABLE charging_whereabouts IS 'The country in which a line was seen last, and the type of its device.';
"""
BACKWARD = """
DROP TABLE charging_whereabouts;
DROP TABLE charging_policy_due;
DROP TABLE charging_policy_push;
DROP TABLE charging_policy_subscription;
DROP TABLE charging_policy_change;
DROP TABLE charging_policy_status;
DROP TABLE charging_policy_counter;
DROP TABLE charging_cap;
ALTER TABLE charging_tariffs DROP COLUMN currency;
ALTER TABLE charging_tariffs DROP COLUMN home;
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0011_observing")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
