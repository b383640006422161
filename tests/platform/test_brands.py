"""A brand is a database: nothing crosses, and without a brand nothing is asked."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils.connection import ConnectionDoesNotExist

from linehouse.kernel.error import NotFound
from linehouse.platform.access.clients import forget_identities
from linehouse.platform.access.errors import NotAllowed
from linehouse.platform.access.models import User
from linehouse.platform.access.service import (
    allowed,
    brands_of,
    client_for_token,
    create_client,
    grant_role,
    require,
    staff_of,
)
from linehouse.platform.control.models import Brand
from linehouse.platform.documents.models import StoredDocument
from linehouse.platform.documents.service import load, store
from linehouse.platform.numbers.models import NumberSeries
from linehouse.platform.numbers.service import declare_series, next_number
from linehouse.platform.postgres import databases
from linehouse.platform.postgres.databases import BrandExists, Installation
from linehouse.platform.postgres.routing import GuardError, alias_for, find_brands_by, forget_database
from linehouse.platform.scope import CONTROL, NoBrand, NoRealm, brand_scope, realm_scope
from linehouse.platform.work import Actor, unit_of_work


def keep(actor: Actor, text: str) -> StoredDocument:
    with unit_of_work(actor):
        made = store("a.txt", "text/plain", text.encode(), kind="test", subject="x")
    return StoredDocument.objects.get(id=made)


def test_without_a_brand_no_query_runs(installation: Installation) -> None:
    with pytest.raises(NoBrand):
        list(StoredDocument.objects.all())
    with pytest.raises(NoBrand), unit_of_work(Actor("staff", "x", "x")):
        pass
    with pytest.raises(NoBrand):
        alias_for("documents")


def test_without_a_realm_the_default_connection_refuses() -> None:
    with pytest.raises(NoRealm):
        alias_for("auth")
    with pytest.raises(Exception, match="settings"):
        connection.cursor()


def test_the_default_connection_is_the_realms(installation: Installation, brand: str) -> None:
    with transaction.atomic():
        assert connection.settings_dict["NAME"] == installation.control_name
    with realm_scope(brand), transaction.atomic():
        assert connection.settings_dict["NAME"] == installation.brand_name(brand)


def test_what_one_brand_keeps_another_does_not_see(brand: str, second_brand: str, actor: Actor) -> None:
    mine = keep(actor, "robin's")
    with brand_scope(second_brand):
        assert not StoredDocument.objects.exists()
        with pytest.raises(NotFound):
            load(mine.id)
        with pytest.raises(GuardError):
            mine.save()
    assert load(mine.id).content == b"robin's"


def test_many_threads_of_two_brands_never_mix(brand: str, second_brand: str, actor: Actor) -> None:
    start = threading.Barrier(8)

    def write(number: int) -> None:
        key = (brand, second_brand)[number % 2]
        start.wait()
        with realm_scope(CONTROL), brand_scope(key):
            for _ in range(25):
                keep(actor, key)
        connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    for key in (brand, second_brand):
        with brand_scope(key):
            assert {bytes(d.content).decode() for d in StoredDocument.objects.all()} == {key}
            assert StoredDocument.objects.count() == 100


def test_numbers_are_gapless_also_when_a_transaction_rolls_back(brand: str, actor: Actor) -> None:
    with unit_of_work(actor):
        declare_series("bell", "B-{n:03d}")
        assert next_number("bell") == "B-001"
    with pytest.raises(ZeroDivisionError), unit_of_work(actor):
        _ = f"{next_number('bell')}{1 // 0}"
    with unit_of_work(actor):
        assert next_number("bell") == "B-002"
    with pytest.raises(NotFound), unit_of_work(actor):
        next_number("nobody's")

    def take(_: int) -> str:
        with realm_scope(CONTROL), brand_scope(brand), unit_of_work(actor):
            number = next_number("bell")
        connections.close_all()
        return number

    with ThreadPoolExecutor(6) as pool:
        taken = sorted(pool.map(take, range(30)))
    assert taken == [f"B-{n:03d}" for n in range(3, 33)]
    assert NumberSeries.objects.get(name="bell").next == 33


def test_a_brand_is_made_from_the_template_and_dropped(installation: Installation) -> None:
    databases.create_brand(installation, "wren", "Wren", ("wren.localhost",))
    with pytest.raises(BrandExists):
        databases.create_brand(installation, "wren", "Wren again")
    for wrong in ("control", "Wren", "1st", ""):
        with pytest.raises(NotFound, match="no key"):
            databases.create_brand(installation, wrong, "Wrong")
    assert Brand.objects.get(key="wren").schema_version == databases.schema_version()
    databases.drop_brand(installation, "wren")
    assert not installation.exists(installation.brand_name("wren"))
    with pytest.raises(NotFound):
        databases.drop_brand(installation, "wren")


def test_access_is_denied_unless_a_role_carries_it(installation: Installation, brand: str, second_brand: str) -> None:
    cor = User.objects.create_user("Cor@Robin.example", "long-enough-secret", name="Cor Care")
    assert cor.email == "cor@robin.example"
    assert not allowed(cor.id, brand, "customer.read")
    grant_role(cor.id, brand, "care")
    grant_role(cor.id, brand, "care")
    assert allowed(cor.id, brand, "customer.write")
    assert not allowed(cor.id, brand, "ledger.read")
    assert not allowed(cor.id, second_brand, "customer.read")
    with pytest.raises(NotAllowed, match=r"billing\.run"):
        require(cor.id, brand, "billing.run")
    with pytest.raises(KeyError):
        allowed(cor.id, brand, "customer.invent")
    with pytest.raises(KeyError):
        grant_role(cor.id, brand, "emperor")
    assert [b.key for b in brands_of(cor.id)] == [brand]
    assert [(user.name, roles) for user, roles in staff_of(brand)] == [("Cor Care", ["care"])]


def test_a_token_proves_one_client_of_one_brand(installation: Installation, brand: str) -> None:
    token = create_client("Shop", brand, frozenset({"order.write"}))
    client = client_for_token(token)
    assert client is not None
    assert (client.brand, client.may("order.write"), client.may("order.read")) == (brand, True, False)
    assert client_for_token(token[:-1]) is None
    with pytest.raises(KeyError):
        create_client("Shop", brand, frozenset({"order.invent"}))
    Brand.objects.filter(key=brand).update(frozen=True)
    forget_identities()
    while_frozen = client_for_token(token)
    assert while_frozen is not None
    assert "frozen" in while_frozen.closed


def test_health_tells_the_truth_and_an_unknown_host_is_nowhere(installation: Installation, brand: str) -> None:
    web = Client(headers={"host": "localhost"})
    assert web.get("/healthz").json() == {"status": "ok"}
    ready = web.get("/readyz")
    assert (ready.status_code, ready.json()["databases"][brand]) == (200, "ok")
    assert Client(headers={"host": "elsewhere.example"}).get("/").status_code == 404
    installation.drop(installation.brand_name(brand))
    connections[brand].close()
    ready = web.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")


def test_a_brand_made_elsewhere_is_found_in_the_registry_and_a_mere_name_is_not(
    installation: Installation, actor: Actor
) -> None:
    databases.create_brand(installation, "wren", "Wren")
    forget_database("wren")
    find_brands_by(lambda: databases.load_brands(installation))
    try:
        with brand_scope("wren"):
            assert keep(actor, "x").subject == "x"
        with brand_scope("nobody"), pytest.raises(ConnectionDoesNotExist):
            keep(actor, "x")
    finally:
        find_brands_by(None)
