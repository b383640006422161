"""The database stays away and nodes answer on trust: it is charged once, and costs no more than was trusted."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import httpx
import psycopg
from django.db import connections

from linehouse.balance import service as balance
from tests.faults.checker import MICROS, disagreements
from tests.faults.client import Client, Heard
from tests.faults.conftest import PATIENCE, Killable, NodeProcess
from tests.faults.diameter_client import DiameterClient
from tests.faults.test_charging_crashes import lines, numbers, settled, talk, token
from tests.faults.test_diameter_crashes import realm
from tests.faults.test_diameter_crashes import talk as talk_over_diameter

__all__ = ["lines", "realm", "token"]
VOICE = {"usageType": "voice", "otherParty": "+12125550123"}
TRUST = "2.00/9.00"
AWAY = 3.0


def milliseconds(text: str) -> int:
    """Of ``1 min 22 s``."""
    words = text.split()
    return sum(int(n) * {"min": 60_000, "s": 1_000}[unit] for n, unit in zip(words[::2], words[1::2], strict=True))


def reported(heard: list[Heard]) -> dict[str, int]:
    """Milliseconds that sessions reported, each request once."""
    sums: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    for one in heard:
        if one.status != 200 or (one.session, one.key) in seen:
            continue
        seen.add((one.session, one.key))
        service = one.body["services"][0]
        if (mode := one.body.get("mode", "debit")) != "debit":
            told = one.answer["services"][0]
            said = [told["granted"]] if mode == "up-to" or not told.get("refusal") else []
        else:
            said = [used["quantity"] for used in service.get("used", ())]
        sums[one.session] = sums.get(one.session, 0) + sum(map(milliseconds, said))
    return {session: reported for session, reported in sums.items() if reported}


def charged(dsn: str) -> dict[str, int]:
    """Milliseconds that rated records hold, by session; what nobody could pay for is in them."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "SELECT split_part(record_key, ':', 4), sum(quantity)::bigint FROM charging_rated_usage GROUP BY 1"
        ).fetchall()
    return {session: quantity for session, quantity in rows if quantity}


def uncollected(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT coalesce(sum(uncollected), 0)::bigint FROM charging_rated_usage").fetchone()
    assert row is not None
    return int(row[0])


def no_files_left(both: list[NodeProcess]) -> None:
    deadline = time.monotonic() + PATIENCE
    folders = [Path(one.environment["LINEHOUSE_HOME"]) / "charging" for one in both]
    while left := [path for folder in folders for path in folder.glob("*")]:
        assert time.monotonic() < deadline, f"not charged: {left}"
        time.sleep(0.1)


def test_answers_on_trust_are_charged_once_when_the_database_is_back(
    installation, lines, token, node, advance, killable: Killable
):
    both: list[NodeProcess] = [node(trust=TRUST), node(trust=TRUST)]
    client = Client([one.port for one in both], token, seed=21)
    talk(client, lines, 2)
    before = len(client.heard)
    assert {one.answer.get("degraded", False) for one in client.heard} == {False}
    killable.take_away()
    back = threading.Timer(AWAY, killable.bring_back)
    back.start()
    started = time.monotonic()
    later = Client([one.port for one in both], token, seed=22, first=100)
    talk(later, lines, 2)
    answered_without = [one for one in later.heard if one.answer.get("degraded")]
    back.join()
    assert time.monotonic() - started < PATIENCE
    assert len(answered_without) > 8
    no_files_left(both)
    connections.close_all()
    settled(advance)
    dsn = installation.dsn.url(installation.brand_name("robin"))
    heard = [*client.heard[:before], *later.heard]
    assert reported(heard) == charged(dsn)
    assert disagreements(dsn) == []


def test_an_outage_costs_what_is_trusted_and_no_more(installation, lines, token, node, advance, killable: Killable):
    one: NodeProcess = node(trust=TRUST)
    with httpx.Client(base_url=f"http://127.0.0.1:{one.port}", timeout=15) as http:

        def ask(operation, line, session, key, mode="debit", **service):
            body = {"msisdn": line, "session": session, "key": key, "mode": mode, "services": [{**VOICE, **service}]}
            got = http.post(f"/charging/v1/{operation}", json=body, headers={"authorization": f"Bearer {token}"})
            return got.status_code, got.json()

        for line in numbers(lines):
            status, all_of_it = ask("once", line, f"before-{line}", "1", mode="up-to", used=[{"quantity": "20 min"}])
            assert (status, all_of_it["services"][0]["granted"]) == (200, "10 min")
        killable.take_away()
        used: dict[str, int] = {}
        for line in numbers(lines):
            for call in range(3):
                status, begun = ask("start", line, f"{line}-{call}", "1", want="3 min")
                assert (status, begun["degraded"]) == (200, True)
                if not (granted := milliseconds(begun["services"][0].get("granted", "0 s")) // 60_000):
                    continue
                report = [{"quantity": f"{granted} min"}]
                assert ask("finish", line, f"{line}-{call}", "2", used=report)[0] == 200
                used[line] = used.get(line, 0) + granted
        # A new line gets nothing, and money is not given back.
        assert ask("start", "+31600000000", "x", "1", want="1 min")[0] == 503
        assert ask("refund", numbers(lines)[0], f"before-{numbers(lines)[0]}", "9")[0] == 503
        # 0.50 a minute: four minutes a line, and eighteen for all of them.
        assert list(used.values()) == [4, 4, 4, 4, 2]
        killable.bring_back()
        no_files_left([one])
        status, normal = ask("start", numbers(lines)[0], "after", "1", want="1 min")
        assert (status, normal.get("degraded", False), normal["services"][0]["refusal"]) == (200, False, "credit-limit")
    connections.close_all()
    settled(advance)
    dsn = installation.dsn.url(installation.brand_name("robin"))
    assert uncollected(dsn) == 9 * MICROS == sum(used.values()) * MICROS // 2
    assert disagreements(dsn) == []


def test_a_gateway_is_answered_on_trust_and_charged_once(installation, lines, realm, node, advance, killable: Killable):
    both: list[NodeProcess] = [node(trust=TRUST), node(trust=TRUST)]
    ports = [one.diameter_port for one in both]
    client, later = DiameterClient(ports, seed=21), DiameterClient(ports, seed=22, first=100)
    talk_over_diameter(client, realm, 2)
    killable.take_away()
    without: list[int] = []

    def come_back() -> None:
        without.append(len(later.heard))
        killable.bring_back()

    back = threading.Timer(AWAY, come_back)
    back.start()
    talk_over_diameter(later, realm, 2)
    back.join()
    assert without[0] > 8
    no_files_left(both)
    connections.close_all()
    settled(advance)
    used = {line.msisdn.digits: balance.bucket(f"{line.number}/data").used for line in lines}
    assert used == {number: client.used.get(number, 0) + later.used.get(number, 0) for number in used}
    assert disagreements(installation.dsn.url(installation.brand_name("robin"))) == []
