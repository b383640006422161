"""`linehouse import`: take files in, look at what came of them, undo them."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from linehouse.platform.imports.values import ImportView
from linehouse.run.at_work import brand_at_work, brand_option, operator


@click.group("import")
def command() -> None:
    """Take customers and other data in from CSV and XLSX files."""


@command.command("kinds")
@brand_option
def list_kinds(brand: str) -> None:
    """List what can be imported, with the fields of each kind."""
    with brand_at_work(brand):
        from linehouse.platform.imports.kinds import kinds

        told = [(kind.name, kind.help, kind.fields()) for kind in kinds()]
    for name, text, fields in told:
        click.echo(f"{name}: {text}")
        for field in fields:
            needed = " (needed)" if field.required else ""
            example = f", such as {field.example}" if field.example else ""
            click.echo(f"  {field.name}: {field.label}{needed}{example}")


@command.command("file")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "columns", multiple=True, help="field=column; columns that are recognised need none.")
@click.option("--set", "constants", multiple=True, help="field=text for all rows.")
@click.option("--dry-run", is_flag=True, help="Try it without effect.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write what came of each row as CSV.")
@brand_option
def import_file(
    kind: str,
    file: Path,
    columns: tuple[str, ...],
    constants: tuple[str, ...],
    dry_run: bool,
    out: Path | None,
    brand: str,
) -> None:
    """Take FILE in as KIND. Refused rows do not stop the others; with one, the exit code is 1."""
    with brand_at_work(brand):
        from linehouse.platform.imports import service

        made = service.receive(kind, file.name, file.read_bytes(), actor=operator())
        chosen = made.columns | dict(_pair(text) for text in columns)
        service.set_mapping(made.number, chosen, dict(_pair(text) for text in constants), actor=operator())
        begin = service.start_try if dry_run else service.start_run
        begin(made.number, actor=operator())
        view = _wait(made.number, made.rows)
        if out is not None:
            out.write_bytes(service.result_file(made.number))
        faults, _ = service.results(made.number, state="refused", limit=20)
    would = "would be taken" if dry_run else "taken"
    click.echo(f"{view.number}: {view.rows} rows, {view.taken} {would}, {view.known} known, {view.refused} refused")
    for row in faults:
        click.echo(f"row {row.position}: {'; '.join(map(str, row.faults))}", err=True)
    if view.refused > len(faults):
        click.echo(f"and {view.refused - len(faults)} more; --out writes all of them", err=True)
    if view.refused:
        raise click.exceptions.Exit(1)


@command.command("undo")
@click.argument("number")
@click.option("--reason", required=True)
@brand_option
def undo(number: str, reason: str, brand: str) -> None:
    """Take back what import NUMBER has made."""
    with brand_at_work(brand):
        from linehouse.platform.imports import service

        before = service.start_undo(number, actor=operator(), reason=reason)
        view = _wait(number, before.rows)
    click.echo(f"{number}: {view.undone} taken back, {view.kept} kept")
    if view.kept:
        raise click.exceptions.Exit(1)


@command.command("list")
@brand_option
def list_imports(brand: str) -> None:
    """List imports, newest first."""
    table = Table("import", "kind", "file", "state", "rows", "taken", "refused")
    with brand_at_work(brand):
        from linehouse.platform.imports import service

        found, _ = service.imports()
    for view in found:
        counts = (str(view.rows), str(view.taken), str(view.refused))
        table.add_row(view.number, view.kind, view.file_name, view.state, *counts)
    Console(highlight=False).print(table)


def _wait(number: str, rows: int) -> ImportView:
    """Do the work here, beside a worker where one runs, and show how far it is."""
    import time

    from linehouse.platform.imports import service
    from linehouse.platform.runner import run_one

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(number, total=rows)
        while (view := service.find_import(number)).working:
            progress.update(bar, completed=view.done)
            if not run_one():
                time.sleep(0.05)
    return view


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is not of the form field=value")
    return name.strip(), value.strip()
