"""`linehouse test`: every check of the project."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from linehouse.run.commands.checkout import ROOT, call, tool

_MOST_WORKERS = 8


@dataclass(frozen=True, slots=True)
class Check:
    """One check that runs before the tests."""

    name: str
    command: tuple[str | Path, ...]


def checks() -> tuple[Check, ...]:
    """Style, types and import rules, quickest first."""
    return (
        Check("ruff check", (tool("ruff"), "check", "--quiet", ".")),
        Check("ruff format", (tool("ruff"), "format", "--check", "--output-format=concise", ".")),
        Check("import rules", (tool("lint-imports"), "--no-logo")),
        Check("types", (tool("mypy"), "src", "tests")),
    )


def run_checks(environment: dict[str, str]) -> list[str]:
    """Run all checks, also after one fails; the names of those that failed."""
    failed = []
    for check in checks():
        click.secho(f"· {check.name}", bold=True)
        if call(check.command, environment) != 0:
            failed.append(check.name)
    return failed


def test_environment() -> dict[str, str]:
    """The environment of tests: no setting of the machine's own installation reaches them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINEHOUSE_")}
    return {**kept, "PYTHONPATH": str(ROOT / "src")}


@click.command("test", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--browser", is_flag=True, help="Also the tests in Debian's chromium.")
@click.option("--peers", is_flag=True, help="Also the tests against foreign protocol stacks.")
@click.option(
    "--specs",
    type=click.Path(exists=True, file_okay=False, resolve_path=True),
    help="Folder of published specifications to validate against.",
)
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def command(browser: bool, peers: bool, specs: str | None, pytest_arguments: tuple[str, ...]) -> None:
    """Check style, types and import rules, then run the tests in parallel.

    Further arguments go to pytest; with any, only pytest runs: `linehouse test tests/kernel -k money`.
    """
    environment = test_environment()
    failed = [] if pytest_arguments else run_checks(environment)
    options = ["--browser"] * browser + ["--peers"] * peers
    if specs:
        options.append(f"--specs={specs}")  # as one word: a folder of its own would move pytest's root there
    if not any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in pytest_arguments):
        workers = min(_MOST_WORKERS, max(2, os.cpu_count() or 2))
        options += ["-n", str(workers)]
    code = call((sys.executable, "-m", "pytest", *options, *pytest_arguments), environment)
    if failed:
        click.secho(f"failed: {', '.join(failed)}", fg="red", bold=True, err=True)
    if code or failed:
        raise click.exceptions.Exit(code or 1)
