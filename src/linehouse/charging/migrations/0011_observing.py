"""What is observed at the doors of charging: messages for some days, rates by the minute, peers, processes."""

from django.db import migrations

FORWARD = """
-- Best effort and kept for days: not worth the log that money is written to, and gone after a crash.
CREATE UNLOGGED TABLE charging_trace (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL,
    node            text NOT NULL,
    door            text NOT NULL,
    peer            text NOT NULL,
    session         text NOT NULL,
    subscription_id uuid,
    way             text NOT NULL CHECK (way IN ('in', 'out')),
    name            text NOT NULL,
    result          text NOT NULL,
    refused         text NOT NULL,
    micros          bigint NOT NULL,
    detail          jsonb NOT NULL
);
CREATE INDEX charging_trace_of_session ON charging_trace (session text_pattern_ops, id);
CREATE INDEX charging_trace_of_line ON charging_trace (subscription_id, id) WHERE subscription_id IS NOT NULL;
CREATE INDEX charging_trace_at ON charging_trace (at);
CREATE INDEX charging_trace_refused ON charging_trace (id) WHERE refused <> '';
COMMENT ON TABLE charging_trace IS 'Messages at the doors of charging, personal values masked. Machine time.';

CREATE TABLE charging_rate (
    minute   timestamptz NOT NULL,
    node     text NOT NULL,
    door     text NOT NULL,
    peer     text NOT NULL,
    name     text NOT NULL,
    result   text NOT NULL,
    refused  text NOT NULL,
    requests int NOT NULL,
    slowest  bigint NOT NULL,
    latency  int[] NOT NULL,
    PRIMARY KEY (minute, node, door, peer, name, result, refused)
);
COMMENT ON TABLE charging_rate IS 'Answers of the doors of charging by the minute. Machine time.';
COMMENT ON COLUMN charging_rate.slowest IS 'Microseconds.';
COMMENT ON COLUMN charging_rate.latency IS 'Answers by latency, between the bounds of charging.latency.';

CREATE TABLE charging_peer (
    node    text NOT NULL,
    door    text NOT NULL,
    peer    text NOT NULL,
    realm   text NOT NULL,
    address text NOT NULL,
    state   text NOT NULL,
    since   timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    detail  jsonb NOT NULL,
    PRIMARY KEY (node, door, peer)
);
COMMENT ON TABLE charging_peer IS 'Network elements that keep a connection to a charging process. Machine time.';

CREATE TABLE charging_node (
    node       text PRIMARY KEY,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    kept       bigint NOT NULL,
    dropped    bigint NOT NULL
);
COMMENT ON TABLE charging_node IS 'Charging processes, when each was last alive, and how many messages it kept and dropped.';
"""
BACKWARD = """
DROP TABLE charging_node;
DROP TABLE charging_peer;
DROP TABLE charging_rate;
DROP TABLE charging_trace;
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0010_doors_and_wishes")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
