"""`linehouse backup`: making, listing, checking and removing backups."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.filesize import decimal
from rich.table import Column, Table

from linehouse.kernel.error import DomainError
from linehouse.platform.backup.manifest import Manifest
from linehouse.platform.backup.shelf import NEWEST, Shelf
from linehouse.run import environment
from linehouse.run.at_work import installation
from linehouse.run.terminal import Steps

DAMAGED = 1
_LEAST_PASSPHRASE = 12


@click.group("backup")
def command() -> None:
    """Make, list, check and remove backups. They are encrypted; the key lies outside of them."""


@command.command("create")
@click.option("--brand", metavar="KEY", default="", help="This brand alone, as a dump of its database.")
@click.option("--logical", is_flag=True, help="Databases one by one, even where the whole server could be copied.")
@click.option("--with-keys", is_flag=True, help="With the installation's secrets, sealed like the rest.")
@click.option("--scheduled", is_flag=True, hidden=True)
def create(brand: str, logical: bool, with_keys: bool, scheduled: bool) -> None:
    """Back up everything while everybody goes on working.

    The embedded PostgreSQL is copied as a whole; with the archived log it can be restored to any instant. The
    databases of an external server are dumped one by one.
    """
    console = Console(highlight=False)
    settings = environment.settings()
    with Steps(console) as steps, installation(settings) as found:
        import psycopg
        from django.db import DatabaseError

        from linehouse.platform.backup.pruning import prune
        from linehouse.run.keeping.backups import Wanted, make_backup
        from linehouse.run.keeping.watch import backup_failed, backup_succeeded

        try:
            made = make_backup(found, settings, Wanted(logical, brand, with_keys), steps)
            gone, segments = prune(Shelf(settings.backups), settings.backup_keep) if scheduled else ([], 0)
        except (DomainError, OSError, DatabaseError, psycopg.Error) as error:
            if scheduled:
                backup_failed(str(error) or type(error).__name__)
            raise
        if scheduled:
            backup_succeeded()
    console.print(_sentence(made), soft_wrap=True)
    for each in gone:
        console.print(f"Removed {each.id}, which the settings no longer keep.", soft_wrap=True)
    if segments:
        console.print(f"Removed {segments} segments of the log that nothing needs any more.", soft_wrap=True)
    _warn(console, settings.backups, settings.home, settings.backup_keys)


def _sentence(made: Manifest) -> str:
    brands = ", ".join(figures.key for figures in made.brands) or "no brand"
    return f"Backup {made.id}: {decimal(made.size)}, {brands}, {made.seconds} s, sealed with key {made.key}."


def _warn(console: Console, folder: Path, home: Path, keys: Path) -> None:
    if folder.exists() and folder.stat().st_dev == home.stat().st_dev:
        console.print(
            f"! {folder} lies on the disk of the home: set LINEHOUSE_BACKUP_FOLDER to another machine's disk.",
            soft_wrap=True,
        )
    if keys.resolve().is_relative_to(folder.resolve()):
        console.print(f"! The key {keys} lies among the backups: whoever has them can read them.", soft_wrap=True)


@command.command("list")
def list_backups() -> None:
    """List the backups, the newest first, and how far the archived log reaches."""
    from linehouse.platform.backup import wal

    settings = environment.settings()
    shelf = Shelf(settings.backups)
    table = Table(Column("backup", no_wrap=True), "kind", "size", "took", "brands", "key", "restores to")
    for each in shelf.all():
        archive = wal.Archive(shelf.root, each.incarnation)
        stretch = archive.stretch(each.first_segment) if each.incarnation else None
        reach = "its own instant"
        if stretch is not None and stretch.segments:
            status = archive.status()
            reach = f"any instant until a gap after {stretch.gap_after}" if stretch.gap_after else "any instant"
            reach += f" until {status.sealed_at:%Y-%m-%d %H:%M:%S} UTC" if status and not stretch.gap_after else ""
        brands = ", ".join(figures.key for figures in each.brands)
        kind = f"{each.kind}, with keys" if each.with_keys else each.kind
        table.add_row(each.id, kind, decimal(each.size), f"{each.seconds} s", brands, each.key, reach)
    Console(highlight=False).print(table)


@command.command("verify")
@click.argument("backup", default=NEWEST)
@click.pass_context
def verify(ctx: click.Context, backup: str) -> None:
    """Read BACKUP (the newest by default) from end to end: nothing is missing, nothing was changed, all of it opens."""
    from linehouse.platform.backup.errors import BackupDamaged
    from linehouse.platform.backup.keyring import Keyring

    settings = environment.settings()
    shelf, keys = Shelf(settings.backups), Keyring.read(settings.backup_keys)
    console = Console(highlight=False)
    with Steps(console) as steps:
        found = shelf.find(backup, keys)
        try:
            shelf.verify(found, keys, steps)
        except BackupDamaged as error:
            console.print(f"{found.id}: {error}", soft_wrap=True)
            ctx.exit(DAMAGED)
    console.print(f"{found.id} is whole: {len(found.parts)} files, {decimal(found.size)}.", soft_wrap=True)


@command.command("prune")
def prune_backups() -> None:
    """Remove the backups beyond what LINEHOUSE_BACKUP_KEEP keeps, and the log that nothing needs any more."""
    from linehouse.platform.backup.pruning import prune

    settings = environment.settings()
    gone, segments = prune(Shelf(settings.backups), settings.backup_keep)
    for each in gone:
        click.echo(f"Removed {each.id}.")
    click.echo(f"{len(gone)} backups and {segments} segments of the log removed.")


@command.command("keys")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--passphrase", envvar="KEYS_PASSPHRASE", prompt=True, hide_input=True, confirmation_prompt=True)
def keys(file: Path, passphrase: str) -> None:
    """Write all keys of this installation into FILE, sealed by a passphrase: to be kept away from the backups.

    The key of the backups, the signing key, and the master keys of personal values. `linehouse restore --keys FILE`
    puts them back.
    """
    from linehouse.platform.backup.keyring import Keyring, make_bundle
    from linehouse.platform.backup.sealed import open_private
    from linehouse.run.keeping.keys import BACKUP_KEY, key_files

    if len(passphrase) < _LEAST_PASSPHRASE:
        raise click.BadParameter(f"at least {_LEAST_PASSPHRASE} characters", param_hint="passphrase")
    if file.exists():
        raise click.BadParameter(f"{file} exists", param_hint="file")
    settings = environment.settings()
    Keyring.read_or_make(settings.backup_keys)
    files = {BACKUP_KEY: settings.backup_keys.read_bytes(), **key_files(settings)}
    with open_private(file) as opened:
        opened.write(make_bundle(files, passphrase))
    click.echo(
        f"{file} holds {', '.join(sorted(files))}. Keep it and the passphrase apart, and both away from the backups."
    )


@command.command("rotate-key")
def rotate_key() -> None:
    """Make a new key; backups from now on are sealed with it. Older keys stay in the key file for older backups."""
    from linehouse.platform.backup.keyring import Keyring

    made = Keyring.read(environment.settings().backup_keys).rotate()
    click.echo(f"Backups are sealed with the key {made} from now on. Renew the copy: `linehouse backup keys`.")
