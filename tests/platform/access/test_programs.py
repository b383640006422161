"""API clients: what they are given, their secrets and tokens, and how soon what was taken no longer holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money
from linehouse.platform.access import oauth
from linehouse.platform.access.changes import AccessReasonMissing, changes_of
from linehouse.platform.access.clients import client_for_token, create_client, forget_identities
from linehouse.platform.access.errors import ClientUnknown, DealerMissing, ScopeUnknown
from linehouse.platform.access.grants import Sight
from linehouse.platform.access.models import User
from linehouse.platform.access.programs import (
    ClientWishes,
    change_program,
    program,
    programs,
    register_program,
    revoke_program,
    rotate_secret,
)
from linehouse.platform.access.service import grant_role, held_by, limit_of
from linehouse.platform.control.models import AccessChange, AccessToken, ApiClient, ClientSecret
from linehouse.platform.scope import CONTROL
from linehouse.platform.work import SYSTEM, Actor

READER = ClientWishes(name="Web shop", scopes=frozenset({"customer.read", "order.read"}))


def token_of(client_id: object, secret: str, scopes: frozenset[str] = READER.scopes) -> str:
    proved = oauth.proved_by_secret(str(client_id), secret)
    assert proved is not None
    token = oauth.new_access_token()
    oauth.keep_token(proved, token, scopes)
    return token


def test_only_hashes_are_kept(brand: str, actor: Actor) -> None:
    made = register_program(brand, READER, actor=actor, reason="the shop opens")
    token = token_of(made.client_id, made.secret)
    kept = str(list(ClientSecret.objects.values())) + str(list(AccessToken.objects.values()))
    kept += str(list(ApiClient.objects.values()))
    assert made.secret not in kept
    assert token not in kept
    assert made.secret[-4:] == made.hint == program(brand, made.client_id).secrets[0].hint


def test_a_token_carries_what_was_asked_for_and_still_held(brand: str, actor: Actor) -> None:
    made = register_program(brand, READER, actor=actor, reason="the shop opens")
    token = token_of(made.client_id, made.secret)
    found = client_for_token(token)
    assert found is not None
    assert (found.brand, found.scopes) == ("robin", READER.scopes)
    assert found.held.sight("customer.personal") is Sight.MASKED
    less = ClientWishes(name="Web shop", scopes=frozenset({"order.read"}))
    change_program(brand, made.client_id, less, actor=actor, reason="fewer")
    after = client_for_token(token)
    assert after is not None
    assert after.scopes == {"order.read"}


def test_a_token_is_proved_by_one_indexed_query_and_then_by_none(brand: str, actor: Actor) -> None:
    made = register_program(brand, READER, actor=actor, reason="the shop opens")
    for token in (token_of(made.client_id, made.secret), create_client("old", brand, frozenset({"clock.read"}))):
        forget_identities()
        for queries in (1, 0):
            with CaptureQueriesContext(connections[CONTROL]) as asked:
                assert client_for_token(token) is not None
            assert len(asked) == queries
        assert client_for_token(token + "x") is None


def test_rotation_lets_old_and_new_hold_side_by_side_for_a_while(brand: str, actor: Actor) -> None:
    first = register_program(brand, READER, actor=actor, reason="the shop opens")
    old_token = token_of(first.client_id, first.secret)
    second = rotate_secret(brand, first.client_id, overlap=timedelta(hours=1), actor=actor, reason="yearly")
    for secret in (first.secret, second.secret):
        assert oauth.proved_by_secret(str(first.client_id), secret) is not None
    third = rotate_secret(brand, first.client_id, overlap=timedelta(0), actor=actor, reason="leaked")
    for secret in (first.secret, second.secret):
        assert oauth.proved_by_secret(str(first.client_id), secret) is None
    assert client_for_token(old_token) is None
    assert client_for_token(token_of(first.client_id, third.secret)) is not None
    with pytest.raises(Invalid):
        rotate_secret(brand, first.client_id, overlap=timedelta(days=91), actor=actor, reason="late")


def test_what_is_revoked_or_over_no_longer_holds(brand: str, actor: Actor) -> None:
    made = register_program(brand, READER, actor=actor, reason="the shop opens")
    token = token_of(made.client_id, made.secret)
    assert client_for_token(token) is not None
    revoke_program(brand, made.client_id, actor=actor, reason="the shop closes")
    assert client_for_token(token) is None
    assert oauth.proved_by_secret(str(made.client_id), made.secret) is None
    assert program(brand, made.client_id).state == "revoked"
    gone = ClientWishes(name="Gone", scopes=READER.scopes, expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    over = register_program(brand, gone, actor=actor, reason="a trial")
    assert oauth.proved_by_secret(str(over.client_id), over.secret) is None
    assert program(brand, over.client_id).state == "expired"
    assert [one.name for one in programs(brand)] == ["Gone", "Web shop"]


def test_another_brands_client_is_not_there(brand: str, second_brand: str, actor: Actor) -> None:
    made = register_program(second_brand, READER, actor=actor, reason="theirs")
    assert programs(brand) == []
    for act in (
        lambda: program(brand, made.client_id),
        lambda: revoke_program(brand, made.client_id, actor=actor, reason="x"),
        lambda: rotate_secret(brand, made.client_id, overlap=timedelta(0), actor=actor, reason="x"),
    ):
        with pytest.raises(ClientUnknown):
            act()


@pytest.mark.parametrize(
    ("wishes", "error", "field"),
    [
        (ClientWishes(name=" ", scopes=READER.scopes), Invalid, "name"),
        (ClientWishes(name="x", scopes=frozenset({"customer.eat"})), ScopeUnknown, "scopes"),
        (ClientWishes(name="x", scopes=frozenset({"ledger.read"}), dealer="D-1"), ScopeUnknown, "scopes"),
        (ClientWishes(name="x", scopes=READER.scopes, per_minute=0), Invalid, "per_minute"),
        (ClientWishes(name="x", scopes=READER.scopes, token_seconds=5), Invalid, "token_seconds"),
        (ClientWishes(name="x", scopes=READER.scopes, sights={"a.b": Sight.PLAIN}), ScopeUnknown, "sights"),
    ],
)
def test_what_cannot_be_given_is_refused_by_name(
    brand: str, actor: Actor, wishes: ClientWishes, error: type[Invalid], field: str
) -> None:
    with pytest.raises(error) as refused:
        register_program(brand, wishes, actor=actor, reason="x")
    assert refused.value.field == field
    assert programs(brand) == []


def test_every_change_is_on_record_with_its_reason_and_stays(brand: str, actor: Actor) -> None:
    with pytest.raises(AccessReasonMissing):
        register_program(brand, READER, actor=actor, reason="  ")
    made = register_program(brand, READER, actor=actor, reason="the shop opens")
    rotate_secret(brand, made.client_id, overlap=timedelta(0), actor=actor, reason="yearly")
    revoke_program(brand, made.client_id, actor=actor, reason="the shop closes")
    found = changes_of(brand, subject_id=made.client_id)
    assert [(one.what, one.reason) for one in found] == [
        ("client revoked", "the shop closes"),
        ("secret rotated", "yearly"),
        ("client registered", "the shop opens"),
    ]
    assert {one.actor for one in found} == {"Ada Example"}
    for change in (lambda: AccessChange.objects.update(reason="x"), lambda: AccessChange.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"):
            change()


def test_limits_are_those_of_whoever_acts(brand: str) -> None:
    cor = User.objects.create_user("cor@robin.example", name="Cor")
    grant_role(cor.id, brand, "care")
    care = Actor("staff", str(cor.id), "Cor")
    assert limit_of(care, "credit.write", "EUR") == Money.of("25.00", "EUR")
    assert limit_of(Actor("staff", "cli:root", "root"), "credit.write", "EUR") is None
    assert limit_of(SYSTEM, "credit.write", "EUR") is None
    token = create_client("bot", brand, frozenset({"credit.write", "refund.write"}))
    found = client_for_token(token)
    assert found is not None
    bot = Actor("client", str(found.id), "bot")
    assert limit_of(bot, "credit.write", "EUR") == Money.of("25.00", "EUR")
    assert limit_of(bot, "refund.write", "EUR") == Money.zero("EUR")


def test_a_dealers_role_names_its_dealer(brand: str) -> None:
    dora = User.objects.create_user("dora@dealer.example", name="Dora")
    with pytest.raises(DealerMissing):
        grant_role(dora.id, brand, "dealer")
    grant_role(dora.id, brand, "dealer", "D-001")
    grant_role(dora.id, brand, "dealer", "D-002")
    assert held_by(dora.id, brand).dealer == "D-002"
