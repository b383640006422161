"""`linehouse work`: the work list."""

from datetime import timedelta
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator

TASK = click.argument("task", type=click.UUID)


@click.group("work")
def command() -> None:
    """See what waits for a person, and work on it."""


@command.command("list")
@click.option("--queue", default="", help="Only this queue, such as orders.")
@click.option("--kind", default="", help="Only this kind, such as ordering.step.")
@click.option("--state", default="live", show_default=True, help="A state, or live for all that is not settled.")
@click.option("--overdue", is_flag=True, help="Only what should have been settled by now.")
@click.option("--text", default="", help="Part of subject, reason or key.")
@brand_option
def list_tasks(queue: str, kind: str, state: str, overdue: bool, text: str, brand: str) -> None:
    """List tasks, the longest waiting first."""
    table = Table("task", "queue", "kind", "what", "why", "state", "owner", "since", "due")
    with brand_at_work(brand):
        from linehouse.platform.worklist import reading
        from linehouse.platform.worklist.values import TaskFilter

        wanted = TaskFilter(queue=queue, kind=kind, state=state, overdue=overdue, text=text)
        rows, count = reading.tasks(wanted)
        for row in rows:
            due = f"{row.due_at:%Y-%m-%d %H:%M}" if row.due_at else ""
            table.add_row(
                str(row.id),
                row.queue,
                row.kind,
                row.subject,
                row.reason,
                row.state,
                row.owner_name,
                f"{row.occurred_at:%Y-%m-%d %H:%M}",
                f"{due} overdue" if row.overdue else due,
            )
    Console(highlight=False).print(table)
    if count > len(rows):
        click.echo(f"the first {len(rows)} of {count}")


@command.command("show")
@TASK
@brand_option
def show(task: UUID, brand: str) -> None:
    """Show one task with everything that is known about it."""
    with brand_at_work(brand):
        from linehouse.platform.worklist.service import find_task

        found = find_task(task)
    click.echo(f"{found.title}: {found.subject}\n{found.reason}")
    facts = {
        "queue": found.queue,
        "state": found.state,
        "owner": found.owner_name,
        "times": str(found.occurrences),
        **found.evidence,
        "outcome": found.outcome,
    }
    for name, value in facts.items():
        if value:
            click.echo(f"  {name}: {value}")


@command.command("take")
@TASK
@brand_option
def take(task: UUID, brand: str) -> None:
    """Make a task yours."""
    with brand_at_work(brand):
        from linehouse.platform.worklist import service

        service.take(task, actor=operator())
    click.echo("taken")


@command.command("retry")
@TASK
@brand_option
def retry(task: UUID, brand: str) -> None:
    """Repeat the act that failed."""
    with brand_at_work(brand):
        from linehouse.platform.worklist import service

        click.echo(service.retry(task, actor=operator()))


@command.command("snooze")
@TASK
@click.option("--hours", type=click.IntRange(1, 24 * 90), default=24, show_default=True, help="For how long.")
@brand_option
def snooze(task: UUID, hours: int, brand: str) -> None:
    """Put a task off, by the business clock."""
    with brand_at_work(brand):
        from linehouse.platform.clock.service import business_now
        from linehouse.platform.worklist import service

        until = business_now() + timedelta(hours=hours)
        service.snooze(task, until, actor=operator())
    click.echo(f"comes up again at {until.isoformat()}")


@command.command("done")
@TASK
@click.option("--note", required=True, help="What came of it.")
@brand_option
def done(task: UUID, note: str, brand: str) -> None:
    """Settle a task that follows no object."""
    with brand_at_work(brand):
        from linehouse.platform.worklist import service

        service.finish(task, note, actor=operator())
    click.echo("done")


@command.command("dismiss")
@TASK
@click.option("--reason", required=True, help="Why nothing is to be done.")
@brand_option
def dismiss(task: UUID, reason: str, brand: str) -> None:
    """Set a task aside."""
    with brand_at_work(brand):
        from linehouse.platform.worklist import service

        service.dismiss(task, reason, actor=operator())
    click.echo("set aside")


@command.command("reconcile")
@brand_option
def reconcile(brand: str) -> None:
    """Bring all tasks in line with what really waits."""
    with brand_at_work(brand):
        from linehouse.platform.worklist.truth import reconcile as bring_in_line

        counts = bring_in_line()
    for kind, count in counts.items():
        if count:
            click.echo(f"{kind}: {count}")
    click.echo(f"{sum(counts.values())} objects wait")
