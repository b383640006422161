"""Robin's catalog files for the catalogue's tests."""

from pathlib import Path

import pytest

from linehouse.catalog.folder import read_folder

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"


@pytest.fixture(scope="session")
def robin_folder() -> Path:
    """The folder of the demo brand."""
    return ROBIN


@pytest.fixture(scope="session")
def robin_files() -> dict[str, str]:
    """The catalog files of the demo brand, by path."""
    return read_folder(ROBIN)
