"""The OpenAPI description of an API, made from its declarations: what is served is what is described."""

from __future__ import annotations

from typing import Any

import msgspec

from linehouse.edge.tmf.kit.body import PATCH_TYPES
from linehouse.edge.tmf.kit.declaration import ROOT, Api, Resource
from linehouse.edge.tmf.kit.hub_view import EventSubscription, EventSubscriptionInput
from linehouse.edge.tmf.kit.problem import ErrorBody
from linehouse.edge.tmf.kit.query import DEFAULT_LIMIT, MAX_LIMIT
from linehouse.platform.access.permissions import PERMISSIONS

_REF = "#/components/schemas/{name}"
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "oauth2": {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": dict(PERMISSIONS)}},
    },
}
_ERRORS = (400, 401, 403, 404, 405, 406, 409, 415, 422, 429, 500, 501, 503)
_META = {
    "href": {"type": "string", "format": "uri"},
    "@type": {"type": "string"},
    "@baseType": {"type": "string"},
    "@schemaLocation": {"type": "string", "format": "uri"},
}

JsonSchema = dict[str, Any]


def document(api: Api, version: str) -> JsonSchema:
    """OpenAPI 3.1 of one API; ``version`` is Linehouse's."""
    shapes: list[type[msgspec.Struct]] = [ErrorBody, EventSubscription, EventSubscriptionInput]
    for resource in api.resources:
        shapes.append(resource.representation)
        shapes += [body for body in _bodies(resource) if body not in shapes]
    _, made = msgspec.json.schema_components(shapes, ref_template=_REF)
    schemas: JsonSchema = {name: _plain(schema) for name, schema in made.items()}
    paths: JsonSchema = {}
    for resource in api.resources:
        shown = schemas[resource.representation.__name__]
        shown["properties"] = {**shown["properties"], **_META}
        shown["required"] = [*shown.get("required", []), "href", "@type"]
        paths[f"/{resource.name}"] = _collection(resource)
        paths[f"/{resource.name}/{{id}}"] = _item(resource)
    paths["/hub"] = {
        "get": _operation("listHub", "The client's own listeners", {"200": _content(_list_of("EventSubscription"))}),
        "post": _operation(
            "createHub",
            "Register a listener",
            {"201": _content(_ref("EventSubscription"))},
            body=_ref("EventSubscriptionInput"),
        ),
    }
    paths["/hub/{id}"] = {
        "parameters": [_ID],
        "get": _operation("retrieveHub", "One listener", {"200": _content(_ref("EventSubscription"))}),
        "delete": _operation("deleteHub", "Remove a listener", {"204": {"description": "Removed"}}),
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{api.number} {api.title}", "version": version, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": f"{ROOT}/{api.path}/v4"}],
        "security": [{"bearer": []}, {"oauth2": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _SECURITY},
    }


def _plain(schema: Any) -> Any:
    """An optional attribute is left out, never null: `anyOf [X, null]` with the default null is X."""
    if isinstance(schema, list):
        return [_plain(element) for element in schema]
    if not isinstance(schema, dict):
        return schema
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1 and schema.get("default", "") is None:
        return _plain({**options[0], **{k: v for k, v in schema.items() if k not in ("anyOf", "default")}})
    return {name: _plain(value) for name, value in schema.items()}


def _bodies(resource: Resource[Any]) -> list[type[msgspec.Struct]]:
    found = []
    if resource.create:
        found.append(resource.create.body)
    if resource.patch:
        found.append(resource.patch.body)
    return found


def _ref(name: str) -> JsonSchema:
    return {"$ref": _REF.format(name=name)}


def _list_of(name: str) -> JsonSchema:
    return {"type": "array", "items": _ref(name)}


def _content(schema: JsonSchema, headers: JsonSchema | None = None) -> JsonSchema:
    answer: JsonSchema = {"description": "Success", "content": {"application/json": {"schema": schema}}}
    if headers:
        answer["headers"] = headers
    return answer


def _operation(
    name: str,
    summary: str,
    answers: JsonSchema,
    *,
    parameters: list[JsonSchema] | None = None,
    body: JsonSchema | None = None,
    media_types: tuple[str, ...] = ("application/json",),
) -> JsonSchema:
    error = {"description": "Error", "content": {"application/json": {"schema": _ref("ErrorBody")}}}
    operation: JsonSchema = {
        "operationId": name,
        "summary": summary,
        "responses": {
            **answers,
            **{str(status): error for status in _ERRORS},
        },
    }
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {"required": True, "content": {media: {"schema": body} for media in media_types}}
    return operation


def _query(name: str, description: str, schema: JsonSchema) -> JsonSchema:
    return {"name": name, "in": "query", "description": description, "schema": schema}


_TEXT = {"type": "string"}
_ID = {"name": "id", "in": "path", "required": True, "schema": _TEXT}
_FIELDS = _query("fields", "Attributes to answer with, comma-separated; `none` for id and href alone", _TEXT)
_LIMIT = {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
_PAGE = [
    _query("offset", "How many to pass over", {"type": "integer", "minimum": 0, "default": 0}),
    _query("limit", "How many to answer with", _LIMIT),
    _query("sort", "Attributes to order by, `-` for descending", _TEXT),
]
_COUNTS = {name: {"schema": {"type": "integer"}} for name in ("X-Total-Count", "X-Result-Count")}
_ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same body has one effect",
    "schema": {"type": "string", "maxLength": 255},
}


def _collection(resource: Resource[Any]) -> JsonSchema:
    shape = resource.representation.__name__
    filters = [
        _query(name, "Equality, decided in the database; any other attribute can be a condition too", _TEXT)
        for name in resource.narrows
    ]
    listing = _content(_list_of(shape), _COUNTS)
    found: JsonSchema = {
        "get": _operation(
            f"list{resource.kind}",
            f"List or find {resource.name}",
            {"200": listing, "206": listing},
            parameters=[_FIELDS, *_PAGE, *filters],
        )
    }
    if resource.create:
        found["post"] = _operation(
            f"create{resource.kind}",
            f"Create {resource.name}",
            {"201": _content(_ref(shape), {"Location": {"schema": _TEXT}})},
            parameters=[_FIELDS, _ONCE],
            body=_ref(resource.create.body.__name__),
        )
    return found


def _item(resource: Resource[Any]) -> JsonSchema:
    shape = resource.representation.__name__
    found: JsonSchema = {
        "parameters": [_ID],
        "get": _operation(
            f"retrieve{resource.kind}",
            f"Retrieve one {resource.name}",
            {"200": _content(_ref(shape))},
            parameters=[_FIELDS],
        ),
    }
    if resource.patch:
        found["patch"] = _operation(
            f"patch{resource.kind}",
            f"Change {resource.name} (RFC 7396)",
            {"200": _content(_ref(shape))},
            parameters=[_FIELDS],
            body=_ref(resource.patch.body.__name__),
            media_types=PATCH_TYPES,
        )
    if resource.delete:
        found["delete"] = _operation(
            f"delete{resource.kind}", f"Remove {resource.name}", {"204": {"description": "Removed"}}
        )
    return found
