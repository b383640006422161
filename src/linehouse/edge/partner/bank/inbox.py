"""The folder in which the bank leaves statements: each is claimed, taken, and put away as done or refused."""

from __future__ import annotations

from pathlib import Path

import structlog

from linehouse.edge.partner.bank.intake import receive
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import DomainError
from linehouse.kernel.ids import new_id
from linehouse.payment.errors import StatementRepeated
from linehouse.payment.service import delivered, keep_refused
from linehouse.platform.scope import current_brand
from linehouse.platform.work import SYSTEM

STABLE_SECONDS = 2
"""A file that was written to more recently may still be growing."""
_MARK = "__"
_log = structlog.get_logger()


def poll_home(home: Path) -> int:
    """Look into the current brand's bank inbox below the home folder; returns how many files were put away."""
    return poll(home / "brands" / current_brand() / "inbox" / "bank")


def poll(folder: Path, stable_seconds: int = STABLE_SECONDS) -> int:
    """Take every statement (``*.xml``) in the folder; returns how many were put away.

    A file is claimed under a name of its own, which is its once-key: killed between any two steps, the next poll goes
    on and books nothing twice.
    """
    taking, done, refused = (folder / name for name in ("taking", "done", "refused"))
    for each in (taking, done, refused):
        each.mkdir(parents=True, exist_ok=True)
    now = MachineClock().now().timestamp()
    for file in sorted(folder.glob("*.xml")):
        if now - file.stat().st_mtime >= stable_seconds:
            file.rename(taking / f"{new_id()}{_MARK}{file.name}")
    put_away = 0
    for file in sorted(taking.glob(f"*{_MARK}*")):
        delivery, _, name = file.name.partition(_MARK)
        target, reason = done, ""
        if not delivered(delivery):
            try:
                receive(name, file.read_bytes(), actor=SYSTEM, delivery=delivery)
            except DomainError as error:
                _log.warning("bank statement refused", delivery=delivery, code=error.code)
                target, reason = refused, str(error)
                if not isinstance(error, StatementRepeated):
                    keep_refused(name, file.read_bytes(), error, actor=SYSTEM)
        place = target / name
        if place.exists():
            place = target / file.name
        if reason:
            place.with_name(f"{place.name}.reason.txt").write_text(f"{reason}\n", "utf-8")
        file.rename(place)
        put_away += 1
    return put_away
