"""`linehouse voucher`: batches of vouchers, their PINs, and single vouchers."""

from datetime import datetime, time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator

_REASON = click.option("--reason", required=True, help="Why: it stands in the history.")


@click.group("voucher")
def command() -> None:
    """Make vouchers, export their PINs once, activate, sell, redeem, block."""


@command.command("make")
@click.argument("value")
@click.argument("count", type=int)
@click.option("--name", required=True, help="What the batch is for.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day on which none works.")
@click.option("--kind", type=click.Choice(["physical", "electronic", "partner"]), default="physical")
@click.option("--credit-days", type=int, help="How long the credit lasts after its redemption.")
@brand_option
def make(value: str, count: int, name: str, until: datetime, kind: str, credit_days: int | None, brand: str) -> None:
    """Have COUNT vouchers of VALUE made; a worker makes them."""
    with brand_at_work(brand):
        from linehouse.catalog.service import published
        from linehouse.kernel.money import Money
        from linehouse.resource.service import create_batch
        from linehouse.resource.vouchers import NewBatch, VoucherKind

        profile = published().brand
        made = create_batch(
            NewBatch(
                name=name,
                kind=VoucherKind(kind),
                face=Money.of(value, profile.currency),
                count=count,
                expires_at=datetime.combine(until.date(), time(), profile.zone),
                credit_days=credit_days,
            ),
            actor=operator(),
        )
    click.echo(f"{made.number}: {made.count} vouchers of {made.face} are being made")


@command.command("list")
@brand_option
def list_batches(brand: str) -> None:
    """List batches, newest first."""
    table = Table("batch", "name", "state", "value", "made", "exported", "vouchers")
    with brand_at_work(brand):
        from linehouse.resource.service import voucher_batches

        for row in voucher_batches(limit=100)[0]:
            states = ", ".join(f"{count} {state}" for state, count in row.states.items())
            exported = row.exported_at.date().isoformat() if row.exported_at else ""
            made = f"{row.made} of {row.count}"
            table.add_row(row.number, row.name, row.state, str(row.face), made, exported, states)
    Console(highlight=False).print(table)


@command.command("export")
@click.argument("batch")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The printer's certificate (PEM, RSA): only the holder of its key opens the file.",
)
@click.option("--passphrase", envvar="VOUCHER_PASSPHRASE", default="", help="Instead of a certificate.")
@brand_option
def export(batch: str, file: Path, certificate: Path | None, passphrase: str, brand: str) -> None:
    """Write the PINs of BATCH into FILE, encrypted, once; the house forgets them."""
    if certificate is None and not passphrase:
        passphrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    with brand_at_work(brand):
        from linehouse.platform.documents.service import load
        from linehouse.resource.service import Recipient, export_pins

        pem = certificate.read_text(encoding="ascii") if certificate is not None else ""
        document = load(export_pins(batch, Recipient(pem, passphrase), actor=operator()))
        file.write_bytes(document.content)
    click.echo(f"{file}: open it with " + ("openssl cms -decrypt" if pem else "linehouse voucher open"))


@command.command("open")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--passphrase", envvar="VOUCHER_PASSPHRASE", prompt=True, hide_input=True)
def open_file(file: Path, passphrase: str) -> None:
    """Print what a FILE holds that was exported under a passphrase."""
    from linehouse.platform.backup.keyring import open_bundle

    for content in open_bundle(file.read_bytes(), passphrase).values():
        click.echo(content.decode(), nl=False)


@command.command("activate")
@click.argument("batch")
@click.option("--from", "first", default="", help="First serial; without it the whole batch.")
@click.option("--to", "last", default="", help="Last serial.")
@brand_option
def activate(batch: str, first: str, last: str, brand: str) -> None:
    """Let vouchers of BATCH be sold."""
    with brand_at_work(brand):
        from linehouse.resource.service import activate_vouchers

        click.echo(f"{activate_vouchers(batch, first, last, actor=operator())} vouchers can be sold")


@command.command("sell")
@click.argument("batch")
@click.argument("first")
@click.argument("last", required=False, default="")
@click.option("--price", required=True, help="For each.")
@click.option("--dealer", default="", help="Who buys; without it they are sold over the counter.")
@click.option("--once", default="", help="Your own key: the same key twice is one sale.")
@brand_option
def sell(batch: str, first: str, last: str, price: str, dealer: str, once: str, brand: str) -> None:
    """Sell vouchers of BATCH from serial FIRST to LAST."""
    with brand_at_work(brand):
        from linehouse.balance.service import SaleRequest, sell_vouchers
        from linehouse.kernel.ids import new_id
        from linehouse.kernel.money import Money
        from linehouse.resource.service import voucher_batch

        currency = voucher_batch(batch).face.currency
        request = SaleRequest(
            batch=batch,
            first=first,
            last=last,
            price=Money.of(price, currency),
            once=f"cli/{once or new_id()}",
            dealer=dealer,
        )
        made = sell_vouchers(request, actor=operator())
    click.echo(f"{made.number}: {made.count} vouchers for {made.paid}, worth {made.worth}")


@command.command("redeem")
@click.argument("line")
@click.option("--pin", prompt=True, hide_input=True, help="Asked for, so that it stands in no history of a shell.")
@brand_option
def redeem(line: str, pin: str, brand: str) -> None:
    """Put a voucher on LINE."""
    with brand_at_work(brand):
        from linehouse.balance.service import redeem as redeem_voucher

        made = redeem_voucher(pin, line, channel="cli", actor=operator())
    bonus = f", with {made.bonus} bonus" if made.bonus else ""
    click.echo(f"{made.number}: {made.amount} on {made.subscription}{bonus}")


@command.command("show")
@click.argument("serial")
@brand_option
def show(serial: str, brand: str) -> None:
    """Say how voucher SERIAL stands."""
    with brand_at_work(brand):
        from linehouse.resource.service import voucher

        one = voucher(serial)
    where = f", on {one.redeemed_by}" if one.redeemed_by else ""
    frozen = ", its batch is frozen" if one.batch_state == "frozen" else ""
    click.echo(f"{one.serial} of {one.batch}: {one.face}, {one.state}{where}{frozen}")


@command.command("block")
@click.argument("batch")
@click.argument("first")
@click.argument("last", required=False, default="")
@_REASON
@brand_option
def block(batch: str, first: str, last: str, reason: str, brand: str) -> None:
    """Stop vouchers of BATCH from serial FIRST to LAST."""
    with brand_at_work(brand):
        from linehouse.resource.service import block_vouchers

        click.echo(f"{block_vouchers(batch, first, last, actor=operator(), reason=reason)} vouchers are blocked")


@command.command("unblock")
@click.argument("serial")
@_REASON
@brand_option
def unblock(serial: str, reason: str, brand: str) -> None:
    """Let voucher SERIAL be what it was before."""
    with brand_at_work(brand):
        from linehouse.resource.service import unblock_voucher

        click.echo(f"{serial} is {unblock_voucher(serial, actor=operator(), reason=reason).state}")


@command.command("freeze")
@click.argument("batch")
@click.option("--open", "again", is_flag=True, help="Open a frozen batch again.")
@_REASON
@brand_option
def freeze(batch: str, again: bool, reason: str, brand: str) -> None:
    """Stop all vouchers of BATCH at once."""
    with brand_at_work(brand):
        from linehouse.resource.service import move_batch

        view = move_batch(batch, "ready" if again else "frozen", actor=operator(), reason=reason)
    click.echo(f"{view.number} is {view.state}")


@command.command("refund")
@click.argument("serial")
@_REASON
@brand_option
def refund(serial: str, reason: str, brand: str) -> None:
    """Buy sold voucher SERIAL back for what was paid for it."""
    with brand_at_work(brand):
        from linehouse.balance.service import refund_voucher

        click.echo(f"{serial} is {refund_voucher(serial, actor=operator(), reason=reason).state}")


@command.command("unlock")
@click.argument("line")
@_REASON
@brand_option
def unlock(line: str, reason: str, brand: str) -> None:
    """Let PINs be tried again on LINE after too many wrong ones."""
    with brand_at_work(brand):
        from linehouse.resource.service import unlock as end_lock

        done = end_lock("line", line, actor=operator(), reason=reason)
    click.echo(f"{line} is unlocked" if done else f"{line} is not locked")
