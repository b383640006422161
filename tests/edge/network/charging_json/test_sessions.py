"""Sessions and debits through the JSON door, on a real database: what is granted, what moves, what is kept."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import msgspec
import pytest

from linehouse.balance import service as balance
from linehouse.charging.node import Charger, faults
from linehouse.charging.ports import use_tax_rates
from linehouse.charging.rerating import Order
from linehouse.charging.service.lines import lines_of
from linehouse.charging.service.rerate import ONLINE, Corrected, Wanted, look_again
from linehouse.edge.network.charging_json import brands, charge, sessions
from linehouse.kernel.period import Period
from linehouse.platform.access import oauth
from linehouse.platform.access.programs import ClientWishes, register_program, revoke_program
from linehouse.platform.access.service import create_client
from linehouse.platform.checks import verify
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.sql import brand_cursor
from linehouse.run.charging_node import _rate
from tests.balance.house import activate, open_shop, register, sell_to_families
from tests.conftest import START, in_own_thread
from tests.edge.network.charging_json.test_price_enquiry import Pools

VOICE = {"usageType": "voice", "otherParty": "+12125550123"}
"""The United States: 0.50 a minute from the credit of 5.00."""
DATA = {"usageType": "data", "ratingGroup": 10}


class Node(Pools):
    """What the handlers of one charging process share."""

    on_trust = False

    def __init__(self, dsn) -> None:
        super().__init__(dsn)
        self.chargers: dict[str, Charger] = {}

    async def charger(self, database: str) -> Charger:
        pool = await self.pool(database)
        return self.chargers.setdefault(database, Charger(pool))


@pytest.fixture
def line(brand, actor, drain, monkeypatch):
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    made = activate(actor, register(actor), "robin-prepaid-start")
    drain()
    before = use_tax_rates(_rate)
    yield made
    use_tax_rates(before)


@pytest.fixture
def door(installation, line):
    """Several requests at once, by as many nodes as wished; statuses and JSON in their order."""
    with realm_scope(CONTROL):
        gateway = create_client("gateway", "robin", frozenset({"charging.write"}))

    def put(*asked, nodes=1, sweep=False, token=gateway):
        async def run():
            mine = [Node(installation.dsn) for _ in range(nodes)]
            try:
                answers = await asyncio.gather(
                    *(
                        charge(
                            mine[place % nodes],
                            operation,
                            json.dumps({"msisdn": line.msisdn.e164, **body}).encode(),
                            f"Bearer {token}",
                            "",
                            installation.control_name,
                        )
                        for place, (operation, body) in enumerate(asked)
                    )
                )
                if sweep:
                    for database in await _brands(mine[0], installation.control_name):
                        await (await mine[0].charger(database)).sweep()
                return answers
            finally:
                for node in mine:
                    await node.close()

        return [(status, json.loads(msgspec.json.encode(value))) for status, value in in_own_thread(run)]

    return put


async def _brands(node, control):
    return [row["database"] for row in await (await node.pool(control)).fetch("SELECT database FROM control_brand")]


@pytest.fixture
def one(door):
    def ask(operation, session="s1", key="1", *, service=VOICE, **fields):
        names = {"at", "mode", "reference"}
        body = {name: value for name, value in fields.items() if name in names}
        inner = {**service, **{name: value for name, value in fields.items() if name not in names}}
        [(status, answer)] = door((operation, {"session": session, "key": key, "services": [inner], **body}))
        assert status == 200, answer
        return {**answer, **answer["services"][0]} if answer.get("services") else answer

    return ask


def left(line, what="start-credit"):
    bucket = balance.bucket(f"{line.number}/{what}")
    return bucket.left, bucket.reserved, bucket.used


def lawful():
    broken = [(result.name, result.verdict.findings) for result in verify() if not result.holds]
    assert broken == []


def rows(text, *params):
    with brand_cursor() as cursor:
        cursor.execute(text, list(params))
        return cursor.fetchall()


def test_a_call_in_three_reports_costs_what_it_costs_in_one(line, one):
    begun = one("start", key="1", want="2 min")
    assert (begun["granted"], begun["reserved"]) == ("2 min", {"value": "1.00", "currency": "EUR"})
    assert left(line) == (4_000_000, 1_000_000, 0)
    going = one("update", key="2", used=[{"quantity": "61 s"}], want="2 min")
    # 61 s are two minutes begun; the grant reaches to 181 s, four minutes begun.
    assert (going["charged"]["value"], going["reserved"]["value"]) == ("1.00", "1.00")
    assert left(line) == (3_000_000, 1_000_000, 1_000_000)
    ended = one("finish", key="3", used=[{"quantity": "30 s"}])
    assert (ended.get("charged"), ended["cost"]["value"]) == (None, "1.00")
    assert left(line) == (4_000_000, 0, 1_000_000)
    kept = rows("SELECT quantity, amount, verdict, rule FROM charging_rated_usage ORDER BY sequence")
    assert kept == [(61_000, 1_000_000, "priced", "world-1-calls"), (30_000, 0, "priced", "world-1-calls")]
    lawful()


def test_the_same_request_is_answered_once(line, one, door):
    first = one("once", key="k", used=[{"quantity": "61 s"}])
    again = one("once", key="k", used=[{"quantity": "61 s"}])
    assert first == again
    assert left(line) == (4_000_000, 0, 1_000_000)
    [(status, other)] = door(
        ("once", {"session": "s1", "key": "k", "services": [{**VOICE, "used": [{"quantity": "62 s"}]}]})
    )
    assert (status, other["refusal"]) == (409, "key-reused")
    assert left(line) == (4_000_000, 0, 1_000_000)
    lawful()


def test_many_at_once_by_two_nodes_never_spend_more_than_there_is(line, door):
    asked = [
        (
            "once",
            {"session": f"s{n}", "key": "1", "mode": "all", "services": [{**VOICE, "used": [{"quantity": "1 min"}]}]},
        )
        for n in range(24)
    ]
    answers = [answer["services"][0] for _, answer in door(*asked, *asked, nodes=2)]
    paid = [answer for answer in answers[:24] if not answer.get("refusal")]
    assert answers[:24] == answers[24:]
    assert (len(paid), left(line)) == (10, (0, 0, 5_000_000))
    assert {answer["refusal"] for answer in answers if answer not in paid} == {"credit-limit"}
    lawful()


def test_parallel_sessions_see_each_others_reservations(line, one):
    one("start", "a", want="8 min")
    second = one("start", "b", want="8 min")
    assert (second["granted"], second["final"], second["cutBy"]) == ("2 min", True, "money")
    third = one("start", "c", want="1 min")
    assert third["refusal"] == "credit-limit"
    one("finish", "a", "2")
    assert one("update", "c", "2", want="1 min")["granted"] == "1 min"


def test_data_takes_the_allowance_first_and_gives_back_what_was_not_used(line, one):
    size = balance.bucket(f"{line.number}/data").granted or 0
    one("start", service=DATA, want="1 GB")
    assert left(line, "data") == (size - 10**9, 10**9, 0)
    one("update", key="2", service=DATA, total="900 MB", want="100 MB")
    assert left(line, "data") == (size - 10**9, 10**8, 9 * 10**8)
    ended = one("finish", key="3", service=DATA, total="850 MB")
    assert ended["cost"]["value"] == "0.00"
    assert left(line, "data")[:2] == (size - 850 * 10**6, 0)
    lawful()


def test_what_nobody_ends_lapses_with_its_validity(line, one, door, advance):
    one("start", want="2 min")
    one("update", key="2", used=[{"quantity": "1 min"}], want="2 min")
    assert left(line) == (3_500_000, 1_000_000, 500_000)
    advance(START + timedelta(hours=2, minutes=1))
    door(sweep=True)
    assert left(line) == (4_500_000, 0, 500_000)
    assert rows("SELECT count(*) FROM charging_session WHERE closed_at IS NULL") == [(0,)]
    late = one("finish", key="3", used=[{"quantity": "1 min"}])
    assert late["charged"]["value"] == "0.50"
    assert left(line) == (4_000_000, 0, 1_000_000)
    lawful()


def test_a_request_that_cannot_be_does_not_take_its_batch_with_it(line, door):
    good = {"session": "g", "key": "1", "services": [{**VOICE, "used": [{"quantity": "1 min"}]}]}
    answers = door(
        ("once", good),
        ("once", {**good, "session": "w", "msisdn": "+31699999999"}),
        ("once", {**good, "session": "x", "services": [{**VOICE, "used": [{"quantity": "1 GB"}]}]}),
        ("once", {**good, "session": ""}),
    )
    assert [status for status, _ in answers] == [200, 404, 400, 400]
    assert [answer.get("code") for _, answer in answers] == [
        None,
        "charging.subscriber_unknown",
        "kernel.invalid",
        "kernel.invalid",
    ]
    assert left(line) == (4_500_000, 0, 500_000)


@pytest.mark.parametrize("point", list(faults.Point))
def test_a_batch_that_breaks_is_whole_or_not_at_all(line, one, door, point):
    broken: list[faults.Point] = []

    def fail():
        if not broken:
            broken.append(point)
            raise OSError(f"cut at {point}")

    faults.put(point, fail)
    try:
        asked = ("once", {"session": "s1", "key": "1", "services": [{**VOICE, "used": [{"quantity": "61 s"}]}]})
        [(status, answer)] = door(asked)
        assert (status, answer["code"]) == (503, "charging.unavailable")
        committed = point is faults.Point.COMMITTED
        assert left(line) == ((4_000_000, 0, 1_000_000) if committed else (5_000_000, 0, 0))
        [(status, answer)] = door(asked)
        assert (status, answer["services"][0]["charged"]["value"]) == (200, "1.00")
        assert left(line) == (4_000_000, 0, 1_000_000)
    finally:
        faults.clear()
    lawful()


def test_the_door_answers_every_operation_that_it_names():
    assert sessions.OPERATIONS == ("start", "update", "finish", "once", "refund")


def test_a_token_of_oauth_charges_until_its_program_is_revoked(line, door, actor):
    wishes = ClientWishes(name="Gateway", scopes=frozenset({"charging.write"}))
    with realm_scope(CONTROL):
        made = register_program("robin", wishes, actor=actor, reason="a gateway comes")
        proved = oauth.proved_by_secret(str(made.client_id), made.secret)
        assert proved is not None
        token = oauth.new_access_token()
        oauth.keep_token(proved, token, wishes.scopes)
    asked = ("once", {"session": "o", "key": "1", "services": [{**VOICE, "used": [{"quantity": "61 s"}]}]})
    [(status, _)] = door(asked, token=token)
    assert (status, left(line)) == (200, (4_000_000, 0, 1_000_000))
    with realm_scope(CONTROL):
        revoke_program("robin", made.client_id, actor=actor, reason="it is gone")
    brands._seen.clear()
    [(status, answer)] = door(asked, token=token)
    assert (status, answer["code"]) == (403, "charging_json.not_allowed")


def test_a_line_is_found_by_its_card_as_files_find_it(line, door, actor, drain):
    other = activate(actor, register(actor, "Ada"), "robin-prepaid-start")
    drain()
    assert line.imsi
    assert other.imsi
    debit = {"key": "1", "services": [{**VOICE, "used": [{"quantity": "61 s"}]}]}
    answers = door(
        ("once", {**debit, "session": "a", "msisdn": "", "imsi": line.imsi.digits}),
        ("once", {**debit, "session": "b", "imsi": line.imsi.digits}),
        ("once", {**debit, "session": "c", "imsi": other.imsi.digits}),
        ("once", {**debit, "session": "d", "msisdn": "", "imsi": "204080000000999"}),
        ("once", {**debit, "session": "e", "msisdn": ""}),
    )
    assert [status for status, _ in answers] == [200, 200, 409, 404, 400]
    assert answers[2][1]["code"] == "charging.identity_conflict"
    assert left(line) == (3_000_000, 0, 2_000_000)


def test_who_may_only_see_usage_does_not_charge(line, door):
    with realm_scope(CONTROL):
        reader = create_client("reports", "robin", frozenset({"usage.read"}))
    asked = ("once", {"session": "o", "key": "1", "services": [{**VOICE, "used": [{"quantity": "61 s"}]}]})
    [(status, answer)] = door(asked, token=reader)
    assert (status, answer["code"]) == (403, "charging_json.not_allowed")
    assert left(line) == (5_000_000, 0, 0)


def test_a_line_that_shares_an_allowance_draws_on_it(line, door, actor, drain):
    sell_to_families(actor)
    parent = activate(actor, register(actor, "Joris"), "robin-family-50")
    drain()
    assert parent.msisdn is not None
    asked = {"session": "f", "key": "1", "services": [{**DATA, "used": [{"quantity": "1 MB"}]}]}
    [(status, answer)] = door(("once", {**asked, "msisdn": parent.msisdn.e164}))
    assert (status, answer["services"][0]["cost"]["value"]) == (200, "0.00")
    assert balance.bucket(f"{parent.number}/data/2026-11-01").parts[parent.number].used == 1_000_000
    lawful()


def test_a_re_rate_leaves_alone_what_was_charged_while_it_happened(line, one):
    one("once", used=[{"quantity": "61 s"}])
    wanted = Wanted(period=Period(START - timedelta(days=1), START + timedelta(days=1)), catalog_version=None)
    looked = look_again(line.id, 0, lines_of([line.id])[line.id], Corrected(wanted), Order.SEQUENCE)
    assert [(row.amount.micros, why) for row, why in looked.kept] == [(1_000_000, ONLINE)]
    assert looked.answers == ()
