"""`linehouse threshold`: figures of a line at which somebody is told."""

from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator


@click.group("threshold")
def command() -> None:
    """Thresholds of a line: told once when what is left, used or spent reaches them, and armed again."""


@command.command("list")
@click.argument("line")
@brand_option
def list_thresholds(line: str, brand: str) -> None:
    """List the thresholds of LINE, a product number, with where their figures stand."""
    table = Table("id", "measure", "of", "limit", "now", "reached")
    with brand_at_work(brand):
        from linehouse.balance.service import thresholds_of
        from linehouse.inventory.service import find_product
        from linehouse.platform.clock.service import business_now

        for one in thresholds_of(find_product(number=line).id, business_now()):
            watched = one.watched
            limit = f"{watched.percent} %" if watched.percent is not None else one.human(watched.limit)
            reached = one.reached_at.isoformat() if one.reached_at else ""
            of = watched.source or watched.asset
            table.add_row(str(watched.id), str(watched.measure), of, limit, one.human(one.value), reached)
    Console(highlight=False).print(table)


@command.command("set")
@click.argument("line")
@click.argument("measure", type=click.Choice(["remaining", "used", "spent"]))
@click.argument("asset")
@click.argument("limit")
@click.option("--source", default="", help="Only this allowance, as offering/allowance.")
@click.option("--origin", type=click.Choice(["customer", "brand", "legal"]), default="customer", help="Who wants it.")
@brand_option
def set_one(line: str, measure: str, asset: str, limit: str, source: str, origin: str, brand: str) -> None:
    """Tell when MEASURE of ASSET (EUR, octet, ms, sms) of LINE reaches LIMIT: 5.00, 1 GB or 20%."""
    with brand_at_work(brand):
        from linehouse.balance.service import NewThreshold, set_threshold
        from linehouse.balance.thresholds import Measure, Origin
        from linehouse.inventory.service import find_product

        made = set_threshold(
            NewThreshold(
                subscription_id=find_product(number=line).id,
                measure=Measure(measure),
                asset=asset,
                limit=limit,
                source=source,
                origin=Origin(origin),
            ),
            actor=operator(),
        )
    click.echo(str(made))


@command.command("end")
@click.argument("threshold", type=click.UUID)
@click.option("--reason", required=True, help="Why: it stands in the history.")
@brand_option
def end(threshold: UUID, reason: str, brand: str) -> None:
    """Take THRESHOLD, an id, away."""
    with brand_at_work(brand):
        from linehouse.balance.service import end_threshold

        end_threshold(threshold, actor=operator(), reason=reason)
    click.echo("nobody is told any more")
