"""`linehouse demo`: the whole journey of a customer, played, or parts of it."""

import shutil

import click
from rich.console import Console
from rich.table import Table

from linehouse.run.at_work import installation
from linehouse.run.commands.demo_brand import brand
from linehouse.run.commands.demo_usage import usage
from linehouse.run.terminal import Steps

FAILED = 1


@click.group("demo")
def command() -> None:
    """Play a customer's whole journey, or parts of it."""


command.add_command(brand)
command.add_command(usage)


@command.command("story")
@click.option("--seed", default="2026", show_default=True, help="Decides what the customers do with their phones.")
@click.option("--brand", "key", default="story", show_default=True, help="Key of the brand that is made for it.")
@click.option("--drop", is_flag=True, help="Remove the brand afterwards instead of leaving it to be looked at.")
@click.pass_context
def story(ctx: click.Context, seed: str, key: str, drop: bool) -> None:
    """Play the journey from catalog to paid invoice in a brand of its own, and compare its figures with the journal."""
    console = Console(highlight=False)
    with Steps(console) as steps, installation(prepare=steps) as found:
        from linehouse.platform.control.models import Brand
        from linehouse.platform.postgres.databases import drop_brand
        from linehouse.platform.scope import brand_scope
        from linehouse.run import environment
        from linehouse.run.bootstrap import ROOT, make_demo_staff
        from linehouse.run.founding import DEMO_START, found_brand
        from linehouse.run.story.scenes import SCENES, Play
        from linehouse.run.story.stage import PLAYER, stage
        from linehouse.run.story.summary import summarise

        home = environment.settings().home / "story" / key
        if Brand.objects.filter(key=key).exists():
            steps("Removing what an earlier story left")
            drop_brand(found, key)
        shutil.rmtree(home, ignore_errors=True)
        steps("Founding the brand")
        files = ROOT / "brands" / "robin"
        # Workers of a running installation leave a frozen brand alone: the story does all of its work itself.
        found_brand(
            found, key, files, actor=PLAYER, home=home, name="Robin Mobile (story)", clock=DEMO_START, frozen=True
        )
        with brand_scope(key), stage(key, home, files, DEMO_START, seed) as place:
            play = Play(place)
            for number, scene in enumerate(SCENES, 1):
                steps(scene.title, number - 1, len(SCENES))
                before = len(play.said)
                scene.act(play)
                steps.pause()
                for line in play.said[before:]:
                    console.print(f"    {line}", soft_wrap=True)
            steps("Comparing every figure with the journal")
            summary = summarise()
        if drop:
            drop_brand(found, key)
        else:
            make_demo_staff(key)
            Brand.objects.filter(key=key).update(frozen=False)
    table = Table("figure", "told by its room", "in the journal", "")
    for figure in summary.figures:
        table.add_row(figure.name, figure.told, figure.journal, "✓" if figure.agrees else "✗")
    console.print(table)
    broken = [law for law in summary.laws if not law.holds]
    console.print(f"Laws: {len(summary.laws) - len(broken)} of {len(summary.laws)} hold")
    for law in broken:
        for finding in law.verdict.findings[:5]:
            console.print(f"  {law.name}: {finding.subject}: expected {finding.expected}, found {finding.found}")
    console.print(f"Ledger hash: {summary.ledger_hash}", soft_wrap=True)
    if not drop:
        console.print(f"Look at it on the desk: /b/{key}/ (log in as admin@robin-mobile.example)", soft_wrap=True)
    ctx.exit(0 if summary.holds else FAILED)
