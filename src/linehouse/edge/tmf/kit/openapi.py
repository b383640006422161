"""The OpenAPI description of an API, made from its declarations: what is served is what is described."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linehouse.edge.tmf.kit.body import JSON, JSON_PATCH, MERGE_PATCH, PATCH_TYPES, QUERY_PATCH
from linehouse.edge.tmf.kit.declaration import ROOT, Api, Resource
from linehouse.edge.tmf.kit.exchange import ExchangeTask
from linehouse.edge.tmf.kit.once import RETENTION
from linehouse.edge.tmf.kit.query import DEFAULT_LIMIT, MAX_DEPTH, MAX_LIMIT
from linehouse.edge.tmf.kit.schemas import JsonSchema, components, created, ref, shown
from linehouse.platform.access.permissions import PERMISSIONS

_ERRORS = {
    400: "It cannot be understood; `field` says where",
    401: "No valid token",
    403: "Not permitted",
    404: "Not there",
    405: "Not that method; `Allow` says which",
    406: "Only JSON is answered",
    409: "Not in this state, or there already",
    412: "Changed since",
    413: "Too large",
    415: "Not that media type",
    416: "The range begins behind the end",
    422: "Understood, and refused by a rule",
    429: "Too many calls; `Retry-After` says when to come back",
    500: "A fault of ours",
    501: "Not offered",
    503: "Not now",
}
_ERROR_HEADERS = {405: ("Allow",), 415: ("Accept-Patch", "Accept-Post"), 416: ("Content-Range",), 429: ("Retry-After",)}
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "oauth2": {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": dict(PERMISSIONS)}},
    },
}
_TEXT = {"type": "string"}
_WHOLE = {"type": "integer", "minimum": 0}


def document(api: Api, version: str) -> JsonSchema:
    """OpenAPI 3.1 of one API; ``version`` is Linehouse's."""
    paths: JsonSchema = {}
    for resource in api.resources:
        paths[f"/{resource.name}"] = _collection(resource)
        paths[f"/{resource.name}/{{id}}"] = _item(resource)
        if resource.representation is ExchangeTask:
            paths |= _files(resource)
    paths |= _hub()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{api.number} {api.title}",
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"{ROOT}/{api.path}/v4"}],
        "security": [{"bearer": []}, {"oauth2": []}],
        "tags": [{"name": resource.name, "description": resource.description} for resource in api.resources],
        "paths": paths,
        "webhooks": _webhooks(api),
        "components": {
            "schemas": components(api),
            "responses": {str(status): _refusal(status, text) for status, text in _ERRORS.items()},
            "securitySchemes": _SECURITY,
        },
    }


def _refusal(status: int, text: str) -> JsonSchema:
    answer: JsonSchema = {"description": text, "content": {JSON: {"schema": ref("Error")}}}
    names = _ERROR_HEADERS.get(status, ())
    return answer | ({"headers": {name: {"schema": _TEXT} for name in names}} if names else {})


def index(apis: Sequence[Api], base: str) -> list[JsonSchema]:
    """What the list of all APIs says of each."""
    return [
        {
            "number": api.number,
            "name": api.title,
            "href": f"{base}{ROOT}/{api.path}/v4/openapi.json",
            "resources": [
                {"name": resource.name, "href": f"{base}{ROOT}/{api.path}/v4/{resource.name}"}
                for resource in api.resources
            ],
        }
        for api in apis
    ]


def _content(schema: JsonSchema, headers: JsonSchema | None = None, description: str = "Success") -> JsonSchema:
    answer: JsonSchema = {"description": description, "content": {JSON: {"schema": schema}}}
    if headers:
        answer["headers"] = headers
    return answer


def _operation(
    name: str,
    summary: str,
    answers: JsonSchema,
    *,
    tag: str = "hub",
    scope: str = "",
    parameters: Sequence[JsonSchema] = (),
    content: JsonSchema | None = None,
) -> JsonSchema:
    operation: JsonSchema = {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "responses": {
            **answers,
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in _ERRORS},
        },
    }
    if scope:
        operation["security"] = [{"bearer": []}, {"oauth2": [scope]}]
    if parameters:
        operation["parameters"] = list(parameters)
    if content:
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _query(name: str, description: str, schema: JsonSchema) -> JsonSchema:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _header(name: str, description: str) -> JsonSchema:
    return {"name": name, "in": "header", "description": description, "schema": _TEXT}


_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
_SHOW = (
    _query("fields", "Attributes to answer with, comma-separated, JSONPath too; `none` for id and href alone", _TEXT),
    _query("expand", "References to follow, comma-separated", _TEXT),
    _query("depth", "How many times all references are followed", {**_WHOLE, "maximum": MAX_DEPTH}),
)
_LIST = (
    _query("offset", "How many to pass over", {**_WHOLE, "default": 0}),
    _query("limit", "How many to answer with", {**_WHOLE, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}),
    _query("sort", "Attributes to order by, `-` for descending, JSONPath too", _TEXT),
    _query("filter", "JSONPath: what it finds something in is answered", _TEXT),
    _header("Range", "`items=0-9`: a page, where offset and limit are not given"),
)
_IF_MATCH = _header("If-Match", "Entity tag that must still be the resource's")
_IF_NONE_MATCH = _header("If-None-Match", "Entity tag that the client has: 304 when it is still the resource's")
_ONCE = {
    **_header("Idempotency-Key", f"The same key with the same body has one effect; kept {RETENTION.days} days"),
    "schema": {"type": "string", "maxLength": 255},
}
_TAG = {"ETag": {"description": "Strong entity tag", "schema": _TEXT}}
_COUNTS = {
    "X-Total-Count": {"schema": {"type": "integer"}},
    "X-Result-Count": {"schema": {"type": "integer"}},
    "Accept-Ranges": {"schema": _TEXT},
    "Content-Range": {"schema": _TEXT},
    "Link": {"description": "first, prev, next and last page", "schema": _TEXT},
}
_MADE = {
    "Location": {"schema": _TEXT},
    "Idempotent-Replayed": {"description": "true for a repetition", "schema": _TEXT},
    **_TAG,
}
_PATCH_BODY = {
    "type": "array",
    "maxItems": 100,
    "items": {
        "type": "object",
        "required": ["op", "path"],
        "properties": {
            "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
            "path": _TEXT,
            "from": _TEXT,
            "value": {},
        },
    },
}
_NOTHING = {"description": "Done"}
_UNCHANGED = {"description": "What the client has is what there is", "headers": _TAG}


def _filters(resource: Resource[Any]) -> list[JsonSchema]:
    names = dict.fromkeys((*resource.narrows, *resource.compares))
    return [_query(name, "A condition, decided in the database; any attribute can be one", _TEXT) for name in names]


def _collection(resource: Resource[Any]) -> JsonSchema:
    listing = _content({"type": "array", "items": shown(resource)}, _COUNTS)
    part = {**listing, "description": "A page that was asked for, and there is more"}
    found: JsonSchema = {
        "get": _operation(
            f"list{resource.kind}",
            f"List or find {resource.name}",
            {"200": listing, "206": part},
            tag=resource.name,
            scope=resource.read,
            parameters=[*_SHOW, *_LIST, *_filters(resource)],
        )
    }
    if resource.create:
        answers = {"201": _content(shown(resource), _MADE, "Made")}
        if resource.create.accepted:
            answers["202"] = _content(shown(resource), _MADE, "Taken on; the resource says how it stands")
        found["post"] = _operation(
            f"create{resource.kind}",
            f"Create {resource.name}",
            answers,
            tag=resource.name,
            scope=resource.write,
            parameters=[*_SHOW, _ONCE],
            content={JSON: {"schema": created(resource)}},
        )
    return found


def _item(resource: Resource[Any]) -> JsonSchema:
    one = _content(shown(resource), _TAG)
    found: JsonSchema = {
        "parameters": [_ID],
        "get": _operation(
            f"retrieve{resource.kind}",
            f"Retrieve one {resource.name}",
            {"200": one, "304": _UNCHANGED},
            tag=resource.name,
            scope=resource.read,
            parameters=[*_SHOW, _IF_NONE_MATCH],
        ),
    }
    if resource.patch:
        schemas = dict.fromkeys(PATCH_TYPES, _PATCH_BODY) | dict.fromkeys(
            (JSON, MERGE_PATCH), ref(resource.patch.body.__name__)
        )
        found["patch"] = _operation(
            f"patch{resource.kind}",
            f"Change {resource.name}: {JSON} and {MERGE_PATCH} (RFC 7396), {JSON_PATCH} (RFC 6902), {QUERY_PATCH}",
            {"200": one},
            tag=resource.name,
            scope=resource.write,
            parameters=[*_SHOW, _IF_MATCH],
            content={media_type: {"schema": schema} for media_type, schema in schemas.items()},
        )
    if resource.delete:
        found["delete"] = _operation(
            f"delete{resource.kind}",
            f"Remove {resource.name}",
            {"204": _NOTHING},
            tag=resource.name,
            scope=resource.write,
            parameters=[_IF_MATCH],
        )
    return found


def _files(resource: Resource[Any]) -> JsonSchema:
    parts = ("content", "errors") if resource.name == "importJob" else ("content",)
    file = {"description": "The file", "content": {kind: {} for kind in ("application/x-ndjson", JSON)}}
    return {
        f"/{resource.name}/{{id}}/{part}": {
            "parameters": [_ID],
            "get": _operation(f"{part}Of{resource.kind}", f"The file of {part}", {"200": file}, tag=resource.name),
        }
        for part in parts
    }


def _hub() -> JsonSchema:
    one = _content(ref("EventSubscription"))
    listing = _content({"type": "array", "items": ref("EventSubscription")})
    accepted = _content({"type": "object"}, description="Told again after this answer")
    made = _content(ref("EventSubscription"), {"Location": {"schema": _TEXT}}, "Registered")

    def body(name: str, *media_types: str) -> JsonSchema:
        return {media_type: {"schema": ref(name)} for media_type in media_types or (JSON,)}

    return {
        "/hub": {
            "get": _operation("listHub", "The client's own listeners", {"200": listing}),
            "post": _operation(
                "createHub", "Register a listener", {"201": made}, content=body("EventSubscriptionInput")
            ),
        },
        "/hub/{id}": {
            "parameters": [_ID],
            "get": _operation("retrieveHub", "One listener", {"200": one}),
            "patch": _operation(
                "patchHub",
                "Pause a listener, or let it hear again",
                {"200": one},
                content=body("EventSubscriptionUpdate", JSON, MERGE_PATCH),
            ),
            "delete": _operation("deleteHub", "Remove a listener", {"204": _NOTHING}),
        },
        "/hub/{id}/replay": {
            "parameters": [_ID],
            "post": _operation(
                "replayHub", "Tell a part of the event log again", {"202": accepted}, content=body("ReplayInput")
            ),
        },
    }


def _webhooks(api: Api) -> JsonSchema:
    """What listeners are sent; the headers are those by which they know us and where they are in the log."""
    headers = [
        _header("X-Linehouse-Signature", "`t=<seconds>,v1=<hex>`, HMAC-SHA-256 over `<seconds>.<body>`"),
        _header("X-Linehouse-Attempt", "The how-many-th attempt"),
        _header("X-Linehouse-Position", "The event's place in the log"),
    ]
    kinds = {mapping.kind: resource for resource in api.resources for mapping in resource.events}
    return {
        kind: {
            "post": {
                "operationId": f"told{kind}",
                "summary": f"{resource.name}: {kind}",
                "parameters": headers,
                "requestBody": {"required": True, "content": {JSON: {"schema": ref(kind)}}},
                "responses": {"2XX": {"description": "Taken; anything else, and it comes again"}},
            }
        }
        for kind, resource in kinds.items()
    }
