"""`linehouse rerate`: put usage right that was charged by a wrong price."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator

if TYPE_CHECKING:
    from linehouse.charging.service import RerateView

NUMBER = click.argument("number")
_DAY = click.DateTime(["%Y-%m-%d"])
_SHOWN = 50


@click.group("rerate")
def command() -> None:
    """Rate usage again after a correction: see the difference, have it approved, apply it."""


@command.command("plan")
@click.option("--from", "start", type=_DAY, required=True, help="First day of use, in the brand's time zone.")
@click.option("--to", "until", type=_DAY, required=True, help="The day after the last.")
@click.option("--tariff", default="", help="Only what was priced by this tariff.")
@click.option("--plan", "offering", default="", help="Only usage on this plan.")
@click.option("--subscription", "numbers", multiple=True, help="Only this subscription; may be given more than once.")
@click.option(
    "--order",
    type=click.Choice(["sequence", "event"]),
    default="sequence",
    show_default=True,
    help="As records were charged, or as they happened.",
)
@click.option("--with-version", "version", type=int, help="The published catalogue version whose tariffs are right.")
@click.option("--reason", required=True, help="Why the correction is right.")
@click.option("--later", is_flag=True, help="Let the worker reckon it instead of waiting here.")
@brand_option
def plan(
    start: datetime,
    until: datetime,
    tariff: str,
    offering: str,
    numbers: tuple[str, ...],
    order: str,
    version: int | None,
    reason: str,
    later: bool,
    brand: str,
) -> None:
    """Reckon what rating usage of a period again would change. Nothing moves."""
    with brand_at_work(brand):
        from linehouse.charging import service

        wanted = service.RerateRequest(
            start=start.date(),
            until=until.date(),
            reason=reason,
            tariff=tariff,
            offering=offering,
            subscriptions=numbers,
            order=order,
            catalog_version=version,
        )
        number = service.plan_rerate(wanted, actor=operator())
        if later:
            click.echo(f"{number} is reckoned; see `linehouse rerate show {number}`.")
            return
        _finish(number, "Rating again")
        _show(service.rerate_view(number))


def _finish(number: str, words: str) -> None:
    from linehouse.charging import service

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=1)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=max(total, 1))

        service.finish_rerate(number, told=told)


@command.command("show")
@NUMBER
@click.option("--csv", "file", type=click.File("w", encoding="utf-8"), help="Write every record to this file.")
@brand_option
def show(number: str, file: TextIO | None, brand: str) -> None:
    """Show a re-rate: the difference per subscription and rule, what was left alone, how far it is."""
    with brand_at_work(brand):
        from linehouse.charging import service

        _show(service.rerate_view(number))
        if file is not None:
            writer = csv.writer(file)
            writer.writerow(service.RERATE_CSV_HEAD)
            writer.writerows(service.rerate_csv_row(one) for one in service.every_record(number))


def _show(view: RerateView) -> None:
    from linehouse.charging import service

    click.echo(f"{view.number} {view.reason}: {view.state}, {view.done} of {view.total} subscriptions")
    version = f"by version {view.catalog_version}" if view.catalog_version is not None else "by what was in force"
    click.echo(f"{view.start} to {view.last}, {version}, in order of {view.order}")
    rows, total = service.rerate_sums(view.number, limit=_SHOWN)
    table = Table("subscription", "rule", "records", "before", "now", "difference", "allowance before", "allowance now")
    for row in rows:
        table.add_row(
            row.subscription,
            row.rule,
            str(row.records),
            str(row.before),
            str(row.now),
            str(row.difference),
            row.covered_before.human(),
            row.covered_now.human(),
        )
    if rows:
        Console(highlight=False).print(table)
    if total > len(rows):
        click.echo(f"{len(rows)} of {total}")
    _show_sums(view)
    for record in service.rerate_billed(view.number, limit=_SHOWN)[0]:
        click.echo(f"  {record.record_id} {record.subscription} {record.amount} on {record.invoice}")
    if view.applied_at is not None:
        click.echo(f"Applied: {view.applied} records entered anew.")
    for left in service.rerate_left_out(view.number):
        click.echo(f"Left out: {left.subscription}: {left.why}")
    if view.note:
        click.echo(view.note)


def _show_sums(view: RerateView) -> None:
    click.echo(f"{view.looked_at} records rated again, {view.changed} differ.")
    for before, now in view.sums.values():
        click.echo(f"Charged {before}, now {now}: {now - before}.")
    if view.reordered:
        click.echo(f"{view.reordered} records only change their place.")
    if view.to_suspense:
        click.echo(f"{view.to_suspense} records have no price any more and go to suspense.")
    if view.kept:
        click.echo(f"{view.kept} records are left as they are: their bill is being prepared, or they were erased.")
    for records, charge in view.billed.values():
        click.echo(f"Billed, left alone: {records} records, {charge}.")


@command.command("propose")
@NUMBER
@click.option("--reason", default="", help="For whoever decides; else the reason of the plan.")
@brand_option
def propose(number: str, reason: str, brand: str) -> None:
    """Put it before another person."""
    with brand_at_work(brand):
        from linehouse.charging.service import propose_rerate

        proposal = propose_rerate(number, actor=operator(), reason=reason)
    click.echo(f"{proposal} waits for another person: `linehouse approval show {proposal}`.")


@command.command("apply")
@NUMBER
@brand_option
def apply(number: str, brand: str) -> None:
    """Apply here and now what was approved; a worker does so by itself. Safe to repeat."""
    with brand_at_work(brand):
        from linehouse.charging import service
        from linehouse.charging.errors import RerateNotNow

        view = service.rerate_view(number)
        if view.state not in ("approved", "applying"):
            raise RerateNotNow(f"{number} is {view.state}", field="number", value=view.state, expected="approved")
        _finish(number, "Entering anew")
        _show(service.rerate_view(number))


@command.command("discard")
@NUMBER
@click.option("--reason", required=True, help="Why it is given up.")
@brand_option
def discard(number: str, reason: str, brand: str) -> None:
    """Give a re-rate up before it is approved."""
    with brand_at_work(brand):
        from linehouse.charging.service import discard_rerate

        discard_rerate(number, actor=operator(), reason=reason)
    click.echo(f"{number} is given up.")


@command.command("list")
@click.option("--state", default="", help="Only those in this state.")
@brand_option
def list_rerates(state: str, brand: str) -> None:
    """Re-rates, newest first."""
    table = Table("number", "reason", "period", "state", "subscriptions", "differ", "difference", "by")
    with brand_at_work(brand):
        from linehouse.charging.service import rerates

        rows, count = rerates(state=state)
        for row in rows:
            table.add_row(
                row.number,
                row.reason,
                f"{row.start} – {row.last}",
                row.state,
                f"{row.done} of {row.total}",
                str(row.changed),
                ", ".join(str(money) for money in row.difference),
                row.planned_by,
            )
    Console(highlight=False).print(table)
    if count > len(rows):
        click.echo(f"{len(rows)} of {count}")
