"""`linehouse characteristic`: the brand's own characteristics as a file."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from linehouse.kernel.outcome import InvalidFields
from linehouse.run.at_work import brand_at_work, brand_option, operator


@click.group("characteristic")
def command() -> None:
    """The brand's own characteristics: list, apply a file, export."""


@command.command("list")
@click.option("--entity", default="", help="Such as customer; all by default.")
@brand_option
def list_characteristics(entity: str, brand: str) -> None:
    """List what the brand has declared."""
    table = Table("entity", "key", "label", "kind", "state")
    with brand_at_work(brand):
        from linehouse.platform.characteristics.service import declared

        specs = declared(entity)
    for spec in specs:
        table.add_row(spec.entity, spec.key, spec.label_in(""), spec.kind.value, spec.state)
    Console(highlight=False).print(table)


@command.command("apply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@brand_option
def apply_file(file: Path, brand: str) -> None:
    """Bring the brand to what FILE declares; what it no longer names is retired, values stay."""
    with brand_at_work(brand):
        from linehouse.platform.characteristics.files import read_file
        from linehouse.platform.characteristics.service import apply

        try:
            done = apply(read_file(file.read_text(encoding="utf-8")), actor=operator())
        except InvalidFields as refusal:
            for problem in refusal.problems:
                click.echo(f"{problem.field}: {problem.message} (expected {problem.expected})", err=True)
            raise click.exceptions.Exit(2) from refusal
    for what, names in done.items():
        for name in names:
            click.echo(f"{name} {what}")
    if not any(done.values()):
        click.echo("nothing to change")


@command.command("export")
@brand_option
def export(brand: str) -> None:
    """Print the file that declares what the brand has."""
    with brand_at_work(brand):
        from linehouse.platform.characteristics.files import write_file
        from linehouse.platform.characteristics.service import declared

        text = write_file(declared())
    click.echo(text, nl=False)
