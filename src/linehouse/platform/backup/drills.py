"""Reports of drills: what was restored, how long it took, what would have been lost. Kept beside the backups."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from linehouse.platform.backup.sealed import open_private

RPO_SECONDS = 300
"""What may be lost at most when the machine is lost: five minutes."""
RTO_SECONDS = 1800
"""How long it may take at most until everything is back: half an hour."""
STALE_DAYS = 90
"""A drill that is older proves nothing any more."""


class BrandResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a drill found of one brand."""

    key: str
    laws: int
    broken: tuple[str, ...]
    ledger_hash: str
    differences: tuple[str, ...]
    rows: int

    @property
    def well(self) -> bool:
        """Whether it came back as it was."""
        return not self.broken and not self.differences


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """One drill. Instants are of the machine clock; durations in milliseconds."""

    id: str
    began: datetime
    backup: str
    kind: str
    lost_ms: int
    """Measured recovery point: how long a committed change took to be safe outside of the database."""
    up_ms: int
    """From the beginning of the restore until the restored server answered."""
    verified_ms: int
    """Measured recovery time: until every law of every brand was checked on it."""
    exact: bool
    """Whether the comparison is of exactly the same instant."""
    brands: tuple[BrandResult, ...]
    failure: str = ""

    @property
    def well(self) -> bool:
        """Whether everything came back, in time."""
        within = self.lost_ms <= RPO_SECONDS * 1000 and self.verified_ms <= RTO_SECONDS * 1000
        return not self.failure and within and all(brand.well for brand in self.brands)


def keep(root: Path, drill: Drill) -> Path:
    """Write the report."""
    folder = root / "drills"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{drill.id}.json"
    with open_private(file) as opened:
        opened.write(msgspec.json.format(msgspec.json.encode(drill), indent=2))
    return file


def reports(root: Path) -> list[Drill]:
    """All reports that can be read, the newest first."""
    found = []
    for file in sorted((root / "drills").glob("*.json"), reverse=True):
        try:
            found.append(msgspec.json.decode(file.read_bytes(), type=Drill))
        except (OSError, msgspec.DecodeError):
            continue
    return found
