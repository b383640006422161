"""`linehouse line`: a line's own lists of numbers, with which lines it shares an allowance, and what bounds it."""

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator
from linehouse.run.commands.line_limits import COMMANDS

REASON = click.option("--reason", required=True, help="Why: it stands in the history.")


@click.group("line")
def command() -> None:
    """A line's own lists of numbers (friends and family), who shares its allowance, and what bounds its usage."""


@command.command("friends")
@click.argument("line")
@click.option("--past", is_flag=True, help="Also what was taken off.")
@brand_option
def friends(line: str, past: bool, brand: str) -> None:
    """List the numbers on the lists of LINE, a product number."""
    table = Table("list", "number", "since", "until")
    with brand_at_work(brand):
        from linehouse.inventory.service import find_product, friends_of

        for one in friends_of(find_product(number=line).id, past=past):
            until = one.valid_to.isoformat() if one.valid_to else ""
            table.add_row(one.list_key, one.number, one.valid_from.isoformat(), until)
    Console(highlight=False).print(table)


@command.command("add-friend")
@click.argument("line")
@click.argument("list_key", metavar="LIST")
@click.argument("number")
@REASON
@brand_option
def add_friend(line: str, list_key: str, number: str, reason: str, brand: str) -> None:
    """Put NUMBER (+31612345678) on LIST of LINE, from now on."""
    with brand_at_work(brand):
        from linehouse.inventory.service import find_product, put_friend

        made = put_friend(find_product(number=line).id, list_key, number, actor=operator(), reason=reason)
    click.echo(f"{made.number} is on {list_key} since {made.valid_from.isoformat()}")


@command.command("remove-friend")
@click.argument("line")
@click.argument("list_key", metavar="LIST")
@click.argument("number")
@REASON
@brand_option
def remove_friend(line: str, list_key: str, number: str, reason: str, brand: str) -> None:
    """Take NUMBER off LIST of LINE, from now on."""
    with brand_at_work(brand):
        from linehouse.inventory.service import drop_friend, find_product

        gone = drop_friend(find_product(number=line).id, list_key, number, actor=operator(), reason=reason)
    click.echo(f"{gone.number} counted until {gone.valid_to.isoformat() if gone.valid_to else ''}")


@command.command("sharers")
@click.argument("holder", metavar="PLAN")
@brand_option
def sharers(holder: str, brand: str) -> None:
    """List the lines that share an allowance of PLAN, a product number, and those that did."""
    table = Table("line", "since", "until")
    with brand_at_work(brand):
        from linehouse.balance.service import group_of
        from linehouse.inventory.service import find_product

        for one in group_of(find_product(number=holder).id):
            until = one.period.end.isoformat() if one.period.end else ""
            table.add_row(one.subscription, one.period.start.isoformat(), until)
    Console(highlight=False).print(table)


@command.command("share")
@click.argument("holder", metavar="PLAN")
@click.argument("line")
@REASON
@brand_option
def share(holder: str, line: str, reason: str, brand: str) -> None:
    """Let LINE draw on the allowance that PLAN shares with a group, from now on."""
    with brand_at_work(brand):
        from linehouse.balance.service import join
        from linehouse.inventory.service import find_product

        new = join(find_product(number=holder), find_product(number=line), actor=operator(), reason=reason)
    click.echo(f"{line} {'shares' if new else 'shares already'} what {holder} brings")


@command.command("unshare")
@click.argument("holder", metavar="PLAN")
@click.argument("line")
@REASON
@brand_option
def unshare(holder: str, line: str, reason: str, brand: str) -> None:
    """LINE draws on what PLAN shares no longer, from now on; what it took stays taken."""
    with brand_at_work(brand):
        from linehouse.balance.service import leave
        from linehouse.inventory.service import find_product

        plan, member = find_product(number=holder), find_product(number=line)
        ended = leave(plan.id, member.id, actor=operator(), reason=reason)
    click.echo(f"{line} {'no longer shares' if ended else 'did not share'} what {holder} brings")


for one in COMMANDS:
    command.add_command(one)
