"""`linehouse dev`: for those who change Linehouse."""

import json
import shutil
import sys
from pathlib import Path
from typing import TextIO

import click

from linehouse.run.commands.checkout import ROOT, call, tool
from linehouse.run.commands.test import run_checks, test_environment

_HEADING = '# Made from pyproject.toml by "./linehouse dev lock"; names, versions and hashes only, no index.\n'
_LOCKS = {
    "requirements.lock": ("# Everything that running Linehouse needs.\n", ()),
    "requirements-test.lock": (
        "# Everything that running, testing and developing Linehouse needs.\n",
        ("--extra", "test"),
    ),
}


@click.group("dev")
def command() -> None:
    """For those who change Linehouse."""


@command.command("lint")
def lint() -> None:
    """Check style, types and import rules without running tests."""
    failed = run_checks(test_environment())
    if failed:
        raise click.ClickException(f"failed: {', '.join(failed)}")


@command.command("format")
def format_code() -> None:
    """Rewrite the code in the project's style."""
    ruff = tool("ruff")
    environment = test_environment()
    if call((ruff, "check", "--fix", "--quiet", "."), environment) + call((ruff, "format", "."), environment):
        raise click.ClickException("some findings need a person")


@command.command("lock")
@click.option("--upgrade", is_flag=True, help="Take the newest versions that pyproject.toml allows.")
def lock(upgrade: bool) -> None:
    """Write the lock files anew; versions stay unless pyproject.toml or --upgrade asks for others."""
    found = shutil.which("uv") or next(iter(map(str, ROOT.glob(".venv-uv/bin/uv"))), None)
    if found is None:
        raise click.ClickException("uv is needed for this: install it, or start the linehouse script without it once")
    for name, (heading, options) in _LOCKS.items():
        file = ROOT / name
        command_line: list[str | Path] = [found, "pip", "compile", "pyproject.toml", *options, "--universal", "--quiet"]
        command_line += ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header"]
        command_line += ["--no-annotate", "--output-file", file, *(["--upgrade"] if upgrade else [])]
        if call(command_line, test_environment()) != 0:
            raise click.ClickException(f"{name} could not be made")
        file.write_text(_HEADING + heading + file.read_text())
        click.echo(f"{name} written", file=sys.stderr)


@command.command("makemigrations")
@click.argument("rooms", nargs=-1)
def make_migrations(rooms: tuple[str, ...]) -> None:
    """Write the migrations that the models of ROOMS need (all by default)."""
    from linehouse.run.house import set_up_django

    set_up_django()
    from django.core.management import call_command

    call_command("makemigrations", *rooms)


@command.command("release-archive")
@click.argument("commit")
def release_archive(commit: str) -> None:
    """Keep the code and the tests of COMMIT, a release, as a file: its tests will run on the schema of the next one.

    A copy of the repository without its history still has them. The file of the release before may go.
    """
    import lzma
    import subprocess

    git = shutil.which("git")
    if git is None:
        raise click.ClickException("git is needed for this")
    known = subprocess.run(
        [git, "rev-parse", "--short=7", commit], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if known.returncode != 0:
        raise click.ClickException(f"{commit} is no commit of this repository")
    name = known.stdout.strip()
    wanted = [git, "archive", name, "src", "tests", "brands", "pyproject.toml"]
    packed = subprocess.run(wanted, cwd=ROOT, capture_output=True, check=True).stdout
    file = ROOT / "tests" / "upgrade" / "releases" / f"{name}.tar.xz"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(lzma.compress(packed, preset=9))
    click.echo(f"{file.relative_to(ROOT)} written; name it in tests/upgrade/previous.py")


@command.command("schema")
def schema() -> None:
    """Write the schema files that a first start loads, from the migrations."""
    from linehouse.run.house import set_up_django

    set_up_django()
    from linehouse.run.generate.schema import write

    for file in write():
        click.echo(file.relative_to(ROOT))


@command.command("docs")
def docs() -> None:
    """Write the pages of the reference that are made from the code."""
    from linehouse.run.house import set_up_django

    set_up_django()
    from linehouse.run.generate.reference import write

    for file in write(ROOT):
        click.echo(file.relative_to(ROOT))


@command.command("texts")
@click.option("--missing", is_flag=True, help="List the texts that a language lacks, a JSON object on each line.")
@click.option("--take", type=click.File("r", encoding="utf-8"), help="Take translations from a file of such lines.")
def texts(missing: bool, take: TextIO | None) -> None:
    """Bring the languages' catalogues up to the texts of the code; what is translated stays."""
    from linehouse.run.house import set_up_django

    set_up_django()
    from linehouse.run.generate import texts as catalogues

    if take is not None:
        click.echo(f"{catalogues.take(take)} translations taken", err=True)
    elif not missing:
        for file in catalogues.write():
            click.echo(file.relative_to(ROOT))
    lacking = catalogues.missing()
    if missing:
        for one in lacking:
            text = list(one.text) if isinstance(one.text, tuple) else one.text
            click.echo(json.dumps({"text": text, **dict.fromkeys(one.languages, "")}, ensure_ascii=False))
    else:
        click.echo(f"{len(lacking)} texts lack a translation", err=True)
