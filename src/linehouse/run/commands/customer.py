"""`linehouse customer`: register, list and show customers."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from linehouse.customer.values import AccountWishes, RegisterCustomer
from linehouse.kernel.outcome import InvalidFields
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.run.at_work import brand_at_work, brand_option, operator


@click.group("customer")
def command() -> None:
    """Register, list and show customers."""


@command.command("register")
@click.option("--given-name", required=True)
@click.option("--family-name", required=True)
@click.option("--email", required=True)
@click.option("--birth-date", required=True, help="YYYY-MM-DD.")
@click.option("--street", "street1", required=True, help="Street and house number.")
@click.option("--postcode", required=True)
@click.option("--city", required=True)
@click.option("--country", required=True, help="ISO 3166-1 code such as NL.")
@click.option("--phone", default="")
@click.option("--language", default="", help="One of the brand's languages; its first by default.")
@click.option("--cycle-day", type=int, help="Day of the month on which bills are made; the brand's by default.")
@click.option("--external-id", default="", help="Your own key: the same key twice is the same customer.")
@click.option("--characteristic", "own", multiple=True, help="One of the brand's own, as key=value; may be repeated.")
@brand_option
def register(brand: str, cycle_day: int | None, external_id: str, own: tuple[str, ...], **given: str) -> None:
    """Register a person as a customer with a billing account."""
    person = NewIndividual(
        given_name=given["given_name"],
        family_name=given["family_name"],
        email=given["email"],
        birth_date=given["birth_date"],
        phone=given["phone"],
        language=given["language"],
        address=PostalAddress(
            street1=given["street1"], postcode=given["postcode"], city=given["city"], country=given["country"]
        ),
    )
    wish = RegisterCustomer(
        party=person,
        account=AccountWishes(cycle_day=cycle_day),
        external_id=external_id,
        characteristics=dict(_pair(text) for text in own),
    )
    with brand_at_work(brand):
        from linehouse.customer.service import register_customer

        try:
            done = register_customer(wish, actor=operator())
        except InvalidFields as refusal:
            for problem in refusal.problems:
                click.echo(f"{problem.field}: {problem.message} (expected {problem.expected})", err=True)
            raise click.exceptions.Exit(2) from refusal
    click.echo(f"Customer {done.customer_number} with billing account {done.billing_account_number}.")
    for found in done.duplicates:
        click.echo(f"Perhaps known already: party {found.party_id} has the same {found.by}.", err=True)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is not of the form key=value", param_hint="--characteristic")
    return key.strip(), value.strip()


@command.command("list")
@click.option("--search", default="", help="Number, e-mail address, telephone number with plus, or words of a name.")
@click.option("--state", default="", help="active, suspended or closed.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@brand_option
def list_customers(search: str, state: str, limit: int, brand: str) -> None:
    """List customers, newest first."""
    table = Table("customer", "name", "kind", "state", "since")
    with brand_at_work(brand):
        from linehouse.customer.service import find_customers

        page = find_customers(search=search, filters={"state": state}, limit=limit)
    for row in page.rows:
        table.add_row(row.number, row.name, row.kind.value, row.state, row.created_at.date().isoformat())
    Console(highlight=False).print(table)
    click.echo(f"{len(page.rows)} of {page.total}")


@command.command("show")
@click.argument("number")
@brand_option
def show(number: str, brand: str) -> None:
    """Show the customer of a number such as C-000001, with accounts and timeline."""
    with brand_at_work(brand):
        from linehouse.customer.service import customer_by_number
        from linehouse.insight.service import timeline

        view = customer_by_number(number)
        happened = timeline(view.id, limit=20)
    party = view.party
    click.echo(f"{view.number}  {view.name}  ({view.kind}, {view.state})")
    address = ", ".join((*party.address.lines, party.address.country)) if party.address else ""
    click.echo("\n".join(line for line in (party.email, party.phone, address) if line))
    for account in view.accounts:
        click.echo(
            f"{account.number}  {account.currency}, cycle day {account.cycle_day}, "
            f"{account.payment_terms_days} days to pay, {account.state}"
        )
    for entry in happened.rows:
        told = f"{entry.title}: {entry.text}" if entry.text else entry.title
        click.echo(f"{entry.at.isoformat(timespec='seconds')}  {told}")
