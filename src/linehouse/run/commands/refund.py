"""`linehouse refund`: unused credit that goes back to customers."""

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator

NUMBER = click.argument("number")


@click.group("refund")
def command() -> None:
    """Ask for refunds, give approved ones to the bank, say what became of them."""


@command.command("ask")
@click.argument("account")
@click.argument("amount")
@click.option("--iban", required=True, help="Where to.")
@click.option("--holder", required=True, help="Whose account that is.")
@click.option("--reason", required=True, help="Why the money goes back.")
@click.option("--once", default="", help="Your own key: the same key twice is one refund.")
@brand_option
def ask(account: str, amount: str, iban: str, holder: str, reason: str, once: str, brand: str) -> None:
    """Ask to pay AMOUNT of billing account ACCOUNT's unused credit back; another approves it."""
    with brand_at_work(brand):
        from linehouse.customer.service import billing_account_by_number
        from linehouse.kernel.money import Money
        from linehouse.payment.service import request_refund
        from linehouse.payment.values import RefundRequest

        found = billing_account_by_number(account)
        made = request_refund(
            RefundRequest(
                billing_account_id=found.id,
                amount=Money.of(amount, found.currency),
                iban=iban,
                holder=holder,
                reason=reason,
                once=once,
            ),
            actor=operator(),
        )
    click.echo(f"{made.number} is {made.state}; {made.proposal} waits for another's approval")


@command.command("list")
@click.option("--state", default="", help="Only those in this state.")
@brand_option
def list_refunds(state: str, brand: str) -> None:
    """List refunds, newest first."""
    table = Table("refund", "account", "amount", "state", "asked by", "proposal", "file")
    with brand_at_work(brand):
        from linehouse.payment.service import refunds

        for row in refunds(state=state)[0]:
            table.add_row(
                row.number,
                row.billing_account_number,
                str(row.amount),
                row.state,
                row.requested_by,
                row.proposal,
                row.batch,
            )
    Console(highlight=False).print(table)


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True))
@brand_option
def export(file: str, brand: str) -> None:
    """Give all approved refunds to the bank: write the SEPA file (pain.001) to FILE."""
    with brand_at_work(brand):
        from pathlib import Path

        from linehouse.edge.partner.bank import pain001
        from linehouse.payment.service import refund
        from linehouse.platform.documents.service import load

        made = pain001.export(actor=operator())
        document = refund(made.orders[0].number).batch_document_id
        if document is not None:
            Path(file).write_bytes(load(document).content)
    click.echo(f"{made.number}: {len(made.orders)} refunds, {made.total}, in {file}")


@command.command("paid")
@NUMBER
@click.option("--on", "booked_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of the booking.")
@brand_option
def paid(number: str, booked_on: object, brand: str) -> None:
    """Say that the bank has paid, where its statement does not."""
    from datetime import datetime

    if not isinstance(booked_on, datetime):
        raise click.UsageError("--on is a day")
    with brand_at_work(brand):
        from linehouse.payment.service import record_paid

        record_paid(number, booked_on.date(), actor=operator())
    click.echo(f"{number} is paid")


@command.command("returned")
@NUMBER
@click.option("--reason", required=True, help="What the bank says.")
@brand_option
def returned(number: str, reason: str, brand: str) -> None:
    """Say that the bank sent the money back; it is the account's credit again."""
    with brand_at_work(brand):
        from linehouse.payment.service import record_returned

        record_returned(number, actor=operator(), reason=reason)
    click.echo(f"{number} is returned")
