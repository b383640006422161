"""A prepaid evening: a call runs out of money, a voucher lets it go on, a friend gets some, then below zero."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from linehouse.balance import service as balance
from linehouse.balance.service import SaleRequest, TransferRequest
from linehouse.charging.ports import use_tax_rates
from linehouse.edge.network.charging_json import charge
from linehouse.inventory import service as inventory
from linehouse.kernel.money import Money
from linehouse.ledger import service as ledger
from linehouse.notify import mailer
from linehouse.notify import service as notify
from linehouse.notify.values import MessageFilter
from linehouse.platform.access.service import create_client
from linehouse.platform.backup.keyring import open_bundle
from linehouse.platform.checks import verify
from linehouse.platform.clock.service import business_now
from linehouse.platform.documents.service import load
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import SYSTEM, Actor
from linehouse.resource import service as resources
from linehouse.resource.vouchers import NewBatch, VoucherKind
from linehouse.run.charging_node import _rate
from tests.balance.house import open_shop
from tests.balance.money_house import eur, left, prepaid_line, use_robins_rules
from tests.conftest import in_own_thread
from tests.edge.network.charging_json.test_sessions import Node
from tests.notify.conftest import FakeMail

PASSPHRASE = "nine green bottles"
VOICE = {"usageType": "voice", "otherParty": "+12125550123"}
"""The United States: 0.50 a minute."""


@pytest.fixture(autouse=True)
def _a_charging_house(monkeypatch: pytest.MonkeyPatch):
    rooms = ("balance.", "charging.", "notify.")
    monkeypatch.setattr(
        outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(rooms)]
    )
    before, mail, fake = use_tax_rates(_rate), mailer.current_factory(), FakeMail()
    of_balance = balance.use_tax_rates(_rate)
    mailer.set_factory(lambda: fake)
    yield
    mailer.set_factory(mail)
    balance.use_tax_rates(of_balance)
    use_tax_rates(before)


def test_an_evening_on_prepaid(brand: str, actor: Actor, drain: Callable[[], int], installation: Any) -> None:
    open_shop(actor)
    use_robins_rules(actor)
    sanne, joost = prepaid_line(actor, "Sanne"), prepaid_line(actor, "Joost")
    drain()
    number = inventory.find_product(id=sanne.id).msisdn
    assert number is not None
    with realm_scope(CONTROL):
        token = create_client("gateway", "robin", frozenset({"charging.write"}))

    def ask(operation: str, key: str, *, session: str = "call", **service: Any) -> dict[str, Any]:
        async def run() -> tuple[int, Any]:
            node = Node(installation.dsn)
            body = {"msisdn": number.e164, "session": session, "key": key, "services": [{**VOICE, **service}]}
            try:
                return await charge(
                    node, operation, json.dumps(body).encode(), f"Bearer {token}", "", installation.control_name
                )
            finally:
                await node.close()

        status, answer = in_own_thread(run)
        assert status == 200
        found: dict[str, Any] = json.loads(msgspec.json.encode(answer))
        return {**found, **found["services"][0]}

    # Her start credit of 5.00 lasts ten minutes; the last grant is marked as final.
    assert ask("start", "1", want="15 min")["granted"] == "10 min"
    assert ask("update", "2", used=[{"quantity": "9 min"}], want="15 min")["granted"] == "1 min"

    # A voucher from the kiosk: made, its PIN sent out once, sold, typed in while the call goes on.
    batch = resources.create_batch(
        NewBatch(
            name="Kiosk",
            kind=VoucherKind.PHYSICAL,
            face=eur("20.00"),
            count=1,
            expires_at=business_now().replace(year=2027),
        ),
        actor=actor,
    ).number
    drain()
    sealed = load(resources.export_pins(batch, resources.Recipient(passphrase=PASSPHRASE), actor=actor)).content
    serial, pin = open_bundle(sealed, PASSPHRASE)[f"{batch}.csv"].decode().splitlines()[1].split(",")[:2]
    resources.activate_vouchers(batch, actor=actor)
    balance.sell_vouchers(SaleRequest(batch=batch, first=serial, last="", price=eur("18.40"), once="s"), actor=actor)
    assert ledger.balance(f"voucher/{batch}", "EUR") == 20_000_000
    made = balance.redeem(pin, sanne.number, channel="ussd", actor=actor)
    assert (made.amount.text, made.bonus.text) == ("20.00", "2.00")
    assert ledger.balance(f"voucher/{batch}", "EUR") == 0

    # The same commit asks the running call again; now there is money for the quarter of an hour.
    with brand_cursor() as cursor:
        cursor.execute("SELECT reason FROM charging_wish WHERE subscription_id = %s", [sanne.id])
        assert cursor.fetchall() == [("top-up",)]
    assert ask("update", "3", used=[{"quantity": "1 min"}], want="15 min")["granted"] == "15 min"
    ask("finish", "4", used=[{"quantity": "4 min"}])
    # 14 minutes are 7.00: 5.00 of the start credit, and 2.00 of the bonus, which comes before bought credit.
    assert left(f"{sanne.number}/main") == "20.00"
    assert left(f"{sanne.number}/bonus/{made.number}") == "0.00"

    # A friend is out of money: she gives 10.00, the fee is 0.25.
    balance.transfer(
        TransferRequest(giver=sanne.number, receiver=joost.number, amount=eur("10.00"), once="t"), actor=actor
    )
    assert (left(f"{sanne.number}/main"), left(f"{joost.number}/main")) == ("9.75", "10.00")

    # An overdraft of 1.00 lets a long call go below zero, by that number and no further.
    balance.set_overdraft(sanne.number, Money.of("1.00", "EUR"), actor=SYSTEM, reason="good customer")
    assert ask("start", "1", session="long", want="60 min")["granted"] == "21 min"
    ask("finish", "2", session="long", used=[{"quantity": "21 min"}])
    assert left(f"{sanne.number}/main") == "-0.75"
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT left_after FROM balance_movement WHERE ref = %s ORDER BY position", [f"{sanne.number}/main"]
        )
        assert cursor.fetchall()[-1] == (-750_000,)

    drain()
    told = {message.template for message in notify.messages(MessageFilter(customer_id=sanne.customer_id))[0]}
    assert {"topped-up-with-bonus", "credit-sent"} <= told
    assert [(row.name, row.verdict.findings) for row in verify() if not row.holds] == []
