"""`linehouse brand delete`: the name is typed, a last backup and a last export are made, then nothing is left."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from click.testing import CliRunner, Result
from django.db import connections

from linehouse.kernel.error import Invalid, NotFound
from linehouse.ledger.service import ledger_hash
from linehouse.platform.access import oauth
from linehouse.platform.access.clients import forget_identities
from linehouse.platform.access.models import User
from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.access.programs import ClientWishes, register_program
from linehouse.platform.access.service import brands_of, create_client, grant_role
from linehouse.platform.backup.shelf import Shelf
from linehouse.platform.checks import verify
from linehouse.platform.control.models import AccessToken, ApiClient, Brand, BrandHost, ClientSecret, Membership
from linehouse.platform.postgres.brands import BrandInUse, add_host
from linehouse.platform.scope import CONTROL, brand_scope
from linehouse.run import restoring
from linehouse.run.commands import brand as commands
from linehouse.run.founding import found_brand
from linehouse.run.keeping.backups import keys_of
from linehouse.run.story.stage import PLAYER
from tests.conftest import ROBIN
from tests.stories.keeping import Keeper, as_a_command, found_robin, homes, how_many, one_more, silent

OF_A_BRAND = (BrandHost, Membership, ApiClient)


def call(home: Keeper, *arguments: str, typed: str = "") -> Result:
    """The command as somebody gives it."""
    with as_a_command():
        os.environ.update(home.settings.to_env())
        return CliRunner().invoke(commands.command, arguments, input=typed)


def told_in_control(text: str) -> list[str]:
    """The tables of the control database in which the text stands."""
    found = []
    with connections[CONTROL].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{text}%"])
            if cursor.fetchone() != (0,):
                found.append(table)
    return sorted(found)


def test_a_brand_is_deleted_with_a_last_backup_and_export(tmp_path: Path) -> None:
    folder = tmp_path / "last export"
    with homes(tmp_path) as home:
        here = home("here")
        with here.server():
            with here.open() as found:
                found_robin(found, here.settings.home)
                found_brand(found, "wren", ROBIN, actor=PLAYER, home=here.settings.home, name="Wren Telecom")
                one_more("Bram", "wren")
                add_host("wren", "my.wren.example")
                user = User.objects.create_user("cor@house.example", "a-long-demo-password", name="Cor")
                for key in ("robin", "wren"):
                    grant_role(user.id, key, "care")
                    create_client(f"Shop of {key}", key, frozenset(PERMISSIONS))
                wishes = ClientWishes(name="Wren's shop", scopes=frozenset({"customer.read"}))
                made = register_program("wren", wishes, actor=PLAYER, reason="a shop")
                proved = oauth.proved_by_secret(str(made.client_id), made.secret)
                assert proved is not None
                oauth.keep_token(proved, oauth.new_access_token(), frozenset({"customer.read"}))
                with brand_scope("robin"):
                    books = ledger_hash()
                before = {model: model.objects.filter(brand_id="robin").count() for model in OF_A_BRAND}

            # An open brand is not deleted, nor one whose name is typed wrongly: then nothing has happened at all.
            assert isinstance(call(here, "delete", "wren", str(folder)).exception, BrandInUse)
            assert call(here, "freeze", "wren").exit_code == 0
            assert isinstance(call(here, "delete", "wren", str(folder), typed="wren\n").exception, Invalid)
            assert isinstance(call(here, "delete", "wrn", str(folder)).exception, NotFound)
            assert not folder.exists()
            assert Shelf(here.settings.backups).all() == []
            with here.open():
                assert how_many("wren") == 1

            done = call(here, "delete", "wren", str(folder), typed="Wren Telecom\n")
            assert done.exit_code == 0, (done.output, done.exception)
            assert "Type the name of the brand (Wren Telecom)" in done.output
            shelf = Shelf(here.settings.backups)
            (last,) = shelf.all()
            assert last.id in done.output
            shelf.verify(last, keys_of(here.settings), silent)
            manifest = json.loads((folder / "manifest.json").read_text())
            for name, digest in manifest["sha256"].items():
                assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
            assert manifest["rows"]["customer_customer"] == 1

            with here.open() as found:
                forget_identities()
                assert not found.exists(found.brand_name("wren"))
                assert list(Brand.objects.values_list("key", flat=True)) == ["robin"]
                assert told_in_control("wren") == ["control_accesschange"], "who gave access to whom stays written"
                assert (ClientSecret.objects.count(), AccessToken.objects.count()) == (0, 0)
                assert oauth.proved_by_secret(str(made.client_id), made.secret) is None
                assert [each.key for each in brands_of(user.id)] == ["robin"]
                # The other brand is what it was.
                assert {model: model.objects.filter(brand_id="robin").count() for model in OF_A_BRAND} == before
                with brand_scope("robin"):
                    assert (how_many(), ledger_hash()) == (2, books)
                    assert [result.name for result in verify() if not result.holds] == []

            with as_a_command():
                report = restoring.one_brand(here.settings, last.id, "wren", "wren", None, silent, force=False)
            assert report.holds, report.lines
            with here.open():
                assert how_many("wren") == 1
                assert BrandHost.objects.get(host="my.wren.example").brand_id == "wren"
