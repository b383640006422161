"""Checks answers against the published TM Forum specifications (Swagger 2), with their known defects amended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, FormatChecker

Schema = dict[str, Any]

EXTENSIONS = frozenset(
    {"field", "problem", "signingKey", "state", "undelivered", "authorization"}
    | {"totalCount", "doneCount", "refusedCount", "errorUrl"}
)
"""Attributes of ours that no specification has; documented in docs/reference/tmf-apis.md."""


OUR_OWN = ("/hub", "/importJob", "/exportJob")
"""Addresses that most specifications lack: what one can do with a listener, and jobs for whatever resource."""


class NotConformant(AssertionError):
    """An answer that the published specification does not allow."""


class Swagger:
    """One published specification."""

    def __init__(self, file: Path) -> None:
        self.name = file.name
        document = json.loads(file.read_text(encoding="utf-8"))
        base = str(document.get("basePath", "")).rstrip("/")
        # TMF672, 676 and 680 leave the root out.
        self.base = base if base.startswith("/tmf-api") else f"/tmf-api{base}"
        self._paths: dict[str, Schema] = document["paths"]
        self._definitions: dict[str, Schema] = document["definitions"]
        _amend(self._definitions)

    def has_definition(self, name: str) -> bool:
        """Whether the specification defines it."""
        return name in self._definitions

    def attributes(self, name: str) -> set[str]:
        """The attributes of a definition."""
        return set(self._definitions[name]["properties"])

    def check_definition(self, name: str, body: object, *, partial: bool = False) -> None:
        """Raises NotConformant when the body is no such thing."""
        self._check({"$ref": f"#/definitions/{name}"}, body, name, partial=partial)

    def check_answer(self, method: str, path: str, status: int, body: object, *, partial: bool) -> None:
        """Raises NotConformant when the specification has no such answer; ``partial`` when fields were selected."""
        if status >= 400:
            self.check_definition("Error", body)
            return
        if status == 304:
            return
        operation = self._operation(method, path)
        if operation is None:
            if any(name in path for name in OUR_OWN):
                return
            raise NotConformant(f"{self.name} has no {method} {path}")
        answers: Schema = operation["responses"]
        answer = answers.get(str(status)) or (answers.get("200") if status == 206 else None)
        if answer is None:
            raise NotConformant(f"{self.name} has no status {status} for {method} {path}")
        if "schema" in answer:
            self._check(answer["schema"], body, f"{method} {path}", partial=partial)

    def _operation(self, method: str, path: str) -> Schema | None:
        for template, operations in self._paths.items():
            pattern = re.sub(r"\{[^}]+\}", "[^/]+", template.rstrip("/"))
            if re.fullmatch(pattern, path):
                found: Schema | None = operations.get(method.lower())
                return found
        return None

    def _check(self, schema: Schema, body: object, what: str, *, partial: bool) -> None:
        whole = {**schema, "definitions": self._definitions}
        validator = Draft4Validator(whole, format_checker=FormatChecker())
        problems = [
            f"{'/'.join(str(p) for p in error.absolute_path)}: {error.message}"
            for error in validator.iter_errors(body)
            if not (partial and error.validator == "required")
        ]
        problems += [f"{where}: not in the specification" for where in self._strangers(schema, body, "")]
        if problems:
            raise NotConformant(f"{self.name}, {what}: " + "; ".join(problems))

    def _strangers(self, schema: Schema, body: object, where: str) -> Iterator[str]:
        """Attributes that the definition does not have: the schemas allow them, a client would never look there."""
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"].rsplit("/", 1)[-1]]
        if isinstance(body, list):
            for element in body:
                yield from self._strangers(schema.get("items", {}), element, where)
        elif isinstance(body, dict) and "properties" in schema:
            for name, value in body.items():
                known = schema["properties"].get(name)
                if known is None:
                    if name not in EXTENSIONS and not name.startswith("@"):
                        yield f"{where}/{name}"
                else:
                    yield from self._strangers(known, value, f"{where}/{name}")


class Specifications:
    """All specifications of a folder, by where they are served."""

    def __init__(self, folder: Path) -> None:
        files = sorted((folder / "tmf").glob("*.swagger.json"))
        if not files:
            raise FileNotFoundError(f"there is no tmf/*.swagger.json in {folder}")
        self._by_base = {found.base: found for found in map(Swagger, files)}

    def at(self, path: str) -> Swagger | None:
        """The specification of the API at an address."""
        return next((s for base, s in self._by_base.items() if path.startswith(base + "/")), None)

    def check(self, method: str, path: str, status: int, body: object, *, partial: bool) -> None:
        """Raises NotConformant."""
        found = self.at(path)
        if found is None:
            # An address outside every API is answered with the error body, which all of them share.
            return
        found.check_answer(method, path.removeprefix(found.base), status, body, partial=partial)


_of_this_run: list[Specifications] = []


def use_in_this_run(folder: Path) -> None:
    """Let every client of the APIs check its answers against the specifications of this folder."""
    _of_this_run[:] = [Specifications(folder)]


def of_this_run() -> Specifications | None:
    """The specifications that `--specs` named, for whoever calls the APIs in a test."""
    return _of_this_run[0] if _of_this_run else None


def _amend(definitions: dict[str, Schema]) -> None:
    """Known defects of the published files."""
    product_status = definitions.get("ProductStatusType", {}).get("enum", [])
    if "aborted " in product_status:
        product_status.append("aborted")
