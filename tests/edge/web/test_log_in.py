"""Log-in: lock-out after failures, second factors, sessions."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client

from linehouse.kernel.clock import FixedClock
from linehouse.platform.access import lockout
from linehouse.platform.access.changes import changes_of
from linehouse.platform.access.models import LogInFailures, User
from linehouse.platform.access.service import grant_role
from linehouse.platform.control.models import Brand
from linehouse.platform.work import Actor
from tests.edge.desk.conftest import text_of

ADDRESS, PASSWORD = "cor@robin.example", "a-long-demo-password"
NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_remembered_limits() -> None:
    """Rate limits of the log-in library live in the process's memory."""
    cache.clear()
    mail.outbox.clear()


@pytest.fixture
def cor(brand: str) -> User:
    """Somebody of care at Robin."""
    user = User.objects.create_user(ADDRESS, PASSWORD, name="Cor Care")
    grant_role(user.id, brand, "care")
    return user


def log_in(password: str = PASSWORD, address: str = ADDRESS, client: Client | None = None) -> Any:
    return (client or Client()).post("/account/login/", {"login": address, "password": password})


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def with_app(client: Client) -> str:
    """Set up an authenticator app in a browser; returns its secret."""
    asked = client.get("/account/2fa/totp/activate/")
    assert asked["Location"].startswith("/account/reauthenticate/")
    page = client.post(asked["Location"], {"password": PASSWORD}, follow=True)
    secret = re.search(r'value="([A-Z2-7]{16,})"', page.content.decode())
    assert secret is not None
    answer = client.post("/account/2fa/totp/activate/", {"code": code_for(secret.group(1))})
    assert answer.status_code == 302
    return secret.group(1)


def test_five_failures_lock_an_address_even_for_the_right_password(cor: User) -> None:
    for _ in range(lockout.FAILURES):
        assert "not correct" in text_of(log_in("wrong"))
    locked = log_in()
    assert locked.status_code == 200
    assert "this address is locked until" in text_of(locked)
    assert "Whoever gives access in your brand can unlock it" in text_of(locked)
    assert [(one.what, one.subject) for one in changes_of("robin")] == [("log-in locked", "Cor Care")]


def test_nobodys_address_is_locked_as_well_and_kept_by_its_hash(cor: User) -> None:
    for _ in range(lockout.FAILURES):
        log_in("wrong", "nobody@robin.example")
    assert "this address is locked until" in text_of(log_in("wrong", "nobody@robin.example"))
    assert "nobody" not in str(list(LogInFailures.objects.values()))
    assert changes_of("robin") == []


def test_a_lock_ends_by_itself_and_by_an_administrator(
    cor: User, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FixedClock(NOW)
    monkeypatch.setattr(lockout, "MachineClock", lambda: clock)
    for _ in range(lockout.FAILURES):
        lockout.note_failure(ADDRESS)
    assert lockout.locked_until(ADDRESS.upper()) == NOW + lockout.LOCKED
    lockout.unlock(ADDRESS, actor=actor, reason="he called")
    assert lockout.locked_until(ADDRESS) is None
    (unlocked, _) = changes_of("robin", subject_id=cor.id)
    assert (unlocked.what, unlocked.reason, unlocked.actor) == ("log-in unlocked", "he called", "Ada Example")
    for _ in range(lockout.FAILURES):
        lockout.note_failure(ADDRESS)
    clock.set(NOW + lockout.LOCKED)
    assert lockout.locked_until(ADDRESS) is None


def test_failures_long_apart_do_not_add_up_and_success_forgets_them(cor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FixedClock(NOW)
    monkeypatch.setattr(lockout, "MachineClock", lambda: clock)
    for minute in range(0, 100, 5):
        clock.set(NOW + timedelta(minutes=minute))
        lockout.note_failure(ADDRESS)
        if minute % 15 == 0:
            assert log_in().status_code == 302
    assert lockout.locked_until(ADDRESS) is None


def test_an_authenticator_app_is_asked_for_and_its_key_is_encrypted(cor: User) -> None:
    browser = Client()
    assert log_in(client=browser)["Location"] == "/"
    secret = with_app(browser)
    kept = Authenticator.objects.get(user=cor, type=Authenticator.Type.TOTP)
    assert secret not in str(kept.data)
    noted = {(one.what, one.actor) for one in changes_of("robin", subject_id=cor.id)}
    assert ("authenticator app set up", "Cor Care") in noted
    other = Client()
    assert log_in(client=other)["Location"] == "/account/2fa/authenticate/"
    assert other.get("/b/robin/customers").status_code == 302
    page = other.get("/account/2fa/authenticate/")
    assert "Your password was right" in text_of(page)
    assert "Incorrect code" in text_of(other.post("/account/2fa/authenticate/", {"code": "000000"}))
    cache.clear()  # the same code is taken once
    assert other.post("/account/2fa/authenticate/", {"code": code_for(secret)})["Location"] == "/"
    assert other.get("/b/robin/customers").status_code == 200


def test_a_recovery_code_lets_in_once(cor: User) -> None:
    browser = Client()
    log_in(client=browser)
    with_app(browser)
    codes = browser.get("/account/2fa/recovery-codes/download/").content.decode().split()
    one = next(word for word in codes if re.fullmatch(r"[0-9]{8}", word))
    for expected in (302, 200):
        cache.clear()
        other = Client()
        log_in(client=other)
        assert other.post("/account/2fa/authenticate/", {"code": one}).status_code == expected


def test_where_the_brand_asks_for_it_who_moves_money_sets_up_a_second_factor_first(cor: User) -> None:
    reader = User.objects.create_user("pia@robin.example", PASSWORD, name="Pia Product")
    grant_role(reader.id, "robin", "auditor")
    Brand.objects.update(second_factor=True)
    browser, other = Client(), Client()
    log_in(client=browser)
    log_in(address=reader.email, client=other)
    sent = browser.get("/b/robin/customers")
    assert (sent.status_code, sent["Location"]) == (302, "/account/2fa/")
    assert "Robin Mobile asks for a second factor" in text_of(browser.get("/account/2fa/"))
    assert other.get("/b/robin/customers").status_code == 200
    with_app(browser)
    assert browser.get("/b/robin/customers").status_code == 200


def test_one_sees_where_one_is_logged_in_and_ends_it_there(cor: User) -> None:
    here, there, third = Client(), Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/130.0"}), Client()
    for browser in (here, there, third):
        log_in(client=browser)
    page = text_of(here.get("/account/sessions/"))
    assert "Firefox · Linux" in page
    assert "this one" in page
    theirs = UserSession.objects.get(session_key=there.session.session_key)
    assert here.post("/account/sessions/end/", {"session": theirs.pk}).status_code == 302
    assert there.get("/b/robin/customers")["Location"].startswith("/account/login/")
    assert here.post("/account/sessions/end/", {"session": "others"}).status_code == 302
    assert third.get("/b/robin/customers")["Location"].startswith("/account/login/")
    assert here.get("/b/robin/customers").status_code == 200


def test_nobody_ends_anothers_session(cor: User) -> None:
    mine, theirs = Client(), Client()
    log_in(client=mine)
    User.objects.create_user("eve@robin.example", PASSWORD, name="Eve")
    log_in(address="eve@robin.example", client=theirs)
    row = UserSession.objects.get(session_key=mine.session.session_key)
    for wanted in (str(row.pk), "999999", "x", "-1", "²"):
        assert theirs.post("/account/sessions/end/", {"session": wanted}).status_code == 404
    assert mine.get("/b/robin/customers").status_code == 200


def test_a_forgotten_password_is_set_by_a_link_that_holds_once(cor: User) -> None:
    for _ in range(lockout.FAILURES):
        log_in("wrong")
    for address in (ADDRESS, "nobody@robin.example"):
        assert Client().post("/account/password/reset/", {"email": address})["Location"].endswith("/done/")
    (sent,) = mail.outbox
    assert sent.to == [ADDRESS]
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", str(sent.body))
    assert link is not None
    browser = Client()
    form = browser.get(link.group(1), follow=True)
    new = {"password1": "quite-another-one-9", "password2": "quite-another-one-9"}
    assert browser.post(form.request["PATH_INFO"], new).status_code == 302
    assert "This link no longer holds" in text_of(Client().get(link.group(1), follow=True))
    assert log_in("quite-another-one-9").status_code == 302


@pytest.mark.parametrize("path", ["signup/", "email/", "password/set/", "confirm-email/", "2fa/webauthn/signup/"])
def test_pages_that_are_not_offered_are_not_there(cor: User, path: str) -> None:
    browser = Client()
    log_in(client=browser)
    for client in (browser, Client()):
        assert client.get(f"/account/{path}").status_code == 404
