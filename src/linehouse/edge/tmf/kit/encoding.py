"""A page of whole representations straight to JSON: what lists are asked for most, without objects in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linehouse.edge.tmf.kit.body import to_json
from linehouse.edge.tmf.kit.declaration import Api, Links, Resource, schema_location
from linehouse.edge.tmf.kit.shapes import Representation


def encodes(resource: Resource[Any]) -> bool:
    """Whether representations can be written as they are: one with an `@type` of its own also says its base type."""
    fields = resource.representation.__struct_encode_fields__
    return fields[0] == "id" and "@type" not in fields


def encoded(api: Api, resource: Resource[Any], shapes: Sequence[Representation], links: Links) -> bytes:
    """The JSON array of the shapes with what `finished` adds to each; the resource ``encodes``."""
    before = to_json(links.to(api.path, resource.name, ""))[:-1]
    end = b',"@type":%b,"@schemaLocation":%b}' % (to_json(resource.kind), to_json(schema_location(api, links)))
    parts = []
    for shape in shapes:
        key, written = to_json(shape.id), to_json(shape)
        rest = written[len(b'{"id":') + len(key) : -1]
        parts.append(b'{"id":%b,"href":%b%b%b%b' % (key, before, key[1:], rest, end))
    return b"[" + b",".join(parts) + b"]"
