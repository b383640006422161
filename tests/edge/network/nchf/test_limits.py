"""Policy control of the 5G network subscribes to policy counters, is told when they change, and when a line ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from linehouse.charging.ports import use_tax_rates
from linehouse.edge.network import nchf
from linehouse.inventory import service as inventory
from linehouse.platform.access.service import create_client
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.run.charging_node import _rate
from tests.balance.house import activate, open_shop, register
from tests.charging.controls.house import publish
from tests.conftest import in_own_thread
from tests.edge.network.nchf.bodies import container, data, group, pdu
from tests.edge.network.nchf.conftest import Function, Node, Reply
from tests.edge.network.nchf.contract import limits
from tests.edge.network.nchf.test_reach import Listener, listener  # noqa: F401 - a fixture
from tests.edge.network.nchf.test_sessions import rows

GB = 10**9
PLACE = f"{nchf.LIMITS}/subscriptions"
HANDLERS = {"POST": nchf.subscribe, "PUT": nchf.modify, "DELETE": nchf.unsubscribe}


@pytest.fixture
def line(brand, actor, drain, monkeypatch):
    """A postpaid line of a brand with a policy counter: full-speed, from 2 GB reduced, from 3 GB slow."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    publish(actor)
    made = activate(actor, register(actor), "robin-sim-only-20")
    drain()
    before = use_tax_rates(_rate)
    yield made
    use_tax_rates(before)


class Control:
    """A policy control function."""

    def __init__(self, installation: Any, token: str, contract: Any) -> None:
        self._installation = installation
        self._token = token
        self._contract = contract

    def __call__(self, method: str, body: Any = None, reference: str = "", token: str | None = None) -> Reply:
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "content-type": "application/json",
            "authorization": f"Bearer {self._token}" if token is None else token,
        }
        headers = {name: value for name, value in headers.items() if value}
        asked = nchf.Asked(content, headers, "127.0.0.1", "http", "chf.example", "2", reference)

        async def run() -> nchf.Told:
            node = Node(self._installation.dsn)
            try:
                options = nchf.Options(self._installation.control_name, "http://chf.example")
                return await HANDLERS[method](node, asked, options)
            finally:
                await node.close()

        told = in_own_thread(run)
        reply = Reply(told.status, dict(told.headers), json.loads(told.body) if told.body else None)
        if self._contract is not None:
            path = f"{PLACE}/{reference}" if reference else PLACE
            self._contract.check(method, path, reply.status, reply.headers.get("content-type", ""), reply.body)
        return reply

    def tell(self) -> int:
        """What a node does each half second."""

        async def run() -> int:
            node = Node(self._installation.dsn)
            notifier = nchf.Notifier()
            try:
                pool = await node.pool(self._installation.control_name)
                database = await pool.fetchval("SELECT database FROM control_brand")
                return await nchf.tell_policies(await node.charger(database), notifier)
            finally:
                await notifier.close()
                await node.close()

        return in_own_thread(run)


@pytest.fixture
def pcf(installation, line, pytestconfig):
    with realm_scope(CONTROL):
        token = create_client("pcf", "robin", frozenset({"charging.write"}))
    folder = pytestconfig.getoption("--specs")
    return Control(installation, token, limits(Path(folder)) if folder else None)


@pytest.fixture
def smf(installation, line, contract):
    with realm_scope(CONTROL):
        token = create_client("smf", "robin", frozenset({"charging.write"}))
    return Function(installation.dsn, installation.control_name, token, f"imsi-{line.imsi}", contract)


def wanted(line, listener: Listener, **more: Any) -> dict[str, Any]:  # noqa: F811
    return {"supi": f"imsi-{line.imsi}", "notifUri": listener.at("/pcf"), "notifId": "n1", **more}


def use(smf: Function, number: int, used: int, reference: str = "") -> str:
    """A data session goes on."""
    if not reference:
        reference = smf.create(data(0, group(want=GB))).reference
    smf.update(reference, data(number, group(10, container(number, totalVolume=used), want=GB)))
    return reference


def test_statuses_are_told_when_they_change(line, pcf, smf, listener):  # noqa: F811
    made = pcf("POST", wanted(line, listener, supportedFeatures="1"))
    assert made.status == 201
    assert made.headers["location"] == f"http://chf.example{PLACE}/{made.reference}"
    assert made.body == {
        "supi": f"imsi-{line.imsi}",
        "notifId": "n1",
        "statusInfos": {"speed": {"policyCounterId": "speed", "currentStatus": "full-speed"}},
    }
    # Nobody heard the answer: it is asked for again.
    assert pcf("POST", wanted(line, listener)).reference == made.reference
    pcf.tell()
    listener.heard.clear()
    session = use(smf, 1, 2 * GB)
    assert pcf.tell() == 1
    [(path, body)] = listener.heard
    assert path == "/pcf/notify"
    assert (body["supi"], body["notifId"]) == (f"imsi-{line.imsi}", "n1")
    [(key, info)] = body["statusInfos"].items()
    assert (key, info["currentStatus"]) == ("speed", "reduced")
    # A new month begins at full speed: policy control is told ahead.
    assert info["penPolCounterStatuses"] == [
        {"policyCounterStatus": "full-speed", "activationTime": "2026-11-30T23:00:00Z"}
    ]
    assert listener.headers["3gpp-sbi-callback"] == "Nchf_SpendingLimitControl_Notify"
    if pcf._contract is not None:
        pcf._contract.is_a("SpendingLimitStatus", body)
    assert pcf.tell() == 0
    # What did not arrive is told again, and then as it is by now.
    listener.heard.clear()
    listener.answers = [(503, "")] * 2
    use(smf, 2, GB, session)
    assert pcf.tell() == 0
    assert {one["statusInfos"]["speed"]["currentStatus"] for _, one in listener.heard} == {"slow"}


def test_a_subscription_is_changed_and_ends(line, pcf, listener):  # noqa: F811
    made = pcf("POST", wanted(line, listener, policyCounterIds=["speed"], expiry="2026-12-01T00:00:00Z"))
    assert made.body["expiry"] == "2026-12-01T00:00:00Z"
    changed = pcf("PUT", wanted(line, listener, notifUri=listener.at("/other")), made.reference)
    assert (changed.status, "expiry" in changed.body) == (200, False)
    kept = "SELECT address ->> 'notif_uri', counters::text[], expires_at FROM charging_policy_subscription"
    assert rows(kept) == [(listener.at("/other"), [], None)]
    assert pcf("DELETE", None, made.reference).status == 204
    assert pcf("DELETE", None, made.reference).status == 404
    assert pcf("PUT", wanted(line, listener), made.reference).status == 404
    assert rows("SELECT count(*) FROM charging_policy_subscription") == [(0,)]


@pytest.mark.parametrize(
    ("changes", "cause", "param"),
    [
        ({"supi": "imsi-204049999999999"}, "USER_UNKNOWN", None),
        ({"supi": ""}, "MANDATORY_IE_MISSING", "/supi"),
        ({"notifUri": "ftp://pcf"}, "MANDATORY_IE_INCORRECT", "/notifUri"),
        ({"notifUri": ""}, "MANDATORY_IE_INCORRECT", "/notifUri"),
        ({"expiry": "soon"}, "MANDATORY_IE_INCORRECT", "/expiry"),
        ({"policyCounterIds": ["speed", "height"]}, "UNKNOWN_POLICY_COUNTERS", "height"),
    ],
)
def test_what_cannot_be_subscribed_to(line, pcf, listener, changes, cause, param):  # noqa: F811
    told = pcf("POST", wanted(line, listener) | changes)
    assert (told.status, told.body["cause"]) == (400, cause)
    assert [one["param"] for one in told.body.get("invalidParams", [])] == ([param] if param else [])


def test_who_may_not_subscribe(line, pcf, listener):  # noqa: F811
    assert pcf("POST", wanted(line, listener), token="").status == 401
    assert pcf("DELETE", None, "wren.1").status == 404
    assert pcf("POST", b"{", "").status == 400


def test_the_end_of_a_line_ends_its_subscription(line, pcf, listener, actor, drain):  # noqa: F811
    pcf("POST", wanted(line, listener))
    pcf.tell()
    listener.heard.clear()
    inventory.terminate_product(line.id, actor=actor)
    drain()
    pcf.tell()
    assert listener.heard == [
        ("/pcf/terminate", {"supi": f"imsi-{line.imsi}", "termCause": "REMOVED_SUBSCRIBER", "notifId": "n1"})
    ]
    if pcf._contract is not None:
        pcf._contract.is_a("SubscriptionTerminationInfo", listener.heard[0][1])
    assert rows("SELECT count(*) FROM charging_policy_subscription") == [(0,)]


def test_the_device_of_a_session_is_known_to_policy(line, smf):
    told = pdu() | {"userInformation": {"servedPEI": "imeisv-3512340000000101"}}
    assert smf.create(data(0, group(want=GB), session=told)).status == 201
    assert rows("SELECT device FROM charging_whereabouts") == [("35123400",)]
