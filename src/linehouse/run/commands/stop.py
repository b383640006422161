"""`linehouse stop`: end what `linehouse run` started, from another terminal."""

import click

from linehouse.platform import processes
from linehouse.run import environment
from linehouse.run.home import Home
from linehouse.run.supervisor import database_of, end_leftovers

_PATIENCE = 90.0


@click.command("stop")
def command() -> None:
    """Stop the Linehouse of this home, in order; also what is left of one that was killed."""
    settings = environment.settings()
    home = Home(settings.home)
    home.open()
    record = home.record()
    if record is not None and record.supervisor.alive():
        click.echo(f"Stopping Linehouse (process {record.supervisor.pid}) …")
        processes.ask_to_end(record.supervisor)
        if not processes.wait_for_end(record.supervisor, _PATIENCE):
            raise click.ClickException(f"process {record.supervisor.pid} does not end")
    if home.lock():
        try:
            end_leftovers(home)
            home.forget_record()
            database_of(settings).stop()
        finally:
            home.unlock()
    click.echo("Linehouse is stopped.")
