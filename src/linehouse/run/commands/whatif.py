"""`linehouse whatif`: try a plan on usage of the past."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from linehouse.kernel.outcome import InvalidFields
from linehouse.run.at_work import brand_at_work, brand_option, operator

if TYPE_CHECKING:
    from linehouse.insight.service import WhatIfView

NUMBER = click.argument("number")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("whatif")
def command() -> None:
    """Try a plan on usage of the past: who would pay what, and what would be left of it."""


@command.command("run")
@click.option("--from", "start", required=True, type=_DAY, help="First day of the period.")
@click.option("--until", required=True, type=_DAY, help="First day after the period.")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The plan as files.")
@click.option("--draft", default="", help="The plan as a draft of the desk, by number.")
@click.option("--version", type=int, help="The plan as a published version, by number.")
@click.option("--onto", default="", help="Put everybody onto this offering; else each stays on its own.")
@click.option("--offering", default="", help="Only who has this offering.")
@click.option("--account", "accounts", multiple=True, help="Only this billing account; may be given several times.")
@click.option("--name", default="", help="What the trial is for.")
@click.option("--later", is_flag=True, help="Let the worker go through it instead of waiting here.")
@brand_option
def run(
    start: datetime,
    until: datetime,
    folder: Path | None,
    draft: str,
    version: int | None,
    onto: str,
    offering: str,
    accounts: tuple[str, ...],
    name: str,
    later: bool,
    brand: str,
) -> None:
    """Try a plan on the usage of a period that has passed; nothing is charged."""
    if sum((folder is not None, bool(draft), version is not None)) != 1:
        raise click.UsageError("say where the plan is: one of --folder, --draft and --version")
    with brand_at_work(brand):
        from linehouse.insight import service

        files, origin = _files(folder, draft, version)
        wanted = service.WhatIfRequest(
            name=name or origin,
            start=start.date(),
            until=until.date(),
            files=files,
            origin=origin,
            onto=onto,
            offering=offering,
            accounts=accounts,
        )
        try:
            number = service.start_what_if(wanted, actor=operator())
        except InvalidFields as refusal:
            for problem in refusal.problems:
                click.echo(problem.message, err=True)
            raise click.exceptions.Exit(2) from refusal
        if later:
            click.echo(f"{number} is under way; see `linehouse whatif show {number}`.")
            return
        _wait(number)
        _show(service.what_if(number))


def _files(folder: Path | None, draft: str, version: int | None) -> tuple[dict[str, str], str]:
    from linehouse.catalog import service as catalog
    from linehouse.catalog.folder import read_folder

    if folder is not None:
        return read_folder(folder), f"folder {folder.name}"
    if draft:
        found = catalog.draft(draft)
        return found.files, f"draft {found.number}"
    return catalog.exported_files(version), f"version {version}"


def _wait(number: str) -> None:
    from linehouse.insight import service

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Trying", total=max(service.what_if(number).total, 1))

        def told(done: int) -> None:
            bar.update(task, completed=done)

        service.finish_what_if(number, actor=operator(), told=told)


@command.command("show")
@NUMBER
@brand_option
def show(number: str, brand: str) -> None:
    """What a trial comes to."""
    with brand_at_work(brand):
        from linehouse.insight import service

        _show(service.what_if(number))


def _show(view: WhatIfView) -> None:
    click.echo(f"{view.number} {view.name}: {view.state}, {view.done} of {view.total} subscriptions")
    if view.fault:
        click.echo(view.fault)
    click.echo(f"{view.start} to {view.last}, plan from {view.origin}" + (f", all on {view.onto}" if view.onto else ""))
    table = Table("", "before", "after", "change")
    for name, before, after in (
        ("what subscribers pay, tax included", view.before.bill, view.after.bill),
        ("fees without tax", view.before.fee_net, view.after.fee_net),
        ("usage without tax", view.before.usage_net, view.after.usage_net),
        ("usage that no balance could pay", view.before.uncollected, view.after.uncollected),
        ("revenue without tax", view.before.net, view.after.net),
        ("wholesale cost", view.before.cost, view.after.cost),
        ("margin", view.before.margin, view.after.margin),
    ):
        table.add_row(name, *(str(view.money(amount)) for amount in (before, after, after - before)))
    Console(highlight=False).print(table)
    click.echo(f"{view.wins} would pay less, {view.loses} more, {view.same} the same.")
    if view.left_out:
        click.echo(
            f"{view.left_out} were left out: their currency is another, or the plan's files lack their offering."
        )
    if view.after.unpriced:
        click.echo(f"{view.after.unpriced} records have no price on the plan.")
    if view.before.no_cost or view.after.no_cost:
        click.echo(f"Cost not known for {view.before.no_cost} records before and {view.after.no_cost} after.")
    even = view.even
    if even.fee_now is not None and even.fee_same_revenue is not None and even.fee_no_margin is not None:
        same, none = (
            str(view.money(fee)) if fee >= 0 else "even none" for fee in (even.fee_same_revenue, even.fee_no_margin)
        )
        click.echo(
            f"Fees of a full period without tax: {view.money(even.fee_now)}; {same} would bring the revenue that there"
            f" was, {none} a margin of zero."
        )
    for usage, (now, even_price) in even.prices.items():
        enough = f"{view.money(even_price)} would bring a margin of zero" if even_price >= 0 else _EVEN_FOR_NOTHING
        click.echo(f"{usage}: {view.money(now)} per {_PER.get(usage, 'event')} on average without tax; {enough}.")


_EVEN_FOR_NOTHING = "even for nothing there would be a margin"
_PER = {"voice": "minute", "data": "GB", "sms": "message", "mms": "message"}


@command.command("list")
@brand_option
def list_trials(brand: str) -> None:
    """Trials, newest first."""
    table = Table("number", "name", "period", "plan", "state", "subscriptions", "by")
    with brand_at_work(brand):
        from linehouse.insight import service

        rows, count = service.what_ifs(limit=50)
        for row in rows:
            table.add_row(
                row.number,
                row.name,
                f"{row.start} – {row.last}",
                row.origin,
                row.state,
                f"{row.done} of {row.total}",
                row.started_by,
            )
    Console(highlight=False).print(table)
    if count > len(rows):
        click.echo(f"{len(rows)} of {count}")


@command.command("export")
@NUMBER
@click.argument("out", type=click.File("w", encoding="utf-8"))
@brand_option
def export(number: str, out: TextIO, brand: str) -> None:
    """Write both sides of every subscription as CSV; `-` is standard output."""
    with brand_at_work(brand):
        from linehouse.insight import service

        service.what_if(number)
        writer = csv.writer(out)
        writer.writerow(service.CSV_HEAD)
        count = 0
        for one in service.every_line(number):
            writer.writerow(service.csv_row(one))
            count += 1
    click.echo(f"{count} subscriptions", err=True)


@command.command("cancel")
@NUMBER
@brand_option
def cancel(number: str, brand: str) -> None:
    """Stop a trial; what is done stays."""
    with brand_at_work(brand):
        from linehouse.insight import service

        service.cancel_what_if(number, actor=operator())
    click.echo(f"{number} is cancelled; `linehouse whatif resume {number}` goes on.")


@command.command("resume")
@NUMBER
@brand_option
def resume(number: str, brand: str) -> None:
    """Go on with a trial that was cancelled or failed."""
    with brand_at_work(brand):
        from linehouse.insight import service

        service.resume_what_if(number, actor=operator())
        _wait(number)
        _show(service.what_if(number))
