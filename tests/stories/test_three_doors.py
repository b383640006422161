"""One month of usage by three doors, JSON, Diameter and Nchf: the same charges, the same buckets, the same bill."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol

import msgspec
import pytest

from linehouse.billing import service as billing
from linehouse.edge.network import charging_json, nchf
from linehouse.edge.network.diameter.listener import Listener, Places
from linehouse.inventory.values import ProductView
from linehouse.platform.access.diameter import PeerView, allow_peer
from linehouse.platform.access.service import create_client
from linehouse.platform.advance import advance
from linehouse.platform.checks import verify
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.runner import drain
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.sql import brand_cursor
from tests.balance.house import activate, open_shop, register
from tests.conftest import in_own_thread
from tests.edge.network.diameter.gateway import OURS, Gateway, call, service, subscriber, unit
from tests.edge.network.nchf import bodies
from tests.edge.network.nchf.conftest import Node

MB = 10**6
USA = "12125550123"
HOME, FRANCE = "204-04", "208-01"
DOORS = ("json", "nchf", "diameter")
PLANS = ("robin-prepaid-start", "robin-sim-only-20")


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a session: what was used since the last one, and what is wanted. Seconds, octets or messages."""

    used: int | None = None
    want: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session; one with a single step that uses is an event in one piece."""

    kind: str
    steps: tuple[Step, ...]
    place: str = HOME
    to: str = ""
    group: int = 10


SCRIPT = (
    Session("voice", (Step(want=120), Step(61, 60), Step(30)), to=USA, group=100),
    Session("data", (Step(want=100 * MB), Step(60 * MB, 50 * MB), Step(5 * MB))),
    Session("sms", (Step(used=1),), to=USA, group=1),
    Session("data", (Step(want=20 * MB), Step(15 * MB, 10 * MB), Step(0)), place=FRANCE),
    Session("voice", (Step(want=300), Step(59)), to="31205551234", group=100),
    Session("data", (Step(want=3 * MB), Step(3 * MB, 3 * MB), Step(3 * MB)), group=20),
    Session("sms", (Step(used=2),), to="31612345678", group=1),
)


class Door(Protocol):
    """A way to charge a session; answers with what was granted at each step."""

    async def __call__(self, number: int, session: Session, line: ProductView) -> list[int | None]: ...


@dataclass
class Json:
    """Charges by the JSON door."""

    node: Node
    control: str
    token: str

    async def __call__(self, number: int, session: Session, line: ProductView) -> list[int | None]:
        assert line.msisdn is not None
        names = {"voice": "s", "data": "B", "sms": "sms"}
        granted: list[int | None] = []
        last = len(session.steps) - 1
        for place, step in enumerate(session.steps):
            operation = "once" if not last else "start" if not place else "finish" if place == last else "update"
            service = {
                "usageType": session.kind,
                "ratingGroup": session.group,
                "servingNetwork": session.place,
                **({"otherParty": f"+{session.to}"} if session.to else {"apn": "internet"}),
                **({"used": [{"quantity": f"{step.used} {names[session.kind]}"}]} if step.used is not None else {}),
                **({"want": f"{step.want} {names[session.kind]}"} if step.want is not None else {"grant": False}),
            }
            body = {"session": f"{number}", "key": f"{place}", "msisdn": line.msisdn.e164, "services": [service]}
            status, told = await charging_json.charge(
                self.node, operation, json.dumps(body).encode(), f"Bearer {self.token}", "", self.control
            )
            answer = json.loads(msgspec.json.encode(told))
            assert (status, answer["services"][0].get("refusal")) == (200, None), answer
            granted.append(None if step.want is None else answer["services"][0].get("granted"))
        return [None if one is None else _base(str(one)) for one in granted]


@dataclass
class Nchf:
    """Charges by Nchf_ConvergedCharging."""

    node: Node
    options: nchf.Options
    token: str

    async def __call__(self, number: int, session: Session, line: ProductView) -> list[int | None]:
        unit = {"voice": "time", "data": "totalVolume", "sms": "serviceSpecificUnits"}[session.kind]
        granted: list[int | None] = []
        last = len(session.steps) - 1
        reference = ""
        for place, step in enumerate(session.steps):
            used = [{**bodies.container(place), unit: step.used}] if step.used is not None else []
            usage = {
                "ratingGroup": session.group,
                "usedUnitContainer": used,
                **({"requestedUnit": {unit: step.want}} if step.want is not None else {}),
            }
            body = bodies.request(
                place, subscriberIdentifier=f"imsi-{line.imsi}", multipleUnitUsage=[usage], **_told(number, session)
            )
            if not last:
                body |= {"oneTimeEvent": True, "oneTimeEventType": "PEC"}
            handle = nchf.create if not place else nchf.release if place == last else nchf.update
            told = await self._ask(handle, body, reference)
            reference = reference or dict(told.headers).get("location", "").rpartition("/")[2]
            units = json.loads(told.body).get("multipleUnitInformation", []) if told.body else []
            assert (told.status, [one["resultCode"] for one in units]) in (
                (201, ["SUCCESS"]),
                (200, ["SUCCESS"]),
                (204, []),
            ), told.body
            granted.append(None if step.want is None else units[0]["grantedUnit"][unit])
        return granted

    async def _ask(self, handle: Callable[..., Awaitable[nchf.Told]], body: Any, reference: str) -> nchf.Told:
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        content = json.dumps(body).encode()
        asked = nchf.Asked(content, headers, "127.0.0.1", "http", "chf.example", "2", reference)
        return await handle(self.node, asked, self.options)


def _told(number: int, session: Session) -> dict[str, Any]:
    """What a function tells of the session besides units."""
    mcc, _, mnc = session.place.partition("-")
    if session.kind == "data":
        return {"pDUSessionChargingInformation": bodies.pdu(plmn={"mcc": mcc, "mnc": mnc}, charging_id=number)}
    if session.kind == "voice":
        ims = {"roleOfNode": "ORIGINATING", "calledPartyAddress": f"tel:+{session.to}"}
        return {"iMSChargingInformation": {**ims, "imsChargingIdentifier": f"icid-{number}"}}
    sms = {"sMMessageType": "SUBMISSION", "recipientInfo": [{"recipientGPSI": f"msisdn-{session.to}"}]}
    return {"sMSChargingInformation": {**sms, "messageReference": f"{number}"}}


@dataclass
class Diameter:
    """Charges by Gy and Ro."""

    gateway: Gateway

    async def __call__(self, number: int, session: Session, line: ProductView) -> list[int | None]:
        assert line.msisdn is not None
        name = {"voice": "time", "data": "total", "sms": "units"}[session.kind]
        avp = {"voice": "CC-Time", "data": "CC-Total-Octets", "sms": "CC-Service-Specific-Units"}[session.kind]
        context = {"voice": "32260", "data": "32251", "sms": "32274"}[session.kind]
        granted: list[int | None] = []
        last = len(session.steps) - 1
        for place, step in enumerate(session.steps):
            used = None if step.used is None else unit(**{name: step.used})
            want = None if step.want is None else unit(**{name: step.want})
            once = not last
            fields: dict[str, object] = {
                "Session_Id": f"{self.gateway.host};{number};1",
                "Service_Context_Id": f"{context}@3gpp.org",
                "Subscription_Id": subscriber(line.msisdn.digits),
                "Multiple_Services_Indicator": 1,
                "Multiple_Services_Credit_Control": service(
                    session.group, used if once else want, None if once else used
                ),
                "Service_Information": self._information(session),
            }
            if once:
                fields["Requested_Action"] = 0
            kind = 4 if once else 1 if not place else 3 if place == last else 2
            answer = await self.gateway.ask(272, self.gateway.credit(kind, place, **fields))
            assert answer.number("Result-Code") == 2001, answer
            [told] = answer.fields["Multiple-Services-Credit-Control"]
            assert isinstance(told, dict)
            assert told["Result-Code"] == [2001], told
            units = told.get("Granted-Service-Unit")
            granted.append(None if step.want is None or units is None else units[0][avp][0])
        return granted

    def _information(self, session: Session) -> dict[str, list[object]]:
        if session.kind == "data":
            return {
                "PS-Information": [
                    {"3GPP-SGSN-MCC-MNC": [session.place.replace("-", "")], "Called-Station-Id": ["internet"]}
                ]
            }
        if session.kind == "voice":
            return call(f"tel:+{session.to}")
        address = {"Address-Type": [1], "Address-Data": [session.to]}
        return {"SMS-Information": [{"Recipient-Info": [{"Recipient-Address": [address]}]}]}


def _base(text: str) -> int:
    """A quantity as people read it, in seconds or octets."""
    factors = {"s": 1, "min": 60, "h": 3600, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}
    words = text.split()
    return sum(int(amount) * factors[name] for amount, name in zip(words[::2], words[1::2], strict=True))


@dataclass
class Played:
    """What came of the script at one door, for one plan."""

    granted: list[list[int | None]]
    records: list[tuple[Any, ...]] = field(default_factory=list)
    buckets: list[tuple[Any, ...]] = field(default_factory=list)
    bill: list[tuple[Any, ...]] = field(default_factory=list)


@pytest.fixture
def lines(brand, actor, monkeypatch) -> dict[tuple[str, str], ProductView]:
    """A line of each plan for each door."""
    ours = ("balance.", "charging.", "billing.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    made = {(door, plan): activate(actor, register(actor, f"{door}-{plan}"), plan) for plan in PLANS for door in DOORS}
    with realm_scope(CONTROL):
        allow_peer(PeerView(host="*.gw.example"), actor=actor, reason="a gateway comes")
    drain()
    return made


@pytest.fixture
def played(installation, lines) -> dict[tuple[str, str], Played]:
    """The script at every door, for every plan, by one process."""
    with realm_scope(CONTROL):
        token = create_client("app", "robin", frozenset({"charging.write"}))

    async def play() -> dict[tuple[str, str], Played]:
        node = Node(installation.dsn)
        listener = Listener(node, installation.control_name, Places("127.0.0.1", 0, OURS))
        try:
            await listener.refresh()
            await listener.listen()
            gateway = await Gateway.greet(listener.port)
            doors: dict[str, Door] = {
                "json": Json(node, installation.control_name, token),
                "nchf": Nchf(node, nchf.Options(installation.control_name, "http://chf.example"), token),
                "diameter": Diameter(gateway),
            }
            found = {}
            for place, ((door, plan), line) in enumerate(lines.items()):
                granted = [await doors[door](place * 100 + n, one, line) for n, one in enumerate(SCRIPT)]
                found[door, plan] = Played(granted)
            await gateway.close()
            return found
        finally:
            await listener.stop(1.0)
            await node.close()

    found = in_own_thread(play)
    for key, one in found.items():
        one.records = _rows(RECORDS, lines[key].id)
        one.buckets = _rows(BUCKETS, f"{lines[key].number}/%")
    return found


RECORDS = """
SELECT usage_type, direction, peer, network, tariff, rule, verdict, covered_by, sum(quantity), sum(amount), sum(net),
       sum(gross), sum(uncollected), count(*)
FROM charging_rated_usage WHERE subscription_id = %s GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
"""
BUCKETS = (
    "SELECT split_part(ref, '/', 2), granted, used, reserved, expired FROM balance_bucket WHERE ref LIKE %s ORDER BY 1"
)


def _rows(text: str, *params: Any) -> list[tuple[Any, ...]]:
    with brand_cursor() as cursor:
        cursor.execute(text, list(params))
        return list(cursor.fetchall())


@pytest.mark.parametrize("plan", PLANS)
def test_three_doors_charge_the_same(played, plan):
    by_json, by_nchf, by_diameter = (played[door, plan] for door in DOORS)
    assert by_json.granted == by_nchf.granted == by_diameter.granted
    assert by_json.records == by_nchf.records == by_diameter.records
    assert by_json.buckets == by_nchf.buckets == by_diameter.buckets
    # And what is the same is not nothing.
    told = {(row[0], row[3], row[8]) for row in by_json.records}
    assert {row[0] for row in by_json.records} == {"voice", "data", "sms"}
    assert sum(row[8] for row in by_json.records if row[0] == "data") == 86 * MB, told
    assert sum(row[9] for row in by_json.records) > 0
    assert [row[3] for row in by_json.buckets] == [0] * len(by_json.buckets)


def test_three_doors_come_to_the_same_bill(played, lines, actor):
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC), actor=actor)
    run = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    billing.approve(run, actor=actor)
    billing.post(run, actor=actor)
    drain()
    for plan in PLANS:
        bills = [_bill(lines[door, plan]) for door in DOORS]
        assert bills[0] == bills[1] == bills[2]
    gross, told = _bill(lines["nchf", "robin-sim-only-20"])
    assert gross > "0"
    assert any(kind == "usage" for kind, _, _, _ in told)
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []


def _bill(line: ProductView) -> tuple[str, list[tuple[str, str, str, str]]]:
    """What the bill comes to, and its lines; a prepaid line has none."""
    found, _ = billing.search_invoices(account_id=line.billing_account_id)
    if not found:
        return "", []
    (one,) = found
    detail = billing.invoice_detail(one.id)
    told = [(row.kind.value, row.key, row.amount.text, row.net.text) for row in detail.lines]
    return detail.invoice.gross.text, told
