"""`linehouse upgrade`: the databases follow the release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from linehouse.run import environment
from linehouse.run.at_work import installation
from linehouse.run.terminal import Steps

if TYPE_CHECKING:
    from linehouse.platform.postgres.migrating import Step

FAILED = 1


@click.command("upgrade")
@click.option("--plan", "--dry-run", "plan", is_flag=True, help="Say what each database lacks, and change nothing.")
@click.option("--before", is_flag=True, help="Only what the previous release can live with, while it still serves.")
@click.option("--brand", "only", multiple=True, metavar="KEY", help="Only this brand; may be given several times.")
@click.option("--no-backup", is_flag=True, help="Without the backup that is made first otherwise.")
@click.pass_context
def command(ctx: click.Context, plan: bool, before: bool, only: tuple[str, ...], no_backup: bool) -> None:
    """Bring the databases to this release: a backup, then template, control, and brand by brand.

    A brand that fails stays on its version, is named, and stops no other; run the command again when it is mended.
    Without --before, stop the processes of the previous release first. Exit code 0 when every brand is there, else 1.
    """
    console = Console(highlight=False)
    settings = environment.settings()
    with Steps(console) as steps, installation(settings, any_version=True) as found:
        from linehouse.platform.postgres.migrating import Phase
        from linehouse.platform.postgres.upgrading import EVERYTHING, plan_of
        from linehouse.run.keeping.upgrade import back_up_first, upgrade_brands

        if plan:
            lacking = plan_of(found)
            steps.pause()
            console.print(_plan(lacking))
            return
        if not no_backup:
            made = back_up_first(found, settings, steps)
            steps.pause()
            console.print(f"Backup {made.id}", soft_wrap=True)
        phases = frozenset({Phase.BEFORE}) if before else EVERYTHING
        outcomes = upgrade_brands(found, steps, phases=phases, only=only)
    table = Table("brand", "name", "outcome")
    for each in outcomes:
        rest = f"waits: {', '.join(map(str, each.left))}" if each.left else "[green]is there[/green]"
        table.add_row(each.key, each.name, f"[red]stays on its version[/red]: {each.failure}" if each.failure else rest)
    console.print(table)
    ctx.exit(FAILED if any(each.failure for each in outcomes) else 0)


def _plan(lacking: dict[str, list[Step]]) -> Table:
    table = Table("database", "lacks", "phase")
    for name, steps in lacking.items():
        for number, step in enumerate(steps):
            table.add_row(name if number == 0 else "", str(step), step.phase)
        if not steps:
            table.add_row(name, "nothing", "")
    return table
