"""Credits and refunds at the desk: within the limit at once, beyond it by somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.edge.desk.conftest import Staff, text_of

from linehouse.billing import service as billing
from linehouse.customer import service as customers
from linehouse.payment import service as payments
from linehouse.platform.approval import service as approval
from linehouse.platform.outbox import registry
from linehouse.platform.runner import drain

LogIn = Callable[..., Staff]


def registered(ada: Staff) -> str:
    ada.register()
    return customers.find_customers(limit=1).rows[0].number


def credit(staff: Staff, number: str, amount: str) -> str:
    account = customers.find_billing_accounts().rows[0].number
    given = {"account": account, "amount": amount, "reason": "goodwill", "note": "sorry", "once": f"once-{amount}"}
    return text_of(staff.client.post(f"/b/{staff.brand}/customers/{number}/credit", given, follow=True))


def test_a_credit_within_the_limit_stands_on_the_account_and_goes_back(
    ada: Staff, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening = {n: c for n, c in registry._consumers.items() if n.startswith(("billing.", "payment."))}
    monkeypatch.setattr(registry, "_consumers", listening)
    number = registered(ada)
    care, fay = log_in("care", name="Cor Care"), log_in("finance", name="Fay Finance")
    assert "Give a credit" in text_of(care.get(f"customers/{number}?tab=credits"))
    told = credit(care, number, "20,00")
    assert "CR-000001: 20.00 EUR by credit note CN-000001" in told
    drain()
    assert "20.00" in text_of(care.get(f"customers/{number}?tab=credits"))
    beyond = credit(care, number, "30.00")
    assert "AP-000001 waits for somebody else" in beyond
    approval.approve("AP-000001", actor=fay.get("approvals").wsgi_request.desk.actor)
    assert billing.credits_given()[1] == 2
    assert "credit note" in text_of(care.get("credits/CR-000002")).casefold()
    fay.post("credits/CR-000002", {"reason": "wrong customer"})
    assert billing.credit("CR-000002").state == "reversed"
    drain()

    account = customers.find_billing_accounts().rows[0].number
    wrong = fay.post(
        f"customers/{number}/refund",
        {"account": account, "amount": "5", "iban": "NL00", "holder": "F", "reason": "asked"},
    )
    assert "no IBAN" in text_of(wrong)
    asked = {
        "account": account,
        "amount": "20.00",
        "iban": "NL91ABNA0417164300",
        "holder": "Fenna de Vries",
        "reason": "leaves us",
    }
    fay.post(f"customers/{number}/refund", asked)
    assert payments.refund("RF-000001").state == "requested"
    ada.post(f"approvals/{payments.refund('RF-000001').proposal}/approve")
    listed = text_of(ada.get("refunds"))
    assert "1 approved refund waits for the bank" in listed
    fay.post("refunds/export")
    shown = text_of(ada.get("refunds/RF-000001"))
    assert "RB-000001" in shown
    assert "NL91ABNA0417164300" in shown
    auditor = log_in("auditor", name="Aud Auditor")
    assert "NL91ABNA0417164300" not in text_of(auditor.get("refunds/RF-000001"))
    of = payments.refund("RF-000001").shares[0][0]
    assert "RF-000001" in text_of(fay.get(f"payments/{of}"))
    fay.post("refunds/RF-000001/returned", {"reason": "account closed"})
    assert payments.refund("RF-000001").state == "returned"
    assert "20.00" in text_of(fay.get(f"customers/{number}?tab=credits"))
    assert fay.post("refunds/RF-000001/nonsense").status_code == 404
