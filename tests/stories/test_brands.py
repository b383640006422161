"""Several brands in one house: a second one in seconds, each with its own, none sees another's, and each can leave."""

from __future__ import annotations

import csv
import hashlib
import json
import time
from collections import defaultdict
from contextvars import Context
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client

from linehouse.billing import service as billing
from linehouse.customer import service as customers
from linehouse.edge.web.middleware import forget_hosts
from linehouse.insight.service.full_export import export_everything
from linehouse.kernel.error import Invalid, NotFound
from linehouse.ledger import service as ledger
from linehouse.platform.access.clients import forget_identities
from linehouse.platform.access.models import User
from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.access.service import create_client, grant_role
from linehouse.platform.clock.service import business_now
from linehouse.platform.control.models import ApiClient, Brand, BrandHost, Membership
from linehouse.platform.personal.access_log import looks_at
from linehouse.platform.postgres.brands import (
    BrandInUse,
    HostInvalid,
    HostTaken,
    add_host,
    end_brand,
    hosts_of,
    remove_host,
    set_frozen,
)
from linehouse.platform.postgres.databases import Installation, brands_at_work
from linehouse.platform.scope import CONTROL, brand_scope, realm_scope
from linehouse.run.founding import DEMO_START, found_brand
from linehouse.run.story import scenes
from linehouse.run.story.scenes import Play
from linehouse.run.story.stage import PLAYER, Stage
from tests.conftest import ROBIN

PASSWORD = "a-long-demo-password"


@pytest.fixture
def second(place: Stage, installation: Installation, tmp_path: Path) -> str:
    """A second brand beside the first, and how long it took is checked here."""
    began = time.monotonic()
    found_brand(installation, "wren", ROBIN, actor=PLAYER, home=tmp_path, name="Wren Telecom")
    assert time.monotonic() - began < 5, "a second brand in under five seconds"
    return "wren"


def staff(email: str, *roles: tuple[str, str]) -> Client:
    """A browser of somebody with these roles, by brand."""
    with realm_scope(CONTROL):
        user = User.objects.create_user(email, PASSWORD, name=email.partition("@")[0], is_staff=True)
        for brand, role in roles:
            grant_role(user.id, brand, role)
        web = Client(headers={"host": "localhost"})
        web.force_login(user)
    return web


def test_each_has_its_own_and_nobody_sees_the_others(place: Stage, second: str) -> None:
    play = Play(place)
    scenes.stock(play)
    scenes.register(play)
    with brand_scope(second):
        assert business_now() != DEMO_START, "its own clock"
        assert customers.count_customers().get("active", 0) == 0
    both = staff("both@house.example", ("robin", "care"), (second, "auditor"))
    one = staff("one@house.example", (second, "admin"))
    number = "C-000001"

    page = both.get(f"/b/robin/customers/{number}")
    assert page.status_code == 200
    assert b"Robin Mobile" in page.content
    # The same browser in the other brand: nothing of the first, neither by its number nor in a search.
    assert both.get(f"/b/{second}/customers/{number}").status_code == 404
    other = both.get(f"/b/{second}/customers", headers={"HX-Request": "true"})
    assert b"Fenna" not in other.content
    assert both.post(f"/b/{second}/customers/register", {}).status_code == 403, (
        "an auditor there, whatever they are here"
    )
    assert one.get("/b/robin/customers").status_code == 404
    # What a browser may keep for the way back is kept by nobody.
    for web, path in ((both, f"/b/robin/customers/{number}"), (both, f"/b/{second}/customers")):
        assert "no-store" in web.get(path).headers["Cache-Control"]


def test_a_domain_belongs_to_one_brand(place: Stage, second: str) -> None:
    add_host(second, "My.Wren.Example")
    assert hosts_of(second) == ["my.wren.example", "wren.localhost"]
    for wrong in ("my wren", "-x.example", "a" * 64, ""):
        with pytest.raises(HostInvalid):
            add_host(second, wrong)
    with pytest.raises(HostTaken):
        add_host("robin", "my.wren.example")
    with pytest.raises(HostTaken):
        add_host("robin", "localhost", frozenset({"localhost"}))
    token = create_client("Shop", second, frozenset(PERMISSIONS))
    with realm_scope(CONTROL):
        web = Client(headers={"host": "my.wren.example", "authorization": f"Bearer {token}"})
        assert web.get("/tmf-api/customerManagement/v4/customer").json() == []
        foreign = Client(headers={"host": "robin.localhost", "authorization": f"Bearer {token}"})
        assert foreign.get("/tmf-api/customerManagement/v4/customer").status_code == 403
    remove_host(second, "my.wren.example")
    with pytest.raises(NotFound):
        remove_host(second, "my.wren.example")


def test_a_frozen_brand_is_read_and_nothing_else(place: Stage, second: str, installation: Installation) -> None:
    web = staff("admin@house.example", ("robin", "admin"), (second, "admin"))
    token = create_client("Shop", second, frozenset(PERMISSIONS))
    assert set_frozen(second, frozen=True)
    assert not set_frozen(second, frozen=True)
    forget_hosts()
    forget_identities()
    assert brands_at_work(installation) == ["robin"], "its jobs wait"
    page = web.get(f"/b/{second}/customers")
    assert page.status_code == 200
    assert b"Wren Telecom is frozen" in page.content
    refused = web.post(f"/b/{second}/customers/register", {"given_name": "Ada"})
    assert refused.status_code == 403
    assert b"nothing can be changed" in refused.content
    api = Client(headers={"host": "localhost", "authorization": f"Bearer {token}"})

    def ask() -> Any:
        # As a request comes in: no brand is set yet.
        return Context().run(api.get, "/tmf-api/customerManagement/v4/customer")

    with realm_scope(CONTROL):
        answer = ask()
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "60"), answer.content
        assert "frozen" in answer.json()["message"] + answer.json()["reason"]
        closed = Client(headers={"host": "wren.localhost"}).get("/account/login/")
        assert (closed.status_code, closed.headers["Retry-After"]) == (503, "60")
    assert web.get("/b/robin/customers").status_code == 200
    set_frozen(second, frozen=False)
    forget_hosts()
    forget_identities()
    assert brands_at_work(installation) == ["robin", second]
    with realm_scope(CONTROL):
        assert ask().status_code == 200


def test_the_end_of_a_brand_leaves_nothing_and_needs_it_frozen(
    place: Stage, second: str, installation: Installation
) -> None:
    staff("one@house.example", (second, "admin"))
    create_client("Shop", second, frozenset(PERMISSIONS))
    with pytest.raises(BrandInUse, match="not frozen"):
        end_brand(installation, second)
    set_frozen(second, frozen=True)
    connections[second].close()
    with psycopg.connect(installation.dsn.conninfo(installation.brand_name(second))) as working:
        working.execute("SELECT 1")
        with pytest.raises(BrandInUse, match="sessions work"):
            end_brand(installation, second)
    end_brand(installation, second)
    assert not installation.exists(installation.brand_name(second))
    assert not Brand.objects.filter(key=second).exists()
    for left in (BrandHost, Membership, ApiClient):
        assert not left.objects.filter(brand_id=second).exists()
    assert brands_at_work(installation) == ["robin"]


def read_rows(folder: Path, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "tables" / f"{table}.ndjson").read_text().splitlines()]


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def test_a_brand_can_leave_with_everything(place: Stage, tmp_path: Path) -> None:
    play = Play(place)
    for scene in scenes.SCENES:
        scene.act(play)
    with pytest.raises(Invalid, match="reason"):
        export_everything(tmp_path / "x", actor=PLAYER, personal=True)
    folder = tmp_path / "closed"
    made = export_everything(folder, actor=PLAYER)
    with pytest.raises(Invalid, match="not empty"):
        export_everything(folder, actor=PLAYER)

    # From here on only what a stranger has: the files.
    manifest = json.loads((folder / "manifest.json").read_text())
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert {table: len(read_rows(folder, table)) for table in manifest["rows"]} == manifest["rows"]
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    classes = {
        (a["account"], a["asset"]): a["account"].partition("/")[0] for a in read_csv(folder / "ledger/accounts.csv")
    }
    balances: dict[tuple[str, str], int] = defaultdict(int)
    for move in read_csv(folder / "ledger" / "journal.csv"):
        for side, place_of in (("debit", 0), ("credit", 1)):
            account = (move[side], move["asset"])
            sums[move["asset"], classes[account]][place_of] += int(move["amount"])
            balances[account] += int(move["amount"]) if side == "debit" else -int(move["amount"])
    assert all(
        sum(side[0] for (asset, _), side in sums.items() if asset == wanted)
        == sum(side[1] for (asset, _), side in sums.items() if asset == wanted)
        for wanted in {asset for asset, _ in sums}
    ), "debit equals credit in every asset"
    told = {(line.asset, line.account_class): [line.debit, line.credit] for line in ledger.trial_balance()}
    written = {
        (line["asset"], line["class"]): [int(line["debit"]), int(line["credit"])]
        for line in read_csv(folder / "ledger" / "trial-balance.csv")
    }
    assert written == told
    assert dict(sums) == told, "what the journal sums up to, without any of our code"
    receivable = sum(amount for (key, _), amount in balances.items() if key.startswith("receivable/"))
    invoices = billing.search_invoices(limit=1000)[0]
    assert receivable == sum(invoice.open.micros for invoice in invoices if invoice.number)
    exported = {row["number"] for row in read_rows(folder, "billing_invoice") if row["number"]}
    assert exported == {invoice.number for invoice in invoices if invoice.number}
    assert (folder / "catalog" / "brand.yaml").read_bytes() == (ROBIN / "brand.yaml").read_bytes()
    meanings = {(row["table"], row["column"]): row for row in read_csv(folder / "dictionary.csv")}
    assert meanings["billing_invoice", "number"]["type"].startswith("character varying")
    assert made.documents == len([row for row in read_csv(folder / "documents.csv") if row["file"]])

    # What is personal leaves only when somebody says so, and those concerned can see that.
    everything = "".join(file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file())
    assert "fenna.devries@mail.example" not in everything
    open_folder = tmp_path / "open"
    export_everything(open_folder, actor=PLAYER, personal=True, reason="the brand moves to another system")
    assert "Fenna" in (open_folder / "tables" / "party_individual.ndjson").read_text()
    person = customers.customer_view(play.customers["fenna"]).party_id
    assert any("export" in look.through for look in looks_at(person)[0])
