"""Catalog files on disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from linehouse.catalog.errors import FilesInvalid, FilesMissing
from linehouse.catalog.files import BRAND_FILE, FOLDERS
from linehouse.kernel.outcome import Problem


def read_folder(folder: Path) -> dict[str, str]:
    """The catalog files of a brand's folder, by path below it, byte for byte. Raises FilesMissing, FilesInvalid."""
    if not (folder / BRAND_FILE).is_file():
        raise FilesMissing(
            f"{folder} holds no {BRAND_FILE}", field="path", value=str(folder), expected="a brand's folder"
        )
    found = [folder / BRAND_FILE, *(path for name in FOLDERS for path in sorted((folder / name).glob("*.yaml")))]
    return {path.relative_to(folder).as_posix(): _text(path) for path in found}


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files below the folder, byte for byte, and take away catalog files that are no longer there."""
    for path in [path for name in FOLDERS for path in sorted((folder / name).glob("*.yaml"))]:
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        problem = Problem("catalog.files_invalid", f"{path.name}: not UTF-8 at byte {error.start}", path.name)
        raise FilesInvalid((problem,)) from error
