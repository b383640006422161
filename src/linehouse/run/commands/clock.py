"""`linehouse clock`: the business clock of a brand."""

from datetime import UTC, datetime, timedelta

import click
from rich.console import Console

from linehouse.kernel.error import Invalid
from linehouse.run.at_work import brand_at_work, brand_option, operator


@click.group("clock")
def command() -> None:
    """Show and move a brand's business clock."""


@command.command("show")
@brand_option
def show(brand: str) -> None:
    """Show what the clock says and how it runs."""
    with brand_at_work(brand):
        from linehouse.platform.clock.service import clock_state

        state = clock_state()
    click.echo(f"{state.now.isoformat()} ({state.mode})")
    if state.target:
        click.echo(f"an advance to {state.target.isoformat()} has not ended; the same command goes on with it")


@command.command("advance")
@click.argument("to")
@brand_option
def advance(to: str, brand: str) -> None:
    """Move the clock to TO: an instant such as 2026-12-01T00:00Z, a date, or a step such as +1d, +12h."""
    console = Console(highlight=False, stderr=True)
    with brand_at_work(brand):
        from linehouse.platform.advance import advance as move
        from linehouse.platform.clock.service import clock_state

        target = _instant(to, clock_state().now)
        with console.status("moving") as status:
            moved = move(
                target,
                actor=operator(),
                progress=lambda at, jobs: status.update(f"{at.isoformat()}: {jobs} jobs have run"),
            )
    click.echo(f"{moved.moved_from.isoformat()} → {moved.moved_to.isoformat()}")
    click.echo(f"{moved.jobs} jobs ran at {moved.stops} due instants")


def _instant(text: str, now: datetime) -> datetime:
    units = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    if text.startswith("+") and text[1:-1].isdigit() and text[-1] in units:
        return now + timedelta(**{units[text[-1]]: int(text[1:-1])})
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            "that is no instant", field="to", value=text, expected="2026-12-01T00:00Z, 2026-12-01, +1d or +12h"
        ) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
