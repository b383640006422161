"""The published OpenAPI files of 3GPP as a judge of answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012


class Contract:
    """One service of ``openapi-rel17``."""

    def __init__(self, folder: Path, name: str, base: str) -> None:
        self._base = base
        self._name = name
        files = {file.name: yaml.load(file.read_text("utf-8"), yaml.CSafeLoader) for file in folder.glob("TS*.yaml")}
        self._document = files[name]
        resources = [(key, DRAFT202012.create_resource(value)) for key, value in files.items()]
        self._registry: Registry[Any] = Registry().with_resources(resources)

    def check(self, method: str, path: str, status: int, media: str, body: Any) -> None:
        """Raises AssertionError where the specification has no such answer."""
        operation = self._operation(method, path.removeprefix(self._base))
        if operation is None:
            # What it does not have is answered with ProblemDetails all the same.
            self._conforms({"$ref": "TS29571_CommonData.yaml#/components/schemas/ProblemDetails"}, body)
            return
        answers = operation["responses"]
        file, answer = self._resolved(answers.get(str(status)) or answers["default"])
        content = answer.get("content", {})
        if body is None:
            assert not content, f"{method} {path} {status} has a body"
            return
        if str(status) not in answers:
            self._conforms({"$ref": "TS29571_CommonData.yaml#/components/schemas/ProblemDetails"}, body)
            return
        assert media in content or not content, f"{media} is none of {list(content)}"
        self._conforms(_absolute(content[media]["schema"], file) if content else {}, body)

    def is_a(self, schema: str, body: Any) -> None:
        """Raises AssertionError where the body is no such thing."""
        self._conforms({"$ref": f"{self._name}#/components/schemas/{schema}"}, body)

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        for template, operations in self._document["paths"].items():
            if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
                found: dict[str, Any] | None = operations.get(method.lower())
                return found
        return None

    def _resolved(self, node: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """A part of the document, and the file in which it stands."""
        if "$ref" not in node:
            return self._name, node
        uri = _absolute(node, self._name)["$ref"]
        return uri.partition("#")[0], self._registry.resolver().lookup(uri).contents

    def _conforms(self, schema: Any, body: Any) -> None:
        validator = Draft202012Validator(schema, registry=self._registry, format_checker=FormatChecker())
        found = [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:300]}" for one in validator.iter_errors(body)]
        assert not found, found


def _absolute(schema: Any, file: str) -> Any:
    """With references that name their file."""
    if isinstance(schema, list):
        return [_absolute(one, file) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: f"{file}{value}" if key == "$ref" and str(value).startswith("#") else _absolute(value, file)
        for key, value in schema.items()
    }


def charging(folder: Path) -> Contract:
    """Nchf_ConvergedCharging, from the folder of all specifications."""
    return Contract(
        folder / "3gpp" / "openapi-rel17", "TS32291_Nchf_ConvergedCharging.yaml", "/nchf-convergedcharging/v3"
    )


def limits(folder: Path) -> Contract:
    """Nchf_SpendingLimitControl."""
    return Contract(
        folder / "3gpp" / "openapi-rel17", "TS29594_Nchf_SpendingLimitControl.yaml", "/nchf-spendinglimitcontrol/v1"
    )
