"""`linehouse verify`: do all conservation laws hold?"""

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import brand_at_work, brand_option, operator

BROKEN = 1


@click.command("verify")
@brand_option
@click.pass_context
def command(ctx: click.Context, brand: str) -> None:
    """Check every law of a brand's books and print the ledger hash. Exit code 0 when all hold, else 1.

    Each place where a law does not hold becomes a task of the work list, and ends when it holds again.
    """
    console = Console(highlight=False)
    with brand_at_work(brand, reading=True):
        from linehouse.ledger.service import ledger_hash
        from linehouse.platform.checks import verify
        from linehouse.platform.worklist.findings import record_findings

        with console.status("checking") as status:
            results = verify(lambda name: status.update(f"checking {name}"))
            record_findings(results, actor=operator())
            digest = ledger_hash()
    table = Table("law", "examined", "verdict")
    for result in results:
        verdict = "[green]holds[/green]" if result.holds else f"[red]{len(result.verdict.findings)} broken[/red]"
        table.add_row(f"{result.name}\n[dim]{result.law}[/dim]", str(result.verdict.examined), verdict)
    console.print(table)
    for result in results:
        for finding in result.verdict.findings[:20]:
            console.print(
                f"{result.name}: {finding.subject}: expected {finding.expected}, found {finding.found}", soft_wrap=True
            )
    console.print(f"Ledger hash: {digest}", soft_wrap=True)
    ctx.exit(0 if all(result.holds for result in results) else BROKEN)
