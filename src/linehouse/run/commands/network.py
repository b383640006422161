"""`linehouse network`: is the host network as we want it?"""

import click

from linehouse.run.at_work import brand_at_work, brand_option, operator

DIFFERS = 1


@click.group("network")
def command() -> None:
    """Compare lines with the host network."""


@command.command("check")
@click.argument("lines", nargs=-1)
@click.option("--limit", default=1_000, show_default=True, help="How many lines, where none is named.")
@brand_option
@click.pass_context
def check(ctx: click.Context, lines: tuple[str, ...], limit: int, brand: str) -> None:
    """Compare LINES, or those compared longest ago. What differs becomes a task; exit code 1 when something does."""
    with brand_at_work(brand):
        from linehouse.activation import service as activation

        if lines:
            differing = sum(bool(activation.check_line(line, actor=operator())) for line in lines)
            count = len(lines)
        else:
            count, differing = activation.check_lines(actor=operator(), limit=limit)
    click.echo(f"{count} lines compared, {differing} differ")
    ctx.exit(DIFFERS if differing else 0)
