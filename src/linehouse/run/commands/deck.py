"""`linehouse catalog deck`: a carrier's rate deck into catalog files, looked at first."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
import yaml
from rich.console import Console
from rich.table import Table as Printed

from linehouse.catalog.deck.changes import Change, Difference, What, as_csv, deck_csv
from linehouse.catalog.deck.columns import FIELDS, Table, has_deck, suggest, table_of
from linehouse.catalog.deck.lines import currency_of, read_lines
from linehouse.catalog.deck.plan import Standing, Step, standing, steps
from linehouse.catalog.deck.standing import destinations_of
from linehouse.catalog.deck.states import days_of
from linehouse.catalog.deck.values import Covers, DayOrder, Deck, Fault, Reading, Terms, Zero
from linehouse.catalog.deck.written import Target
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder, write_folder
from linehouse.catalog.values import Catalogue
from linehouse.kernel.error import DomainError
from linehouse.kernel.outcome import InvalidFields
from linehouse.kernel.period import day_start
from linehouse.platform.imports.reading import read_table
from linehouse.rating.values import TaxMode

F = TypeVar("F", bound=Callable[..., Any])
TOLD = 40
"""So many faults, notes and changes are printed."""
SAVED = "decks"
"""The folder below a brand's that keeps how the decks of a tariff are read."""
_SAID = 20_000
"""From so many rows on, progress is told."""


@click.group("deck")
def decks() -> None:
    """Rate decks: CSV or XLSX of a carrier into zones and rules of a tariff."""


@dataclass(frozen=True, slots=True)
class _Given:
    """What every command begins with."""

    folder: Path
    catalogue: Catalogue
    before: Standing
    table: Table
    reading: Reading
    deck: Deck
    effective: date | None
    currency: str


def _options(function: F) -> F:
    for option in reversed(
        (
            click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
            click.option(
                "--catalog", "folder", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
                help="The brand's folder of catalog files.",
            ),
            click.option("--tariff", required=True, help="The tariff that takes the deck; made where there is none."),
            click.option(
                "--effective", help="The day that is meant (YYYY-MM-DD); also for rows without an effective date."
            ),
            click.option("--map", "mapped", multiple=True, help="FIELD=HEADING, where a column is not recognised."),
            click.option("--set", "constant", multiple=True, help="FIELD=TEXT for every row: increments=60/60."),
            click.option("--days", type=click.Choice([one.value for one in DayOrder]), help="How 01/02/2026 is read."),
            click.option("--zero", type=click.Choice([one.value for one in Zero]), help="What a rate of zero means."),
            click.option(
                "--covers", type=click.Choice([one.value for one in Covers]),
                help="Whether what the deck leaves out is gone (everything, by default) or stays (changes).",
            ),
            click.option("--currency", help="Of a tariff that is made; by default the deck's own, or the brand's."),
        )
    ):  # fmt: skip
        function = option(function)
    return function


@decks.command("fields")
def fields() -> None:
    """List what a deck can have, with the headings that are recognised."""
    for one in FIELDS:
        needed = " (needed)" if one.required else ""
        click.echo(f"{one.name}{needed}: {one.label}, such as {one.example}\n    {', '.join(one.aliases)}")


@decks.command("preview")
@_options
def preview(**options: Any) -> None:
    """Show how the file is read, and every row that is wrong; nothing is written."""
    given = _given(**options)
    for name, column in given.reading.columns.items():
        click.echo(f"{name}: column {column!r}")
    for name, text in given.reading.constants.items():
        click.echo(f"{name}: {text!r} for every row without its own")
    unused = [column for column in given.table.heading if column not in given.reading.columns.values()]
    if unused:
        click.echo(f"not used: {', '.join(unused)}")
    _faults(given.deck.faults)
    lines = given.deck.lines
    prefixes = sum(len(line.prefixes) for line in lines)
    days = ", ".join(day.isoformat() for day in days_of(lines))
    names = len({line.key for line in lines})
    click.echo(f"{given.deck.rows} rows: {names} destinations, {prefixes} prefixes; {days}.")
    table = Printed("row", "destination", "prefixes", "price", "from", "until", "mark")
    for line in lines[:8]:
        shown = ", ".join(line.prefixes[:4]) + ("…" if len(line.prefixes) > 4 else "")
        table.add_row(
            str(line.row), line.name, shown, str(line.terms or "gone"), str(line.effective), str(line.end or ""),
            line.mark.value if line.mark else "",
        )  # fmt: skip
    _print(table)
    _notes(given.deck.notes)


@decks.command("diff")
@_options
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write all of it as CSV.")
@click.option("--against", help="Compare with what this tariff asks, instead of the deck that is there.")
def diff(out: Path | None, against: str | None, **options: Any) -> None:
    """Show what the deck changes, destination by destination; nothing is written."""
    given = _given(**options)
    _faults(given.deck.faults)
    compared = None
    if against is not None:
        other = given.catalogue.tariffs.get(against)
        if other is None:
            raise click.BadParameter(f"there is no tariff {against!r}: {', '.join(given.catalogue.tariffs)}")
        compared = destinations_of(other)
    days = (given.effective,) if given.effective else days_of(given.deck.lines)
    found = steps(given.before, given.deck.lines, days, _target(given, options), given.reading.covers, against=compared)
    for step in found:
        _show(step)
    if out is not None:
        heading, *rest = [as_csv(step.difference) for step in found]
        out.write_text(heading + "".join(text.split("\r\n", 1)[1] for text in rest), encoding="utf-8", newline="")
        click.echo(f"All of it is in {out}.")
    if any(step.faults for step in found):
        raise click.exceptions.Exit(2)


@decks.command("apply")
@_options
@click.option("--name", default="", help="Of a tariff that is made.")
@click.option(
    "--prices",
    type=click.Choice([one.value for one in TaxMode]),
    default="net",
    help="Of a tariff that is made: with tax?",
)
@click.option("--line", help="The tariff's invoice line that the deck's rules are summed under.")
@click.option("--network-zone", "network_zones", multiple=True, help="Where the caller is, for the deck's rules.")
def apply(**options: Any) -> None:
    """Write what holds on one effective date into the catalog files."""
    given = _given(**options)
    _faults(given.deck.faults)
    days = (given.effective,) if given.effective else days_of(given.deck.lines)
    if len(days) > 1:
        click.echo(f"The deck has {len(days)} effective dates: {', '.join(map(str, days))}.", err=True)
        click.echo("Say which one by --effective; publish it from that day on, then apply the next one.", err=True)
        raise click.exceptions.Exit(2)
    (step,) = steps(given.before, given.deck.lines, days, _target(given, options), given.reading.covers)
    _show(step)
    if step.faults:
        raise click.exceptions.Exit(2)
    if dict(step.files) == dict(given.before.files):
        click.echo("Nothing to write: the files say this already.")
        return
    _told(lambda: read_catalogue(step.files))
    write_folder(given.folder, step.files)
    _save(given.folder, options["tariff"], given.reading)
    changed = sorted(path for path, text in step.files.items() if given.before.files.get(path) != text)
    click.echo(f"Written: {', '.join(changed)}.")
    zone = given.before.tariff.time_zone if given.before.tariff else given.catalogue.brand.zone
    begins = day_start(days[0], zone).astimezone(zone).isoformat()
    click.echo(f"To publish: linehouse catalog apply {given.folder} --from {begins}")


@decks.command("export")
@click.option(
    "--catalog", "folder", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The brand's folder of catalog files.",
)  # fmt: skip
@click.option("--tariff", required=True)
@click.option("--effective", required=True, help="The day to write beside each rate (YYYY-MM-DD).")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to; by default it is printed.")
def export(folder: Path, tariff: str, effective: str, out: Path | None) -> None:
    """Write what is in force by the tariff's deck as a deck; importing it changes nothing."""
    files = _told(lambda: read_folder(folder))
    catalogue = _told(lambda: read_catalogue(files)).catalogue
    before = standing(files, catalogue.tariffs, tariff)
    if before.tariff is None or not before.state:
        raise click.BadParameter(f"{tariff!r} has no rate deck", param_hint="--tariff")
    text = deck_csv(before.state, before.tariff.currency, _day(effective) or date.min)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8", newline="")


def _given(**options: Any) -> _Given:
    folder: Path = options["folder"]
    files = _told(lambda: read_folder(folder))
    catalogue = _told(lambda: read_catalogue(files)).catalogue
    before = _told(lambda: standing(files, catalogue.tariffs, options["tariff"]))
    file: Path = options["file"]
    table = table_of(_told(lambda: read_table(file.name, file.read_bytes(), has_deck)))
    effective = _day(options["effective"])
    reading = _reading(table, _saved(folder, options["tariff"]), effective, options)
    currency = before.tariff.currency if before.tariff else options["currency"] or currency_of(table, reading)
    currency = currency or catalogue.brand.currency
    deck = read_lines(table, reading, currency=currency, taken=before.taken, progress=_progress)
    return _Given(folder, catalogue, before, table, reading, deck, effective, currency)


def _reading(table: Table, saved: Reading, effective: date | None, options: Mapping[str, Any]) -> Reading:
    columns = dict(saved.columns) if saved.columns and set(saved.columns.values()) <= set(table.heading) else {}
    columns = columns or suggest(table.heading)
    chosen = _pairs(options["mapped"], "--map")
    columns = {name: column for name, column in columns.items() if column not in chosen.values()} | chosen
    columns = {name: column for name, column in columns.items() if column}
    constants = {**saved.constants, **_pairs(options["constant"], "--set")}
    if effective is not None:
        constants["effective"] = effective.isoformat()
    return Reading(
        columns,
        constants,
        DayOrder(options["days"]) if options["days"] else saved.days,
        Zero(options["zero"]) if options["zero"] else saved.zero,
        Covers(options["covers"]) if options["covers"] else saved.covers,
    )


def _target(given: _Given, options: Mapping[str, Any]) -> Target:
    brand = given.catalogue.brand
    return Target(
        tariff=options["tariff"],
        name=options.get("name", ""),
        currency=given.currency,
        tax=TaxMode(options.get("prices", "net")),
        time_zone=str(brand.zone),
        line=options.get("line"),
        network_zones=tuple(options["network_zones"]) if options.get("network_zones") else None,
    )


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    found = {}
    for text in texts:
        name, divided, value = text.partition("=")
        if not divided:
            raise click.BadParameter(f"{text!r} is no pair, such as rate=Price", param_hint=option)
        found[name.strip()] = value.strip()
    return found


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day, such as 2026-12-01", param_hint="--effective") from None


def _saved(folder: Path, tariff: str) -> Reading:
    path = folder / SAVED / f"{tariff}.yaml"
    if not path.is_file():
        return Reading()
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Reading(
            {str(name): str(column) for name, column in held["columns"].items()},
            {str(name): str(text) for name, text in held["constants"].items()},
            DayOrder(held["days"]),
            Zero(held["zero"]),
            Covers(held["covers"]),
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError):
        raise click.ClickException(f"{path} is no mapping of a deck: delete it, or mend it") from None


def _save(folder: Path, tariff: str, reading: Reading) -> None:
    """Keep how the deck was read, except for the day, which is another one next time."""
    path = folder / SAVED / f"{tariff}.yaml"
    path.parent.mkdir(exist_ok=True)
    kept = {
        "columns": dict(reading.columns),
        "constants": {name: text for name, text in reading.constants.items() if name != "effective"},
        "days": reading.days.value,
        "zero": reading.zero.value,
        "covers": reading.covers.value,
    }
    path.write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _progress(done: int, rows: int) -> None:
    if rows >= _SAID and sys.stderr.isatty():
        click.echo(f"\r{done} of {rows} rows" + ("\n" if done == rows else ""), err=True, nl=False)


def _show(step: Step) -> None:
    found = step.difference
    counts = ", ".join(f"{number} {what}" for what, number in found.counts.items()) or "nothing"
    click.echo(f"{step.day}: {counts}; {len(found.moved)} prefixes moved.")
    shown = [one for one in found.changes if one.what is not What.SAME or one.came or one.left]
    table = Printed("change", "destination", "before", "after", "%", "prefixes")
    for one in shown[:TOLD]:
        table.add_row(one.what.value, one.name, _said(one.before), _said(one.after), _percent(one), _prefixes(one))
    if shown:
        _print(table)
    if len(shown) > TOLD:
        click.echo(f"and {len(shown) - TOLD} more; all of it by --out")
    _moved(found)
    _notes(step.notes)
    for fault in step.faults:
        click.echo(str(fault), err=True)


def _moved(found: Difference) -> None:
    for move in found.moved[:TOLD]:
        click.echo(f"{move.prefix}: {move.before} → {move.after}")
    if len(found.moved) > TOLD:
        click.echo(f"and {len(found.moved) - TOLD} more prefixes moved")


def _said(terms: Terms | None) -> str:
    return "" if terms is None else str(terms)


def _percent(one: Change) -> str:
    return "" if one.percent is None else f"{one.percent:+f}"


def _prefixes(one: Change) -> str:
    moved = [f"+{len(one.came)}"] if one.came else []
    moved += [f"-{len(one.left)}"] if one.left else []
    return " ".join((str(one.prefixes), *moved))


def _faults(faults: Sequence[Fault]) -> None:
    for fault in faults[:TOLD]:
        click.echo(str(fault), err=True)
    if len(faults) > TOLD:
        click.echo(f"and {len(faults) - TOLD} more", err=True)
    if faults:
        click.echo("Nothing was written: a deck is taken whole or not at all.", err=True)
        raise click.exceptions.Exit(2)


def _notes(notes: Iterable[Fault]) -> None:
    told = list(notes)
    for note in told[:TOLD]:
        click.echo(f"to look at: {note}")
    if len(told) > TOLD:
        click.echo(f"and {len(told) - TOLD} more to look at")


T = TypeVar("T")


def _told(act: Callable[[], T]) -> T:
    try:
        return act()
    except InvalidFields as refusal:
        for problem in refusal.problems:
            click.echo(problem.message, err=True)
        raise click.exceptions.Exit(2) from refusal
    except DomainError as refusal:
        expected = f" (expected {refusal.expected})" if refusal.expected else ""
        click.echo(f"{refusal.message}{expected}", err=True)
        raise click.exceptions.Exit(2) from refusal


def _print(table: Printed) -> None:
    Console(highlight=False, soft_wrap=True).print(table)
