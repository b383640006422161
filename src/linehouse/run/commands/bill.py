"""`linehouse bill`: bill runs, invoices and their documents."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator

if TYPE_CHECKING:
    from linehouse.billing.service import InvoiceDetail, RunView

PARKED = 1
RUN = click.argument("run", metavar="RUN")
INVOICE = click.argument("invoice", metavar="INVOICE")


def _console() -> Console:
    return Console(highlight=False)


@click.group("bill")
def command() -> None:
    """Bill runs, invoices and their documents."""


@command.command("run")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Cycles that end by this day; today by default.")
@brand_option
@click.pass_context
def run(ctx: click.Context, until: datetime | None, brand: str) -> None:
    """Calculate the bills of every account whose cycle has ended; nothing is posted yet."""
    with brand_at_work(brand):
        from linehouse.billing import service as billing

        run_id = billing.start_run(until.date() if until else _today(), actor=operator())
        view = billing.run(run_id)
        with _console().status(f"{view.number}: calculating") as status:
            while view.state == "calculating":
                billing.calculate_page(run_id, 0, actor=operator())
                view = billing.run(run_id)
                status.update(f"{view.number}: {view.report.expected - view.report.waiting} of {view.report.expected}")
        _show_run(view)
        _show_parked(run_id)
    ctx.exit(PARKED if view.report.parked else 0)


@command.command("approve")
@RUN
@brand_option
def approve(run: str, brand: str) -> None:
    """Let the drafts of a calculated run be posted."""
    with brand_at_work(brand):
        from linehouse.billing import service as billing

        view = billing.run_by_number(run)
        waiting = billing.approve(view.id, actor=operator())
        if waiting is not None:
            click.echo(f"you started this run and it exceeds the limit: {waiting.number} waits for another's approval")
        _show_run(billing.run(view.id))


@command.command("post")
@RUN
@brand_option
def post(run: str, brand: str) -> None:
    """Post an approved run: each invoice gets its number and its entry in the journal."""
    with brand_at_work(brand):
        from linehouse.billing import service as billing

        view = billing.run_by_number(run)
        billing.post(view.id, actor=operator())
        with _console().status(f"{view.number}: posting"):
            while billing.run(view.id).state == "posting":
                billing.post_page(view.id, 0, actor=operator())
        _show_run(billing.run(view.id))


@command.command("cancel")
@RUN
@click.option("--reason", required=True, help="Why it is given up.")
@brand_option
def cancel(run: str, reason: str, brand: str) -> None:
    """Give a run up before it is approved; its drafts are removed."""
    with brand_at_work(brand):
        from linehouse.billing import service as billing

        view = billing.run_by_number(run)
        billing.cancel(view.id, actor=operator(), reason=reason)
        click.echo(f"{view.number} is cancelled.")


@command.command("retry")
@RUN
@brand_option
def retry(run: str, brand: str) -> None:
    """Calculate the parked accounts of a run again."""
    with brand_at_work(brand):
        from linehouse.billing import service as billing

        view = billing.run_by_number(run)
        again = billing.retry_parked(view.id, actor=operator(), reason="retried")
        while billing.run(view.id).state == "calculating":
            billing.calculate_page(view.id, 0, actor=operator())
        click.echo(f"{again} accounts were calculated again.")
        _show_run(billing.run(view.id))
        _show_parked(view.id)


@command.command("list")
@click.option("--search", default="", help="Part of a number, a reference or an account.")
@brand_option
def list_invoices(search: str, brand: str) -> None:
    """List invoices, newest first."""
    table = Table("invoice", "account", "issued", "due", "state", "amount", "open")
    with brand_at_work(brand):
        from linehouse.billing import service as billing

        for row in billing.search_invoices(query=search)[0]:
            table.add_row(
                row.number,
                row.account_number,
                str(row.issue_date),
                str(row.due_date),
                row.state,
                str(row.gross),
                str(row.open),
            )
    _console().print(table)


@command.command("show")
@click.argument("number", metavar="RUN|INVOICE")
@click.option("--explain", is_flag=True, help="Take every line apart into what it rests on.")
@brand_option
def show(number: str, explain: bool, brand: str) -> None:
    """Show a bill run with its figures, or an invoice line by line."""
    with brand_at_work(brand):
        from linehouse.billing import service as billing
        from linehouse.billing.errors import RunNotFound

        try:
            view = billing.run_by_number(number)
        except RunNotFound:
            detail = billing.invoice_detail(billing.invoice_by_number(number).id)
            _show_invoice(detail)
            if explain:
                _explain(detail)
            return
        _show_run(view)
        _show_parked(view.id)


@command.command("pdf")
@INVOICE
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--xml", is_flag=True, help="The structured invoice (EN 16931) instead.")
@brand_option
def pdf(invoice: str, output: Path | None, xml: bool, brand: str) -> None:
    """Write an issued invoice's PDF, or its structured XML, to a file."""
    with brand_at_work(brand):
        from linehouse.billing import service as billing
        from linehouse.platform.documents.service import load

        view = billing.invoice_by_number(invoice)
        document_id = view.xml_document_id if xml else view.pdf_document_id
        if document_id is None:
            raise click.ClickException(f"the documents of {invoice} are not made yet; the worker makes them")
        kept = load(document_id)
    target = output or Path(kept.name)
    target.write_bytes(kept.content)
    click.echo(f"{target} ({kept.size} bytes)")


@command.command("preview")
@click.argument("account", metavar="ACCOUNT")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the bill; today by default.")
@brand_option
def preview(account: str, on: datetime | None, brand: str) -> None:
    """Show what an account's bill would hold; nothing is written."""
    with brand_at_work(brand):
        from linehouse.billing import service as billing
        from linehouse.customer.service import billing_account_by_number

        made = billing.preview(billing_account_by_number(account).id, on.date() if on else _today())
    if made is None:
        click.echo("Nothing is due.")
        return
    table = Table("subscription", "line", "period", "amount", "price clause")
    for line in made.lines:
        period = f"{line.covered.start} – {line.covered.last}" if line.covered else ""
        table.add_row(line.subscription, line.label.get("en", line.key), period, str(line.amount), line.clause)
    _console().print(table)
    click.echo(f"net {made.net}, tax {made.tax}, total {made.gross}")


@command.command("template")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@brand_option
def template(folder: Path, brand: str) -> None:
    """Take the invoice template of a brand's folder (templates/invoice.typ), after it was tried on a sample."""
    with brand_at_work(brand):
        from linehouse.edge.documents.brand_templates import keep_templates

        new = keep_templates(folder, actor=operator())
    click.echo("The template is in force for new invoices." if new else "Nothing is new.")


def _today() -> date:
    from linehouse.catalog.service import published
    from linehouse.kernel.period import local_date
    from linehouse.platform.clock.service import business_now

    return local_date(business_now(), published().brand.zone)


def _show_run(view: RunView) -> None:
    report = view.report
    sums = ", ".join(str(gross) for gross in view.gross.values()) or "nothing"
    click.echo(f"{view.number} (cycles until {view.cycle_until}): {view.state}, {sums}")
    click.echo(
        f"expected {report.expected} = billed {report.billed} + nothing due {report.zero} + parked {report.parked}"
        f" + excluded {report.excluded}" + (f" + waiting {report.waiting}" if report.waiting else "")
    )


def _show_parked(run_id: UUID) -> None:
    from linehouse.billing import service as billing

    parked, total = billing.run_accounts(run_id, state="parked", limit=20)
    if not parked:
        return
    table = Table("parked account", "why")
    for account in parked:
        table.add_row(account.account_number, f"{account.code}: {account.reason}")
    _console().print(table)
    if total > len(parked):
        click.echo(f"and {total - len(parked)} more")


def _show_invoice(detail: InvoiceDetail) -> None:
    view = detail.invoice
    click.echo(
        f"{view.number} for {view.account_number}: {view.state}, due {view.due_date}, reference {view.reference}"
    )
    table = Table("#", "subscription", "line", "period", "net", "amount", "price clause")
    for line in detail.lines:
        period = f"{line.covered.start} – {line.covered.last}" if line.covered else ""
        text = line.label.get(view.language) or line.label.get("en", line.key)
        table.add_row(str(line.number), line.subscription, text, period, str(line.net), str(line.amount), line.clause)
    _console().print(table)
    for tax in detail.taxes:
        click.echo(f"{tax.code}: net {tax.net}, tax {tax.tax}, gross {tax.gross}")
    click.echo(f"total {view.gross}, paid {view.paid}, open {view.open}")


def _explain(detail: InvoiceDetail) -> None:
    from linehouse.billing import service as billing

    for line in detail.lines:
        found = billing.explain_line(line.id)
        click.echo(
            f"\nline {line.number}: {found.exact} + rounding {found.rounding} = {line.amount.micros} micro-units"
        )
        for child in found.children:
            facts = ", ".join(f"{key} {value}" for key, value in child.facts.items() if value)
            click.echo(f"  {child.exact}  {child.clause}  ({facts})")
        if found.total > len(found.children):
            click.echo(f"  and {found.total - len(found.children)} more")
