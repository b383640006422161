"""The restore as a person asks for it: put back, erase again who was erased since, verify, and say what came of it."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime

from linehouse.platform.backup.errors import RestoreRefused
from linehouse.platform.backup.keyring import Keyring
from linehouse.platform.backup.manifest import Manifest
from linehouse.platform.backup.shelf import Shelf
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.settings import Settings
from linehouse.run.at_work import installation
from linehouse.run.home import Home, with_secret_key
from linehouse.run.keeping import restore
from linehouse.run.keeping.erasures import bring_back_copies
from linehouse.run.welcome import Progress


@dataclass(slots=True)
class Report:
    """What came of it, in lines for people."""

    lines: list[str] = field(default_factory=list)
    holds: bool = True


def everything(settings: Settings, backup: str, to: datetime | None, told: Progress, *, force: bool) -> Report:
    """Put a whole installation back. Raises RestoreRefused, BackupUnknown, BackupDamaged, KeyMissing."""
    began = time.monotonic()
    shelf, keys = Shelf(settings.backups), Keyring.read(settings.backup_keys)
    manifest = shelf.find(backup, keys)
    home = Home(settings.home)
    home.open()
    if not home.lock():
        raise RestoreRefused("Linehouse runs for this home", field="LINEHOUSE_HOME", expected="`linehouse stop` first")
    report = Report()
    try:
        reached = _put_back(settings, manifest, shelf, keys, to, told, report, force=force)
    finally:
        home.unlock()
    report.lines.append(_what(manifest, reached, to))
    bring_back_copies(settings, keys)
    _check(with_secret_key(settings), manifest if not reached and manifest.exact else None, told, report)
    report.lines.append(f"Restored and verified in {time.monotonic() - began:.1f} s.")
    report.lines.append("Make a backup now: what is archived from here on does not continue the old ones.")
    return report


def _put_back(
    settings: Settings,
    manifest: Manifest,
    shelf: Shelf,
    keys: Keyring,
    to: datetime | None,
    told: Progress,
    report: Report,
    *,
    force: bool,
) -> str:
    from linehouse.platform.backup import wal
    from linehouse.run.keeping.keys import kept_keys, put_back

    if manifest.prefix != settings.database_prefix:
        raise RestoreRefused(
            "the backup's databases have another prefix",
            field="LINEHOUSE_DATABASE_PREFIX",
            value=settings.database_prefix,
            expected=manifest.prefix,
        )
    if manifest.kind == "physical":
        if settings.database_url:
            raise RestoreRefused(
                "a copy of an embedded server does not go into an external one",
                field="LINEHOUSE_DATABASE_URL",
                expected="`--brand`, one after the other, or a logical backup",
            )
        server = EmbeddedPostgres(settings.home, settings.postgres_port, account=settings.postgres_account or None)
        if server.status().data.exists():
            if not force:
                raise RestoreRefused(
                    "the home has a database already",
                    field="LINEHOUSE_HOME",
                    value=str(settings.home),
                    expected="an empty home, or --force, which puts the old database aside",
                )
            server.stop()
            report.lines.append(f"The old database lies in {restore.move_server_aside(settings)}.")
        put_back(kept_keys(manifest, shelf.folder(manifest.id), keys), settings, force=force)
        account = settings.postgres_account or None
        target = restore.target_of(to)
        reached = restore.rebuild_server(settings.home, manifest, shelf, keys, target, told, account=account)
        wal.begin_new_life(settings.home)
        return reached
    if to is not None:
        raise RestoreRefused("a dump is of one instant", field="to", value=to.isoformat(), expected="no `--to`")
    put_back(kept_keys(manifest, shelf.folder(manifest.id), keys), settings, force=force)
    from linehouse.platform.postgres.databases import Installation
    from linehouse.run.supervisor import database_of

    server_of = database_of(settings)
    restore.load_everything(Installation(server_of.start(), settings.database_prefix), manifest, shelf, keys, told)
    server_of.stop()
    return ""


def _what(manifest: Manifest, reached: str, to: datetime | None) -> str:
    if to is not None:
        return f"{manifest.id} and the archived log up to {to.isoformat()} are back."
    if reached:
        return f"{manifest.id} and the archived log up to its end ({reached}) are back."
    return f"{manifest.id} is back."


def _check(settings: Settings, exact: Manifest | None, told: Progress, report: Report) -> None:
    """Erase again who was erased since, and check every law of every brand."""
    with installation(settings, any_version=True) as found:
        from linehouse.platform.postgres.databases import load_brands
        from linehouse.platform.postgres.upgrading import behind
        from linehouse.run.keeping.erasures import erase_again
        from linehouse.run.keeping.ownership import make_ours

        make_ours(found, settings)
        if behind(found):
            report.lines.append(
                "The databases belong to an older release: `linehouse upgrade`, then `linehouse verify`."
            )
            return
        for key in load_brands(found):
            _check_brand(key, exact, told, report, erase_again(key))


def _check_brand(key: str, exact: Manifest | None, told: Progress, report: Report, erased: int) -> None:
    from linehouse.ledger.service import ledger_hash
    from linehouse.platform.checks import verify
    from linehouse.platform.control.models import Brand
    from linehouse.platform.scope import brand_scope
    from linehouse.run.keeping.figures import differences, figures_of, one_instant

    told(f"Verifying {key}")
    wanted = next((each for each in exact.brands if each.key == key), None) if exact is not None else None
    if wanted is not None and not erased:
        with one_instant(key):
            unequal = differences(wanted, figures_of(Brand.objects.get(key=key)))
        report.holds = report.holds and not unequal
        report.lines += [f"{key}: {line}" for line in unequal]
    with brand_scope(key):
        results = verify()
        digest = ledger_hash()
    broken = [result for result in results if not result.holds]
    report.holds = report.holds and not broken
    report.lines.append(f"{key}: {len(results) - len(broken)} of {len(results)} laws hold; ledger hash {digest}")
    for result in broken:
        for finding in result.verdict.findings[:5]:
            report.lines.append(
                f"{key}: {result.name}: {finding.subject}: expected {finding.expected}, found {finding.found}"
            )
    if erased:
        report.lines.append(f"{key}: {erased} people who were erased since are erased again")


def one_brand(
    settings: Settings, backup: str, key: str, as_key: str, to: datetime | None, told: Progress, *, force: bool
) -> Report:
    """Put one brand back beside the others. Raises RestoreRefused when it is there, unless forced.

    The old database of a forced restore stays on the server under another name, until an operator drops it.
    """
    shelf, keys = Shelf(settings.backups), Keyring.read(settings.backup_keys)
    manifest = shelf.find(backup, keys)
    report = Report()
    bring_back_copies(settings, keys)
    with installation(with_secret_key(settings)) as found:
        from linehouse.platform.control.models import Brand
        from linehouse.platform.postgres.databases import load_brands, replace_database
        from linehouse.run.keeping.erasures import erase_again
        from linehouse.run.keeping.registry import put_back, renamed

        known = Brand.objects.filter(key=as_key).first()
        if known is not None and not force:
            raise RestoreRefused(
                f"the brand {as_key} is there",
                field="brand",
                value=as_key,
                expected="--force, which replaces it and keeps its old database aside, or --as with another key",
            )
        target = restore.target_of(to)
        wanted = found.brand_name(as_key)
        growing = f"{wanted}_{secrets.token_hex(3)}"
        with restore.brand_from(manifest, shelf, keys, key, settings, target, told) as source:
            told(f"Filling the database of {as_key}")
            source.copy_into(found, growing)
            rows = source.rows
        aside = replace_database(found, growing, wanted)
        report.lines += [f"Left out: {what}" for what in put_back(renamed(rows, key, as_key), database=wanted)]
        if aside:
            report.lines.append(f"The old database of {as_key} is now called {aside}.")
        load_brands(found)
        report.lines.append(f"{as_key} is back, out of {manifest.id}.")
        _check_brand(
            as_key,
            manifest if manifest.exact and manifest.kind == "logical" else None,
            told,
            report,
            erase_again(as_key, logged_for=key),
        )
    return report
