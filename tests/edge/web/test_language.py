"""Whose language a page is in, and how its numbers and dates are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client, RequestFactory
from django.utils.translation import override

from linehouse.edge.ui import formats
from linehouse.edge.ui.charts import bars
from linehouse.edge.ui.drawing import mirrored
from linehouse.edge.web.language import language_of
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity
from linehouse.platform.access.models import User
from tests.edge.desk.conftest import Staff, log_in, selling, text_of

__all__ = ["log_in", "selling"]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("pl,fr;q=0.7,en;q=0.3", "fr"),
        ("pl", "en"),
        ("", "en"),
        ("ar-EG", "ar"),
        ("nonsense;;q=x", "en"),
    ],
)
def test_before_the_log_in_the_browser_says_which_language(header: str, code: str) -> None:
    request = RequestFactory().get("/", headers={"accept-language": header})
    assert language_of(request) == code


def test_the_log_in_page_speaks_the_browsers_language(brand: str) -> None:
    client = Client()
    german = client.get("/account/login/", headers={"accept-language": "de"})
    assert '<html lang="de" dir="ltr"' in german.content.decode()
    assert "Anmelden" in text_of(german)
    arabic = client.get("/account/login/", headers={"accept-language": "ar"})
    assert '<html lang="ar" dir="rtl"' in arabic.content.decode()


def test_a_choice_before_the_log_in_is_kept_in_a_cookie(brand: str) -> None:
    client = Client()
    client.post("/language", {"language": "nl"})
    assert "Inloggen" in text_of(client.get("/account/login/", headers={"accept-language": "de"}))
    client.post("/language", {"language": "xx"})
    assert "Inloggen" in text_of(client.get("/account/login/"))


def test_the_choice_goes_with_the_log_in_to_every_machine(selling: str, log_in: Callable[..., Staff]) -> None:
    ada = log_in("admin")
    ada.client.post("/language", {"language": "de"})
    assert User.objects.get(email="admin@robin.example").language == "de"
    ada.client.cookies.pop("language")  # another browser
    page = text_of(ada.get("customers"))
    assert "Noch kein Kunde" in page
    assert "Kunden registrieren" in page


def test_numbers_amounts_and_dates_are_the_languages(selling: str, log_in: Callable[..., Staff]) -> None:
    ada = log_in("admin")
    ada.client.post("/language", {"language": "de"})
    assert "Umsatz in diesem Monat 0,00 €" in text_of(ada.get())
    assert 'value="2026-11-01"' in ada.get("bill-runs/start").content.decode()  # browsers' own date fields take ISO


def test_programs_are_answered_in_english_whatever_they_ask_for(brand: str) -> None:
    answer = Client().get("/tmf-api/", headers={"accept-language": "de"})
    assert answer.headers.get("Content-Language", "en") == "en"


@pytest.mark.parametrize(
    ("code", "money", "number", "quantity", "day"),
    [
        ("en", "€ 1,234.50", "1,234,567", "1.5 GB", "1 Nov 2026"),
        ("de", "1.234,50 €", "1.234.567", "1,5 GB", "1 Nov. 2026"),
        ("fr", "1\u202f234,50 €", "1\u202f234\u202f567", "1,5 GB", "1 nov. 2026"),
        ("nl", "€ 1.234,50", "1.234.567", "1,5 GB", "1 nov 2026"),
        ("es", "1234,50 €", "1.234.567", "1,5 GB", "1 nov 2026"),
        ("ar", "1,234.50 €", "1,234,567", "1.5 GB", "1 نوفمبر 2026"),
    ],
)
def test_each_language_writes_figures_its_own_way(code: str, money: str, number: str, quantity: str, day: str) -> None:
    with override(code):
        assert formats.money_text(Money(1_234_500_000, "EUR")).replace("\u00a0", " ") in {
            money,
            money.replace("1234", "1.234"),
        }
        assert formats.number_text(1_234_567) == number
        assert formats.quantity_text(Quantity.parse("1.5 GB")) == quantity
        assert formats.date_text(date(2026, 11, 1)) == day


def test_no_digit_of_an_amount_is_lost_in_any_language() -> None:
    for code, said in (("en", "−€ 0.152501"), ("de", "−0,152501 €"), ("ar", "−0.152501 €")):
        with override(code):
            assert formats.money_text(Money(-152_501, "EUR")).replace("\u00a0", " ") == said


def test_charts_begin_where_reading_begins() -> None:
    with override("en"):
        left = bars("Birds", ["Mon", "Tue"], [1, 2]).wide
    with override("ar"):
        right = bars("Birds", ["Mon", "Tue"], [1, 2]).wide
    assert right == mirrored(left)
    assert left.rects[0].x < left.rects[1].x
    assert right.rects[0].x > right.rects[1].x
    assert mirrored(right) == left
