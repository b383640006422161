"""Founding a brand: its database, clock, catalog, number series and the folders of its partners."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from linehouse.balance.money_text import FILE as MONEY
from linehouse.balance.service import apply_money_file
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.catalog.service import apply_files, published
from linehouse.edge.documents.brand_templates import keep_templates
from linehouse.notify.service import apply_texts
from linehouse.platform.characteristics.files import FILE as CHARACTERISTICS
from linehouse.platform.characteristics.files import read_file as read_declarations
from linehouse.platform.characteristics.service import apply as apply_declarations
from linehouse.platform.clock.service import set_manual
from linehouse.platform.partitions import ensure_ahead
from linehouse.platform.postgres.databases import Installation, create_brand
from linehouse.platform.scope import brand_scope
from linehouse.platform.timers import begin_all
from linehouse.platform.work import Actor, unit_of_work
from linehouse.simulators.world.brands import KnownBrand, make_known
from linehouse.usage.service import apply_feeds


def found_brand(
    installation: Installation,
    key: str,
    folder: Path,
    *,
    actor: Actor,
    home: Path | None = None,
    name: str | None = None,
    hosts: tuple[str, ...] = (),
    clock: datetime | None = None,
    frozen: bool = False,
) -> None:
    """Make a brand from its files. With ``clock`` its business clock stands there; otherwise it follows the machine's.
    A ``frozen`` brand is not served by workers and not reached by its hosts.

    With ``home`` the outside world is told of it, too. Raises BrandExists, FilesInvalid, PublishRefused; a brand whose
    catalog is refused is made all the same, without a catalog, so that its files can be mended and applied.
    """
    profile = read_catalogue(read_folder(folder)).catalogue.brand
    create_brand(installation, key, name or profile.name, (f"{key}.localhost", *hosts), frozen=frozen)
    with brand_scope(key):
        if clock is not None:
            set_manual(clock)
        with unit_of_work(actor, f"founding of {key}") as work:
            ensure_ahead(work.now)
            begin_all(work.now)
        apply_files(folder, actor=actor, note="first version")
        keep_templates(folder, actor=actor)
        if (folder / "feeds").is_dir():
            apply_feeds(folder / "feeds", actor=actor)
        if (folder / "notices").is_dir():
            apply_texts(folder / "notices", actor=actor)
        if (folder / CHARACTERISTICS).is_file():
            declarations = read_declarations((folder / CHARACTERISTICS).read_text(encoding="utf-8"))
            apply_declarations(declarations, actor=actor)
        if (folder / MONEY).is_file():
            apply_money_file((folder / MONEY).read_text(encoding="utf-8"), actor=actor)
        account = published().brand.bank_account
        if home is not None:
            make_known(
                home,
                KnownBrand(
                    key=key,
                    name=name or profile.name,
                    iban=account.iban,
                    holder=account.holder,
                    currency=profile.currency,
                    country=profile.country,
                ),
            )


DEMO_START = datetime.fromisoformat("2026-11-01T08:00:00+00:00")
"""Where the demo brand's clock stands at first: 09:00 in Amsterdam on the first of November 2026."""
