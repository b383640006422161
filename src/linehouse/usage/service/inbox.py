"""The inbox folder: files that partners drop are claimed, received, and end in ``done`` or ``refused``.

Each step is one rename or one transaction, in an order that bears being killed between any two: a file is first
claimed under a name of its own, that name is the delivery's once-key, and it leaves ``taking`` only when the database
knows what became of it.
"""

from __future__ import annotations

import fnmatch
from pathlib import Path

import structlog

from linehouse.kernel.clock import Clock, MachineClock
from linehouse.kernel.error import DomainError
from linehouse.kernel.ids import new_id
from linehouse.platform.scope import current_brand
from linehouse.platform.work import SYSTEM
from linehouse.usage.models import UsageFile
from linehouse.usage.service.receive import receive_file

PATTERNS = ("*.tap", "CD*", "TD*", "NR*", "*.csv")
"""Names of files that are taken: TAP's and NRTRDE's own naming (TD.57, TD.35), and what people call them."""
STABLE_SECONDS = 2
"""A file that was written to more recently may still be growing."""
_MARK = "__"
_log = structlog.get_logger()


def inbox_of(home: Path, brand: str) -> Path:
    """Where a brand's partners drop files, below the home folder."""
    return home / "brands" / brand / "inbox" / "usage"


def poll_home(home: Path) -> int:
    """Look into the current brand's inbox below the home folder; returns how many files moved on."""
    return poll_inbox(inbox_of(home, current_brand()))


def poll_inbox(folder: Path, *, clock: Clock | None = None) -> int:
    """Take in what lies in the folder for the current brand, and put away what has been decided; returns how many files
    moved on. Hidden files, folders and names that no pattern knows are left alone."""
    now = (clock or MachineClock()).now().timestamp()
    taking, done, refused = (folder / name for name in ("taking", "done", "refused"))
    for each in (taking, done, refused):
        each.mkdir(parents=True, exist_ok=True)
    moved = 0
    for file in sorted(folder.iterdir()):
        if _is_wanted(file) and now - file.stat().st_mtime >= STABLE_SECONDS:
            file.rename(taking / f"{new_id()}{_MARK}{file.name}")
            moved += 1
    for file in sorted(taking.iterdir()):
        moved += _hand_over(file, done, refused)
    return moved


def _is_wanted(file: Path) -> bool:
    return (
        file.is_file()
        and not file.name.startswith(".")
        and any(fnmatch.fnmatchcase(file.name.lower(), pattern.lower()) for pattern in PATTERNS)
    )


def _hand_over(file: Path, done: Path, refused: Path) -> int:
    """Receive a claimed file, which is safe to repeat, and move it when its fate is known."""
    delivery, mark, name = file.name.partition(_MARK)
    if not mark:
        return 0
    row = UsageFile.objects.filter(delivery=delivery).first()
    if row is None:
        try:
            receive_file(name, file.read_bytes(), actor=SYSTEM, delivery=delivery)
        except DomainError as error:
            _log.warning("usage file not received", delivery=delivery, code=error.code)
            return 0
        row = UsageFile.objects.get(delivery=delivery)
    if row.state == "processed":
        file.rename(_free(done / name, delivery))
        return 1
    if row.state == "refused":
        _note(_free(refused / name, delivery), file, f"{row.reason}: {row.message}\n")
        return 1
    return 0


def _note(target: Path, file: Path, text: str) -> None:
    # The reason is written first: a refused file never lies there without one.
    target.with_name(f"{target.name}.reason.txt").write_text(text, "utf-8")
    file.rename(target)


def _free(target: Path, delivery: str) -> Path:
    return target if not target.exists() else target.with_name(f"{delivery}{_MARK}{target.name}")
