"""The JSON door: asked like the charging process asks, over asyncpg, with no Django in that process."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import msgspec
import pytest

from linehouse.balance import service as balance
from linehouse.edge.network.charging_json import price_enquiry
from linehouse.ledger import service as ledger
from linehouse.platform.access.service import create_client
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.scope import CONTROL, realm_scope
from tests.balance.house import activate, open_shop, register
from tests.conftest import START, in_own_thread

SRC = Path(__file__).resolve().parents[4] / "src"


class Pools:
    """What the charging node shares, for one test."""

    def __init__(self, dsn) -> None:
        self.dsn = dsn
        self.pools: dict[str, asyncpg.Pool] = {}

    async def pool(self, database: str) -> asyncpg.Pool:
        if database not in self.pools:
            self.pools[database] = await asyncpg.create_pool(self.dsn.url(database), min_size=0, max_size=2)
        return self.pools[database]

    async def close(self) -> None:
        for pool in self.pools.values():
            await pool.close()


@pytest.fixture
def plan(brand, actor, drain, monkeypatch):
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    made = activate(actor, register(actor), "robin-prepaid-start")
    drain()
    return made


@pytest.fixture
def ask(installation, plan):
    """Ask with a client that may; the answer as status and JSON."""
    with realm_scope(CONTROL):
        tokens = {
            "usage": create_client("gateway", "robin", frozenset({"usage.read"})),
            "catalog": create_client("shop", "robin", frozenset({"catalog.read"})),
        }

    def put(body, token="usage"):
        async def run():
            pools = Pools(installation.dsn)
            try:
                raw = body if isinstance(body, bytes) else json.dumps({"msisdn": plan.msisdn.e164, **body}).encode()
                header = f"Bearer {tokens.get(token, token)}"
                return await price_enquiry(pools, raw, header, installation.control_name)
            finally:
                await pools.close()

        status, value = in_own_thread(run)
        return status, json.loads(msgspec.json.encode(value))

    return put


def test_a_call_that_credit_pays(ask, plan):
    before = ledger.ledger_hash()
    status, answer = ask({"usageType": "voice", "quantity": "61 s", "otherParty": "+12125550123"})
    assert status == 200
    assert answer == {
        "subscription": plan.number,
        "tariff": "robin-standard v2026-11",
        "at": "2026-11-01T08:00:00Z",
        "verdict": "priced",
        "price": {"value": "1.00", "currency": "EUR"},
        "taxIncluded": True,
        "takes": [{"bucket": f"{plan.number}/start-credit", "amount": "1.00 EUR"}],
        "uncollected": {"value": "0.00", "currency": "EUR"},
        "explanation": answer["explanation"],
        "reason": "",
    }
    assert answer["explanation"][2].startswith("0 s – 1 min 1 s: 2 × 1 min at 0.50 EUR per 1 min = 1.00 EUR")
    assert ledger.ledger_hash() == before
    assert balance.bucket(f"{plan.number}/start-credit").left == 5_000_000


def test_an_allowance_pays_at_home_and_not_far_away(ask, plan):
    home = ask({"usageType": "data", "quantity": "1 GB"})[1]
    away = ask({"usageType": "data", "quantity": "1 MB", "servingCountry": "BR"})[1]
    assert (home["price"]["value"], home["takes"]) == ("0.00", [{"bucket": f"{plan.number}/data", "amount": "1 GB"}])
    assert (away["price"]["value"], away["takes"][0]["bucket"]) == ("2.50", f"{plan.number}/start-credit")


def test_beyond_the_balance_is_uncollected(ask):
    answer = ask({"usageType": "voice", "quantity": "20 min", "otherParty": "+12125550123"})[1]
    assert (answer["price"]["value"], answer["uncollected"]["value"]) == ("10.00", "5.00")


def test_what_has_no_price_says_so(ask):
    answer = ask({"usageType": "voice", "quantity": "1 min", "otherParty": "+31906123456"})[1]
    assert (answer["verdict"], answer["reason"]) == ("blocked", "blocked-by-rule")
    answer = ask({"usageType": "data", "quantity": "1 MB", "servingNetwork": "901-12"})[1]
    assert (answer["verdict"], answer["reason"]) == ("unrated", "no-rule")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "kernel.invalid"),
        ({"usageType": "voice"}, 400, "kernel.invalid"),
        ({"usageType": "voice", "quantity": "1 GB"}, 400, "kernel.invalid"),
        ({"usageType": "voice", "quantity": "1 s", "surprise": 1}, 400, "kernel.invalid"),
        ({"usageType": "voice", "quantity": "1 s", "servingNetwork": "x"}, 400, "kernel.invalid"),
        ({"usageType": "voice", "quantity": "1 s", "msisdn": "+31699999999"}, 404, "charging.subscriber_unknown"),
        ({"usageType": "voice", "quantity": "1 s", "at": "2026-10-01T00:00:00Z"}, 404, "charging.subscriber_unknown"),
        ({"usageType": "voice", "quantity": "1 s", "at": "2026-10-01T00:00:00"}, 400, "kernel.invalid"),
    ],
)
def test_refusals_name_what_is_wrong(ask, body, status, code):
    got, answer = ask(body)
    assert (got, answer["code"]) == (status, code)


@pytest.mark.parametrize("token", ["catalog", "made up", ""])
def test_only_clients_that_may_see_usage_are_answered(ask, token):
    status, answer = ask({"usageType": "voice", "quantity": "1 s"}, token)
    assert (status, answer["code"]) == (403, "charging_json.not_allowed")


def test_it_answers_as_the_house_does(ask, plan):
    from linehouse.charging import service as charging
    from linehouse.rating.values import UsageType

    there = ask({"usageType": "sms", "quantity": "3 sms", "otherParty": "+4915112345678"})[1]
    here = charging.price_enquiry(
        charging.EnquiryRequest(
            msisdn=plan.msisdn.e164, usage_type=UsageType.SMS, quantity=3, other_party="+4915112345678"
        )
    )
    assert there["explanation"] == [str(line) for line in here.lines]


def test_time_is_the_brands(ask, advance):
    advance(START + timedelta(days=30))
    answer = ask({"usageType": "data", "quantity": "1 MB"})[1]
    # The pack of 30 days is over: credit pays.
    assert answer["at"] == datetime(2026, 12, 1, 8, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    assert answer["price"]["value"] == "0.01"


def test_the_door_loads_no_django():
    code = "import sys, linehouse.edge.network.charging_json; print('django' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(SRC)}
    )
    assert done.stdout.strip() == "False"
