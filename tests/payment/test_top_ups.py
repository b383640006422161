"""Bank transfers that carry a line's top-up reference."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from linehouse.balance import service as balance
from linehouse.edge.partner.bank.intake import receive
from linehouse.inventory import service as inventory
from linehouse.kernel.money import Money
from linehouse.ledger import service as ledger
from linehouse.payment import service as payments
from linehouse.payment.matching import top_up_reference
from linehouse.platform.checks import verify
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.simulators.bank.statement import BankTransfer, write
from tests.balance.house import activate, open_shop, register

IBAN = "NL40FICT0123456789"


@pytest.fixture
def line(brand, actor, drain, monkeypatch):
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    found = activate(actor, register(actor), "robin-prepaid-start")
    drain()
    return inventory.find_product(id=found.id)


def send(actor, number, *transfers):
    made = [
        BankTransfer(
            ref,
            Money.of(amount, "EUR"),
            date(2026, 11, 1),
            payer="S. de Vries",
            reference=text if text.startswith("RF") else "",
            text="" if text.startswith("RF") else text,
        )
        for ref, amount, text in transfers
    ]
    data = write(number, IBAN, Money.of("0", "EUR"), made, datetime(2026, 11, 1, 5, tzinfo=UTC))
    (statement,) = receive(f"{number}.xml", data, actor=actor)
    return payments.statement(statement)


def test_a_transfer_with_the_lines_reference_is_a_top_up_once(line, actor):
    assert line.msisdn is not None
    reference = top_up_reference(line.msisdn.digits)
    assert reference.startswith("RF")
    view = send(actor, "1", ("B1", "17.50", reference), ("B2", "3.00", f"top up {reference[:4]} {reference[4:]}"))
    assert (view.matched, view.unmatched) == (2, 0)
    main = f"{line.number}/main"
    assert balance.bucket(main).left == 20_500_000
    assert {row.reference for row in balance.top_ups()[0]} == {"B1", "B2"}
    send(actor, "2", ("B1", "17.50", reference))
    assert balance.bucket(main).left == 20_500_000
    assert ledger.balance("bank/NL40-6789", "EUR") == 20_500_000
    entries = payments.entries()[0]
    assert {entry.top_up for entry in entries} == {"TU-000001", "TU-000002"}
    assert [row.name for row in verify() if not row.holds] == []


def test_what_cannot_be_put_on_a_line_waits_for_a_person(line, actor, drain):
    postpaid = activate(actor, register(actor, "Piet"), "robin-sim-only-20")
    drain()
    number = inventory.find_product(id=postpaid.id).msisdn
    assert number is not None
    view = send(actor, "1", ("B1", "10.00", top_up_reference(number.digits)), ("B2", "5.00", "RF00TU31612345678"))
    assert (view.matched, view.unmatched) == (0, 2)
    assert "no prepaid balance" in next(e.reason for e in payments.entries()[0] if e.bank_ref == "B1")
    assert ledger.balance("suspense/bank", "EUR") == 15_000_000
    assert [row.name for row in verify() if not row.holds] == []
