"""Erased people stay erased: what was erased after a backup was made is erased again after its restore.

The log of erasures lies with the master keys; the keeper keeps a sealed copy of it beside the backups, so that it is
there when the machine is not. It holds ids and instants, nothing of the people.
"""

from __future__ import annotations

from pathlib import Path

from linehouse.platform.backup.sealed import Keys, seal, unsealed
from linehouse.platform.settings import Settings

KIND = "erasures"
_PATTERN = "erasures-*.jsonl"
_SEALED = ".sealed"


def keep_copies(settings: Settings, keys: Keys) -> int:
    """Seal the logs that have changed into the folder of backups; returns how many."""
    target = settings.backups / KIND
    count = 0
    for log in settings.keys_folder.glob(_PATTERN):
        copy = target / f"{log.name}{_SEALED}"
        if copy.exists() and copy.stat().st_mtime_ns >= log.stat().st_mtime_ns:
            continue
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        seal([log.read_bytes()], copy, keys, KIND)
        count += 1
    return count


def bring_back_copies(settings: Settings, keys: Keys) -> int:
    """Add what the copies know to the logs beside the master keys; returns how many erasures were missing there."""
    added = 0
    for copy in sorted((settings.backups / KIND).glob(f"*{_SEALED}")):
        log = settings.keys_folder / copy.name.removesuffix(_SEALED)
        added += add_to_log(log, b"".join(unsealed(copy, keys, KIND)))
    return added


def is_log(file: Path) -> bool:
    """Whether the file is a log of erasures."""
    return file.match(_PATTERN)


def add_to_log(log: Path, brought: bytes) -> int:
    """Add the lines that the log lacks; returns how many."""
    known = set(_lines(log))
    missing = [line for line in brought.decode().splitlines() if line not in known]
    if missing:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as opened:
            opened.writelines(f"{line}\n" for line in missing)
        log.chmod(0o600)
    return len(missing)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def erase_again(brand: str, *, logged_for: str = "") -> int:
    """Carry out every erasure of the brand that its database does not show; returns how many.

    With ``logged_for`` the brand is a copy, under another key, of the brand whose log counts.
    """
    from linehouse.party.subject_requests import erased_again
    from linehouse.platform.personal.erase import AGAIN, repeat
    from linehouse.platform.personal.erasures import not_applied, note, noted
    from linehouse.platform.scope import brand_scope
    from linehouse.platform.work import SYSTEM, unit_of_work

    with brand_scope(logged_for or brand):
        wanted = noted()
    with brand_scope(brand):
        missing = not_applied(wanted)
        if logged_for and logged_for != brand:
            for one in wanted:
                note(brand, one.subject, one.at)
        for one in missing:
            with unit_of_work(SYSTEM, AGAIN):
                erased_again(one.subject, one.at, repeat(one.subject, one.at))
        return len(missing)
