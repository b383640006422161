"""`linehouse drill`: would the last backup bring everything back, how fast, and what would be lost?"""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from linehouse.kernel.error import DomainError
from linehouse.platform.backup.drills import RPO_SECONDS, RTO_SECONDS, Drill, keep
from linehouse.run import environment
from linehouse.run.at_work import installation
from linehouse.run.terminal import Steps

FAILED = 1


@click.command("drill")
@click.option("--scheduled", is_flag=True, hidden=True)
@click.pass_context
def command(ctx: click.Context, scheduled: bool) -> None:
    """Restore the newest backup into a scratch server, verify it, and measure.

    The running installation goes on meanwhile. Prints what would be lost if the machine were gone now (RPO) and how
    long it takes until everything is back (RTO), and keeps a report beside the backups. Exit code 0 when everything
    came back as it was and in time, else 1.
    """
    console = Console(highlight=False)
    settings = environment.settings()
    with Steps(console) as steps, installation(settings) as found:
        import psycopg
        from django.db import DatabaseError

        from linehouse.run.keeping.drill import hold_drill
        from linehouse.run.keeping.watch import drill_failed, drill_succeeded

        try:
            report = hold_drill(found, settings, steps)
        except (DomainError, OSError, DatabaseError, psycopg.Error) as error:
            if scheduled:
                drill_failed(str(error) or type(error).__name__)
            raise
        file = keep(settings.backups, report)
        if scheduled:
            drill_succeeded() if report.well else drill_failed(_sentence(report))
    table = Table("brand", "rows", "laws", "as it was", "ledger hash")
    for brand in report.brands:
        laws = f"{brand.laws - len(brand.broken)} of {brand.laws} hold"
        same = "✓" if not brand.differences else f"{len(brand.differences)} differences"
        table.add_row(
            brand.key, str(brand.rows), laws, same if report.exact else "not compared", brand.ledger_hash[:16]
        )
    console.print(table)
    for brand in report.brands:
        for line in (*brand.broken, *brand.differences)[:10]:
            console.print(f"{brand.key}: {line}", soft_wrap=True)
    if not report.exact:
        console.print("Others wrote all the time, so the counts were not compared.", soft_wrap=True)
    console.print(_sentence(report), soft_wrap=True)
    console.print(f"Report: {file}", soft_wrap=True)
    ctx.exit(0 if report.well else FAILED)


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000 // 100} s"


def _sentence(report: Drill) -> str:
    text = (
        f"{report.backup}: RPO {_seconds(report.lost_ms)} (at most {RPO_SECONDS} s), server up after "
        f"{_seconds(report.up_ms)}, RTO {_seconds(report.verified_ms)} (at most {RTO_SECONDS} s)."
    )
    return f"{text} {report.failure}".strip()
