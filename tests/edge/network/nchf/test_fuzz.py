"""Whatever is sent, it is answered, and never with 500: malformed, of wrong types, or absurd in size."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linehouse.edge.network import nchf
from tests.edge.network.nchf.bodies import AT, call, container, data, group, located, message, pdu
from tests.edge.network.nchf.test_sessions import lawful

WHOLE = [
    data(
        0,
        group(10, container(1, "PLMN_CHANGE", totalVolume=1, **located({"mcc": "208", "mnc": "01"})), want=5),
        session=pdu(),
    ),
    call(0, container(1, time=3), want=60),
    message(),
]
ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from(
        [0, -1, 2**31, 2**32, 2**50, 2**63, 2**64, 1e308, "", "imsi-", "\x00", "é" * 300, [], {}, [[]], [{}]]
    ),
    st.text(max_size=20),
    st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-01T24:00:00Z", "1e400"]),
)


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body."""
    found = [here] if here else []
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in parts:
        found += places(inner, (*here, name))
    return found


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """A whole body with some of its values put in the place of others, or left out."""
    body = copy.deepcopy(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(body)))
        holder = body
        for name in place[:-1]:
            holder = holder[name]
        if draw(st.booleans()) or isinstance(holder, list):
            holder[place[-1]] = draw(ODD)
        else:
            del holder[place[-1]]
    return body


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies=st.lists(damaged(), min_size=1, max_size=8), raw=st.binary(max_size=40))
def test_nothing_that_is_sent_is_answered_with_500(line, smf, bodies, raw):
    contents: list[bytes] = [raw]
    contents += [json.dumps({"subscriberIdentifier": smf.subscriber, **body}).encode() for body in bodies]
    replies = smf(*[("", "", one) for one in contents], *[("update", "robin.1", one) for one in contents])
    assert {reply.status for reply in replies} <= {200, 201, 400, 403, 404}, [reply.body for reply in replies]


def test_what_was_charged_meanwhile_adds_up(line, smf):
    for place, body in enumerate(WHOLE):
        assert smf.create({**body, "invocationSequenceNumber": place}).status == 201
    lawful()


CONTEXT = {"supi": "imsi-204040000000001", "notifUri": "http://pcf.example/1", "policyCounterIds": ["a"], "expiry": AT}


@st.composite
def context(draw: st.DrawFn) -> dict[str, Any]:
    """A subscription of policy control, damaged."""
    body: dict[str, Any] = dict(CONTEXT)
    name = draw(st.sampled_from([*body, "gpsi", "notifId"]))
    body[name] = draw(ODD)
    return body


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies=st.lists(context(), min_size=1, max_size=5), raw=st.binary(max_size=40))
def test_no_subscription_is_answered_with_500(line, smf, bodies, raw):
    smf.handlers = {"": nchf.subscribe, "update": nchf.modify}
    contents: list[bytes] = [raw, *(json.dumps(body).encode() for body in bodies)]
    told = smf(*[(name, "robin.1", one) for one in contents for name in ("", "update")])
    assert {reply.status for reply in told} <= {201, 400, 404}, [reply.body for reply in told]
