"""A brand that sells, and browsers in which staff have logged in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from tests.conftest import ROBIN

from linehouse.catalog.service import apply_files
from linehouse.platform.access.models import User
from linehouse.platform.access.policy import OWN_ROLES
from linehouse.platform.access.service import grant_role
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.platform.work import Actor
from linehouse.resource.service import seed_stock

DEALER = "D-001"
"""For whom a dealer's staff works."""
PERSON = {
    "given_name": "Fenna",
    "family_name": "de Vries",
    "birth_date": "1991-04-12",
    "email": "fenna@mail.example",
    "phone": "",
    "street1": "Lindengracht 7",
    "street2": "",
    "postcode": "1015 KB",
    "city": "Amsterdam",
    "country": "NL",
    "language": "en",
    "document_kind": "passport",
    "document_number": "",
    "document_country": "",
    "cycle_day": "",
}


@dataclass(slots=True)
class Staff:
    """Somebody at the desk of a brand."""

    client: Client
    brand: str

    def get(self, path: str = "", **headers: str) -> Any:
        """Open a screen of the brand."""
        return self.client.get(f"/b/{self.brand}/{path}", headers=headers)

    def post(self, path: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
        """Send a form of the brand."""
        return self.client.post(f"/b/{self.brand}/{path}", data or {}, headers=headers)

    def register(self, **changes: str) -> Any:
        """Register a person."""
        return self.post("customers/register", PERSON | changes)


def text_of(answer: HttpResponseBase) -> str:
    """What a reader sees of a page, on one line."""
    assert isinstance(answer, HttpResponse)
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ")


@pytest.fixture
def log_in(brand: str) -> Callable[..., Staff]:
    """Makes members of staff: ``log_in("care")``."""

    def make(*roles: str, brands: tuple[str, ...] = ("robin",), name: str = "Ada Example") -> Staff:
        user = User.objects.create_user(
            f"{'-'.join(roles) or 'nobody'}@robin.example", "a-long-demo-password", name=name
        )
        for key in brands:
            for role in roles:
                grant_role(user.id, key, role, DEALER if role in OWN_ROLES else "")
        client = Client()
        with realm_scope(CONTROL):
            client.force_login(user)
        return Staff(client, brand)

    return make


@pytest.fixture
def selling(brand: str, actor: Actor) -> str:
    """The brand with its catalogue and stock."""
    apply_files(ROBIN, actor=actor)
    seed_stock(actor=actor)
    return brand


@pytest.fixture
def ada(selling: str, log_in: Callable[..., Staff]) -> Staff:
    """An administrator of the brand that sells."""
    return log_in("admin")
