"""`linehouse status`: what runs."""

import click
from rich.console import Console
from rich.table import Table

from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.run import environment
from linehouse.run.home import Home
from linehouse.run.lineup import lineup
from linehouse.run.supervisor import database_of

NOT_RUNNING = 3


@click.command("status")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Show the processes of this home and whether they answer. Exit code 0 when all do, else 3."""
    settings = environment.settings()
    home = Home(settings.home)
    home.open()
    record = home.record()
    table = Table("process", "number", "state")
    good = True

    def row(name: str, pid: int | None, state: str, *, fine: bool) -> None:
        nonlocal good
        good = good and fine
        table.add_row(name, str(pid or "–"), state)

    supervisor = record.supervisor if record else None
    alive = supervisor is not None and supervisor.alive()
    row("supervisor", supervisor.pid if alive and supervisor else None, "runs" if alive else "does not run", fine=alive)
    database = database_of(settings)
    if isinstance(database, EmbeddedPostgres):
        server = database.status()
        row("postgres", server.pid, "runs" if server.running else "does not run", fine=server.running)
    for spec in lineup(settings, home):
        mark = record.children.get(spec.name) if record else None
        runs = mark is not None and mark.alive()
        answers = runs and spec.ready(0)
        state = "answers" if answers else "runs, does not answer" if runs else "does not run"
        row(spec.name, mark.pid if mark and runs else None, state, fine=answers)
    console = Console(highlight=False)
    console.print(table)
    console.print(f"Home: {settings.home}", soft_wrap=True)
    if alive and record:
        console.print(f"Web:  {record.web_url}")
    ctx.exit(0 if good else NOT_RUNNING)
