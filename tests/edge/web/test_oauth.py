"""OAuth 2.0 client credentials, over HTTP."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from linehouse.platform.access.programs import ClientWishes, NewSecret, register_program
from linehouse.platform.control.models import ApiClient
from linehouse.platform.work import Actor

CLOCK = "/house/v1/clock"
SCOPES = frozenset({"clock.read", "customer.read"})
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def shop(brand: str, actor: Actor) -> NewSecret:
    """A client of Robin."""
    return register_program(brand, ClientWishes(name="Shop", scopes=SCOPES), actor=actor, reason="test")


def basic(shop: NewSecret) -> dict[str, str]:
    pair = base64.b64encode(f"{shop.client_id}:{shop.secret}".encode()).decode()
    return {"authorization": f"Basic {pair}"}


def ask(path: str, body: str, headers: dict[str, str] | None = None, host: str = "robin.localhost") -> Any:
    answer = Client().post(path, body, content_type=FORM, headers={"host": host} | (headers or {}))
    assert isinstance(answer, HttpResponse)
    return answer


def call(token: str, host: str = "robin.localhost", path: str = CLOCK) -> Any:
    return Client().get(path, headers={"host": host, "authorization": f"Bearer {token}"})


def test_a_token_by_header_or_by_form(shop: NewSecret) -> None:
    form = f"grant_type=client_credentials&client_id={shop.client_id}&client_secret={shop.secret}"
    for answer in (ask("/oauth/token", "grant_type=client_credentials", basic(shop)), ask("/oauth/token", form)):
        body = answer.json()
        assert answer.status_code == 200
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
        assert set(body["scope"].split()) == SCOPES
        assert answer["Cache-Control"] == "no-store"
        assert call(body["access_token"]).status_code == 200


def test_fewer_scopes_on_demand_never_more(shop: NewSecret) -> None:
    less = ask("/oauth/token", "grant_type=client_credentials&scope=customer.read", basic(shop))
    assert less.json()["scope"] == "customer.read"
    assert call(less.json()["access_token"]).status_code == 403
    more = ask("/oauth/token", "grant_type=client_credentials&scope=customer.read+ledger.read", basic(shop))
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("grant_type=password&username=a&password=b", "unsupported_grant_type"),
        ("grant_type=authorization_code&code=x", "unsupported_grant_type"),
        ("scope=customer.read", "invalid_request"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
    ],
)
def test_no_other_flow_is_offered(shop: NewSecret, body: str, error: str) -> None:
    answer = ask("/oauth/token", body, basic(shop))
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_who_cannot_prove_itself_is_told_nothing(shop: NewSecret) -> None:
    grant = "grant_type=client_credentials"
    wrong = [
        ask("/oauth/token", grant),
        ask("/oauth/token", f"{grant}&client_id={shop.client_id}&client_secret=lhs_guess"),
        ask("/oauth/token", f"{grant}&client_id=nonsense&client_secret={shop.secret}"),
        ask("/oauth/token", f"{grant}&client_id={shop.client_id}&client_secret={shop.secret}", basic(shop)),
        ask("/oauth/token", grant, {"authorization": "Basic !!!"}),
        ask("/oauth/token", grant, {"authorization": "Basic /////w=="}),
    ]
    for answer in wrong:
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
        assert answer["WWW-Authenticate"].startswith("Basic")
    for path in ("/oauth/revoke", "/oauth/introspect"):
        assert ask(path, "token=x").status_code == 401
    assert Client().get("/oauth/token", headers={"host": "robin.localhost"}).status_code == 405
    asjson = Client().post("/oauth/token", "{}", content_type="application/json", headers={"host": "robin.localhost"})
    assert asjson.status_code == 400


def test_host_and_client_agree_on_the_brand(shop: NewSecret, second_brand: str) -> None:
    grant = "grant_type=client_credentials"
    assert ask("/oauth/token", grant, basic(shop), host="wren.localhost").status_code == 401
    token = ask("/oauth/token", grant, basic(shop), host="localhost").json()["access_token"]
    assert call(token, host="wren.localhost").status_code == 403
    assert call(token, host="localhost").status_code == 200
    assert call(token).status_code == 200


def test_a_token_can_be_given_back_and_asked_about(shop: NewSecret, second_brand: str, actor: Actor) -> None:
    token = ask("/oauth/token", "grant_type=client_credentials", basic(shop)).json()["access_token"]
    facts = ask("/oauth/introspect", f"token={token}", basic(shop)).json()
    assert facts["active"] is True
    assert facts["client_id"] == str(shop.client_id)
    assert set(facts["scope"].split()) == SCOPES
    theirs = register_program(second_brand, ClientWishes(name="Theirs", scopes=SCOPES), actor=actor, reason="test")
    stranger = {"host": "wren.localhost"}
    foreign = ask("/oauth/introspect", f"token={token}", basic(theirs), stranger["host"])
    assert foreign.json() == {"active": False}
    assert ask("/oauth/revoke", f"token={token}", basic(theirs), stranger["host"]).status_code == 200
    assert call(token).status_code == 200
    assert ask("/oauth/revoke", f"token={token}", basic(shop)).status_code == 200
    assert call(token).status_code == 401
    assert ask("/oauth/introspect", f"token={token}", basic(shop)).json() == {"active": False}


def test_beyond_the_rate_the_answer_says_when_to_come_again(shop: NewSecret) -> None:
    ApiClient.objects.update(per_minute=3)
    token = ask("/oauth/token", "grant_type=client_credentials", basic(shop)).json()["access_token"]
    first = call(token)
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("3", "1")
    assert call(token, path="/tmf-api/customerManagement/v4/customer").status_code == 200
    refused = call(token, path="/tmf-api/customerManagement/v4/customer")
    body = json.loads(refused.content)
    assert refused.status_code == 429
    assert (body["code"], body["status"], body["@type"]) == ("access.too_many_calls", "429", "Error")
    assert 1 <= int(refused["Retry-After"]) <= 20
    assert refused["RateLimit-Remaining"] == "0"


def test_the_place_of_everything_is_published(brand: str) -> None:
    found = Client().get("/.well-known/oauth-authorization-server", headers={"host": "robin.localhost"}).json()
    assert found["token_endpoint"] == "http://robin.localhost/oauth/token"
    assert found["grant_types_supported"] == ["client_credentials"]
