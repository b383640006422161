"""The schema version that the generated schema file names: for processes that know no migrations."""

from __future__ import annotations

from functools import cache
from importlib import resources

HEADER = "-- schema version "


@cache
def generated_version() -> str:
    """The version of this release's schema; empty when no file was generated."""
    file = resources.files("linehouse.platform.postgres").joinpath("generated", "brand.sql")
    if not file.is_file():
        return ""
    with file.open(encoding="utf-8") as opened:
        return opened.readline().removeprefix(HEADER).partition(";")[0].strip()
