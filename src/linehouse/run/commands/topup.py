"""`linehouse topup`: money on prepaid lines: top-ups, transfers, adjustments, overdrafts, and the brand's rules."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator

_ONCE = click.option("--once", default="", help="Your own key: the same key twice moves money once.")


def _key(once: str) -> str:
    from linehouse.kernel.ids import new_id

    return f"cli/{once or new_id()}"


@click.group("topup")
def command() -> None:
    """Put money on prepaid lines, send it, correct it, take it back."""


@command.command("add")
@click.argument("line")
@click.argument("amount")
@click.option("--method", type=click.Choice(["agent", "card", "bank", "dealer", "gift"]), default="agent")
@click.option("--reference", default="", help="The authorisation of a card, the booking of a bank.")
@click.option("--dealer", default="", help="Whose till took the money.")
@click.option("--giver", default="", help="Number of the customer who gives it, for a gift.")
@click.option("--valid-days", type=int, help="The credit ends after so many days.")
@_ONCE
@brand_option
def add(
    line: str,
    amount: str,
    method: str,
    reference: str,
    dealer: str,
    giver: str,
    valid_days: int | None,
    once: str,
    brand: str,
) -> None:
    """Put AMOUNT on LINE (such as S-000001)."""
    with brand_at_work(brand):
        from linehouse.balance import service as balance
        from linehouse.balance.money_rules import Method
        from linehouse.customer.service import customer_by_number
        from linehouse.kernel.money import Money

        made = balance.top_up(
            balance.TopUpRequest(
                line=line,
                amount=Money.of(amount, balance.money_rules().currency),
                method=Method(method),
                once=_key(once),
                reference=reference,
                channel="cli",
                dealer=dealer,
                giver_id=customer_by_number(giver).id if giver else None,
                valid_days=valid_days,
            ),
            actor=operator(),
        )
    bonus = f", with {made.bonus} bonus ({made.bonus_key})" if made.bonus else ""
    click.echo(f"{made.number}: {made.amount} on {made.subscription}{bonus}{', known already' if made.again else ''}")


@command.command("transfer")
@click.argument("giver")
@click.argument("receiver")
@click.argument("amount")
@_ONCE
@brand_option
def transfer(giver: str, receiver: str, amount: str, once: str, brand: str) -> None:
    """Give AMOUNT of line GIVER's bought credit to line RECEIVER."""
    with brand_at_work(brand):
        from linehouse.balance import service as balance
        from linehouse.kernel.money import Money

        request = balance.TransferRequest(
            giver=giver,
            receiver=receiver,
            amount=Money.of(amount, balance.money_rules().currency),
            once=_key(once),
            channel="cli",
        )
        made = balance.transfer(request, actor=operator())
    click.echo(f"{made.number}: {made.amount} from {made.giver} to {made.receiver}, fee {made.fee}")


@command.command("adjust")
@click.argument("bucket")
@click.argument("amount")
@click.option("--reason", required=True, help="A reason of the brand's list.")
@click.option("--note", required=True, help="What happened; whoever approves it reads it.")
@_ONCE
@brand_option
def adjust(bucket: str, amount: str, reason: str, note: str, once: str, brand: str) -> None:
    """Change BUCKET (such as S-000001/main) by AMOUNT: 5.00, -5.00, or base units of an allowance."""
    with brand_at_work(brand):
        from linehouse.balance import service as balance
        from linehouse.kernel.money import Money

        found = balance.bucket(bucket)
        change = Money.of(amount, found.asset).micros if found.is_money else int(amount)
        outcome = balance.adjust(
            balance.AdjustRequest(bucket_ref=bucket, amount=change, reason_code=reason, note=note, once=_key(once)),
            actor=operator(),
        )
    if outcome.adjustment is not None:
        click.echo(f"{outcome.adjustment.number}: {outcome.adjustment.human} on {bucket}")
    elif outcome.proposal is not None:
        click.echo(f"beyond the limit: {outcome.proposal.number} waits for another's approval")


@command.command("reverse")
@click.argument("number")
@click.option("--reason", required=True, help="Why it is taken back.")
@brand_option
def reverse(number: str, reason: str, brand: str) -> None:
    """Take top-up, transfer or adjustment NUMBER (TU-, TR- or AJ-) back as a whole."""
    with brand_at_work(brand):
        from linehouse.balance import service as balance

        if number.startswith("TR-"):
            balance.reverse_transfer(number, actor=operator(), reason=reason)
        elif number.startswith("AJ-"):
            balance.reverse_adjustment(number, actor=operator(), reason=reason)
        else:
            balance.reverse_top_up(number, actor=operator(), reason=reason)
    click.echo(f"{number} is reversed")


@command.command("overdraft")
@click.argument("line")
@click.argument("amount")
@click.option("--settled-usage", is_flag=True, help="Usage that has happened may go below that, too.")
@click.option("--reason", required=True, help="Why.")
@brand_option
def overdraft(line: str, amount: str, settled_usage: bool, reason: str, brand: str) -> None:
    """Let the balance of LINE go AMOUNT below zero; 0 is plain prepaid."""
    with brand_at_work(brand):
        from linehouse.balance import service as balance
        from linehouse.kernel.money import Money

        wanted = Money.of(amount, balance.money_rules().currency)
        outcome = balance.set_overdraft(line, wanted, overdraw=settled_usage, actor=operator(), reason=reason)
    if isinstance(outcome, Money):
        click.echo(f"{line} may go {outcome} below zero")
    else:
        click.echo(f"beyond the limit: {outcome.number} waits for another's approval")


@command.command("automatic")
@click.argument("line")
@click.argument("amount", required=False)
@click.option("--below", default="", help="When the balance falls below this amount.")
@click.option("--day", type=click.IntRange(1, 28), help="On this day of each month.")
@click.option("--token", default="", help="The payment provider's name of the card.")
@click.option("--off", is_flag=True, help="Switch it off.")
@brand_option
def automatic(line: str, amount: str | None, below: str, day: int | None, token: str, off: bool, brand: str) -> None:
    """Let LINE top itself up by AMOUNT, below a threshold, on a day of the month, or both; or switch that off."""
    with brand_at_work(brand):
        from linehouse.balance import service as balance
        from linehouse.kernel.money import Money

        if off:
            view = balance.stop_auto(line, actor=operator(), reason="switched off at the command line")
        elif not amount:
            raise click.UsageError("AMOUNT is missing: how much is put on the line each time?")
        else:
            currency = balance.money_rules().currency
            request = balance.AutoRequest(
                line=line,
                amount=Money.of(amount, currency),
                threshold=Money.of(below, currency) if below else None,
                day=day,
                token=token,
            )
            view = balance.set_auto(request, actor=operator())
    click.echo(f"{view.subscription}: {view.state}, {view.amount}")


@command.command("list")
@click.option("--search", default="", help="Number, line or reference.")
@brand_option
def list_top_ups(search: str, brand: str) -> None:
    """List top-ups, newest first."""
    table = Table("top-up", "line", "method", "reference", "amount", "bonus", "state", "by")
    with brand_at_work(brand):
        from linehouse.balance.service import top_ups

        for row in top_ups(search=search, limit=100)[0]:
            table.add_row(
                row.number,
                row.subscription,
                row.method.value,
                row.reference,
                str(row.amount),
                str(row.bonus) if row.bonus else "",
                row.state,
                row.taken_by,
            )
    Console(highlight=False).print(table)


@command.command("rules")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@brand_option
def rules(file: Path | None, brand: str) -> None:
    """Bring the brand to FILE (money.yaml), or print the file that holds."""
    with brand_at_work(brand):
        from linehouse.balance.service import apply_money_file, money_file

        if file is None:
            click.echo(money_file(), nl=False)
        else:
            version = apply_money_file(file.read_text(encoding="utf-8"), actor=operator())
            click.echo(f"rules about money, version {version}")
