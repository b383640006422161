"""Full exports that somebody asked for at the desk: made by the worker, who tells how far it is; one file each."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from linehouse.insight.service.full_export import export_everything
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import Invalid, NotFound
from linehouse.kernel.ids import new_id
from linehouse.platform.jobs.registry import Attempt, Payload, external_job
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Actor, unit_of_work

JOB = "insight.full_export"


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One export. Instants are of the machine clock."""

    id: str
    by: str
    asked_at: datetime
    personal: bool
    reason: str = ""
    text: str = ""
    done: int = 0
    total: int = 0
    ended_at: datetime | None = None
    size: int = 0
    rows: int = 0
    documents: int = 0
    failure: str = ""

    @property
    def running(self) -> bool:
        """Whether the worker has it still before it."""
        return self.ended_at is None


def folder_of(home: Path) -> Path:
    """Where the current brand's exports lie, below the home of the installation."""
    return home / "exports" / current_brand()


def exports(home: Path) -> Sequence[Export]:
    """The current brand's exports, the newest first."""
    found = [msgspec.json.decode(file.read_bytes(), type=Export) for file in folder_of(home).glob("*.json")]
    return sorted(found, key=lambda each: each.asked_at, reverse=True)


def ask_for_export(home: Path, *, actor: Actor, personal: bool, reason: str) -> UUID:
    """Let the worker export everything of the current brand; returns the export's id. Raises Invalid without a reason
    for personal values, and while another export is under way."""
    if personal and not reason.strip():
        raise Invalid("personal values leave for a reason", field="reason", expected="why they are needed")
    if any(each.running for each in exports(home)):
        raise Invalid("an export is under way", field="export", expected="to wait until it is done")
    made = new_id()
    state = Export(id=str(made), by=actor.name, asked_at=MachineClock().now(), personal=personal, reason=reason.strip())
    with unit_of_work(actor, reason.strip() or "full export"):
        _write(home, state)
        payload = {"export": str(made), "home": str(home), "actor": [actor.kind, actor.id, actor.name]}
        enqueue(JOB, payload, key=str(made))
    return made


def file_of(home: Path, export_id: str) -> Path:
    """The finished file of an export. Raises NotFound."""
    state = next((each for each in exports(home) if each.id == export_id and each.size), None)
    if state is None:
        raise NotFound("there is no such export", field="export", value=export_id, expected="one of the list")
    return folder_of(home) / f"{state.id}.zip"


@external_job(JOB, max_attempts=3, lease_seconds=3600)
def run_export(payload: Payload, attempt: Attempt) -> None:
    """Make the export; safe to repeat, since it begins anew."""
    del attempt
    home = Path(str(payload["home"]))
    state = next((each for each in exports(home) if each.id == payload["export"]), None)
    if state is None or not state.running:
        return
    kind, actor_id, name = payload["actor"]
    growing = folder_of(home) / f"{state.id}.growing"
    shutil.rmtree(growing, ignore_errors=True)

    def told(text: str, done: int, total: int) -> None:
        _write(home, state, text=text, done=done, total=total)

    try:
        made = export_everything(
            growing, actor=Actor(kind, actor_id, name), personal=state.personal, reason=state.reason, told=told
        )
        told("Packing", 0, 0)
        file = folder_of(home) / f"{state.id}.zip"
        _pack(growing, file)
    except Exception as error:
        _write(home, state, ended_at=MachineClock().now(), failure=type(error).__name__)
        raise
    finally:
        shutil.rmtree(growing, ignore_errors=True)
    size = file.stat().st_size
    _write(home, state, text="", ended_at=MachineClock().now(), size=size, rows=made.rows, documents=made.documents)


def _pack(folder: Path, target: Path) -> None:
    growing = target.with_suffix(".packing")
    growing.unlink(missing_ok=True)
    growing.touch(mode=0o600)
    with zipfile.ZipFile(growing, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                packed.write(file, file.relative_to(folder))
    growing.replace(target)


def _write(home: Path, state: Export, **changed: Any) -> None:
    folder = folder_of(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    growing = folder / f"{state.id}.writing"
    growing.write_bytes(msgspec.json.encode(msgspec.structs.replace(state, **changed)))
    growing.chmod(0o600)
    growing.replace(folder / f"{state.id}.json")
