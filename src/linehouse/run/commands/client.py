"""`linehouse client`: programs that call the APIs of a brand."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from linehouse.kernel.error import Invalid
from linehouse.run.at_work import brand_at_work, brand_option, operator

_reason = click.option("--reason", default="at the command line", show_default=True, help="Why, for the record.")


@click.group("client")
def command() -> None:
    """Register, list and revoke programs that call the APIs; give them new secrets."""


@command.command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="A permission such as customer.read; repeat it.")
@click.option(
    "--plain", multiple=True, help="A field group that is seen plainly, such as customer.personal; repeat it."
)
@click.option("--hidden", multiple=True, help="A field group that is not seen at all; the others are masked.")
@click.option("--dealer", default="", help="Only this dealer's customers and orders.")
@click.option("--per-minute", type=click.IntRange(1), default=600, show_default=True, help="Calls in a minute.")
@click.option("--monthly-quota", type=click.IntRange(1), help="Calls in a month; no end by default.")
@click.option("--token-seconds", type=click.IntRange(60, 86_400), default=3600, show_default=True)
@_reason
@brand_option
def create(
    name: str,
    scopes: tuple[str, ...],
    plain: tuple[str, ...],
    hidden: tuple[str, ...],
    dealer: str,
    per_minute: int,
    monthly_quota: int | None,
    token_seconds: int,
    reason: str,
    brand: str,
) -> None:
    """Register the program NAME and print its id and secret, which is shown this once."""
    with brand_at_work(brand):
        from linehouse.platform.access.grants import Sight
        from linehouse.platform.access.programs import ClientWishes, register_program

        sights = dict.fromkeys(hidden, Sight.HIDDEN) | dict.fromkeys(plain, Sight.PLAIN)
        wishes = ClientWishes(
            name=name,
            scopes=frozenset(scopes),
            sights=sights,
            dealer=dealer,
            per_minute=per_minute,
            monthly_quota=monthly_quota,
            token_seconds=token_seconds,
        )
        made = register_program(brand, wishes, actor=operator(), reason=reason)
    click.echo(f"client_id      {made.client_id}")
    click.echo(f"client_secret  {made.secret}")
    click.echo("The secret is not kept and not shown again.", err=True)


@command.command("list")
@brand_option
def list_clients(brand: str) -> None:
    """List the brand's programs."""
    table = Table("id", "name", "state", "scopes", "dealer", "a minute", "a month")
    with brand_at_work(brand):
        from linehouse.platform.access.programs import programs

        for one in programs(brand):
            limits = [str(limit) if limit else "no limit" for limit in (one.per_minute, one.monthly_quota)]
            table.add_row(str(one.id), one.name, one.state, " ".join(one.scopes), one.dealer, *limits)
    Console(highlight=False, width=200).print(table)


@command.command("rotate")
@click.argument("client_id")
@click.option("--overlap-hours", type=click.IntRange(0, 24 * 90), default=24, show_default=True)
@_reason
@brand_option
def rotate(client_id: str, overlap_hours: int, reason: str, brand: str) -> None:
    """Print a new secret for CLIENT_ID; those that hold now end after the overlap."""
    with brand_at_work(brand):
        from linehouse.platform.access.programs import rotate_secret

        overlap = timedelta(hours=overlap_hours)
        made = rotate_secret(brand, _id(client_id), overlap=overlap, actor=operator(), reason=reason)
    click.echo(f"client_secret  {made.secret}")
    click.echo("The secret is not kept and not shown again.", err=True)


@command.command("revoke")
@click.argument("client_id")
@_reason
@brand_option
def revoke(client_id: str, reason: str, brand: str) -> None:
    """End the program CLIENT_ID for good: its secrets and tokens no longer hold."""
    with brand_at_work(brand):
        from linehouse.platform.access.programs import revoke_program

        revoke_program(brand, _id(client_id), actor=operator(), reason=reason)
    click.echo(f"{client_id} is revoked.")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(
            "this is no client id", field="client_id", value=text, expected="an id of `client list`"
        ) from None
