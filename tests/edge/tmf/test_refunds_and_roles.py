"""TMF676 refund and TMF672: money goes back with two pairs of eyes; roles are given and taken."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from linehouse.customer.values import CustomerRegistered
from linehouse.kernel.ids import new_id
from linehouse.platform.access.models import User
from linehouse.platform.access.permissions import ROLES
from linehouse.platform.access.service import grant_role, permissions_of
from tests.edge.tmf.conftest import ApiClient

REFUNDS = "payment/v4/refund"
PERMISSIONS = "rolesAndPermissions/v4/permission"
USER_ROLES = "rolesAndPermissions/v4/userRole"


def refund(jane: CustomerRegistered, value: float, **more: Any) -> dict[str, Any]:
    """Something of Jane's unused credit, back to her bank."""
    to = {"@type": "BankAccountTransfer", "accountNumber": "NL91 ABNA 0417 1643 00", "owner": "J. Lamborgizzia"}
    return {
        "account": {"id": str(jane.billing_account_id)},
        "paymentMethod": to,
        "totalAmount": {"unit": "EUR", "value": value},
        "description": "paid twice",
    } | more


@pytest.fixture
def credit(api: ApiClient, jane: CustomerRegistered) -> str:
    """Twenty euros that Jane paid and nothing is open for."""
    body = {
        "account": {"id": str(jane.billing_account_id)},
        "paymentMethod": {"@type": "Cash"},
        "totalAmount": {"unit": "EUR", "value": 20},
    }
    return str(api.post("payment/v4/payment", body).body["id"])


def test_unused_credit_goes_back(api: ApiClient, credit: str, jane: CustomerRegistered) -> None:
    asked = api.post(REFUNDS, refund(jane, 12.5, correlatorId="crm-4"))
    assert (asked.status, asked.body["status"]) == (201, "pendingAuthorization")
    assert (asked.body["totalAmount"]["value"], asked.body["paymentMethod"]["name"]) == (12.5, "•••4300")
    assert "0417" not in str(asked.body)
    assert api.get(f"{REFUNDS}/{asked.body['id']}").body == asked.body
    for query in (f"account.id={jane.billing_account_id}", f"status={asked.body['status']}"):
        assert api.get(f"{REFUNDS}?{query}").body == [asked.body]
    assert api.get(f"{REFUNDS}?status=nonsense").body == []
    assert api.post(REFUNDS, refund(jane, 12.5, correlatorId="crm-4")).body["id"] == asked.body["id"]
    assert credit


def test_a_wrong_refund_is_named(api: ApiClient, credit: str, jane: CustomerRegistered) -> None:
    assert credit

    def refused(body: dict[str, Any]) -> tuple[int, str]:
        answer = api.post(REFUNDS, body)
        return answer.status, answer.body["field"]

    to = refund(jane, 1)["paymentMethod"]
    assert refused(refund(jane, 21)) == (422, "/totalAmount")
    assert refused(refund(jane, 0)) == (400, "/totalAmount")
    assert refused(refund(jane, 5, paymentMethod=to | {"accountNumber": "NL00"})) == (
        400,
        "/paymentMethod/accountNumber",
    )
    assert refused(refund(jane, 5, paymentMethod=to | {"@type": "Cash"})) == (400, "/paymentMethod/@type")
    assert refused(refund(jane, 5, account={"id": str(new_id())}))[0] == 404
    assert api.get(REFUNDS).body == []


def test_roles_say_what_they_may_do(api: ApiClient) -> None:
    roles = api.get(USER_ROLES).body
    assert [role["id"] for role in roles] == sorted(ROLES)
    care = api.get(f"{USER_ROLES}/care").body
    assert {"action": "write", "function": "customer"} in care["entitlement"]
    assert {"action": "publish", "function": "catalog"} not in care["entitlement"]
    assert api.get(f"{USER_ROLES}/king").status == 404
    refused = api.post(USER_ROLES, {"entitlement": []})
    assert (refused.status, "decided with the product" in refused.body["message"]) == (405, True)


def test_roles_are_given_and_taken(api: ApiClient, brand: str) -> None:
    boss = User.objects.create_user("boss@robin.example", "a-long-demo-password", name="Bo Boss")
    ben = User.objects.create_user("ben@robin.example", "a-long-demo-password", name="Ben Example")
    grant_role(boss.id, brand, "admin")
    grant_role(ben.id, brand, "care")
    there = {one["user"]["name"]: one for one in api.get(PERMISSIONS).body}
    assert set(there) == {"Bo Boss", "Ben Example"}
    place = f"{PERMISSIONS}/{ben.id}"

    def role(name: str) -> dict[str, Any]:
        return {"userRole": {"id": name}, "manageableAsset": {"id": brand, "@referredType": "Brand"}}

    body = {"user": {"id": str(ben.id), "@referredType": "User"}, "validFor": {}, "assetUserRole": [role("finance")]}
    given = api.post(PERMISSIONS, body)
    assert given.status == 201
    assert [one["userRole"]["id"] for one in given.body["assetUserRole"]] == ["care", "finance"]
    assert "payment.write" in permissions_of(ben.id, brand)
    changed = api.patch(place, {"assetUserRole": [role("auditor")], "description": "moved to audit"})
    assert [one["userRole"]["id"] for one in changed.body["assetUserRole"]] == ["auditor"]
    assert "payment.write" not in permissions_of(ben.id, brand)
    for wrong, status, field in (
        ({"assetUserRole": [role("king")]}, 400, "/assetUserRole/0/userRole/id"),
        ({"assetUserRole": []}, 400, "/assetUserRole"),
        ({"description": "why"}, 400, "/description"),
    ):
        refused = api.patch(place, wrong)
        assert (refused.status, refused.body["field"]) == (status, field)
    last = api.patch(f"{PERMISSIONS}/{boss.id}", {"assetUserRole": [role("care")]})
    assert last.status in (409, 422)
    assert "access.write" in permissions_of(boss.id, brand)
    assert api.get(f"{PERMISSIONS}/{UUID(int=7)}").status == 404
