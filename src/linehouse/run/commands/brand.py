"""`linehouse brand`: the brands of this installation."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from linehouse.kernel.error import Invalid
from linehouse.run import environment
from linehouse.run.at_work import installation, operator


@click.group("brand")
def command() -> None:
    """List and create brands."""


@command.command("list")
def list_brands() -> None:
    """List the brands with their hosts and clocks."""
    with installation():
        from linehouse.platform.clock.service import clock_state
        from linehouse.platform.control.models import Brand
        from linehouse.platform.scope import brand_scope

        table = Table("key", "name", "hosts", "business clock")
        for brand in Brand.objects.prefetch_related("hosts").order_by("key"):
            with brand_scope(brand.key):
                state = clock_state()
            hosts = ", ".join(host.host for host in brand.hosts.all())
            table.add_row(brand.key, brand.name, hosts, f"{state.now:%Y-%m-%d %H:%M} UTC ({state.mode})")
    Console(highlight=False).print(table)


@command.command("create")
@click.argument("key")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", help="Name of the brand; by default the one in the folder's brand.yaml.")
@click.option("--admin", metavar="EMAIL", help="A member of staff who is to be the brand's administrator.")
def create(key: str, folder: Path, name: str | None, admin: str | None) -> None:
    """Make a brand KEY from the files in FOLDER: its own database, catalog, number series and clock."""
    with installation() as found:
        from linehouse.platform.access.service import grant_role, user_by_email
        from linehouse.run.founding import found_brand

        user = user_by_email(admin) if admin else None
        found_brand(found, key, folder, actor=operator(), home=environment.settings().home, name=name)
        if user is not None:
            grant_role(user.id, key, "admin")
    click.echo(f"The brand {key} is there; its desk is at /b/{key}/.")
    if user is None:
        click.echo(f"Nobody works for it yet: `linehouse brand grant {key} EMAIL admin`.")


@command.command("grant")
@click.argument("key")
@click.argument("email")
@click.argument("role")
@click.option("--dealer", default="", help="For the role dealer: whose customers they reach.")
def grant(key: str, email: str, role: str, dealer: str) -> None:
    """Give the member of staff with EMAIL a ROLE for the brand KEY."""
    with installation():
        from linehouse.platform.access.permissions import ROLES
        from linehouse.platform.access.service import grant_role, user_by_email

        if role not in ROLES:
            raise Invalid(f"there is no role {role}", field="role", value=role, expected=", ".join(ROLES))
        grant_role(user_by_email(email).id, key, role, dealer)
    click.echo(f"{email} is {role} of {key}.")
