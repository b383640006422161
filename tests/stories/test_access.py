"""Access from end to end: people with second factors, a dealer's staff, a program with limits, and the record."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client

from linehouse.kernel.money import Money
from linehouse.platform.access import meter
from linehouse.platform.access.changes import changes_of
from linehouse.platform.access.clients import forget_identities
from linehouse.platform.access.models import User
from linehouse.platform.access.service import grant_role, limit_of
from linehouse.platform.control.models import ApiClient
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.work import Actor
from tests.edge.desk.conftest import PERSON, Staff, text_of

PASSWORD = "quite-another-one-9"
FORM = "application/x-www-form-urlencoded"
CUSTOMERS = "/tmf-api/customerManagement/v4/customer"


@pytest.fixture
def boss(catalogue: str) -> Staff:
    """The brand's administrator, logged in."""
    cache.clear()
    mail.outbox.clear()
    user = User.objects.create_user("ada@robin.example", "a-long-demo-password", name="Ada Example")
    grant_role(user.id, catalogue, "admin")
    client = Client()
    with realm_scope(CONTROL):
        client.force_login(user)
    return Staff(client, catalogue)


def come_in(boss: Staff, email: str, **role: str) -> Staff:
    """Invited, a password set by the link of the mail, logged in."""
    given = {"email": email, "name": email.partition("@")[0].title(), "dealer": "", "reason": "hired"} | role
    assert boss.post("staff/invite", given).status_code == 200
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert link is not None
    browser = Client()
    form = browser.get(link.group(1), follow=True)
    assert browser.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    assert browser.post("/account/login/", {"login": email, "password": PASSWORD}).status_code == 302
    return Staff(browser, boss.brand)


def set_up_app(browser: Client) -> str:
    """An authenticator app; returns its secret."""
    asked = browser.get("/account/2fa/totp/activate/")
    page = browser.post(asked["Location"], {"password": PASSWORD}, follow=True)
    secret = re.search(r'value="([A-Z2-7]{16,})"', page.content.decode())
    assert secret is not None
    assert browser.post("/account/2fa/totp/activate/", {"code": code_of(secret.group(1))}).status_code == 302
    return secret.group(1)


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def test_people_come_in_with_what_their_role_carries_and_a_second_factor(boss: Staff) -> None:
    finn = come_in(boss, "finn@robin.example", role="finance")
    assert finn.get("ledger").status_code == 200
    assert finn.get("staff").status_code == 403
    actor = Actor("staff", str(User.objects.get(email="finn@robin.example").id), "Finn")
    assert limit_of(actor, "credit.write", "EUR") == Money.of("500.00", "EUR")
    boss.post("staff/second-factor", {"asked": "1", "reason": "the auditor wants it"})
    assert finn.get("ledger")["Location"] == "/account/2fa/"
    secret = set_up_app(finn.client)
    assert finn.get("ledger").status_code == 200
    cache.clear()
    again = Client()
    given = {"login": "finn@robin.example", "password": PASSWORD}
    assert again.post("/account/login/", given)["Location"] == "/account/2fa/authenticate/"
    assert again.get("/b/robin/ledger").status_code == 302
    assert again.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert again.get("/b/robin/ledger").status_code == 200
    assert [(one.what, one.actor, one.reason) for one in reversed(changes_of("robin"))][:4] == [
        ("invited", "Ada Example", "hired"),
        ("password set", "Finn", ""),
        ("second factor asked for", "Ada Example", "the auditor wants it"),
        ("authenticator app set up", "Finn", ""),
    ]


def test_a_dealer_serves_its_own_customers_by_desk_and_by_program(boss: Staff, events: Callable[[], list[str]]) -> None:
    dora = come_in(boss, "dora@shop.example", role="dealer", dealer="D-001")
    boss.register()
    mine = dora.register(email="mine@mail.example", family_name="Mine")["Location"].rsplit("/", 1)[-1]
    assert dora.get(f"customers/{mine}").status_code == 200
    assert dora.get("customers/C-000001").status_code == 404
    assert boss.get(f"customers/{mine}").status_code == 200
    till = Program(boss, ["customer.read", "customer.write", "order.read", "order.write"], dealer="D-001")
    (seen,) = till.get(CUSTOMERS).json()
    assert seen["characteristic"][0] == {"name": "customerNumber", "value": mine}
    house = Program(boss, ["customer.read"], name="All")
    assert len(house.get(CUSTOMERS).json()) == 2
    foreign = next(one["id"] for one in house.get(CUSTOMERS).json() if one["id"] != seen["id"])
    assert till.get(f"{CUSTOMERS}/{foreign}").status_code == 404
    assert "customer.customer.created" in events()


class Program:
    """A program that registered at the desk, with a token of its own."""

    def __init__(self, boss: Staff, scopes: list[str], **given: str) -> None:
        sights = dict.fromkeys(("customer_financial", "payment_account", "sim_secrets"), "hidden")
        form: dict[str, Any] = {
            "name": "Till",
            "scopes": scopes,
            "sees_customer_personal": "masked",
            "dealer": "",
            "per_minute": "",
            "monthly_quota": "",
            "token_seconds": "600",
            "reason": "the shop opens",
            **{f"sees_{group}": sight for group, sight in sights.items()},
            **given,
        }
        secret = re.search(r"lhs_[\w-]+", text_of(boss.post("clients/new", form)))
        assert secret is not None
        self.boss, self.secret = boss, secret.group()
        self.id = str(ApiClient.objects.get(name=form["name"]).id)
        self.token = self.ask_for_token(self.secret).json()["access_token"]

    def ask_for_token(self, secret: str) -> Any:
        pair = base64.b64encode(f"{self.id}:{secret}".encode()).decode()
        headers = {"host": "robin.localhost", "authorization": f"Basic {pair}"}
        return Client().post("/oauth/token", "grant_type=client_credentials", content_type=FORM, headers=headers)

    def get(self, path: str) -> Any:
        return Client().get(path, headers={"host": "robin.localhost", "authorization": f"Bearer {self.token}"})


def test_a_program_has_its_scopes_its_limits_and_an_end(boss: Staff) -> None:
    boss.post("customers/register", PERSON)
    shop = Program(boss, ["customer.read"], per_minute="4", monthly_quota="6")
    (found,) = shop.get(CUSTOMERS).json()
    assert "fenna@mail.example" not in json.dumps(found)
    refused = shop.get(f"{CUSTOMERS}?contactMedium.characteristic.emailAddress=fenna@mail.example")
    assert (refused.status_code, refused.json()["code"]) == (403, "access.field_hidden")
    assert shop.get("/tmf-api/productOrderingManagement/v4/productOrder").status_code == 403
    slow = shop.get(CUSTOMERS)
    assert (slow.status_code, slow.json()["code"], int(slow["Retry-After"]) <= 15) == (
        429,
        "access.too_many_calls",
        True,
    )
    ApiClient.objects.update(per_minute=None)
    meter.flush()
    forget_identities()
    assert [shop.get(CUSTOMERS).status_code for _ in range(4)] == [200, 200, 429, 429]
    page = text_of(boss.get(f"clients/{shop.id}"))
    assert "Calls this month 6 of 6" in page
    assert "Turned away this month 3" in page
    rotated = text_of(boss.post(f"clients/{shop.id}/rotate", {"overlap_hours": "0", "reason": "leaked"}))
    new = re.search(r"lhs_[\w-]+", rotated)
    assert new is not None
    assert shop.ask_for_token(shop.secret).status_code == 401
    assert shop.get(CUSTOMERS).status_code == 401
    assert shop.ask_for_token(new.group()).status_code == 429
    boss.post(f"clients/{shop.id}/revoke", {"reason": "closed"})
    assert shop.ask_for_token(new.group()).status_code == 401
    assert [one.what for one in changes_of("robin", subject_id=shop.id)] == [
        "client revoked",
        "secret rotated",
        "client registered",
    ]
