"""Opening the house declares everything that a stored job may name."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.architecture.test_imports import SOURCE

CODE = """
from linehouse.run.house import open_house
open_house()
from linehouse.platform.jobs.registry import all_kinds
from linehouse.platform.outbox.registry import all_consumers
print(*all_kinds(), *all_consumers())
"""


def test_a_fresh_process_knows_every_kind_of_job_that_the_code_declares() -> None:
    """Jobs outlive the process that asked for them, so each process must know all kinds from its start."""

    declared = set()
    for file in SOURCE.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        declared |= set(re.findall(r'^@(?:job|external_job|timer|consumer)\(\s*"([\w.]+)"', text, re.MULTILINE))
    assert "platform.partitions" in declared
    assert len(declared) > 15
    told = subprocess.run(
        [sys.executable, "-c", CODE], env={"PYTHONPATH": str(SOURCE.parent)}, capture_output=True, text=True, check=True
    )
    assert declared - set(told.stdout.split()) == set()
