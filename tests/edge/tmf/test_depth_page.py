"""The page that says how deep each API goes says what the declarations say."""

from __future__ import annotations

from pathlib import Path

import pytest

from linehouse.edge.tmf.apis import APIS
from linehouse.edge.tmf.kit.declaration import Api, Resource

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "tmf-depth.md"
COVERED = {"TMF620", "TMF622", "TMF629", "TMF632", "TMF635", "TMF637", "TMF638", "TMF639", "TMF666", "TMF669"} | {
    "TMF654",
    "TMF672",
    "TMF676",
    "TMF677",
    "TMF678",
    "TMF681",
    "TMF683",
}
RESOURCES = [(api, resource) for api in APIS if api.number in COVERED for resource in api.resources]


def row_of(number: str, name: str) -> list[str]:
    """The cells of a resource's row: POST, PATCH, DELETE."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[:2] == [number, f"`{name}`"]:
            return cells[2:]
    raise AssertionError(f"{number} {name} has no row")


@pytest.mark.parametrize(("api", "resource"), RESOURCES, ids=lambda found: getattr(found, "name", ""))
def test_a_row_says_what_is_declared(api: Api, resource: Resource[object]) -> None:
    served = (resource.create is not None, resource.patch is not None, resource.delete is not None)
    for method, offered, cell in zip(
        ("POST", "PATCH", "DELETE"), served, row_of(api.number, resource.name), strict=True
    ):
        if offered:
            assert cell.partition(":")[0] == "served"
        elif method in resource.refused:
            assert cell == f"refused: {resource.refused[method]}"
        else:
            assert cell == "not published"


def test_what_is_absent_says_so() -> None:
    for api in APIS:
        for name, why in api.absent.items():
            assert row_of(api.number, name)[0] == f"501: {why}"
