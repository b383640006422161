"""The checker itself: it lets through what a specification allows, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.swagger import NotConformant, Specifications

SPECIFICATION = {
    "swagger": "2.0",
    "basePath": "/things/v4/",
    "paths": {
        "/thing": {
            "get": {"responses": {"200": {"schema": {"type": "array", "items": {"$ref": "#/definitions/Thing"}}}}},
            "post": {"responses": {"201": {"schema": {"$ref": "#/definitions/Thing"}}}},
        },
        "/thing/{id}": {"delete": {"responses": {"204": {"description": "gone"}}}},
    },
    "definitions": {
        "Thing": {
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "made": {"type": "string", "format": "date-time"},
                "parts": {"type": "array", "items": {"$ref": "#/definitions/Part"}},
                "@type": {"type": "string"},
                "status": {"$ref": "#/definitions/ProductStatusType"},
            },
        },
        "Part": {"properties": {"id": {"type": "string"}}},
        "ProductStatusType": {"type": "string", "enum": ["active", "aborted "]},
        "Error": {
            "required": ["code", "reason"],
            "properties": {"code": {"type": "string"}, "reason": {"type": "string"}},
        },
    },
}


@pytest.fixture
def things(tmp_path: Path) -> Specifications:
    (tmp_path / "tmf").mkdir()
    (tmp_path / "tmf" / "TMF999.swagger.json").write_text(json.dumps(SPECIFICATION), encoding="utf-8")
    return Specifications(tmp_path)


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "thing", 200, []),
        ("GET", "thing", 206, [{"name": "a", "@type": "Thing", "@schemaLocation": "x"}]),
        ("POST", "thing", 201, {"name": "a", "parts": [{"id": "1"}], "status": "aborted"}),
        ("DELETE", "thing/1", 204, None),
        ("GET", "thing", 400, {"code": "c", "reason": "r", "field": "ours"}),
        ("GET", "hub", 200, []),
    ],
)
def test_allowed(things: Specifications, method: str, path: str, status: int, body: Any) -> None:
    things.check(method, f"/tmf-api/things/v4/{path}", status, body, partial=False)


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "why"),
    [
        ("GET", "thing", 200, [{}], "required"),
        ("GET", "thing", 200, {}, "array"),
        ("POST", "thing", 200, {"name": "a"}, "no status 200"),
        ("PUT", "thing", 200, {}, "has no PUT"),
        ("GET", "other", 200, {}, "has no GET"),
        ("POST", "thing", 201, {"name": "a", "colour": "red"}, "/colour"),
        ("POST", "thing", 201, {"name": "a", "parts": [{"size": 1}]}, "/parts/size"),
        ("POST", "thing", 201, {"name": "a", "status": "asleep"}, "asleep"),
        ("GET", "thing", 404, {"code": "c"}, "reason"),
    ],
)
def test_refused(things: Specifications, method: str, path: str, status: int, body: Any, why: str) -> None:
    with pytest.raises(NotConformant, match=why):
        things.check(method, f"/tmf-api/things/v4/{path}", status, body, partial=False)


def test_a_selection_of_fields_may_lack_what_is_mandatory(things: Specifications) -> None:
    things.check("GET", "/tmf-api/things/v4/thing", 200, [{"@type": "Thing"}], partial=True)


@pytest.mark.specs
def test_every_published_file_is_understood(specs_dir: Path) -> None:
    found = Specifications(specs_dir)
    for path in ("party", "payment", "productCatalogManagement", "serviceInventory", "rolesAndPermissions"):
        assert found.at(f"/tmf-api/{path}/v4/anything") is not None
