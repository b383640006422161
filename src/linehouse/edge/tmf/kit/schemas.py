"""The JSON schemas of an API's shapes, as its OpenAPI description shows them."""

from __future__ import annotations

from typing import Any

import msgspec

from linehouse.edge.tmf.kit.declaration import Api, Resource
from linehouse.edge.tmf.kit.hub_view import (
    EventSubscription,
    EventSubscriptionInput,
    EventSubscriptionUpdate,
    ReplayInput,
)
from linehouse.edge.tmf.kit.problem import ErrorBody

JsonSchema = dict[str, Any]

REF = "#/components/schemas/{name}"
META = {
    "href": {"type": "string", "format": "uri"},
    "@type": {"type": "string"},
    "@baseType": {"type": "string"},
    "@schemaLocation": {"type": "string", "format": "uri"},
}
_ALWAYS = ("id", "href", "@type")


def ref(name: str) -> JsonSchema:
    """A reference to a component."""
    return {"$ref": REF.format(name=name)}


def components(api: Api) -> JsonSchema:
    """Every shape of the API by name.

    `X` is a whole representation, `XSelection` one of which `fields` has chosen a part, `XEvent…` a notification.
    """
    shapes: list[type[msgspec.Struct]] = [
        ErrorBody,
        EventSubscription,
        EventSubscriptionInput,
        EventSubscriptionUpdate,
        ReplayInput,
    ]
    for resource in api.resources:
        shapes += [shape for shape in _shapes(resource) if shape not in shapes]
    _, made = msgspec.json.schema_components(shapes, ref_template=REF)
    schemas: JsonSchema = {name: _plain(schema) for name, schema in made.items()}
    schemas["Error"] = schemas.pop("ErrorBody")
    for resource in api.resources:
        for shape in (resource.representation, *resource.kinds.values()):
            _shown(schemas, shape.__name__)
        for body in bodies(resource):
            # What is not kept is refused; `@type` and its like may always stand there.
            schemas[body.__name__] |= {"additionalProperties": False, "patternProperties": {"^@": {}}}
        for kind in dict.fromkeys(mapping.kind for mapping in resource.events):
            schemas[kind] = _event(resource, kind)
    return schemas


def _shown(schemas: JsonSchema, name: str) -> None:
    whole = schemas[name]
    whole["properties"] = {**whole["properties"], **META}
    whole["required"] = list(dict.fromkeys((*whole.get("required", []), *_ALWAYS)))
    selection = {key: value for key, value in whole.items() if key != "required"}
    schemas[f"{name}Selection"] = selection | {
        "required": list(_ALWAYS),
        "description": f"{name} of which `fields` has chosen a part",
    }


def _event(resource: Resource[Any], kind: str) -> JsonSchema:
    text = {"type": "string"}
    moment = {"type": "string", "format": "date-time"}
    return {
        "type": "object",
        "description": f"What a listener is told of {resource.name}",
        "properties": {
            "eventId": text,
            "eventTime": moment,
            "eventType": {"type": "string", "const": kind},
            "correlationId": text,
            "domain": text,
            "title": text,
            "description": text,
            "priority": text,
            "timeOcurred": moment,
            "event": {
                "type": "object",
                "properties": {resource.name: ref(f"{resource.representation.__name__}Selection")},
                "required": [resource.name],
            },
            "@type": text,
        },
        "required": ["eventId", "eventTime", "eventType", "event"],
    }


def bodies(resource: Resource[Any]) -> list[type[msgspec.Struct]]:
    """The shapes that the resource takes in."""
    found: list[type[msgspec.Struct]] = []
    if resource.create:
        found += [resource.create.body, *resource.create.kinds.values()]
    if resource.patch:
        found.append(resource.patch.body)
    return found


def _shapes(resource: Resource[Any]) -> list[type[msgspec.Struct]]:
    return [resource.representation, *resource.kinds.values(), *bodies(resource)]


def shown(resource: Resource[Any]) -> JsonSchema:
    """One representation, whole or chosen, of whatever kind."""
    names = [shape.__name__ for shape in (resource.representation, *resource.kinds.values())]
    return {"anyOf": [ref(name) for name in names] + [ref(f"{name}Selection") for name in names]}


def created(resource: Resource[Any]) -> JsonSchema:
    """The body of POST; the kinds are told apart by `@type`."""
    create = resource.create
    if create is None:
        raise TypeError(f"{resource.name} cannot be created")
    if not create.kinds:
        return ref(create.body.__name__)
    by_kind = {resource.kind: create.body, **create.kinds}
    return {
        "anyOf": [ref(shape.__name__) for shape in by_kind.values()],
        "discriminator": {
            "propertyName": "@type",
            "mapping": {kind: REF.format(name=shape.__name__) for kind, shape in by_kind.items()},
        },
    }


def _plain(schema: Any) -> Any:
    """An optional attribute is left out, never null: `anyOf [X, null]` with the default null is X.

    Amounts are JSON numbers, whatever the library thinks of decimals.
    """
    if isinstance(schema, list):
        return [_plain(element) for element in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "decimal":
        return {"type": "number", **{k: v for k, v in schema.items() if k not in ("type", "format")}}
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1 and schema.get("default", "") is None:
        return _plain({**options[0], **{k: v for k, v in schema.items() if k not in ("anyOf", "default")}})
    return {name: _plain(value) for name, value in schema.items()}
