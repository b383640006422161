"""Catalogues as Django reads them, made from the ``.po`` files when they are first needed.

The compiled files are no part of the source: they are kept in a folder named by the digest of what they were made
from, so that a changed catalogue is never served stale and an unchanged one costs reading its digest only.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

SOURCES: Final = Path(__file__).resolve().parents[2] / "locale"
"""Where the ``.po`` files stand: ``<language>/LC_MESSAGES/django.po``."""
DOMAIN: Final = "django"


def compiled(home: Path) -> Path:
    """Return the folder with the compiled catalogues; it is made under `home`, or in the temporary folder.

    A home that cannot be written to (an installation started by another account, a tool without a home) is no reason
    to go without languages.
    """
    files = sorted(SOURCES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    name = f"texts-{_digest(files)}"
    places = [home / "cache", Path(tempfile.gettempdir()) / f"linehouse-{os.getuid()}"]
    for place in places:
        if (place / name).is_dir() and (place / name).stat().st_uid in {os.getuid(), 0}:
            return place / name
    for place in places:
        if place.parent == home and not home.is_dir():
            continue  # a home is made by whoever starts an installation, not by its texts
        try:
            return _compile(files, place, name)
        except OSError:
            continue
    return SOURCES


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.parent.parent.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _compile(files: Iterable[Path], place: Path, name: str) -> Path:
    """Write all catalogues into a new folder and give it its name in one step, so that nobody sees half of it."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    place.mkdir(parents=True, exist_ok=True, mode=0o755)
    target = place / name
    unfinished = Path(tempfile.mkdtemp(prefix=".texts-", dir=place))
    unfinished.chmod(0o755)
    for file in files:
        folder = unfinished / file.parent.parent.name / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with file.open("rb") as source, (folder / f"{DOMAIN}.mo").open("wb") as made:
            write_mo(made, read_po(source, file.parent.parent.name))
    try:
        unfinished.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    return target
