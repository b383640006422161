"""`linehouse demo brand`: a brand to rehearse with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from linehouse.run.at_work import installation, operator


@click.command("brand")
@click.argument("key")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--clock", help="Where its clock stands, ISO 8601 with offset; by default where the demo brand began.")
def brand(key: str, folder: Path, clock: str | None) -> None:
    """Make a brand KEY from the files in FOLDER to rehearse with.

    What `linehouse brand create` makes, and besides: its clock stands still and can be moved, the demo's log-ins work
    for it, and the simulated bank knows its account.
    """
    from linehouse.run import environment

    begins = _instant(clock)
    with installation() as found:
        from linehouse.run.bootstrap import make_demo_staff
        from linehouse.run.founding import DEMO_START, found_brand

        home = environment.settings().home
        found_brand(found, key, folder, actor=operator(), home=home, clock=begins or DEMO_START)
        make_demo_staff(key)
    click.echo(f"The brand {key} is there; its desk is at /b/{key}/ for the demo's log-ins.")


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no instant, such as 2026-11-01T09:00+01:00") from None
    if instant.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no offset, such as +01:00")
    return instant
