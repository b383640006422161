"""The house behind TLS: cookies, origins and the desk's host name follow the public address."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec
import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from linehouse.edge.web.middleware import Realm
from linehouse.platform.scope import CONTROL, current_realm

NAMES = (
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "CSRF_TRUSTED_ORIGINS",
    "SECURE_PROXY_SSL_HEADER",
    "SECURE_HSTS_SECONDS",
    "ALLAUTH_TRUSTED_PROXY_COUNT",
    "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN",
)


def made_of(**environment: str) -> list[str]:
    """The settings that a process makes of these variables."""
    code = f"from linehouse.run import django_settings as s; print(*(repr(getattr(s, n)) for n in {NAMES!r}), sep='|')"
    path = {"PYTHONPATH": os.pathsep.join(sys.path), "HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=path | environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip().split("|")


def test_without_an_address_nothing_is_asked_of_the_transport() -> None:
    assert made_of() == ["False", "False", "[]", "None", "0", "0", "True"]


def test_behind_tls_cookies_stay_there_and_a_proxy_is_believed_only_when_told() -> None:
    url = "https://desk.example"
    alone = made_of(LINEHOUSE_PUBLIC_URL=url)
    assert alone == ["True", "True", f"['{url}']", "None", "31536000", "0", "False"]
    proxied = made_of(LINEHOUSE_PUBLIC_URL=url, LINEHOUSE_BEHIND_PROXY="true")
    assert proxied[3:6] == ["('HTTP_X_FORWARDED_PROTO', 'https')", "31536000", "1"]


@pytest.mark.parametrize(("host", "status"), [("desk.example", 200), ("other.example", 404)])
def test_the_public_host_is_the_desks(brand: str, host: str, status: int) -> None:
    def answer(_: HttpRequest) -> HttpResponse:
        return HttpResponse(current_realm())

    mine = msgspec.structs.replace(settings.SETTINGS, public_url="https://desk.example")
    with override_settings(SETTINGS=mine):
        found = Realm(answer)(RequestFactory().get("/", headers={"host": host}))
    assert found.status_code == status
    assert isinstance(found, HttpResponse)
    assert (found.content == CONTROL.encode()) is (status == 200)
