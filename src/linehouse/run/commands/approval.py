"""`linehouse approval`: proposals and their decisions."""

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator

NUMBER = click.argument("number")


@click.group("approval")
def command() -> None:
    """See proposed changes and decide them. Nobody decides what they have proposed themselves."""


@command.command("list")
@click.option("--state", default="proposed", show_default=True, help="A state, or all.")
@brand_option
def list_proposals(state: str, brand: str) -> None:
    """List proposals, newest first."""
    table = Table("number", "what", "about", "effect", "proposed by", "state", "expires")
    with brand_at_work(brand):
        from linehouse.platform.approval.reading import proposals

        for row in proposals(states=() if state == "all" else (state,))[0]:
            effect = str(row.effect) if row.effect is not None else "not known"
            table.add_row(
                row.number,
                row.title,
                row.subject,
                effect,
                row.proposer_name,
                row.state,
                f"{row.expires_at:%Y-%m-%d %H:%M}",
            )
    Console(highlight=False).print(table)


@command.command("show")
@NUMBER
@brand_option
def show(number: str, brand: str) -> None:
    """Show one proposal with its difference."""
    with brand_at_work(brand):
        from linehouse.platform.approval.reading import find_proposal

        found = find_proposal(number)
    click.echo(f"{found.number} {found.title}: {found.subject} ({found.state})\n{found.reason}")
    for change in found.changes:
        click.echo(f"  {change.field}: {change.before or '-'} → {change.after or '-'}")
    click.echo(f"  effect: {found.effect if found.effect is not None else 'not known'}")
    if found.result or found.note:
        click.echo(f"  {found.decider_name}: {found.note} {found.result}".rstrip())


@command.command("approve")
@NUMBER
@click.option("--note", default="", help="For whoever proposed it.")
@brand_option
@click.pass_context
def approve(ctx: click.Context, number: str, note: str, brand: str) -> None:
    """Approve a proposal and apply it. Exit code 1 when it could not be applied."""
    with brand_at_work(brand):
        from linehouse.platform.approval import service

        done = service.approve(number, actor=operator(), note=note)
    click.echo(f"{done.number} is {done.state}: {done.result}" if done.result else f"{done.number} is {done.state}")
    ctx.exit(0 if done.state in ("applied", "approved") else 1)


@command.command("refuse")
@NUMBER
@click.option("--note", required=True, help="Why not.")
@brand_option
def refuse(number: str, note: str, brand: str) -> None:
    """Refuse a proposal."""
    with brand_at_work(brand):
        from linehouse.platform.approval import service

        service.refuse(number, actor=operator(), note=note)
    click.echo(f"{number} is refused")


@command.command("withdraw")
@NUMBER
@click.option("--note", required=True, help="Why it is taken back.")
@brand_option
def withdraw(number: str, note: str, brand: str) -> None:
    """Take back your own proposal."""
    with brand_at_work(brand):
        from linehouse.platform.approval import service

        service.withdraw(number, actor=operator(), note=note)
    click.echo(f"{number} is withdrawn")
