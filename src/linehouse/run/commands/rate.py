"""`linehouse rate`: what usage costs, and why it cost what it did."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console
from rich.table import Table

from linehouse.kernel.error import NotFound
from linehouse.kernel.money import Money
from linehouse.kernel.outcome import InvalidFields
from linehouse.kernel.period import Period
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.kernel.sentence import Sentence, sentence
from linehouse.rating.service import example_in_words, explain, load_marked, read_tariffs, run_example
from linehouse.rating.values import Tariff
from linehouse.run.at_work import brand_at_work, brand_option
from linehouse.run.language import in_language, language_option

if TYPE_CHECKING:
    from linehouse.charging.service import Difference


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


@click.group("rate", invoke_without_command=True)
@click.option("--catalog", "catalogs", multiple=True, help="The brand's folder; further ones as DIR@INSTANT.")
@click.option("--subscribers", type=_FILE, help="Who is rated by which plan: CSV or Parquet.")
@click.option(
    "--usage", type=_FILE, multiple=True, help="Records to rate: CSV or Parquet; may be given more than once."
)
@click.option("--out", type=_NEW, help="Where rated records go: .csv or .parquet. What is not rated goes beside it.")
@click.option("--balances", type=_NEW, help="Where it is told what is left of each bucket: .csv or .parquet.")
@click.option("--time-zone", "zone", help="Of instants without an offset, such as Europe/Amsterdam.")
@click.option("--workers", type=click.IntRange(1), help="How many processes; one for each core by default.")
@click.option("--cluster", default="", help="Address of a Dask scheduler that rates instead: tcp://HOST:8786.")
@click.option("--json", "as_json", is_flag=True, help="The summary for programs.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Rate files of usage; or say what usage costs, and why it cost what it did.

    linehouse rate --catalog brands/robin --subscribers subscribers.csv --usage november.parquet --out rated.parquet

    rates every record by its subscriber's plan, allowances included, and needs no database. Rows that cannot be rated
    stop nothing: they go to OUT.rejected.csv with the reason, and can be corrected and rated.
    """
    wanted = {name: given[name] for name in ("catalogs", "subscribers", "usage", "out")}
    if ctx.invoked_subcommand is not None:
        if any(given[name] for name in given):
            raise click.UsageError("options that come before a command are for rating files")
        return
    if not any(wanted.values()):
        click.echo(ctx.get_help())
        return
    if missing := [
        f"--{name.removesuffix('s')}" if name == "catalogs" else f"--{name}" for name in wanted if not wanted[name]
    ]:
        raise click.UsageError(f"rating files needs {', '.join(missing)} as well")
    _rate_files(**given)


def _rate_files(*, as_json: bool, **given: Any) -> None:
    from concurrent.futures.process import BrokenProcessPool

    from linehouse.run.rate_files.progress import Bar, Lines
    from linehouse.run.rate_files.whole import Order, rate_files

    if given["zone"] is not None:
        try:
            ZoneInfo(given["zone"])
        except (ZoneInfoNotFoundError, ValueError):
            raise click.BadParameter(f"{given['zone']!r} is no time zone, such as Europe/Amsterdam") from None
    given["workers"] = given["workers"] or 0
    order, console = Order(**given), Console(stderr=True)
    try:
        if console.is_terminal:
            with Bar(console) as bar:
                found = rate_files(order, bar)
        else:
            found = rate_files(order, Lines())
    except InvalidFields as refusal:
        for problem in refusal.problems:
            click.echo(f"{problem.message}; expected {problem.expected}", err=True)
        raise click.exceptions.Exit(2) from refusal
    except BrokenProcessPool as error:
        raise click.ClickException(
            "a rating process was killed; is there too little memory? Nothing was written"
        ) from error
    if as_json:
        click.echo(json.dumps(found.plain(), ensure_ascii=False, indent=2))
    else:
        found.show(Console(highlight=False))


@command.command("explain")
@click.argument("words", nargs=-1, required=True)
@click.option("--tariff", "key", default="robin-standard", show_default=True, help="Key of the tariff.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The brand's files; without it, what is published counts.",
)
@click.option("--left", help="What is left of an allowance that covers it, such as 10 min or 1 GB.")
@click.option("--used", help="What was used of the period before, such as 9 GB.")
@click.option("--friend", multiple=True, help="A list of friends on which the other party stands.")
@click.option("--group", multiple=True, help="A closed user group of both parties.")
@click.option("--segment", multiple=True, help="A segment of the customer.")
@click.option("--amount", help="The amount of money of which a percentage is taken.")
@click.option("--ported", help="The network (MCC-MNC) to which the other party's number was ported.")
@click.option("--on-net/--off-net", default=None, help="Whether the other party is a subscriber of the brand.")
@click.option("--parts", help="Report it in parts of so much: the sum stays the same.")
@language_option
@brand_option
def explain_words(
    words: tuple[str, ...], key: str, folder: Path | None, language: str, brand: str, **facts: Any
) -> None:
    """Price an event written in words: 61 s to +31612345678 in FR at 18:00 on Monday.

    After `to` or `from` stands a number, a short code or a number zone of the tariff; after `in` a network, a country
    or a network zone. `incoming` and `forwarded` set the direction. Whatever an example of a tariff file can say may
    stand behind a comma, or in an option.
    """
    tariff = _chosen(_tariffs_in(folder), key) if folder is not None else _published(key, brand)
    event = ", ".join((" ".join(words), *_said(facts)))
    for line in in_language(explain(run_example(tariff, example_in_words(event, tariff))), language):
        click.echo(line)


def _said(facts: Mapping[str, Any]) -> Iterator[str]:
    """Options as an example says them."""
    for option, pattern in (("friend", "friend on {}"), ("group", "in group {}"), ("segment", "in segment {}")):
        yield from (pattern.format(key) for key in facts[option])
    for option, pattern in (
        ("amount", "of {}"),
        ("ported", "ported to {}"),
        ("used", "after {} this period"),
        ("left", "with {} left"),
        ("parts", "in parts of {}"),
    ):
        if facts[option] is not None:
            yield pattern.format(facts[option])
    if facts["on_net"] is not None:
        yield "on-net" if facts["on_net"] else "off-net"


@command.command("record")
@click.argument("record", type=click.UUID)
@language_option
@brand_option
def explain_record(record: UUID, language: str, brand: str) -> None:
    """Tell how a usage record was priced and who paid for it."""
    with brand_at_work(brand):
        from linehouse.charging.service import explain as explain_rated
        from linehouse.charging.service import rated_record

        rated = rated_record(record)
        lines = explain_rated(record)
    when = f"{rated.started_at:%Y-%m-%d %H:%M:%S} UTC"
    what = sentence(
        "%(subscription)s, %(usage_type)s %(direction)s, %(when)s.",
        subscription=rated.subscription,
        usage_type=Sentence(rated.usage_type),
        direction=Sentence(rated.direction),
        when=when,
    )
    on = [sentence("On invoice %(invoice)s.", invoice=rated.invoice)] if rated.invoice else []
    for line in in_language([what, *lines, *on], language):
        click.echo(line)


@command.command("difference")
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day of use (UTC).")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day after the last (UTC).")
@click.option("--tariff", "key", default="", help="Only what was priced by this tariff.")
@click.option("--subscription", "numbers", multiple=True, help="Only this subscription; may be given more than once.")
@click.option(
    "--order",
    type=click.Choice(["sequence", "event"]),
    default="sequence",
    show_default=True,
    help="As records were charged, or as they happened.",
)
@click.option("--with-version", "version", type=int, help="The published catalogue version whose tariffs are right.")
@click.option("--csv", "file", type=click.File("w"), help="Write every record that differs to this file.")
@brand_option
def difference(
    start: datetime,
    end: datetime,
    key: str,
    numbers: tuple[str, ...],
    order: str,
    version: int | None,
    file: TextIO | None,
    brand: str,
) -> None:
    """Tell what usage of a period would cost if it were rated again now. Nothing moves."""
    with brand_at_work(brand):
        from linehouse.charging.service import Wanted, rerating_difference

        period = Period(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
        found = rerating_difference(Wanted(period, key, numbers, order, version))
        _show_difference(found, file)


def _show_difference(found: Difference, file: TextIO | None) -> None:
    table = Table("subscription", "rule", "records", "before", "now", "difference", "allowance before", "allowance now")
    for row in found.sums:
        unit = Unit(row.unit)
        table.add_row(
            row.subscription,
            row.rule,
            str(row.records),
            str(Money(row.before, row.currency)),
            str(Money(row.after, row.currency)),
            str(Money(row.difference, row.currency)),
            Quantity(row.covered_before, unit).human(),
            Quantity(row.covered_after, unit).human(),
        )
    if found.sums:
        Console(highlight=False).print(table)
    click.echo(f"{found.looked_at} records rated again, {len(found.changed)} differ.")
    for currency, micros in found.totals.items():
        click.echo(f"Difference: {Money(micros, currency)}.")
    for currency, (records, micros) in found.billed.items():
        click.echo(f"Billed, left alone: {records} records, {Money(micros, currency)}.")
    if found.to_suspense:
        click.echo(f"{found.to_suspense} records could not be priced any more.")
    if file is not None:
        csv.writer(file).writerows(found.as_rows())


def _tariffs_in(folder: Path) -> dict[str, Tariff]:
    zones = {path.stem: load_marked(path) for kind in ("*.yaml", "*.csv") for path in (folder / "zones").glob(kind)}
    return read_tariffs([load_marked(path) for path in sorted((folder / "tariffs").glob("*.yaml"))], zones)


def _published(key: str, brand: str) -> Tariff:
    with brand_at_work(brand):
        from linehouse.catalog.service import published

        return _chosen(dict(published().tariffs), key)


def _chosen(tariffs: dict[str, Tariff], key: str) -> Tariff:
    if key not in tariffs:
        raise NotFound(f"there is no tariff {key!r}", field="tariff", value=key, expected=" or ".join(sorted(tariffs)))
    return tariffs[key]
