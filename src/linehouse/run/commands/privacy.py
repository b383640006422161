"""`linehouse privacy`: requests of data subjects, exports, erasure, retention, the access log and the master key."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from linehouse.party.values import RequestKind
from linehouse.run.at_work import brand_at_work, brand_option, installation, operator


@click.group("privacy")
def command() -> None:
    """Answer what people ask about their data; keep and end personal values as declared."""


@command.command("receive")
@click.argument("customer")
@click.argument("kind", type=click.Choice([kind.value for kind in RequestKind]))
@click.option("--channel", default="letter", show_default=True)
@click.option("--note", default="", help="In the person's words.")
@brand_option
def receive(customer: str, kind: str, channel: str, note: str, brand: str) -> None:
    """Take in a request of the person behind CUSTOMER; it must be answered within a month."""
    with brand_at_work(brand):
        from linehouse.customer.service import customer_by_number
        from linehouse.party import subject_requests

        view = customer_by_number(customer)
        number = subject_requests.receive(
            view.party_id,
            RequestKind(kind),
            channel=channel,
            note=note,
            actor=operator(),
            customer_id=view.id,
        )
        due = subject_requests.request(number).due_at
    click.echo(f"{number}, to be answered by {due:%Y-%m-%d}.")


@command.command("requests")
@click.option("--state", default="", help="received, identified, in-progress, answered or refused.")
@brand_option
def requests(state: str, brand: str) -> None:
    """List requests, those that are due first."""
    table = Table("request", "asked", "state", "received", "due", "outcome")
    with brand_at_work(brand):
        from linehouse.party import subject_requests

        rows, total = subject_requests.requests(state=state, limit=500)
    for row in rows:
        received, due = row.received_at.date().isoformat(), row.due_at.date().isoformat()
        table.add_row(row.number, row.kind.value, row.state, received, due, row.outcome)
    Console(highlight=False).print(table)
    click.echo(f"{len(rows)} of {total}")


@command.command("identify")
@click.argument("number")
@click.option("--how", required=True, help="Such as: passport seen in the shop.")
@brand_option
def identify(number: str, how: str, brand: str) -> None:
    """Say how it was made sure who asks."""
    with brand_at_work(brand):
        from linehouse.party import subject_requests

        subject_requests.identify(number, how, actor=operator())
    click.echo(f"{number}: the identity is checked.")


@command.command("answer")
@click.argument("number")
@click.option("--outcome", default="", help="What was put right; needed for a rectification.")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="Where the export is written.")
@brand_option
def answer(number: str, outcome: str, target: Path | None, brand: str) -> None:
    """Answer a request: export, erase, or say what was put right."""
    with brand_at_work(brand):
        from linehouse.party import subject_requests
        from linehouse.platform.documents.service import load

        effects = subject_requests.answer(number, actor=operator(), outcome=outcome)
        view = subject_requests.request(number)
        if target is not None and view.document_id is not None:
            target.touch(mode=0o600)
            target.write_bytes(load(view.document_id).content)
            click.echo(f"The export is in {target}.")
    for effect in effects:
        click.echo(f"{effect.title}: {effect.erasure.value}, {effect.rows} rows ({', '.join(effect.columns)})")
    click.echo(f"{number} is answered.")


@command.command("refuse")
@click.argument("number")
@click.option("--reason", required=True, help="What the person is told.")
@brand_option
def refuse(number: str, reason: str, brand: str) -> None:
    """Refuse a request, with a reason."""
    with brand_at_work(brand):
        from linehouse.party import subject_requests

        subject_requests.refuse(number, reason, actor=operator())
    click.echo(f"{number} is refused.")


@command.command("preview")
@click.argument("customer")
@brand_option
def preview(customer: str, brand: str) -> None:
    """Say what an erasure of the person behind CUSTOMER would do, and what stands in its way."""
    table = Table("table", "what happens", "rows", "columns", "why it stays")
    with brand_at_work(brand):
        from linehouse.customer.service import customer_by_number
        from linehouse.party import subject_requests

        obstacles, effects = subject_requests.erasure_preview(customer_by_number(customer).party_id)
    for one in effects:
        table.add_row(one.title, one.erasure.value, str(one.rows), ", ".join(one.columns), one.basis)
    Console(highlight=False).print(table)
    for problem in obstacles:
        click.echo(f"In the way: {problem.message}")


@command.command("log")
@click.argument("customer")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@brand_option
def log(customer: str, limit: int, brand: str) -> None:
    """Show who looked at the data of the person behind CUSTOMER, newest first."""
    table = Table("when", "who", "through", "what", "why")
    with brand_at_work(brand):
        from linehouse.customer.service import customer_by_number
        from linehouse.platform.personal.access_log import looks_at

        looks, total = looks_at(customer_by_number(customer).party_id, limit=limit)
    for look in looks:
        table.add_row(look.at.isoformat(timespec="seconds"), look.actor, look.through, look.what, look.reason)
    Console(highlight=False).print(table)
    click.echo(f"{len(looks)} of {total}")


@command.command("retention")
@click.option("--apply", "wanted", is_flag=True, help="Sweep; without it only what is due is shown.")
@brand_option
def retention(wanted: bool, brand: str) -> None:
    """Show what has outlived its declared time, and sweep it."""
    table = Table("table", "columns", "months", "older than", "rows", "what happens")
    with brand_at_work(brand):
        from linehouse.platform.clock.service import business_now
        from linehouse.platform.personal.law_keys import end_law_keys
        from linehouse.platform.personal.sweep import due, sweep
        from linehouse.platform.work import unit_of_work

        if wanted:
            with unit_of_work(operator(), "retention") as work:
                found, ended = sweep(work.now), end_law_keys(work.now)
        else:
            found, ended = due(business_now()), 0
    for one in found:
        what = "rows deleted" if one.deletes else "columns emptied"
        before = one.before.date().isoformat()
        table.add_row(one.title, ", ".join(one.columns), str(one.months), before, str(one.rows), what)
    Console(highlight=False).print(table)
    click.echo(f"{sum(one.rows for one in found)} rows {'swept' if wanted else 'due'}; {ended} keys ended.")


@command.command("rotate-key")
@click.option("--continue", "again", is_flag=True, help="Go on with the current key after an interruption.")
def rotate_key(again: bool) -> None:
    """Make a new master key, wrap every key of every brand by it, and destroy the old one."""
    with installation() as found, Progress() as progress:
        from linehouse.platform.personal.rotate import rotate
        from linehouse.platform.postgres.databases import load_brands

        tasks: dict[str, int] = {}

        def told(brand: str, done: int, total: int) -> None:
            if brand not in tasks:
                tasks[brand] = progress.add_task(brand, total=total)
            progress.update(tasks[brand], completed=done)  # type: ignore[arg-type]  # rich's TaskID is an int

        count = rotate(load_brands(found), told, new=not again)
    click.echo(f"{count} keys are wrapped by the new master key; the old one is destroyed.")
