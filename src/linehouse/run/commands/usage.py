"""`linehouse usage`: usage files, and the records that wait."""

import csv
from datetime import datetime
from pathlib import Path
from typing import TextIO
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period, day_start
from linehouse.run.at_work import brand_at_work, brand_option, operator

_PAGE = 50
_WIDE = 160
"""Columns of what is not read on a terminal."""


@click.group("usage")
def command() -> None:
    """Take usage files in, list them, and look after records that wait."""


@command.command("feeds")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@brand_option
def feeds(folder: Path, brand: str) -> None:
    """Take in the feed descriptions (*.yaml) of FOLDER."""
    with brand_at_work(brand):
        from linehouse.usage import service

        changed = service.apply_feeds(folder, actor=operator())
    click.echo(f"changed: {', '.join(changed)}" if changed else "nothing has changed")


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="Key of the feed; by default it is told by the file's name and content.")
@brand_option
def import_file(file: Path, source: str, brand: str) -> None:
    """Take FILE in and read it now."""
    with brand_at_work(brand):
        from linehouse.usage import service

        file_id = service.receive_file(file.name, file.read_bytes(), source, actor=operator())
        service.process_file(file_id, actor=operator())
        read = service.find_file(file_id)
        found = service.reconcile(file_id)
    if read.state == "refused":
        raise Invalid(f"{read.name} is refused: {read.message}", field="file", value=read.reason)
    click.echo(
        f"{read.name}: {read.records} records, {read.normalised} taken in, "
        f"{read.duplicates} repeats, {read.suspended} in suspense"
    )
    if read.declared_charge is not None:
        agrees = "agrees with its records" if found.charges_agree else f"but its records come to {found.summed}"
        click.echo(f"declared charge {read.declared_charge}, {agrees}")
    for note in read.notes:
        click.echo(note)


@command.command("ported")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@brand_option
def ported(file: Path, brand: str) -> None:
    """Take in a CSV file of ported numbers: number,network,since; an empty network brings a number back."""
    with brand_at_work(brand):
        from linehouse.usage import service

        changed = service.load_ported(file, actor=operator())
    click.echo(f"{changed} moves of numbers are new or changed")


@command.command("list")
@click.option("--state", default="", help="received, parsed, processed or refused.")
@brand_option
def list_files(state: str, brand: str) -> None:
    """List usage files, newest first."""
    table = Table("file", "feed", "number", "state", "records", "taken in", "repeats", "in suspense", "charge")
    with brand_at_work(brand):
        from linehouse.usage import service

        rows, count = service.list_files(state=state, limit=_PAGE)
        for row in rows:
            table.add_row(
                row.name,
                row.source,
                row.sequence,
                row.state if not row.reason else f"{row.state}: {row.reason}",
                str(row.records),
                str(row.normalised),
                str(row.duplicates),
                str(row.suspended),
                str(row.summed_charge or ""),
            )
    Console(highlight=False).print(table)
    _say_more(len(rows), count)


@command.group("suspense")
def suspense() -> None:
    """Records that wait, and what to do with them."""


@suspense.command("list")
@click.option("--reason", default="", help="Only those with this reason, such as unknown_subscriber.")
@brand_option
def list_suspense(reason: str, brand: str) -> None:
    """List waiting records, oldest first."""
    table = Table("id", "file", "place", "state", "reason", "began", "usage", "why")
    with brand_at_work(brand):
        from linehouse.usage import service

        rows, count = service.list_suspense(reason=reason, limit=_PAGE)
        for row in rows:
            table.add_row(
                str(row.id),
                row.file_name,
                str(row.position),
                row.state,
                row.reason,
                f"{row.started_at:%Y-%m-%d %H:%M:%S}" if row.started_at else "",
                f"{row.usage_type} {row.direction} {row.quantity.human() if row.quantity else ''}".strip(),
                row.message,
            )
    Console(highlight=False).print(table)
    _say_more(len(rows), count)


@suspense.command("correct")
@click.argument("suspense_id", type=click.UUID)
@click.argument("changes", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why the correction is right; it is kept.")
@brand_option
def correct(suspense_id: UUID, changes: tuple[str, ...], reason: str, brand: str) -> None:
    """Change fields of a waiting record: `imsi=204041234567890 quantity=61000`."""
    with brand_at_work(brand):
        from linehouse.usage import service

        service.correct(suspense_id, dict(_pair(change) for change in changes), actor=operator(), reason=reason)
    click.echo("corrected; `linehouse usage suspense resubmit` takes it in")


@suspense.command("resubmit")
@click.argument("suspense_ids", nargs=-1, required=True, type=click.UUID)
@brand_option
@click.pass_context
def resubmit(ctx: click.Context, suspense_ids: tuple[UUID, ...], brand: str) -> None:
    """Take waiting records in again. Exit code 1 when one still waits."""
    waiting = 0
    with brand_at_work(brand):
        from linehouse.usage import service

        for suspense_id in suspense_ids:
            taken = service.resubmit(suspense_id, actor=operator())
            row = service.find_suspense(suspense_id)
            click.echo(f"{suspense_id}: {'taken in' if taken else f'{row.reason}: {row.message}'}")
            waiting += not taken
    ctx.exit(1 if waiting else 0)


@suspense.command("discard")
@click.argument("suspense_id", type=click.UUID)
@click.option("--reason", required=True, help="Why it is not charged; it is kept.")
@brand_option
def discard(suspense_id: UUID, reason: str, brand: str) -> None:
    """Give a waiting record up; it stays in the list of discarded ones."""
    with brand_at_work(brand):
        from linehouse.usage import service

        service.discard(suspense_id, actor=operator(), reason=reason)
    click.echo("discarded")


def _pair(change: str) -> tuple[str, str]:
    name, sign, value = change.partition("=")
    if not sign:
        raise Invalid("a change is a field and its value", field="changes", value=change, expected="field=value")
    return name, value


def _say_more(shown: int, count: int) -> None:
    if count > shown:
        click.echo(f"the first {shown} of {count}")


@command.command("sums")
@click.option("--from", "start", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day of the period.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day after the period.")
@click.option("--by", "groups", multiple=True, help="Group by this; may be given several times.")
@click.option("--only", multiple=True, help="Narrow to a value: plan=robin-sim-only-20; several values by comma.")
@click.option("--csv", "out", type=click.File("w", encoding="utf-8"), help="Write a CSV file; `-` is standard output.")
@brand_option
def sums(
    start: datetime, until: datetime, groups: tuple[str, ...], only: tuple[str, ...], out: TextIO | None, brand: str
) -> None:
    """Sums of rated usage, retail and wholesale side by side.

    Usage is grouped by plan, tariff, segment, billing, type, direction, number-zone, network-zone, network, device (the
    TAC), hour (of the day), day and currency. Sums of the groups are always those of the whole.
    """
    with brand_at_work(brand):
        from linehouse.catalog import service as catalog
        from linehouse.charging import service

        zone = catalog.published().brand.zone
        by = [service.by_word(word) for word in groups]
        chosen = {service.by_word(name): values.split(",") for name, _, values in (one.partition("=") for one in only)}
        period = Period(day_start(start.date(), zone), day_start(until.date(), zone))
        wanted = service.UsageSlice(period=period, zone=zone.key, only=chosen)
        found = service.usage_totals(wanted, by)
        whole = service.usage_totals(wanted)
    if out is not None:
        writer = csv.writer(out)
        writer.writerow(service.usage_csv_head(groups))
        writer.writerows(service.usage_csv_row(one) for one in found)
        return
    table = Table()
    for group in groups:
        table.add_column(group, no_wrap=True, overflow="fold")
    for head in ("records", "retail", "with tax", "cost", "margin", "no cost", ""):
        table.add_column(head, justify="right", no_wrap=True, overflow="fold")
    for one in (*found, *(whole if groups else ())):
        money = [Money(micros, one.currency).text for micros in (one.retail, one.gross, one.cost, one.margin)]
        keys = [key or "unknown" for key in one.keys] or ["all", *[""] * len(groups)][: len(groups)]
        table.add_row(*keys, str(one.records), *money, str(one.no_cost or ""), one.currency)
    console = Console(highlight=False)
    wide = console if console.is_terminal else Console(highlight=False, width=_WIDE)
    wide.print(table)
    if unknown := sum(one.no_cost for one in whole):
        click.echo(f"Cost not known for {unknown} records.")
