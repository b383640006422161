"""POST, PATCH and DELETE: read the body, act in one transaction, answer with what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from linehouse.edge.tmf.kit.access import Caller
from linehouse.edge.tmf.kit.answer import json_answer, nothing
from linehouse.edge.tmf.kit.body import (
    JSON,
    JSON_PATCH,
    PATCH_TYPES,
    QUERY_PATCH,
    body_of,
    json_object,
    json_value,
    require_media_type,
    typed,
)
from linehouse.edge.tmf.kit.compare import equal
from linehouse.edge.tmf.kit.declaration import Api, Create, Resource, finished, rendered
from linehouse.edge.tmf.kit.once import Once, external_key, fingerprint, header_key, run_once
from linehouse.edge.tmf.kit.patching import changes
from linehouse.edge.tmf.kit.paths import JsonObject, values_at
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_body
from linehouse.edge.tmf.kit.query import ListQuery, parse_one
from linehouse.edge.tmf.kit.reading import Shown
from linehouse.edge.tmf.kit.serving import links_of, query_string
from linehouse.edge.tmf.kit.strict import require_known
from linehouse.edge.tmf.kit.visible import require_reach
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import unit_of_work


def creating(request: HttpRequest, api: Api, resource: Resource[Any], who: Caller, apis: Sequence[Api]) -> HttpResponse:
    """POST of a collection."""
    create = resource.create
    if create is None:
        raise ApiProblem(405, "tmf.method", "POST is not offered here")
    who.require(resource.write)
    require_reach(who.held, resource.write, resource.kind, request.method or "")
    require_media_type(request, (JSON,))
    query = parse_one(query_string(request), resource.attributes)
    shown = Shown(request, resource, query, who, apis)
    sent = json_object(body_of(request))
    shape = _body_of_kind(resource, create, sent)
    require_known(sent, shape)
    body = typed(sent, shape)
    keys: list[Once] = []
    header = request.headers.get("Idempotency-Key", "")
    if header:
        keys.append(header_key(header))
    external_id = create.external_id(body) if create.external_id else None
    if external_id:
        keys.append(external_key(f"{api.number}/{resource.name}", external_id))
    request_hash = fingerprint("POST", request.path, sent) if keys else ""
    status = 201

    def act() -> JsonObject:
        nonlocal status
        value = create.run(body, who.actor)
        if create.accepted is not None and create.accepted(value):
            status = 202
        links = links_of(request)
        return finished(api, resource, (create.represent or resource.represent)(value, links), links)

    with unit_of_work(who.actor, f"{api.number} POST {resource.name}"):
        representation, repeated = _under(keys, who, request_hash, act)
    headers = {"Location": str(representation["href"])}
    if repeated:
        headers["Idempotent-Replayed"] = "true"
    headers["ETag"] = shown.etag(representation)
    return json_answer(shown.one(representation), status, headers)


def _body_of_kind(resource: Resource[Any], create: Create[Any, Any], sent: JsonObject) -> type[Any]:
    """The body's type by its `@type`; a kind of which the resource knows nothing is refused."""
    kind = sent.get("@type", resource.kind)
    if isinstance(kind, str) and kind in create.kinds:
        return create.kinds[kind]
    allowed = (resource.kind, *create.kinds)
    if kind not in allowed:
        raise bad_body("/@type", f"{str(kind)[:60]!r} is not offered here; expected {' or '.join(allowed)}")
    return create.body


def _under(
    keys: Sequence[Once], who: Caller, request_hash: str, act: Callable[[], JsonObject]
) -> tuple[JsonObject, bool]:
    """Act under all keys; the first that was used before decides."""
    if not keys:
        return act(), False
    inner_repeated = False

    def inner() -> JsonObject:
        nonlocal inner_repeated
        answer, inner_repeated = _under(keys[1:], who, request_hash, act)
        return answer

    answer, repeated = run_once(who, keys[0], request_hash, inner)
    return answer, repeated or inner_repeated


def patching(
    request: HttpRequest, api: Api, resource: Resource[Any], key: str, who: Caller, apis: Sequence[Api]
) -> HttpResponse:
    """PATCH of one."""
    patch = resource.patch
    if patch is None:
        raise ApiProblem(405, "tmf.method", "PATCH is not offered here")
    who.require(resource.write)
    require_reach(who.held, resource.write, resource.kind, request.method or "")
    media_type = require_media_type(request, PATCH_TYPES, "Accept-Patch")
    query = parse_one(query_string(request), resource.attributes)
    shown = Shown(request, resource, query, who, apis)
    document = json_value(body_of(request))
    links = links_of(request)
    with unit_of_work(who.actor, f"{api.number} PATCH {resource.name}"):
        _one_at_a_time(api, resource, key)
        before = rendered(api, resource, resource.get(key), links)
        shown.require_match(request.headers.get("If-Match", ""), before)
        # A JSON patch can test values, so it sees what its sender sees; a merge patch only sets them.
        tested = media_type in (JSON_PATCH, QUERY_PATCH)
        changed = changes(shown.whole(before) if tested else before, document, media_type)
        offered = set(patch.body.__struct_encode_fields__)
        for name in sorted(changed.keys() - offered):
            known = resource.knows((name,))
            raise ApiProblem(
                422,
                "tmf.not_patchable",
                f"{name[:60]} {'cannot be changed' if known else 'is not kept here'};"
                f" what can be changed is {', '.join(sorted(offered))}",
                f"/{name[:100]}",
            )
        require_known(changed, patch.body, lambda path, value: _echoed(before, path, value))
        value = patch.run(key, typed(changed, patch.body), who.actor) if changed else resource.get(key)
        after = rendered(api, resource, value, links)
    return json_answer(shown.one(after), 200, {"ETag": shown.etag(after)})


def _echoed(before: JsonObject, path: tuple[str, ...], value: object) -> bool:
    """Whether the attribute stands there with this value already: a client sends back what it has read."""
    return any(found == value or (isinstance(value, str) and equal(found, value)) for found in values_at(before, path))


def deleting(request: HttpRequest, api: Api, resource: Resource[Any], key: str, who: Caller) -> HttpResponse:
    """DELETE of one."""
    if resource.delete is None:
        raise ApiProblem(405, "tmf.method", "DELETE is not offered here")
    who.require(resource.write)
    require_reach(who.held, resource.write, resource.kind, request.method or "")
    with unit_of_work(who.actor, f"{api.number} DELETE {resource.name}"):
        header = request.headers.get("If-Match", "")
        if header:
            _one_at_a_time(api, resource, key)
            before = rendered(api, resource, resource.get(key), links_of(request))
            Shown(request, resource, ListQuery(), who, ()).require_match(header, before)
        resource.delete(key, who.actor)
    return nothing()


def _one_at_a_time(api: Api, resource: Resource[Any], key: str) -> None:
    """Two clients that change one thing at once go one after the other, so that the second one's `If-Match` sees the
    first one's change.
    """
    with brand_cursor() as cursor:
        name = f"tmf/{api.path}/{resource.name}/{key}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
