"""The previous release as it was: its code and its tests, out of a file that `linehouse dev release-archive` made."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import psycopg

from linehouse.platform.postgres.databases import Installation

PREVIOUS = "304c532"
FOLDER = Path(__file__).resolve().parent
ARCHIVE = FOLDER / "releases" / f"{PREVIOUS}.tar.xz"

BOUNDED = (
    "tests/party/test_service.py",
    "tests/customer/test_service.py",
    "tests/resource/test_stock.py",
    "tests/inventory/test_products.py",
    "tests/ledger/test_journal.py",
    "tests/balance/test_buckets.py",
    "tests/payment/test_statements.py",
    "tests/billing/test_money.py",
    "tests/ordering/test_qualify.py",
    "tests/usage/test_suspense.py",
    "tests/notify",
    "tests/insight/test_service.py",
    "tests/platform/test_history.py",
    "tests/platform/test_clock.py",
)
"""Those of its tests that write every room's tables, within a minute."""
DELIBERATE: dict[str, str] = {}
"""Tests of the previous release that this release broke on purpose, each with the reason. As short as possible."""


@dataclass(frozen=True, slots=True)
class Release:
    """An unpacked release."""

    root: Path

    def environment(self, **more: str) -> dict[str, str]:
        """For a process that runs its code."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LINEHOUSE_")}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        return {**kept, "PYTHONPATH": str(self.root / "src"), **more}

    def command(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run one of its commands."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "linehouse.run.cli", *arguments],
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def fill(self, installation: Installation, name: str, file: str) -> None:
        """Make a database with its schema."""
        installation.create(name)
        text = (self.root / "src/linehouse/platform/postgres/generated" / file).read_bytes()
        with psycopg.connect(installation.dsn.conninfo(name), autocommit=True) as connection:
            connection.execute(text)


def unpack(target: Path) -> Release:
    """The previous release in a folder."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(target, filter="data")
    return Release(target)


def members() -> set[str]:
    """The names of its files."""
    with tarfile.open(ARCHIVE) as archive:
        return set(archive.getnames())
