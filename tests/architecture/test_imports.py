"""What import contracts cannot say: which files are pure, and which are nobody else's business."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "linehouse"
NOT_ROOMS = {"kernel", "platform", "edge", "simulators", "run", "locale", "__pycache__"}
ROOMS = sorted(p.name for p in SOURCE.iterdir() if p.is_dir() and p.name not in NOT_ROOMS)
IMPURE = {
    "models",
    "store",
    "sharing_store",
    "controls_store",
    "money_models",
    "money_store",
    "service",
    "approvals",
    "characterised",
    "consent",
    "consent_models",
    "export",
    "imports",
    "jobs",
    "personal",
    "subject_requests",
    "tasks",
    "migrations",
    "apps",
    "laws",
    "sql",
    "ports",
    "node",
    "checks",
}
"""Files that touch the world; every other file of a room is pure."""
PURE_ROOMS = {"kernel", "rating"}
"""Rooms without any world in them, their service included; an import contract holds them to it."""
PURE_LIBRARIES = {
    "babel",
    "holidays",
    "iso4217",
    "lxml",
    "msgspec",
    "phonenumbers",
    "pycountry",
    "schwifty",
    "stdnum",
    "yaml",
}
"""Libraries that rules may use: they compute, and read what they are handed (a parser of texts opens no file)."""
COLUMNS = {"numba", "numpy", "polars"}
"""Libraries of columns: the batch engine's, which gets frames and gives frames; nobody else's among the rules."""
OF_FILES = ("read_", "scan_", "write_", "sink_", "fromfile", "tofile", "memmap")
"""How their calls begin that touch files."""
BATCH = SOURCE / "rating" / "batch"
SENTENCES = {
    "django_stubs_ext",
    "django.utils.translation",
    "linehouse.platform.texts.codes",
    "linehouse.platform.texts.codes.said",
    "linehouse.platform.texts.codes.titled",
}
"""What a room's files of words may use besides: they say its facts in the reader's language."""
WORDS = {
    "words.py",
    "words_of_balances.py",
    "words_of_people.py",
    "words_of_money.py",
    "words_of_prepaid.py",
    "metrics.py",
    "telling.py",
}
"""Those files."""
PURE_OF_PLATFORM = ("events", "values", "errors", "kinds", "lifecycle")
"""Files of the platform's packages that rules may use: declarations and values."""
WORLD = {
    "asyncio",
    "http",
    "multiprocessing",
    "os",
    "random",
    "shutil",
    "smtplib",
    "socket",
    "subprocess",
    "threading",
    "time",
    "urllib",
}
"""Modules of the standard library that pure files leave alone."""


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (
                f"{node.module}.{alias.name}" for alias in node.names if (node.module or "").startswith("linehouse")
            )


def pure_files() -> list[Path]:
    found = []
    for room in ROOMS:
        for file in sorted((SOURCE / room).rglob("*.py")):
            inner = file.relative_to(SOURCE / room).with_suffix("").parts
            if (inner[0] not in IMPURE or room in PURE_ROOMS) and file.name != "__init__.py":
                found.append(file)
    return found


def is_pure_module(name: str) -> bool:
    parts = name.split(".")
    if parts[1] in PURE_ROOMS:
        return True
    if parts[1] == "platform" and len(parts) > 3:
        return parts[3] in PURE_OF_PLATFORM
    if parts[1] == "platform" and len(parts) == 3 and (SOURCE / "platform" / parts[2]).is_dir():
        return True
    if parts[1] in NOT_ROOMS:
        return False
    return len(parts) < 3 or parts[2] not in IMPURE


@pytest.mark.parametrize("file", pure_files(), ids=lambda f: str(f.relative_to(SOURCE)))
def test_rules_know_neither_framework_nor_world(file: Path) -> None:
    wrong = []
    for name in imports(file):
        if file.name in WORDS and name in SENTENCES:
            continue
        top = name.split(".")[0]
        if top == "linehouse":
            if not is_pure_module(name):
                wrong.append(name)
        elif top in sys.stdlib_module_names:
            if top in WORLD:
                wrong.append(name)
        elif top not in PURE_LIBRARIES and not (top in COLUMNS and file.is_relative_to(BATCH)):
            wrong.append(name)
    assert wrong == []


@pytest.mark.parametrize("file", sorted(BATCH.glob("*.py")), ids=lambda f: f.name)
def test_the_batch_engine_touches_no_file(file: Path) -> None:
    calls = [node.attr for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Attribute)]
    assert [name for name in calls if name.startswith(OF_FILES)] == []


def test_what_needs_no_columns_loads_none() -> None:
    """The command and the web begin quickly: a heavy library is loaded where it is used, never on the way."""
    script = (
        "import sys, linehouse.run.cli; from linehouse.run.house import set_up_django; set_up_django(); "
        "import linehouse.run.urls; print(*sorted({'numba', 'polars', 'distributed'} & sys.modules.keys()))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout.split() == []


def test_tables_and_sql_are_their_rooms_own() -> None:
    trespassers = []
    for file in sorted(SOURCE.rglob("*.py")):
        here = file.relative_to(SOURCE).parts[0]
        for name in imports(file):
            parts = name.split(".")
            if (
                parts[0] == "linehouse"
                and len(parts) > 2
                and parts[1] in ROOMS
                and parts[1] != here
                and parts[2] in ("models", "store")
            ):
                trespassers.append(f"{file.relative_to(SOURCE)} imports {name}")
    assert trespassers == []


def test_rooms_are_entered_by_their_front_door() -> None:
    """Another room's decisions are reached by its service, its values and pure files, never by its jobs."""
    trespassers = []
    for file in sorted(SOURCE.rglob("*.py")):
        here = file.relative_to(SOURCE).parts[0]
        if here == "run":
            continue
        for name in imports(file):
            parts = name.split(".")
            if (
                parts[0] == "linehouse"
                and len(parts) > 2
                and parts[1] in ROOMS
                and parts[1] != here
                and parts[2] in ("imports", "jobs", "laws", "apps")
            ):
                trespassers.append(f"{file.relative_to(SOURCE)} imports {name}")
    assert trespassers == []
