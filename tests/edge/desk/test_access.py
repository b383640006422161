"""Staff, roles and programs at the desk; and a dealer's staff, who see nobody's customers but their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.edge.desk.conftest import DEALER, PERSON, Staff, text_of

from linehouse.kernel.clock import MachineClock
from linehouse.platform.access import lockout, meter
from linehouse.platform.access.changes import changes_of
from linehouse.platform.access.clients import client_for_token, create_client
from linehouse.platform.access.models import User
from linehouse.platform.access.service import grant_role, permissions_of
from linehouse.platform.control.models import ApiClient, Brand, ClientUsage
from linehouse.platform.scope import CONTROL, realm_scope

SHOP = {
    "name": "Web shop",
    "scopes": ["customer.read", "order.write"],
    "sees_customer_personal": "plain",
    "sees_customer_financial": "hidden",
    "sees_payment_account": "masked",
    "sees_sim_secrets": "hidden",
    "dealer": "",
    "per_minute": "30",
    "monthly_quota": "",
    "token_seconds": "900",
    "reason": "the shop opens",
}


@pytest.fixture(autouse=True)
def empty_outbox() -> None:
    """Mails of an earlier test are not this one's."""
    mail.outbox.clear()


def dealer_of(code: str, brand: str) -> Staff:
    """Somebody who works for a dealer."""
    user = User.objects.create_user(f"{code.lower()}@dealer.example", "a-long-demo-password", name=f"Dealer {code}")
    grant_role(user.id, brand, "dealer", code)
    client = Client()
    with realm_scope(CONTROL):
        client.force_login(user)
    return Staff(client, brand)


def test_somebody_is_invited_sets_a_password_and_comes_in(ada: Staff) -> None:
    invited = ada.post(
        "staff/invite",
        {"email": "New@robin.example", "name": "Nora New", "role": "care", "dealer": "", "reason": "hired"},
    )
    page = text_of(invited)
    assert "Nora New is invited" in page
    link = re.search(r"http://testserver(/account/password/reset/key/[^\s<]+)", page)
    assert link is not None
    (sent,) = mail.outbox
    assert (sent.to, link.group(1) in str(sent.body)) == (["new@robin.example"], True)
    browser = Client()
    form = browser.get(link.group(1), follow=True)
    new = {"password1": "quite-another-one-9", "password2": "quite-another-one-9"}
    assert browser.post(form.request["PATH_INFO"], new).status_code == 302
    given = {"login": "new@robin.example", "password": "quite-another-one-9"}
    assert browser.post("/account/login/", given)["Location"] == "/"
    assert browser.get("/b/robin/customers").status_code == 200
    assert "Nora New" in text_of(ada.get("staff"))


def test_whoever_has_a_log_in_already_keeps_it(ada: Staff, second_brand: str) -> None:
    known = User.objects.create_user("wil@wren.example", "a-long-demo-password", name="Wil Wren")
    grant_role(known.id, second_brand, "admin")
    answer = ada.post(
        "staff/invite",
        {"email": "wil@wren.example", "name": "", "role": "finance", "dealer": "", "reason": "helps out"},
    )
    assert answer.status_code == 302
    assert mail.outbox == []
    assert "billing.approve" in permissions_of(known.id, "robin")
    refused = ada.post(f"staff/{known.id}/end-sessions", {"reason": "to annoy"})
    assert refused.status_code == 302
    assert "they work for another brand as well" in text_of(ada.get(f"staff/{known.id}")).lower()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": "nonsense"}, "This is no e-mail address"),
        ({"name": ""}, "A log-in needs a name"),
        ({"role": "dealer"}, "The role dealer needs a dealer's code"),
        ({"reason": " "}, "This field is required"),
    ],
)
def test_an_invitation_that_is_wrong_says_so(ada: Staff, changes: dict[str, str], message: str) -> None:
    data = {"email": "new@robin.example", "name": "Nora", "role": "care", "dealer": "", "reason": "hired"}
    assert message in text_of(ada.post("staff/invite", data | changes)).replace("&#x27;", "'")
    assert not User.objects.filter(email="new@robin.example").exists()


def test_roles_are_given_and_taken_with_a_reason(ada: Staff, log_in: Callable[..., Staff]) -> None:
    log_in("care", name="Cor Care")
    cor = User.objects.get(name="Cor Care")
    ada.post(f"staff/{cor.id}/give-role", {"role": "finance", "dealer": "", "reason": "covers for Finn"})
    assert "billing.run" in permissions_of(cor.id, "robin")
    ada.post(f"staff/{cor.id}/take-role", {"role": "care", "reason": ""})
    assert "order.write" in permissions_of(cor.id, "robin")
    ada.post(f"staff/{cor.id}/take-role", {"role": "care", "reason": "moved"})
    assert "order.write" not in permissions_of(cor.id, "robin")
    page = text_of(ada.get(f"staff/{cor.id}"))
    assert "covers for Finn" in page
    assert "moved" in page
    assert ada.post(f"staff/{cor.id}/take-role", {"role": "finance", "reason": "left"})["Location"] == "/b/robin/staff"
    assert ada.get(f"staff/{cor.id}").status_code == 404


def test_the_last_who_gives_access_stays(ada: Staff) -> None:
    mine = User.objects.get(name="Ada Example")
    ada.post(f"staff/{mine.id}/take-role", {"role": "admin", "reason": "tired"})
    assert "Nobody would be left who can give access" in text_of(ada.get("staff"))
    assert "access.write" in permissions_of(mine.id, "robin")


def test_a_locked_log_in_is_seen_and_unlocked(ada: Staff, log_in: Callable[..., Staff]) -> None:
    log_in("care", name="Cor Care")
    cor = User.objects.get(name="Cor Care")
    for _ in range(lockout.FAILURES):
        lockout.note_failure(cor.email)
    assert "Locked after failed log-ins until" in text_of(ada.get(f"staff/{cor.id}"))
    ada.post(f"staff/{cor.id}/unlock", {"reason": "he called"})
    assert lockout.locked_until(cor.email) is None
    assert [one.what for one in changes_of("robin", subject_id=cor.id)] == ["log-in unlocked", "log-in locked"]


def test_somebody_is_logged_out_everywhere(ada: Staff, log_in: Callable[..., Staff]) -> None:
    cor = log_in("care", name="Cor Care")
    assert cor.get("customers").status_code == 200
    user = User.objects.get(name="Cor Care")
    ada.post(f"staff/{user.id}/end-sessions", {"reason": "lost laptop"})
    assert cor.get("customers").status_code == 302
    ada.post(f"staff/{user.id}/forget-factor", {"reason": "lost telephone"})
    assert [one.what for one in changes_of("robin", subject_id=user.id)][:2] == [
        "second factor taken away",
        "sessions ended",
    ]


def test_the_brand_asks_for_a_second_factor(ada: Staff) -> None:
    ada.post("staff/second-factor", {"asked": "1", "reason": ""})
    assert not Brand.objects.get(key="robin").second_factor
    ada.post("staff/second-factor", {"asked": "1", "reason": "the auditor wants it"})
    assert ada.get("customers")["Location"] == "/account/2fa/"


def test_roles_are_explained_with_amounts_and_fields(ada: Staff) -> None:
    page = text_of(ada.get("roles"))
    assert "ledger.read" in page
    assert "up to 25.00 EUR" in page
    assert "own only" in page
    assert "customer.personal Contact data, birth date, nationality and documents of people" in page


def test_a_program_is_registered_its_secret_shown_once_and_it_calls(ada: Staff) -> None:
    page = text_of(ada.post("clients/new", SHOP))
    secret = re.search(r"lhs_[\w-]+", page)
    assert secret is not None
    row = ApiClient.objects.get()
    assert secret.group() not in text_of(ada.get(f"clients/{row.id}"))
    form = f"grant_type=client_credentials&client_id={row.id}&client_secret={secret.group()}"
    answer = Client().post("/oauth/token", form, content_type="application/x-www-form-urlencoded").json()
    assert answer["expires_in"] == 900
    bearer = {"authorization": f"Bearer {answer['access_token']}"}
    for _ in range(3):
        assert Client().get("/tmf-api/customerManagement/v4/customer", headers=bearer).status_code == 200
    meter.flush()
    shown = text_of(ada.get(f"clients/{row.id}"))
    assert "Calls this month 4" in shown
    assert "customerManagement" in shown
    assert "Web shop" in text_of(ada.get("clients"))


def test_a_program_is_changed_gets_a_new_secret_and_is_revoked(ada: Staff) -> None:
    ada.post("clients/new", SHOP)
    row = ApiClient.objects.get()
    form = ada.get(f"clients/{row.id}/edit").content.decode()
    assert re.search(r'value="customer.read"[^>]*checked', form)
    ada.post(f"clients/{row.id}/edit", SHOP | {"scopes": ["clock.read"], "per_minute": "", "reason": "less"})
    row.refresh_from_db()
    assert (row.scopes, row.per_minute) == (["clock.read"], None)
    assert "lhs_" in text_of(ada.post(f"clients/{row.id}/rotate", {"overlap_hours": "24", "reason": "yearly"}))
    first, second = row.secrets.order_by("created_at")
    assert second.expires_at is None
    assert first.expires_at is not None
    assert timedelta(hours=23) < first.expires_at - MachineClock().now() < timedelta(hours=25)
    assert ada.post(f"clients/{row.id}/revoke", {"reason": "closed"}).status_code == 302
    assert "Revoked" in text_of(ada.get(f"clients/{row.id}"))
    assert [one.reason for one in changes_of("robin", subject_id=row.id)] == [
        "closed", "yearly", "less", "the shop opens",
    ]  # fmt: skip


def test_a_program_of_another_brand_is_not_there(ada: Staff, second_brand: str) -> None:
    create_client("theirs", second_brand, frozenset({"clock.read"}))
    theirs = ApiClient.objects.get()
    for path in ("", "/edit", "/rotate", "/revoke"):
        assert ada.get(f"clients/{theirs.id}{path}").status_code == 404
    assert not ClientUsage.objects.exists()


def test_reading_access_is_not_giving_it(ada: Staff, log_in: Callable[..., Staff]) -> None:
    auditor = log_in("auditor")
    mine = User.objects.get(name="Ada Example", email__startswith="admin")
    for path in ("staff", "roles", "clients", f"staff/{mine.id}"):
        assert auditor.get(path).status_code == 200
    for path in ("staff/invite", "clients/new"):
        assert auditor.get(path).status_code == 403
    assert auditor.post(f"staff/{mine.id}/take-role", {"role": "admin", "reason": "x"}).status_code == 403
    assert log_in("care").get("staff").status_code == 403


def test_a_dealers_staff_see_and_serve_their_own_customers_alone(ada: Staff) -> None:
    dora, dirk = dealer_of(DEALER, "robin"), dealer_of("D-002", "robin")
    ada.register()
    mine = dora.register(email="mine@mail.example", family_name="Mine")
    number = mine["Location"].rsplit("/", 1)[-1]
    theirs = dirk.register(email="theirs@mail.example", family_name="Theirs")["Location"].rsplit("/", 1)[-1]
    house = "C-000001"
    listed = text_of(dora.get("customers"))
    assert ("Mine" in listed, "Theirs" in listed, "de Vries" in listed) == (True, False, False)
    for foreign in (theirs, house):
        for path in ("", "/edit", "/order", "/suspend", "?tab=timeline", "?tab=history"):
            assert dora.get(f"customers/{foreign}{path}").status_code == 404, (foreign, path)
        assert dora.post(f"customers/{foreign}/suspend", {"reason": "x"}).status_code == 404
    own = text_of(dora.get(f"customers/{number}"))
    assert "mine@mail.example" in own
    assert "Not billed yet" not in own
    for text in ("Theirs", "theirs@mail.example", house):
        assert theirs not in text_of(dora.get(f"palette?q={text}"))
        assert theirs not in text_of(dora.get(f"search?q={text}"))
        assert theirs not in text_of(dora.get(f"customers?q={text}"))
    assert len(re.findall(r"C-00000\d", dora.get("customers?format=csv").content.decode())) == 1
    for name in ("Mine", "Theirs", "de Vries"):
        assert name in text_of(ada.get("customers"))


def test_orders_of_others_customers_are_not_there_for_a_dealer(ada: Staff) -> None:
    dora = dealer_of(DEALER, "robin")
    ada.register()
    number = dora.register(email="mine@mail.example", family_name="Mine")["Location"].rsplit("/", 1)[-1]
    wish = {"offering": "robin-sim-only-20"}
    theirs = ada.post("customers/C-000001/order", wish)["Location"].rsplit("/", 1)[-1]
    own = dora.post(f"customers/{number}/order", wish)["Location"].rsplit("/", 1)[-1]
    assert dora.get(f"orders/{own}").status_code == 200
    assert dora.get(f"orders/{theirs}").status_code == 404
    assert dora.post(f"orders/{theirs}/cancel").status_code == 404
    listed = text_of(dora.get("orders"))
    assert (own in listed, theirs in listed) == (True, False)
    assert (dora.get("products/S-000002").status_code, dora.get("products/S-000001").status_code) == (200, 404)
    assert dora.post("customers/C-000001/order", wish).status_code == 404


def test_what_shows_more_than_their_own_is_closed_to_a_dealer(ada: Staff) -> None:
    dora = dealer_of(DEALER, "robin")
    assert dora.get("").status_code == 403
    assert "Dashboard" not in text_of(dora.get("customers"))
    assert dora.client.get(dora.client.get("/")["Location"]).status_code == 200
    for path in ("messages", "invoices", "ledger", "staff", "usage/records"):
        assert dora.get(path).status_code == 403


def test_a_duplicate_at_another_dealer_is_not_told(ada: Staff) -> None:
    ada.register()
    again = dealer_of(DEALER, "robin").post("customers/register", PERSON)
    assert again.status_code == 302
    assert client_for_token("nonsense") is None


def test_nobody_searches_by_what_they_do_not_see(ada: Staff, log_in: Callable[..., Staff]) -> None:
    ada.register()
    marketing, care = log_in("marketing"), log_in("care")
    for text in ("fenna@mail.example", "%2B31201234567"):
        refused = marketing.get(f"customers?q={text}")
        assert refused.status_code == 403
        assert "cannot search by them" in text_of(refused)
        assert "C-000001" not in text_of(marketing.get(f"palette?q={text}"))
    assert "C-000001" in text_of(marketing.get("customers?q=fenna"))
    assert "C-000001" in text_of(care.get("customers?q=fenna@mail.example"))


def test_access_costs_one_query_besides_the_session_the_log_in_and_the_brand(ada: Staff) -> None:
    ada.get("roles")
    with CaptureQueriesContext(connections[CONTROL]) as asked:
        assert ada.get("roles").status_code == 200
    assert [re.findall(r'FROM "(\w+)"', query["sql"])[0] for query in asked] == [
        "django_session",
        "access_user",
        "control_brand",
        "control_membership",
    ]
