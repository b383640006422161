"""`linehouse brand`: the brands of this installation."""

import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from linehouse.kernel.error import Invalid
from linehouse.run import environment
from linehouse.run.at_work import installation, operator


@click.group("brand")
def command() -> None:
    """Make, list, freeze, export and delete brands."""


@command.command("list")
def list_brands() -> None:
    """List the brands with their hosts, clocks and states."""
    with installation():
        from linehouse.platform.clock.service import clock_state
        from linehouse.platform.control.models import Brand
        from linehouse.platform.postgres.databases import serves
        from linehouse.platform.scope import brand_scope

        table = Table("key", "name", "state", "hosts", "business clock")
        for brand in Brand.objects.prefetch_related("hosts").order_by("key"):
            hosts = ", ".join(host.host for host in brand.hosts.all())
            if not serves(brand):
                table.add_row(brand.key, brand.name, "another release: `linehouse upgrade`", hosts, "")
                continue
            with brand_scope(brand.key):
                state = clock_state()
            clock = f"{state.now:%Y-%m-%d %H:%M} UTC ({state.mode})"
            table.add_row(brand.key, brand.name, "frozen" if brand.frozen else "open", hosts, clock)
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
        began = time.monotonic()
        found_brand(found, key, folder, actor=operator(), home=environment.settings().home, name=name)
        if user is not None:
            grant_role(user.id, key, "admin")
        seconds = time.monotonic() - began
    click.echo(f"The brand {key} is there after {seconds:.1f} s; its desk is at /b/{key}/.")
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


@command.command("freeze")
@click.argument("key")
def freeze(key: str) -> None:
    """Freeze the brand KEY: it can be looked at, but nothing of it changes, its APIs are closed, its jobs wait."""
    with installation():
        from linehouse.platform.postgres.brands import set_frozen

        changed = set_frozen(key, frozen=True)
    click.echo(f"{key} is frozen." if changed else f"{key} was frozen already.")


@command.command("unfreeze")
@click.argument("key")
def unfreeze(key: str) -> None:
    """Open the brand KEY again; its jobs go on where they were."""
    with installation():
        from linehouse.platform.postgres.brands import set_frozen

        changed = set_frozen(key, frozen=False)
    click.echo(f"{key} is open again." if changed else f"{key} was open.")


@command.group("host")
def host() -> None:
    """The host names under which customers and programs reach a brand."""


@host.command("list")
@click.argument("key")
def list_hosts(key: str) -> None:
    """List the host names of the brand KEY."""
    with installation():
        from linehouse.platform.postgres.brands import hosts_of

        for name in hosts_of(key):
            click.echo(name)


@host.command("add")
@click.argument("key")
@click.argument("name")
def add(key: str, name: str) -> None:
    """Let the host NAME stand for the brand KEY. The name itself must lead here by DNS."""
    with installation():
        from linehouse.edge.web.middleware import STAFF_HOSTS
        from linehouse.platform.postgres.brands import add_host

        add_host(key, name, STAFF_HOSTS)
    click.echo(f"{name} stands for {key}.")


@host.command("remove")
@click.argument("key")
@click.argument("name")
def remove(key: str, name: str) -> None:
    """Let the host NAME stand for the brand KEY no more."""
    with installation():
        from linehouse.platform.postgres.brands import remove_host

        remove_host(key, name)
    click.echo(f"{name} stands for {key} no more.")


@command.command("export")
@click.argument("key")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--personal", is_flag=True, help="With personal values in the open; everybody concerned can see that.")
@click.option("--reason", default="", help="Why personal values leave; needed with --personal.")
def export(key: str, folder: Path, personal: bool, reason: str) -> None:
    """Write everything that the brand KEY has into an empty FOLDER, in open formats, of one instant."""
    from linehouse.run.at_work import brand_at_work
    from linehouse.run.terminal import Steps

    with Steps(Console(highlight=False)) as steps, brand_at_work(key, reading=True):
        from linehouse.insight.service.full_export import export_everything

        made = export_everything(folder, actor=operator(), personal=personal, reason=reason, told=steps)
    click.echo(f"{made.rows} rows and {made.documents} documents of {key} are in {folder}.")
    click.echo(f"Ledger hash: {made.ledger_hash}")


@command.command("delete")
@click.argument("key")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", "typed", help="The name of the brand, typed to confirm; asked for when it is missing.")
def delete(key: str, folder: Path, typed: str | None) -> None:
    """Delete the frozen brand KEY, after a last backup, and a last export into FOLDER.

    Its database, host names, memberships and programs go. Refused while the brand is open or somebody works with it.
    """
    from linehouse.run.keeping.ending import end_with_a_copy
    from linehouse.run.terminal import Steps

    console = Console(highlight=False)
    settings = environment.settings()
    with installation(settings) as found:
        from linehouse.platform.postgres.brands import require_unused

        brand = require_unused(found, key)
        typed = typed or click.prompt(f"Type the name of the brand ({brand.name}) to delete it")
        if typed != brand.name:
            raise Invalid("that is not its name", field="name", value=typed, expected=brand.name)
        with Steps(console) as steps:
            backup = end_with_a_copy(found, settings, key, folder, operator(), steps)
    console.print(f"{key} is gone. Its last export is in {folder}, its last backup is {backup}.", soft_wrap=True)
