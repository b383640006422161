"""TMF666, TMF676 and TMF678 in depth: every kind of account, money taken elsewhere, a bill between two cycles."""

from __future__ import annotations

from typing import Any

import pytest

from linehouse.customer.values import CustomerRegistered
from linehouse.kernel.ids import new_id
from linehouse.ledger import service as ledger
from tests.edge.tmf.conftest import BILLS, ApiClient, Month

ACCOUNTS = "accountManagement/v4"
PAYMENTS = "payment/v4/payment"
ON_DEMAND = "customerBillManagement/v4/customerBillOnDemand"


def payment(jane: CustomerRegistered, value: float, **more: Any) -> dict[str, Any]:
    """Cash that was taken for Jane's account."""
    return {
        "account": {"id": str(jane.billing_account_id)},
        "paymentMethod": {"@type": "Cash"},
        "totalAmount": {"unit": "EUR", "value": value},
    } | more


def test_an_account_is_seen_in_three_ways(api: ApiClient, month: Month, jane: CustomerRegistered) -> None:
    due = month.bill["amountDue"]
    billing, party, financial = (
        api.get(f"{ACCOUNTS}/{name}/{jane.billing_account_id}").body
        for name in ("billingAccount", "partyAccount", "financialAccount")
    )
    balances = {balance["balanceType"]: balance["amount"] for balance in billing["accountBalance"]}
    assert (balances["receivable"], balances["credit"]["value"]) == (due, 0)
    assert (billing["paymentStatus"], party["@type"], party["accountBalance"]) == (
        "due",
        "PartyAccount",
        billing["accountBalance"],
    )
    assert billing["financialAccount"]["href"] == financial["href"]
    assert [balance["amount"] for balance in financial["accountBalance"]] == [due]
    for name in ("partyAccount", "financialAccount"):
        listed = api.get(f"{ACCOUNTS}/{name}?relatedParty.id={jane.customer_id}").body
        assert [one["id"] for one in listed] == [str(jane.billing_account_id)]
        assert "is refused" not in str(listed)
        refused = api.post(f"{ACCOUNTS}/{name}", {"name": "x"})
        assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD")
        assert refused.body["message"].split(": ")[1]


def test_terms_to_choose_from(api: ApiClient, jane: CustomerRegistered) -> None:
    cycles = api.get(f"{ACCOUNTS}/billingCycleSpecification?limit=100").body
    assert [cycle["billingDateShift"] for cycle in cycles] == list(range(31))
    assert api.get(f"{ACCOUNTS}/billingCycleSpecification/monthly-15").body["name"] == "Monthly on day 15"
    assert api.get(f"{ACCOUNTS}/billingCycleSpecification/monthly-32").status == 404
    assert [one["id"] for one in api.get(f"{ACCOUNTS}/billFormat").body] == ["pdf-a3", "cii"]
    assert [one["id"] for one in api.get(f"{ACCOUNTS}/billPresentationMedia").body] == ["email", "print"]
    chosen = {"name": "Second", "relatedParty": [{"id": str(jane.customer_id), "@referredType": "Customer"}]}
    cycle = {"id": "monthly-15", "isRef": True, "name": "any"}
    opened = api.post(f"{ACCOUNTS}/billingAccount", chosen | {"billStructure": {"cycleSpecification": cycle}})
    assert opened.body["billStructure"]["cycleSpecification"]["id"] == "monthly-15"
    wrong = api.post(
        f"{ACCOUNTS}/billingAccount",
        chosen | {"billStructure": {"cycleSpecification": cycle | {"billingDateShift": 3}}},
    )
    assert (wrong.status, wrong.body["field"]) == (400, "/billStructure/cycleSpecification/billingDateShift")


def test_what_the_product_does_not_have_says_so(api: ApiClient) -> None:
    for method in ("GET", "POST"):
        answer = api.call(method, f"{ACCOUNTS}/settlementAccount", {} if method == "POST" else None)
        assert (answer.status, answer.body["code"]) == (501, "tmf.not_implemented")
    assert "partners" in answer.body["message"]


def test_an_account_is_closed_when_nothing_is_alive_on_it(
    api: ApiClient, month: Month, jane: CustomerRegistered
) -> None:
    assert month is not None
    chosen = {"name": "Second", "relatedParty": [{"id": str(jane.customer_id), "@referredType": "Customer"}]}
    second = api.post(f"{ACCOUNTS}/billingAccount", chosen).body["id"]
    refused = api.delete(f"{ACCOUNTS}/billingAccount/{jane.billing_account_id}")
    assert refused.status == 422
    assert {problem["code"] for problem in refused.body["problem"]} == {
        "insight.product_lives",
        "insight.money_open",
    }
    assert api.delete(f"{ACCOUNTS}/billingAccount/{second}").status == 204
    assert api.get(f"{ACCOUNTS}/billingAccount/{second}").body["state"] == "closed"
    assert api.delete(f"{ACCOUNTS}/billingAccount/{second}").status == 409


def test_cash_pays_a_bill(api: ApiClient, month: Month, jane: CustomerRegistered) -> None:
    due = month.bill["amountDue"]["value"]
    item = {"item": {"id": month.bill["id"], "@referredType": "CustomerBill"}}
    taken = api.post(PAYMENTS, payment(jane, due, correlatorId="till-7", description="counter 3", paymentItem=[item]))
    assert (taken.status, taken.body["status"], taken.body["paymentMethod"]["@type"]) == (201, "done", "Cash")
    assert (taken.body["correlatorId"], taken.body["description"]) == ("till-7", "counter 3")
    assert taken.body["paymentItem"][0]["item"]["id"] == month.bill["id"]
    assert api.get(f"{BILLS}/{month.bill['id']}").body["state"] == "settled"
    again = api.post(PAYMENTS, payment(jane, due, correlatorId="till-7", description="counter 3", paymentItem=[item]))
    assert (again.body["id"], again.headers["Idempotent-Replayed"]) == (taken.body["id"], "true")
    assert ledger.balance("till/cash", "EUR") == pytest.approx(due * 1_000_000)
    assert len(api.get(PAYMENTS).body) == 1


def test_a_wrong_payment_is_named(api: ApiClient, jane: CustomerRegistered) -> None:
    def refused(body: dict[str, Any]) -> tuple[int, str]:
        answer = api.post(PAYMENTS, body)
        return answer.status, (answer.body.get("problem") or [answer.body])[0]["field"]

    assert refused(payment(jane, 0)) == (400, "/totalAmount")
    assert refused(payment(jane, 5) | {"totalAmount": {"unit": "USD", "value": 5}}) == (400, "/totalAmount")
    assert refused(payment(jane, 5, paymentMethod={"@type": "Salt"})) == (400, "/paymentMethod/@type")
    assert refused(payment(jane, 5, paymentMethod={"@type": "BankAccountTransfer"})) == (400, "/paymentMethod/@type")
    assert refused(payment(jane, 5, paymentMethod={"@type": "BankCard"})) == (400, "/authorizationCode")
    assert refused(payment(jane, 5, account={"id": str(new_id())})) == (404, "/account/id")
    assert refused(payment(jane, 5, taxAmount={"unit": "EUR", "value": 1})) == (400, "/taxAmount")
    assert api.get(PAYMENTS).body == []


def test_a_bill_between_two_cycles(api: ApiClient, used: dict[str, Any], jane: CustomerRegistered) -> None:
    assert used
    asked = {"billingAccount": {"id": str(jane.billing_account_id)}, "description": "She moves abroad"}
    made = api.post(ON_DEMAND, asked)
    assert (made.status, made.body["state"]) == (201, "done")
    bill = api.get(f"{BILLS}/{made.body['customerBill']['id']}").body
    assert (bill["runType"], bill["billNo"]) == ("offCycle", "INV-000001")
    assert api.get(f"{ON_DEMAND}/{made.body['id']}").body == made.body
    assert api.get(f"{ON_DEMAND}?billingAccount.id={jane.billing_account_id}").body == [made.body]
    nothing = api.post(ON_DEMAND, asked)
    assert (nothing.status, nothing.body["field"]) == (422, "/billingAccount")
    assert api.post(ON_DEMAND, {"billingAccount": {"id": str(new_id())}}).status == 404
