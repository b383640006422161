"""docs/coverage.md lists every function once and claims nothing that is not there."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

import pytest
from django.urls import Resolver404, resolve

from linehouse.edge.tmf.apis import api_at
from tests.architecture.test_imports import SOURCE

ROOT = SOURCE.parents[1]
PAGE = ROOT / "docs" / "coverage.md"
IDS = [
    f"{group}-{number:02d}"
    for group, count in (("CM", 21), ("BR", 13), ("OM", 17), ("PM", 13), ("SY", 18), ("GE", 8))
    for number in range(1, count + 1)
]
STATES = {"none", "thin", "works"}
ROW = re.compile(r"^\| ([A-Z]{2}-\d{2}) \| ([^|]+) \| `(\w+)` \|([^|]*)\|$")
SCREEN = re.compile(r"`(/b/[^`]*)`")
API = re.compile(r"`(GET|POST|PATCH|DELETE) (/tmf-api/[^`]*)`")
TEST = re.compile(r"`(tests/[^`:]+\.py)((?:::\w+)+)`")
EXAMPLES = {"{brand}": "robin", "{id}": "01990000-0000-7000-8000-000000000001"}
"""What stands in for a part of an address; anything else stands for itself without braces."""


@dataclass(frozen=True, slots=True)
class Function:
    """One row of the page."""

    id: str
    name: str
    state: str
    what: str


def functions() -> list[Function]:
    """The rows, as they stand there."""
    found = (ROW.match(line) for line in PAGE.read_text("utf-8").splitlines())
    return [Function(row[1], row[2].strip(), row[3], row[4].strip()) for row in found if row]


def screens(text: str) -> list[str]:
    return SCREEN.findall(text)


def is_screen(address: str) -> bool:
    """Whether an address leads to a view of the desk."""
    try:
        return resolve(filled(address)).app_name == "desk"
    except Resolver404:
        return False


def filled(address: str) -> str:
    for part, example in EXAMPLES.items():
        address = address.replace(part, example)
    return re.sub(r"\{(\w+)\}", r"\1", address)


def is_served(method: str, address: str) -> bool:
    """Whether some resource of an API takes the method at the address."""
    parts = address.strip("/").split("/")
    if len(parts) not in (4, 5) or parts[0] != "tmf-api" or parts[2] != "v4":
        return False
    api = api_at(parts[1])
    resource = api.resource(parts[3]) if api else None
    if resource is None:
        return False
    return method in (resource.collection_methods if len(parts) == 4 else resource.item_methods)


def is_test(file: str, path: str) -> bool:
    """Whether the file has that function, in that class where one is named."""
    if not (ROOT / file).is_file():
        return False
    body: list[ast.stmt] = ast.parse((ROOT / file).read_text("utf-8")).body
    *classes, function = path.removeprefix("::").split("::")
    for name in classes:
        body = [stmt for node in body if isinstance(node, ast.ClassDef) and node.name == name for stmt in node.body]
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in body)


def wrong_names(text: str) -> list[str]:
    """Every screen, API and test that the text names and that is not there."""
    found = [f"no screen {address}" for address in screens(text) if not is_screen(address)]
    found += [f"no API {method} {address}" for method, address in API.findall(text) if not is_served(method, address)]
    return found + [f"no test {file}{path}" for file, path in TEST.findall(text) if not is_test(file, path)]


def test_every_function_stands_there_once_in_order() -> None:
    assert [function.id for function in functions()] == IDS


def test_every_row_has_been_read() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if re.match(r"^\|\s*[A-Z]{2}-", line)]
    assert len(rows) == len(IDS)


@pytest.mark.parametrize("function", functions(), ids=lambda f: f.id)
def test_a_row_claims_only_what_is_there(function: Function) -> None:
    assert function.state in STATES
    assert wrong_names(function.what) == []
    if function.state == "none":
        assert function.what == ""
    elif function.state == "thin":
        there, sign, missing = function.what.partition("*Missing*:")
        assert there.strip()
        assert sign
        assert missing.strip()
    else:
        assert screens(function.what)
        assert API.search(function.what)
        assert TEST.search(function.what)


def test_what_is_not_there_is_noticed() -> None:
    assert wrong_names("`/b/{brand}/invoices`, `GET /tmf-api/customerManagement/v4/customer`") == []
    assert wrong_names("`/b/{brand}/invoises`") == ["no screen /b/{brand}/invoises"]
    assert wrong_names("`DELETE /tmf-api/customerManagement/v4/customer`") != []
    assert wrong_names("`GET /tmf-api/customerManagement/v4/custard`") != []
    assert wrong_names("`tests/architecture/test_coverage.py::test_what_is_not_there_is_noticed`") == []
    assert wrong_names("`tests/architecture/test_coverage.py::test_nothing`") != []
