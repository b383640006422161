"""`linehouse run`: everything under one supervisor."""

import time

import click
from rich.console import Console

from linehouse.platform.telemetry import logs
from linehouse.run import environment
from linehouse.run.home import Home
from linehouse.run.supervisor import AlreadyRunning, Supervisor
from linehouse.run.terminal import Steps, welcome_panel
from linehouse.run.welcome import Welcome


@click.command("run")
def command() -> None:
    """Start Linehouse: database, web, charging, worker, simulators.

    The first start makes the databases and the demo brand. Ctrl-C stops everything. Logs lie in the folder `log` of
    the home.
    """
    began = time.monotonic()
    settings = environment.settings()
    home = Home(settings.home)
    home.open()
    console = Console(highlight=False)
    with (home.logs / "supervisor.log").open("a") as log:
        logs.configure(settings, "supervisor", log)
        with Steps(console) as steps:

            def up(welcome: Welcome) -> None:
                steps.pause()
                console.print(welcome_panel(welcome, time.monotonic() - began))

            try:
                Supervisor(settings, home, steps, steps.say).run(up)
            except AlreadyRunning as error:
                # No failure: what was asked for is the case.
                console.print(str(error), soft_wrap=True)
                return
    console.print("Linehouse has stopped.")
