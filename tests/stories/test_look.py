"""Each brand has its own look: on its desk and its own host name, and never on the other's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.test import Client

from linehouse.catalog.errors import FilesInvalid
from linehouse.catalog.service import test_files as red_of
from linehouse.catalog.text.logo import checked_logo
from linehouse.edge.ui.look import DARK, LIGHT, stylesheet, tokens
from linehouse.kernel.colour import SHAPE, TEXT, contrast
from linehouse.platform.access.models import User
from linehouse.platform.access.service import grant_role
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.run.founding import found_brand
from linehouse.run.story.stage import PLAYER, Stage
from tests.conftest import ROBIN

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="#0b3d91"/>{}</svg>'


@pytest.mark.parametrize("primary", ["#b3261e", "#0b3d91", "#ffe000", "#000000", "#ffffff", "#777777", "#00ff88"])
def test_every_token_can_be_read_in_both_schemes(primary: str) -> None:
    found = tokens(primary)
    for scheme, surfaces in enumerate((LIGHT, DARK)):
        for name in ("accent", "accent-hover"):
            assert all(contrast(found[name][scheme], ground) >= TEXT for ground in surfaces), (name, scheme)
        assert contrast(found["accent"][scheme], found["accent-soft"][scheme]) >= TEXT
        for fill in ("accent-fill", "accent-fill-hover"):
            assert contrast(found["on-accent"][scheme], found[fill][scheme]) >= TEXT, (fill, scheme)
        assert contrast(found["accent-fill"][scheme], surfaces[1]) >= SHAPE


def brand_folder(at: Path, primary: str, logo: str) -> Path:
    folder = Path(shutil.copytree(ROBIN, at))
    text = (folder / "brand.yaml").read_text("utf-8").replace("#b3261e", primary).replace("Robin Mobile", "Wren")
    (folder / "brand.yaml").write_text(text.replace("brand: robin", "brand: wren"), "utf-8")
    (folder / "logo.svg").write_text(logo, "utf-8")
    return folder


def test_a_colour_that_cannot_be_read_is_refused(place: Stage, tmp_path: Path) -> None:
    red = red_of(brand_folder(tmp_path / "pale", "#ffe000", SVG.format(""))).red
    assert {(one.field, one.value) for one in red} == {("look.on-primary", "#ffffff"), ("look.primary", "#ffe000")}
    assert all("a contrast of at least 4.5 to 1" in one.expected for one in red)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        '<image href="http://a.example/x.png"/>',
        '<path onload="x()"/>',
        '<path style="fill:url(http://a.example)"/>',
        '<path fill="url(http://a.example/x)"/>',
        "<style>*{}</style>",
        "<foreignObject/>",
        "<?xml-stylesheet href='x'?>",
        "x" * 33_000,
    ],
)
def test_a_logo_is_a_drawing_and_nothing_else(inside: str) -> None:
    with pytest.raises(FilesInvalid):
        checked_logo(SVG.format(inside))


def test_two_brands_in_one_browser(place: Stage, installation: Installation, tmp_path: Path) -> None:
    folder = brand_folder(tmp_path / "wren", "#0b3d91", SVG.format(""))
    found_brand(installation, "wren", folder, actor=PLAYER, home=tmp_path, name="Wren")
    with realm_scope(CONTROL):
        user = User.objects.create_user("both@house.example", "a-long-demo-password", name="Both", is_staff=True)
        grant_role(user.id, "robin", "admin")
        grant_role(user.id, "wren", "admin")
        web = Client(headers={"host": "localhost"})
        web.force_login(user)
    for brand, other, primary in (("robin", "wren", "#b3261e"), ("wren", "robin", "#0b3d91")):
        page = web.get(f"/b/{brand}/customers").content.decode()
        assert f"/look/{brand}.css" in page
        assert f"/look/{brand}.svg" in page
        assert f"/look/{other}." not in page
        css = web.get(f"/look/{brand}.css")
        assert css.content.decode() == stylesheet(primary)
        assert web.get(f"/look/{brand}.css", headers={"If-None-Match": css.headers["ETag"]}).status_code == 304
    assert web.get("/look/wren.svg").content.decode() == SVG.format("")
    assert "sandbox" in web.get("/look/wren.svg").headers["Content-Security-Policy"]
    with realm_scope(CONTROL):
        guest = Client(headers={"host": "localhost"})
        assert guest.get("/look/robin.css").status_code == 404
        assert b"/look/" not in guest.get("/account/login/").content, "the house's own look"
        own = Client(headers={"host": "wren.localhost"})
        page = own.get("/account/login/").content.decode()
        assert "/look/wren.css" in page
        assert "Wren" in page
        assert own.get("/look/wren.css").status_code == 200
        assert own.get("/look/robin.css").status_code == 404
