"""The folder of the source code, for the commands that only make sense in a checkout."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[4]


def tool(name: str) -> Path:
    """A program of this environment. Raises ClickException when the environment lacks it."""
    found = Path(sys.executable).parent / name
    if not found.exists():
        raise click.ClickException(f"{name} is not installed here; start by the linehouse script of a checkout")
    return found


def call(command: Sequence[str | Path], environment: dict[str, str]) -> int:
    """Run a program in the checkout, its output going where ours goes; its exit code."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=False).returncode
