"""Who gets in, and what the door says to the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory
from tests.edge.desk.conftest import Staff, text_of

from linehouse.edge.desk.access import back
from linehouse.platform.access.permissions import ROLES


def test_who_is_not_logged_in_is_asked_to_and_comes_back(brand: str) -> None:
    answer = Client().get("/b/robin/jobs?state=failed")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=/b/robin/jobs%3Fstate%3Dfailed"


def test_a_part_of_a_page_makes_the_page_reload_when_the_session_is_over(brand: str) -> None:
    answer = Client().get("/b/robin/clock/progress", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_a_stranger_does_not_learn_that_the_brand_exists(brand: str, log_in: Callable[..., Staff]) -> None:
    nobody = log_in()
    here, nowhere = nobody.get(), nobody.client.get("/b/nowhere/")
    assert (here.status_code, nowhere.status_code) == (404, 404)
    assert text_of(here) == text_of(nowhere)


def test_a_role_opens_its_screens_only(brand: str, log_in: Callable[..., Staff]) -> None:
    marketing = log_in("marketing")
    refused = marketing.get("ledger")
    assert refused.status_code == 403
    assert "This needs the permission ledger.read" in text_of(refused)
    assert "Ledger" not in text_of(marketing.get("clock"))
    assert marketing.get("clock").status_code == 200


def test_reading_is_not_writing(brand: str, log_in: Callable[..., Staff]) -> None:
    auditor = log_in("auditor")
    assert auditor.get("clock").status_code == 200
    assert auditor.post("clock", {"step": "day"}).status_code == 403
    assert "Move on" not in text_of(auditor.get("clock"))


def test_one_brand_is_opened_at_once_and_several_are_offered(
    brand: str, second_brand: str, log_in: Callable[..., Staff]
) -> None:
    assert log_in("care").client.get("/")["Location"] == "/b/robin/"
    both = log_in("admin", brands=("robin", "wren"))
    assert "Wren Telecom" in text_of(both.client.get("/"))
    assert "change brand" in text_of(both.get("clock"))
    assert "You work for no brand" in text_of(log_in().client.get("/"))


def test_nothing_is_there_before_a_catalogue_but_the_way_to_it(brand: str, log_in: Callable[..., Staff]) -> None:
    admin = log_in("admin")
    assert "Nothing is sold here yet" in text_of(admin.get())
    assert admin.get("customers/register").status_code == 503


@pytest.mark.parametrize(
    ("referer", "to"),
    [
        ("http://testserver/b/robin/jobs?page=2", "http://testserver/b/robin/jobs?page=2"),
        ("http://testserver//evil.example/", "http://testserver//evil.example/"),
        ("http://testserver.evil.example/", "/b/robin/x"),
        ("https://evil.example/", "/b/robin/x"),
        ("javascript:alert(1)", "/b/robin/x"),
        ("", "/b/robin/x"),
    ],
)
def test_one_is_never_sent_back_to_somebody_else(referer: str, to: str) -> None:
    assert back(RequestFactory().post("/b/robin/x", headers={"Referer": referer}))["Location"] == to


def test_the_colour_scheme_is_kept_in_a_cookie(brand: str) -> None:
    client = Client()
    assert client.post("/theme", {"theme": "dark"}, headers={"X-Requested-With": "fetch"}).status_code == 204
    assert client.cookies["theme"].value == "dark"
    assert 'data-theme="dark"' in client.get("/account/login/").content.decode()
    client.post("/theme", {"theme": "<script>"})
    assert client.cookies["theme"].value == ""


def test_what_does_not_exist_is_said_in_our_words(ada: Staff) -> None:
    for path in ("nothing", "customers/C-999999", "orders/O-1", "invoices/INV-1", "customers/C-000001/dance"):
        answer = ada.get(path)
        assert answer.status_code == 404
        assert "Error 404" in text_of(answer)


def test_every_page_carries_the_policy(ada: Staff) -> None:
    for path in ("", "customers", "nothing"):
        assert "script-src 'self'" in ada.get(path)["Content-Security-Policy"]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_comes_in_at_a_screen_that_it_may_open(brand: str, log_in: Callable[..., Staff], role: str) -> None:
    somebody = log_in(role)
    entrance = somebody.client.get("/")
    assert entrance.status_code == 302
    assert somebody.client.get(entrance["Location"]).status_code == 200
