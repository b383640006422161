"""Money on lines and vouchers at the desk: who may do what, and what the forms say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.balance.money_house import left, prepaid_line, use_robins_rules
from tests.edge.desk.conftest import Staff, text_of

from linehouse.balance import service as balance
from linehouse.platform.approval import service as approval
from linehouse.platform.backup.keyring import open_bundle
from linehouse.platform.outbox import registry
from linehouse.platform.runner import drain
from linehouse.resource import service as resources

LogIn = Callable[..., Staff]
PASSPHRASE = "nine green bottles"


@pytest.fixture(autouse=True)
def _only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {n: c for n, c in registry._consumers.items() if n.startswith(("balance.", "resource."))}
    monkeypatch.setattr(registry, "_consumers", ours)


def test_money_is_put_on_a_line_sent_and_corrected(ada: Staff, log_in: LogIn) -> None:
    actor = ada.get("customers").wsgi_request.desk.actor
    use_robins_rules(actor)
    one, two = prepaid_line(actor, "Sanne"), prepaid_line(actor, "Joost")
    drain()
    care, fay = log_in("care", name="Cor Care"), log_in("finance", name="Fay Finance")
    page = f"products/{one.number}"
    assert "Money" in text_of(care.get(page))
    given = {"amount": "25,00", "method": "agent", "once": "form-1"}
    for _ in range(2):
        said = text_of(care.client.post(f"/b/{care.brand}/{page}/top-up", given, follow=True))
        assert "TU-000001: 25.00 EUR is on the line. With a bonus of 2.50 EUR." in said
    assert left(f"{one.number}/main") == "25.00"
    assert "at least 5.00" in text_of(care.post(f"{page}/top-up", {"amount": "4", "method": "agent"}))
    assert "authorisation" in text_of(care.post(f"{page}/top-up", {"amount": "10", "method": "card"}))
    sent = {"receiver": two.number, "amount": "5", "once": "t1"}
    assert "TR-000001" in text_of(care.client.post(f"/b/{care.brand}/{page}/give", sent, follow=True))
    change = {"bucket": f"{one.number}/main", "reason": "goodwill", "note": "sorry", "once": "a1"}
    done = text_of(care.client.post(f"/b/{care.brand}/{page}/adjust", change | {"amount": "1.00"}, follow=True))
    assert "AJ-000001 is done" in done
    beyond = change | {"amount": "40", "once": "a2"}
    assert "waits for somebody else" in text_of(care.client.post(f"/b/{care.brand}/{page}/adjust", beyond, follow=True))
    approval.approve("AP-000001", actor=fay.get("approvals").wsgi_request.desk.actor)
    assert left(f"{one.number}/main") == "60.75"
    units = change | {"bucket": f"{one.number}/data", "amount": "-500 MB", "reason": "correction", "once": "a3"}
    fay.post(f"{page}/adjust", units)
    assert balance.bucket(f"{one.number}/data").left == 5 * 10**9
    shown = text_of(fay.get(f"{page}/money"))
    assert "RF" in shown
    for number in ("TU-000001", "TR-000001", "AJ-000001"):
        assert number in shown
    fay.post(f"{page}/overdraft", {"amount": "5", "reason": "good customer"})
    assert "may go 5.00" in text_of(fay.get(f"{page}/money"))
    fay.post("transfers/TR-000001", {"reason": "wrong number"})
    assert "taken back because" in text_of(fay.get("transfers/TR-000001")).casefold()
    auto = {"amount": "20", "threshold": "5", "token": "tok_1"}
    care.post(f"{page}/automatic-top-up", auto)
    found = balance.auto_of(one.id)
    assert found is not None
    assert found.state == "on"
    assert "tok_1" not in text_of(care.get(f"{page}/automatic-top-up"))
    care.post(f"{page}/automatic-top-up", {"off": "yes"})
    found = balance.auto_of(one.id)
    assert found is not None
    assert found.state == "off"


def test_vouchers_are_made_exported_sold_and_redeemed(ada: Staff, log_in: LogIn) -> None:
    actor = ada.get("customers").wsgi_request.desk.actor
    line = prepaid_line(actor)
    drain()
    fay, care = log_in("finance", name="Fay Finance"), log_in("care", name="Cor Care")
    wish = {"name": "Kiosk", "kind": "physical", "value": "10", "count": "700", "expires": "2027-11-01"}
    assert "passed" in text_of(fay.post("vouchers/new", wish | {"expires": "2026-01-01"}))
    assert fay.post("vouchers/new", wish).status_code == 302
    assert "Vouchers made" in text_of(fay.get("vouchers/VB-00001"))
    drain()
    assert "Export the PINs, once" in text_of(fay.get("vouchers/VB-00001"))
    assert "Export the PINs, once" not in text_of(care.get("vouchers/VB-00001"))
    assert "at least 12" in text_of(fay.post("vouchers/VB-00001/export", {"passphrase": "short"}))
    fay.post("vouchers/VB-00001/export", {"passphrase": PASSPHRASE})
    assert care.get("vouchers/VB-00001/file").status_code == 403
    content = fay.get("vouchers/VB-00001/file").content
    rows = open_bundle(content, PASSPHRASE)["VB-00001.csv"].decode().splitlines()[1:]
    serial, pin = rows[0].split(",")[:2]
    assert "700 vouchers can be sold" in text_of(
        fay.client.post(f"/b/{fay.brand}/vouchers/VB-00001/activate", {}, follow=True)
    )
    sale = {"first": serial, "price": "9.50", "dealer": "D-001", "once": "s1"}
    fay.post("vouchers/VB-00001/sell", sale)
    assert "VS-000001" in text_of(fay.get("vouchers/VB-00001"))
    assert (
        "no voucher has this pin"
        in text_of(care.post(f"products/{line.number}/redeem", {"pin": "1111222233334444"})).casefold()
    )
    care.post(f"products/{line.number}/redeem", {"pin": pin, "once": "r1"})
    assert left(f"{line.number}/main") == "10.00"
    assert line.number in text_of(care.get(f"vouchers/serials/{serial}"))
    assert serial in text_of(care.get(f"vouchers/find?q={line.number}"))
    other = rows[1].split(",")[0]
    fay.post(f"vouchers/serials/{other}", {"reason": "stolen"})
    assert resources.voucher(other).state == "blocked"
    fay.post(f"vouchers/serials/{other}", {"reason": "found"})
    assert resources.voucher(other).state == "activated"
    fay.post("vouchers/VB-00001/freeze", {"reason": "break-in"})
    assert "Open the batch again" in text_of(fay.get("vouchers/VB-00001"))
    assert care.get("vouchers/new").status_code == 403


def test_a_dealer_tops_up_its_own_customers_alone(ada: Staff, log_in: LogIn) -> None:
    actor = ada.get("customers").wsgi_request.desk.actor
    foreign = prepaid_line(actor)
    drain()
    dealer = log_in("dealer", name="Dee Dealer")
    assert dealer.post(f"products/{foreign.number}/top-up", {"amount": "10"}).status_code == 404
    assert left(f"{foreign.number}/main") == "0.00"
