"""`linehouse brand`: the brands of this installation."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import installation, operator


@click.group("brand")
def command() -> None:
    """List and create brands."""


@command.command("list")
def list_brands() -> None:
    """List the brands with their hosts and clocks."""
    with installation():
        from linehouse.platform.clock.service import clock_state
        from linehouse.platform.control.models import Brand
        from linehouse.platform.scope import brand_scope

        table = Table("key", "name", "hosts", "business clock")
        for brand in Brand.objects.prefetch_related("hosts").order_by("key"):
            with brand_scope(brand.key):
                state = clock_state()
            hosts = ", ".join(host.host for host in brand.hosts.all())
            table.add_row(brand.key, brand.name, hosts, f"{state.now:%Y-%m-%d %H:%M} UTC ({state.mode})")
    Console(highlight=False).print(table)


@command.command("create")
@click.argument("key")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", help="Name of the brand; by default the one in the folder's brand.yaml.")
def create(key: str, folder: Path, name: str | None) -> None:
    """Make a brand KEY from the files in FOLDER: its own database, catalog, number series and clock."""
    with installation() as found:
        from linehouse.run.founding import found_brand

        found_brand(found, key, folder, actor=operator(), name=name)
    click.echo(f"The brand {key} is there; its desk is at /b/{key}/ once you have a role for it.")
