"""`linehouse payment`: bank statements and payments."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator


@click.group("payment")
def command() -> None:
    """Take bank statements in and list payments."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@brand_option
def import_statement(file: Path, brand: str) -> None:
    """Take a bank statement (camt.053) in; its bookings are matched to invoices by their reference."""
    with brand_at_work(brand):
        from linehouse.edge.partner.bank.intake import receive
        from linehouse.payment.service import statement

        for found in receive(file.name, file.read_bytes(), actor=operator()):
            view = statement(found)
            click.echo(f"{view.number}: {view.entries} bookings, {view.matched} matched, {view.unmatched} unmatched")


@command.command("list")
@click.option("--search", default="", help="Part of a number, account or reference.")
@brand_option
def list_payments(search: str, brand: str) -> None:
    """List payments, newest first."""
    table = Table("payment", "account", "booked", "amount", "left", "settles")
    with brand_at_work(brand):
        from linehouse.payment.service import payments

        for row in payments(search=search)[0]:
            settles = ", ".join(f"{share.invoice_number} {share.amount}" for share in row.allocations)
            table.add_row(
                row.number, row.billing_account_number, str(row.booked_on), str(row.amount), str(row.left), settles
            )
    Console(highlight=False).print(table)
