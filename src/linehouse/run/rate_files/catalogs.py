"""The catalog folders of a run as texts, so that every process reads the same ones, whatever happens to the folders."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.catalog.values import Catalogue
from linehouse.kernel.error import Invalid
from linehouse.rating.values import Tariff

_SHORT = 12


@dataclass(frozen=True, slots=True, eq=False)
class Catalogs:
    """The first catalogue, whose offers hold; and those whose tariffs are in force from an instant on.

    Versions of a tariff are told apart by what stands behind its key: nothing for the first, ``@`` and the digest.
    """

    first: Catalogue
    digest: str
    later: tuple[tuple[datetime, Catalogue, str], ...]

    @property
    def tariffs(self) -> dict[str, Tariff]:
        """All of them by key and version."""
        found = dict(self.first.tariffs)
        for _, catalogue, version in self.later:
            found |= {f"{key}{version}": tariff for key, tariff in catalogue.tariffs.items()}
        return found


def keep_catalogs(folders: Sequence[str], folder_of_run: Path) -> Path:
    """Write the folders' texts into one file. Raises Invalid, FilesMissing, FilesInvalid.

    Its name says what is in it: a process that rates for long remembers what it read by name.
    """
    kept = []
    for place, written in enumerate(folders):
        folder, at, since = (written, "", "")
        if "@" in written and not Path(written).is_dir():
            folder, at, since = written.rpartition("@")
        if bool(at) != bool(place):
            raise Invalid(
                f"{written}: the first catalog has no instant, each further one has",
                field="catalog",
                value=written,
                expected="--catalog DIR --catalog OTHER@2026-12-01T00:00:00+01:00",
            )
        files = read_folder(Path(folder))
        kept.append({"since": _instant(since, written) if at else "", "files": files, "digest": _digest(files)})
    text = json.dumps(kept, ensure_ascii=False)
    target = folder_of_run / f"catalogs-{hashlib.sha256(text.encode()).hexdigest()}.json"
    target.write_text(text, encoding="utf-8")
    return target


@lru_cache(maxsize=2)
def read_catalogs(kept: Path) -> Catalogs:
    """What was kept, read once per process. Raises FilesInvalid."""
    found = json.loads(kept.read_text("utf-8"))
    first = read_catalogue(found[0]["files"]).catalogue
    later = [
        (datetime.fromisoformat(one["since"]), read_catalogue(one["files"]).catalogue, f"@{one['digest']}")
        for one in found[1:]
    ]
    for since, catalogue, _ in later:
        if catalogue.brand.currency != first.brand.currency:
            raise Invalid(
                f"the catalog in force from {since.isoformat()} has another currency",
                field="catalog",
                value=catalogue.brand.currency,
                expected=first.brand.currency,
            )
    return Catalogs(first, found[0]["digest"], tuple(sorted(later, key=lambda one: one[0])))


def _digest(files: Mapping[str, str]) -> str:
    texts = {name: text for name, text in files.items() if not name.endswith(".svg")}
    return hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:_SHORT]


def _instant(text: str, written: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid(
            f"{written}: {text!r} is no instant with offset",
            field="catalog",
            value=written,
            expected="--catalog OTHER@2026-12-01T00:00:00+01:00",
        )
    return found.isoformat()
