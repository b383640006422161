"""The JSON Schemas for editors agree with the readers: proved by damaging Robin's files in every place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import jsonschema
import pytest
import yaml

from linehouse.catalog.errors import FilesInvalid
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.catalog.schema import as_file, schemas
from linehouse.rating.yaml_source import load_marked
from tests.balance.house import ROBIN

SCHEMAS = schemas()
FILES = {path: text for path, text in read_folder(ROBIN).items() if path.endswith(".yaml")}
HEADER = re.compile(r"# yaml-language-server: \$schema=(?:\.\./)?schemas/(\S+)\n")


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: numbers, true and false; dates and `yes` are texts."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":int", ":float", ":null"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))


def seen(text: str) -> Any:
    return yaml.load(text, Loader=EditorLoader)  # a SafeLoader with fewer types


def schema_of(text: str) -> dict[str, Any]:
    found = HEADER.match(text)
    assert found is not None
    return SCHEMAS[found[1]]


def refuses(schema: dict[str, Any], data: Any) -> bool:
    return not jsonschema.Draft202012Validator(schema).is_valid(data)


def reader_refuses(path: str, data: Any) -> bool:
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1_000)
    try:
        read_catalogue({**FILES, path: text})
    except FilesInvalid:
        return True
    return False


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(value, (*path, key))


def at(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


def with_value(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = deepcopy(data)
    at(copy, path[:-1])[path[-1]] = value
    return copy


def damages(data: Any) -> Iterator[tuple[str, Any]]:
    """One damage at a time, of kinds that both must see."""
    for path in places(data):
        value = at(data, path)
        if isinstance(value, dict) and value:
            yield f"{path}: unknown key", with_value({"": data}, ("", *path), {**value, "No such word": 1})[""]
        if path and not isinstance(value, str | int | float):
            yield f"{path}: a text instead", with_value(data, path, "no such value?")
        if path and isinstance(value, str | int | float):
            yield f"{path}: a mapping instead", with_value(data, path, {"no-such-word": {"deeper": "still"}})
            yield f"{path}: nothing", with_value(data, path, None)


def test_the_schemas_beside_the_demo_brand_are_what_the_command_writes() -> None:
    folder = ROBIN / "schemas"
    assert {path.name: path.read_text() for path in folder.glob("*")} == {
        name: as_file(schema) for name, schema in SCHEMAS.items()
    }


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_each_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("path", sorted(FILES))
def test_robin_validates(path: str) -> None:
    jsonschema.Draft202012Validator(schema_of(FILES[path])).validate(seen(FILES[path]))
    assert load_marked(FILES[path], path).is_mapping


@pytest.mark.parametrize("path", sorted(FILES))
def test_schema_and_reader_refuse_the_same_damage(path: str) -> None:
    schema, data = schema_of(FILES[path]), seen(FILES[path])
    known = list(damages(data))
    seen_by_both = 0
    chosen = known[:: max(1, len(known) // 60)]
    for what, damaged in chosen:
        by_schema, by_reader = refuses(schema, damaged), reader_refuses(path, damaged)
        assert by_reader or not by_schema, what
        seen_by_both += by_schema
        # A parameter's value may be any word, and whether it is one of its choices a schema cannot tell.
        assert by_schema or "'parameters'" in what, what
    assert seen_by_both > len(chosen) // 2
