"""`linehouse credit`: credits that staff give by hand."""

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator


@click.group("credit")
def command() -> None:
    """Give customers a credit, list credits, take one back."""


@command.command("give")
@click.argument("account")
@click.argument("amount")
@click.option("--reason", required=True, help="goodwill, outage or wrong-charge: what the credit note says.")
@click.option("--note", required=True, help="Why it is given; whoever approves it reads it.")
@click.option("--once", default="", help="Your own key: the same key twice is one credit.")
@brand_option
def give(account: str, amount: str, reason: str, note: str, once: str, brand: str) -> None:
    """Give billing account ACCOUNT a credit of AMOUNT, tax included, by a credit note."""
    with brand_at_work(brand):
        from linehouse.billing import service as billing
        from linehouse.customer.service import billing_account_by_number
        from linehouse.kernel.money import Money

        found = billing_account_by_number(account)
        request = billing.CreditRequest(
            account_id=found.id, gross=Money.of(amount, found.currency), reason_code=reason, note=note, once=once
        )
        _tell(billing.give_credit(request, actor=operator()))


@command.command("reverse")
@click.argument("number")
@click.option("--reason", required=True, help="Why it was wrong.")
@brand_option
def reverse(number: str, reason: str, brand: str) -> None:
    """Take credit NUMBER back by an invoice of the same amount."""
    with brand_at_work(brand):
        from linehouse.billing import service as billing

        _tell(billing.reverse_credit(number, actor=operator(), reason=reason))


def _tell(outcome: object) -> None:
    from linehouse.billing.service import CreditOutcome

    if not isinstance(outcome, CreditOutcome):
        raise TypeError("an outcome of a credit is told")
    if outcome.proposal is not None:
        click.echo(f"beyond the limit: {outcome.proposal.number} waits for another's approval")
    elif outcome.credit is not None:
        made = outcome.credit
        click.echo(f"{made.number} {made.state}: {made.gross} by {made.reversal_number or made.invoice_number}")


@command.command("list")
@brand_option
def list_credits(brand: str) -> None:
    """List credits, newest first."""
    table = Table("credit", "account", "amount", "of which tax", "reason", "state", "given by", "credit note")
    with brand_at_work(brand):
        from linehouse.billing.service import credits_given

        for row in credits_given()[0]:
            table.add_row(
                row.number,
                row.account_number,
                str(row.gross),
                f"{row.tax} ({row.tax_code})",
                row.reason_code,
                row.state,
                row.given_by,
                row.invoice_number,
            )
    Console(highlight=False).print(table)
