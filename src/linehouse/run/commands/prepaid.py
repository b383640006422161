"""`linehouse prepaid`: the life of prepaid lines."""

from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator

REASON = click.option("--reason", required=True, help="Why: it stands in the history.")


@click.group("prepaid")
def command() -> None:
    """How prepaid lines live without money and use: active, grace, inactive, recycled."""


@command.command("list")
@click.argument("state", type=click.Choice(["active", "grace", "inactive", "recycled"]))
@brand_option
def list_lines(state: str, brand: str) -> None:
    """List lines in STATE, those first whose next step is nearest."""
    table = Table("line", "since", "last counted", "next", "at", "left over")
    with brand_at_work(brand):
        from linehouse.balance.service import prepaid_lines
        from linehouse.platform.clock.service import business_now

        for one in prepaid_lines(state, business_now()):
            rest = f"{one.rest} {one.rest_kept_as}" if one.rest is not None else ""
            at = one.next_at.isoformat() if one.next_at else ""
            row = (one.subscription, one.since.isoformat(), one.counted_at.isoformat(), one.next_state, at, rest)
            table.add_row(*row)
    Console(highlight=False).print(table)


@command.command("follow")
@brand_option
def follow(brand: str) -> None:
    """Follow every prepaid line that works and is not followed yet, from now on."""
    with brand_at_work(brand):
        from linehouse.balance.service import follow_all

        found = follow_all(actor=operator())
    click.echo(f"{found} lines are followed from now on")


@command.command("extend")
@click.argument("line")
@click.argument("until", type=click.DateTime(["%Y-%m-%d"]))
@REASON
@brand_option
def extend(line: str, until: datetime, reason: str, brand: str) -> None:
    """Let LINE, which works, live at least until the beginning of a day, by the brand's zone."""
    with brand_at_work(brand):
        from linehouse.balance.service import extend_life
        from linehouse.catalog.service import published
        from linehouse.inventory.service import find_product
        from linehouse.kernel.period import day_start

        instant = day_start(until.date(), published().brand.zone)
        now = extend_life(find_product(number=line).id, instant, actor=operator(), reason=reason)
    click.echo(f"{now.subscription} is {now.state} until {now.next_at.isoformat() if now.next_at else ''}")


@command.command("pay-back")
@click.argument("line")
@REASON
@brand_option
def pay_back(line: str, reason: str, brand: str) -> None:
    """Book that the credit which was left on LINE, a recycled one, was paid back at a till."""
    with brand_at_work(brand):
        from linehouse.balance.service import settle_claim

        amount = settle_claim(line, actor=operator(), reason=reason)
    click.echo(f"{amount} paid back")
