"""`linehouse pack`: packs that the balance of a line pays."""

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator


@click.group("pack")
def command() -> None:
    """Boosters and packs that the balance of a prepaid line pays, and their renewal."""


@command.command("offers")
@click.argument("line")
@brand_option
def offers(line: str, brand: str) -> None:
    """List what LINE, a product number, may buy now, and what each takes from its balance."""
    table = Table("offering", "name", "price", "renews itself")
    with brand_at_work(brand):
        from linehouse.balance.service import buyable
        from linehouse.inventory.service import find_product
        from linehouse.platform.clock.service import business_now

        for offering, price in buyable(find_product(number=line).id, business_now()):
            table.add_row(offering.key, offering.name, str(price), "yes" if offering.renewal else "no")
    Console(highlight=False).print(table)


@command.command("list")
@click.argument("line")
@brand_option
def list_packs(line: str, brand: str) -> None:
    """List the packs of LINE, those that live first."""
    table = Table("pack", "name", "state", "price", "paid until", "renewal", "next payment")
    with brand_at_work(brand):
        from linehouse.balance.service import packs_of
        from linehouse.inventory.service import find_product

        for one in packs_of(find_product(number=line).id):
            until = one.paid_until.isoformat() if one.paid_until else ""
            coming = one.renews_at.isoformat() if one.renews_at else ""
            row = (one.product_number, one.offering_name, one.state, str(one.price), until, str(one.renewing), coming)
            table.add_row(*row)
    Console(highlight=False).print(table)


@command.command("buy")
@click.argument("line")
@click.argument("offering")
@click.option("--key", required=True, help="The once-key: the same again buys nothing more.")
@click.option("--renew/--once", "renews", default=None, help="Whether it renews itself; the usual is as it is sold.")
@brand_option
def buy(line: str, offering: str, key: str, renews: bool | None, brand: str) -> None:
    """Buy OFFERING for LINE from its balance: all of it at once, or nothing."""
    with brand_at_work(brand):
        from linehouse.balance.pack_values import BuyPack
        from linehouse.balance.service import buy_pack
        from linehouse.inventory.service import find_product

        plan = find_product(number=line)
        wanted = BuyPack(subscription_id=plan.id, offering_key=offering, key=key, renews=renews)
        made = buy_pack(wanted, actor=operator())
    click.echo(f"{made.product_number} {made.offering_name} for {made.price}")


@command.command("renewal")
@click.argument("pack")
@click.argument("renewing", type=click.Choice(["on", "paused", "off"]))
@click.option("--reason", required=True, help="Why: it stands in the history.")
@brand_option
def renewal(pack: str, renewing: str, reason: str, brand: str) -> None:
    """Let PACK, a product number, renew itself (on), rest when its time is over (paused), or end then (off)."""
    with brand_at_work(brand):
        from linehouse.balance.pack_values import Renewing
        from linehouse.balance.service import pack_of, set_renewing

        now = set_renewing(pack_of(pack).id, Renewing(renewing), actor=operator(), reason=reason)
    click.echo(f"{now.product_number} is {now.state}, renewal {now.renewing}")
