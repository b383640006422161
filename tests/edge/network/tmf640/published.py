"""Judges bodies by the published TMF640 v4 specification: types, mandatory attributes, and nothing undeclared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

FILE = Path("tmf") / "TMF640-v4.0.0.swagger.json"


class Published:
    """The specification."""

    def __init__(self, folder: Path) -> None:
        self._document = json.loads((folder / FILE).read_text())

    def problems(self, definition: str, body: Any) -> list[str]:
        """What the specification has against this body; nothing when it is right."""
        schema = {"$ref": f"#/definitions/{definition}", "definitions": self._document["definitions"]}
        wrong = [error.message for error in Draft4Validator(schema).iter_errors(body)]
        return wrong + self._undeclared(schema, body, definition)

    def _undeclared(self, schema: dict[str, Any], body: Any, where: str) -> list[str]:
        while "$ref" in schema:
            schema = self._document["definitions"][schema["$ref"].rsplit("/", 1)[-1]]
        if isinstance(body, list):
            return [p for item in body for p in self._undeclared(schema.get("items", {}), item, where)]
        properties = schema.get("properties")
        if not isinstance(body, dict) or properties is None:
            return []
        found = [f"{where}.{name} is not declared" for name in body if name not in properties]
        for name, value in body.items():
            found += self._undeclared(properties.get(name, {}), value, f"{where}.{name}")
        return found

    def statuses(self, path: str, method: str) -> set[int]:
        """The status codes that the specification gives an operation."""
        return {int(code) for code in self._document["paths"][path][method]["responses"]}

    @property
    def base_path(self) -> str:
        """Where the API lives."""
        return str(self._document["basePath"]).rstrip("/")
