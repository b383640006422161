"""`linehouse line limits` and its sisters: a line's limits, bars, agreements and policy counters."""

from datetime import timedelta

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator

REASON = click.option("--reason", required=True, help="Why: it stands in the history.")
BY = click.option("--by", type=click.Choice(["care", "customer"]), default="care", help="Who wants it.")


@click.command("limits")
@click.argument("line")
@brand_option
def limits(line: str, brand: str) -> None:
    """Show what bounds LINE, a product number: limits, bars, policy counters, agreements."""
    with brand_at_work(brand):
        from linehouse.charging.service import controls_of_line
        from linehouse.inventory.service import find_product

        view = controls_of_line(find_product(number=line).id)
    bounds = Table("limit", "amount", "spent", "reserved", "%", "counts anew", "agreed")
    for one in view.limits:
        amount = "off" if one.amount is None else f"{one.amount}{' without VAT' if one.without_vat else ''}"
        anew = f"rolls over {one.rolling} min" if one.rolling else one.ends.isoformat() if one.ends else ""
        agreed = one.consented_at.isoformat() if one.consented_at else ""
        bounds.add_row(one.key, amount, str(one.spent), str(one.reserved), str(one.percent), anew, agreed)
    bars = Table("bar", "state")
    for bar in view.bars:
        bars.add_row(bar.key, "on" if bar.on else "off")
    counters = Table("policy counter", "used", "status", "next")
    for counter in view.counters:
        after = counter.status.next_at
        later = f"{counter.status.next_status} at {after.isoformat()}" if after is not None else ""
        counters.add_row(counter.key, counter.used, counter.status.status, later)
    console = Console(highlight=False)
    for table in (bounds, bars, counters):
        if table.row_count:
            console.print(table)
    for given in view.consents:
        click.echo(f"agreed to go on above {given.key} at {given.given_at.isoformat()} by {given.channel}")


@click.command("limit")
@click.argument("line")
@click.argument("key", metavar="LIMIT")
@click.option("--amount", default="", help="Such as 30.00; the brand's own when left out.")
@click.option("--off", is_flag=True, help="No limit at all.")
@click.option("--hard", is_flag=True, help="Nobody can agree to go on above it.")
@BY
@REASON
@brand_option
def limit(line: str, key: str, amount: str, off: bool, hard: bool, by: str, reason: str, brand: str) -> None:
    """Give LINE another amount for LIMIT, or the brand's, or none."""
    if off and amount:
        raise click.UsageError("--off and --amount exclude each other")
    with brand_at_work(brand):
        from linehouse.charging.service import set_limit
        from linehouse.customer.service import billing_account
        from linehouse.inventory.service import find_product
        from linehouse.kernel.money import Money
        from linehouse.rating.controls import SetBy

        product = find_product(number=line)
        currency = billing_account(product.billing_account_id).currency
        wanted = Money.of(amount, currency) if amount else None
        set_limit(
            product.id,
            key,
            amount=wanted,
            on=not off,
            hard=hard,
            by=SetBy(by),
            actor=operator(),
            reason=reason,
        )
    click.echo(f"{key} of {line} is {'off' if off else wanted or 'as the brand says'}")


@click.command("bar")
@click.argument("line")
@click.argument("key", metavar="BAR")
@click.option("--off", is_flag=True, help="Open it again.")
@BY
@REASON
@brand_option
def bar(line: str, key: str, off: bool, by: str, reason: str, brand: str) -> None:
    """Bar usage of LINE: premium, international, roaming, roaming-data, or what the brand declares."""
    with brand_at_work(brand):
        from linehouse.charging.service import set_bar
        from linehouse.inventory.service import find_product
        from linehouse.rating.controls import SetBy

        set_bar(find_product(number=line).id, key, on=not off, by=SetBy(by), actor=operator(), reason=reason)
    click.echo(f"{key} of {line} is {'open' if off else 'barred'}")


@click.command("agree")
@click.argument("line")
@click.argument("key", metavar="LIMIT")
@click.option("--channel", required=True, help="How it was said: call, app, message.")
@click.option("--evidence", required=True, help="What shows it: the words, or the number of the recorded call.")
@brand_option
def agree(line: str, key: str, channel: str, evidence: str, brand: str) -> None:
    """The customer of LINE agrees to go on above LIMIT until it counts anew."""
    with brand_at_work(brand):
        from linehouse.charging.service import consent
        from linehouse.inventory.service import find_product

        consent(find_product(number=line).id, key, channel=channel, evidence=evidence, actor=operator())
    click.echo(f"{line} goes on above {key}")


@click.command("turbo")
@click.argument("line")
@click.argument("counter", metavar="COUNTER")
@click.option("--hours", type=click.IntRange(1, 744), default=1, show_default=True)
@REASON
@brand_option
def turbo(line: str, counter: str, hours: int, reason: str, brand: str) -> None:
    """Lift what the policy counter COUNTER slows for LINE, for some hours."""
    with brand_at_work(brand):
        from linehouse.charging.service import set_turbo
        from linehouse.inventory.service import find_product

        product = find_product(number=line)
        until = set_turbo(product.id, counter, lasts=timedelta(hours=hours), actor=operator(), reason=reason)
    click.echo(f"{counter} of {line} is lifted until {until.isoformat()}")


COMMANDS = (limits, limit, bar, agree, turbo)
