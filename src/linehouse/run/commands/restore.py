"""`linehouse restore`: everything into an empty home or server, or one brand beside the others."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import msgspec
from rich.console import Console

from linehouse.platform.settings import Settings
from linehouse.run import environment
from linehouse.run.terminal import Steps

BROKEN = 1


def _instant(_: click.Context, __: click.Parameter, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no instant, such as 2026-11-01T09:00+01:00") from None
    if instant.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no offset, such as +01:00")
    return instant


@click.command("restore")
@click.argument("backup")
@click.option(
    "--to",
    callback=_instant,
    metavar="INSTANT",
    help="Machine time, ISO 8601 with offset; by default as far as possible.",
)
@click.option("--brand", metavar="KEY", default="", help="Only this brand, beside the others, which go on.")
@click.option(
    "--as", "as_key", metavar="KEY", default="", help="With --brand: under another key, as a brand of its own."
)
@click.option(
    "--from",
    "shelf_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the backups.",
)
@click.option(
    "--keys",
    "bundle",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What `linehouse backup keys` wrote.",
)
@click.option("--passphrase", envvar="KEYS_PASSPHRASE", help="Of the bundle; asked for when it is missing.")
@click.option("--force", is_flag=True, help="Put what there is aside.")
@click.pass_context
def command(
    ctx: click.Context,
    backup: str,
    to: datetime | None,
    brand: str,
    as_key: str,
    shelf_folder: Path | None,
    bundle: Path | None,
    passphrase: str | None,
    force: bool,
) -> None:
    """Put BACKUP (an id, or `latest`) back, then check every law of every brand's books.

    Without --brand the home (or the external server) must be empty. People who were erased since the backup are
    erased again. Exit code 0 when all laws hold, else 1.
    """
    console = Console(highlight=False)
    settings = environment.settings_without_key()
    if shelf_folder is not None:
        settings = msgspec.structs.replace(settings, backup_folder=str(shelf_folder.resolve()))
    if as_key and not brand:
        raise click.UsageError("--as needs --brand")
    with Steps(console) as steps:
        if bundle is not None:
            _bring_keys(settings, bundle, passphrase, force=force)
        from linehouse.run import restoring

        if brand:
            report = restoring.one_brand(settings, backup, brand, as_key or brand, to, steps, force=force)
        else:
            report = restoring.everything(settings, backup, to, steps, force=force)
    for line in report.lines:
        console.print(line, soft_wrap=True)
    ctx.exit(0 if report.holds else BROKEN)


def _bring_keys(settings: Settings, bundle: Path, passphrase: str | None, *, force: bool) -> None:
    from linehouse.platform.backup.keyring import open_bundle
    from linehouse.platform.postgres.embedded_folders import make_home
    from linehouse.run.keeping.keys import put_back

    words = passphrase or click.prompt("Passphrase of the keys", hide_input=True)
    make_home(settings.home)
    put_back(open_bundle(bundle.read_bytes(), words), settings, force=force)
