"""`linehouse group`: closed user groups."""

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator

REASON = click.option("--reason", required=True, help="Why: it stands in the history.")
KIND = click.option(
    "--as", "kind", type=click.Choice(["line", "customer", "organization"]), default="line", help="What MEMBER numbers."
)


@click.group("group")
def command() -> None:
    """Closed user groups: lines, customers and organisations that call each other at a price of their own."""


@command.command("list")
@brand_option
def list_groups(brand: str) -> None:
    """List all groups."""
    table = Table("key", "name", "word")
    with brand_at_work(brand):
        from linehouse.inventory.service import closed_groups

        for one in closed_groups():
            table.add_row(one.key, one.name, one.word)
    Console(highlight=False).print(table)


@command.command("show")
@click.argument("key")
@click.option("--past", is_flag=True, help="Also who has left.")
@brand_option
def show(key: str, past: bool, brand: str) -> None:
    """List the members of group KEY."""
    table = Table("kind", "member", "since", "until")
    with brand_at_work(brand):
        from linehouse.inventory.service import closed_group

        for one in closed_group(key, past=past).members:
            until = one.valid_to.isoformat() if one.valid_to else ""
            table.add_row(one.kind.value, one.shown, one.valid_from.isoformat(), until)
    Console(highlight=False).print(table)


@command.command("new")
@click.argument("key")
@click.argument("name")
@click.option("--word", default="", help="What tariffs call it; the usual is KEY.")
@REASON
@brand_option
def new(key: str, name: str, word: str, reason: str, brand: str) -> None:
    """Make group KEY called NAME."""
    with brand_at_work(brand):
        from linehouse.inventory.service import open_group

        made = open_group(key, name, word=word, actor=operator(), reason=reason)
    click.echo(f"{made.key} is made; tariffs call it {made.word}")


@command.command("join")
@click.argument("key")
@click.argument("member")
@KIND
@REASON
@brand_option
def join(key: str, member: str, kind: str, reason: str, brand: str) -> None:
    """Take MEMBER, a product or customer number, into group KEY."""
    with brand_at_work(brand):
        from linehouse.inventory.service import join_group, member_of
        from linehouse.inventory.values import MemberKind

        join_group(key, MemberKind(kind), member_of(MemberKind(kind), member), actor=operator(), reason=reason)
    click.echo(f"{member} belongs to {key} from now on")


@command.command("leave")
@click.argument("key")
@click.argument("member")
@KIND
@REASON
@brand_option
def leave(key: str, member: str, kind: str, reason: str, brand: str) -> None:
    """Take MEMBER out of group KEY, from now on."""
    with brand_at_work(brand):
        from linehouse.inventory.service import leave_group, member_of
        from linehouse.inventory.values import MemberKind

        leave_group(key, MemberKind(kind), member_of(MemberKind(kind), member), actor=operator(), reason=reason)
    click.echo(f"{member} has left {key}")
