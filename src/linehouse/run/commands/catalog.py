"""`linehouse catalog`: plan, publish, test and export what the brand sells."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.table import Table

from linehouse.catalog.accepting import Standing
from linehouse.catalog.plan import ElementChange
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.outcome import InvalidFields, Problem, RefusedError
from linehouse.run.at_work import brand_at_work, brand_option, operator
from linehouse.run.commands.cgrates import import_cgrates
from linehouse.run.commands.deck import decks

FOLDER = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
BASE = click.option(
    "--base", type=int, help="Version from which the files were made; a folder that was exported says it itself."
)


@click.group("catalog")
def command() -> None:
    """Plan, publish, test and export what the brand sells."""


command.add_command(decks)


@command.command("plan")
@FOLDER
@BASE
@brand_option
def plan(folder: Path, base: int | None, brand: str) -> None:
    """Show what applying the files would change; nothing is written."""
    with brand_at_work(brand):
        from linehouse.catalog.service import plan_files
        from linehouse.insight.service import living_products

        found = _told(lambda: plan_files(folder, base_version=base))
        living = {c.key: living_products(c.key) for c in found.changes if c.kind == "offering" and c.what != "added"}
    _show(found.changes)
    for key, number in living.items():
        click.echo(f"{number} living products of {key} stay on the version that they were bought in.")
    if found.empty:
        same = " (only their layout differs)" if found.layout_only else ""
        click.echo(f"Nothing to publish: the files say what version {found.newest} says{same}.")
    if found.stale:
        click.echo(f"In conflict: version {found.newest} is the newest, the files were made from {found.base or '?'}.")
    _problems(found.red)
    _advice(found.advice)
    _standing(found.standing)
    if found.red or found.stale:
        raise click.exceptions.Exit(1)


@command.command("apply")
@FOLDER
@BASE
@click.option("--from", "valid_from", help="When it comes into force, ISO 8601 with offset; now by default.")
@click.option("--note", default="", help="What this version is about.")
@brand_option
def apply(folder: Path, base: int | None, valid_from: str | None, note: str, brand: str) -> None:
    """Publish the files as a new version."""
    with brand_at_work(brand):
        from linehouse.catalog.service import apply_files

        begins = _instant(valid_from)
        done = _told(lambda: apply_files(folder, actor=operator(), base_version=base, valid_from=begins, note=note))
    if done.proposal:
        click.echo(f"These prices exceed the limit: {done.proposal} waits for another's approval.")
        return
    _show(done.changes)
    if done.changes:
        click.echo(f"Published version {done.number}, in force from {done.valid_from.isoformat()}.")
    else:
        click.echo(f"Nothing to publish: the files say what version {done.number} says.")


@command.command("lint")
@FOLDER
@click.option(
    "--against",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with the files of before: what changed much is told.",
)
@click.option("--on", "day", help="The day from which the files would count, YYYY-MM-DD; today by default.")
def lint(folder: Path, against: Path | None, day: str | None) -> None:
    """Check that the files can be read, that everything they name exists, and lint them; needs no database."""
    from linehouse.run.house import set_up_django

    set_up_django()
    from linehouse.catalog.accepting import sorted_out
    from linehouse.catalog.checks import located, located_advice
    from linehouse.catalog.compared import changed_much
    from linehouse.catalog.files import read_catalogue
    from linehouse.catalog.folder import read_folder
    from linehouse.catalog.oddities import odd_accounts
    from linehouse.insight.publication import advisable, lawful, taxable

    today = _day(day)
    files = _told(lambda: read_folder(folder))
    written = _told(lambda: read_catalogue(files))
    before = _told(lambda: read_catalogue(read_folder(against))).catalogue if against is not None else None
    catalogue = written.catalogue
    wrong = located((*taxable(catalogue), *lawful(catalogue, today)), files)
    _problems(wrong)
    found = [*advisable(catalogue, today), *written.twice, *odd_accounts(catalogue), *changed_much(before, catalogue)]
    advice = located_advice(sorted_out(found, catalogue, today), files)
    _advice(advice.open)
    _standing(advice.standing)
    if wrong:
        raise click.exceptions.Exit(1)
    click.echo(f"{len(catalogue.offerings)} offerings and {len(catalogue.tariffs)} tariffs are in order.")


@command.command("schema")
@FOLDER
def schema(folder: Path) -> None:
    """Write JSON Schemas for editors into FOLDER/schemas; needs no database.

    A first line such as `# yaml-language-server: $schema=../schemas/tariff.schema.json` lets an editor check the file.
    """
    from linehouse.catalog.schema import as_file, schemas

    target = folder / "schemas"
    target.mkdir(exist_ok=True)
    for name, content in schemas().items():
        (target / name).write_text(as_file(content), encoding="utf-8")
        click.echo(f"{target / name}")


@command.command("test")
@FOLDER
@click.option("--json", "as_json", is_flag=True, help="Everything that was found, for programs.")
@brand_option
def test(folder: Path, brand: str, as_json: bool) -> None:
    """Execute the examples in the files, and every check that a publication must pass; warnings refuse nothing."""
    with brand_at_work(brand):
        from linehouse.catalog.service import test_files

        found = _told(lambda: test_files(folder))
    if as_json:
        standing = tuple(one.problem for one in found.standing)
        shown = [
            {"severity": severity, "code": it.code, "where": it.field, "message": it.message, "expected": it.expected}
            for severity, problems in (("error", found.red), ("warning", found.advice), ("accepted", standing))
            for it in problems
        ]
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        _problems(found.red)
        _advice(found.advice)
        _standing(found.standing)
    if found.red:
        raise click.exceptions.Exit(1)
    if not as_json:
        click.echo("All examples come out as they say.")


@command.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--version", "number", type=int, help="Which version; the newest by default.")
@brand_option
def export(folder: Path, number: int | None, brand: str) -> None:
    """Write the files of a version below FOLDER, byte for byte as they were published."""
    with brand_at_work(brand):
        from linehouse.catalog.service import export as write

        folder.mkdir(parents=True, exist_ok=True)
        click.echo(f"Version {write(folder, number)} is in {folder}.")


@command.command("versions")
@brand_option
def versions(brand: str) -> None:
    """List the published versions, newest first."""
    table = Table("version", "built on", "in force from", "published by", "state", "note")
    with brand_at_work(brand):
        from linehouse.catalog.service import versions as listed

        for info in listed()[0]:
            state = "in force" if info.in_force else info.state
            table.add_row(
                str(info.number),
                str(info.base_number),
                info.valid_from.isoformat(),
                info.published_by,
                state,
                info.note,
            )
    Console(highlight=False).print(table)


command.add_command(import_cgrates)

T = TypeVar("T")


def _told(act: Callable[[], T]) -> T:
    """What the use case returns; where it refuses with several problems, each gets a line of its own."""
    try:
        return act()
    except (InvalidFields, RefusedError) as refusal:
        _problems(refusal.problems)
        raise click.exceptions.Exit(2) from refusal


def _advice(found: Iterable[Problem]) -> None:
    for one in found:
        click.echo(f"to look at: {one.message}; {one.expected}" if one.expected else f"to look at: {one.message}")


def _standing(found: Iterable[Standing]) -> None:
    for one in found:
        click.echo(f"accepted until {one.accepted.until}: {one.problem.message} (because: {one.accepted.reason})")


def _day(text: str | None) -> date:
    if text is None:
        return MachineClock().now().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day, such as 2027-01-01") from None


def _problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(f"{problem.message}{_hint(problem.expected)}", err=True)


def _hint(expected: str) -> str:
    if not expected:
        return ""
    return f" ({expected})" if expected.startswith("did you mean") else f" (expected {expected})"


def _show(changes: Iterable[ElementChange]) -> None:
    for change in changes:
        click.echo(str(change))
        for field in change.fields:
            click.echo(f"    {field.path}: {field.before or 'nothing'} → {field.after or 'nothing'}")


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no instant, such as 2026-12-01T00:00:00+01:00") from None
