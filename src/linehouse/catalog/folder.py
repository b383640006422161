"""Catalog files on disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from linehouse.catalog.errors import FilesInvalid, FilesMissing
from linehouse.catalog.files import BRAND_FILE, DECKS, FOLDERS
from linehouse.catalog.text.logo import LOGO_FILE
from linehouse.kernel.outcome import Problem

BASE_FILE = "base-version"
"""Beside brand.yaml in a folder that was exported: the version from which its files were made."""


def read_folder(folder: Path) -> dict[str, str]:
    """The catalog files of a brand's folder, by path below it, byte for byte. Raises FilesMissing, FilesInvalid."""
    if not (folder / BRAND_FILE).is_file():
        raise FilesMissing(
            f"{folder} holds no {BRAND_FILE}", field="path", value=str(folder), expected="a brand's folder"
        )
    found = [folder / BRAND_FILE, *_catalog_files(folder)]
    if (folder / LOGO_FILE).is_file():
        found.append(folder / LOGO_FILE)
    return {path.relative_to(folder).as_posix(): _text(path) for path in found}


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files below the folder, byte for byte, and take away catalog files that are no longer there."""
    logo = [folder / LOGO_FILE] if (folder / LOGO_FILE).is_file() else []
    for path in [*logo, *_catalog_files(folder)]:
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())


def read_base(folder: Path) -> int | None:
    """The published version that the folder was exported from, where it says so. Raises FilesInvalid."""
    path = folder / BASE_FILE
    if not path.is_file():
        return None
    text = _text(path).strip()
    if not text.isascii() or not text.isdigit():
        raise FilesInvalid((Problem("catalog.files_invalid", f"{BASE_FILE} holds no version number", BASE_FILE, text),))
    return int(text)


def write_base(folder: Path, number: int) -> None:
    """Note that the folder's files are those of a published version."""
    (folder / BASE_FILE).write_text(f"{number}\n", encoding="utf-8")


def _catalog_files(folder: Path) -> list[Path]:
    """Files of the known folders, in order; decks of prefixes are CSV."""
    patterns = [(name, "*.yaml") for name in FOLDERS] + [(DECKS, "*.csv")]
    return sorted(path for name, pattern in patterns for path in (folder / name).glob(pattern))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        problem = Problem("catalog.files_invalid", f"{path.name}: not UTF-8 at byte {error.start}", path.name)
        raise FilesInvalid((problem,)) from error
