"""The one view behind every resource: who calls, what is asked, what the room answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from linehouse.edge.tmf.kit import paging
from linehouse.edge.tmf.kit.access import Caller, called
from linehouse.edge.tmf.kit.answer import json_answer, problem_answer
from linehouse.edge.tmf.kit.body import JSON, PATCH_TYPES, json_object, require_acceptable, require_media_type, typed
from linehouse.edge.tmf.kit.declaration import Api, Links, Resource, rendered
from linehouse.edge.tmf.kit.listing import listed
from linehouse.edge.tmf.kit.merge import changes
from linehouse.edge.tmf.kit.once import Once, external_key, fingerprint, header_key, run_once
from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.edge.tmf.kit.problem import ApiProblem, from_domain
from linehouse.edge.tmf.kit.query import parse, parse_fields
from linehouse.edge.tmf.kit.selection import select
from linehouse.edge.tmf.kit.visible import Seen, require_reach, visible_fields
from linehouse.kernel.error import DomainError
from linehouse.platform.work import unit_of_work

log = structlog.get_logger()

Handler = Callable[[], HttpResponse]


def links_of(request: HttpRequest) -> Links:
    """Addresses on the host that the caller used."""
    return Links(f"{request.scheme}://{request.get_host()}")


def query_string(request: HttpRequest) -> str:
    """The raw query string: operators may be encoded in it."""
    return str(request.META.get("QUERY_STRING", ""))


def answered(handler: Handler, pointers: Resource[Any] | None = None) -> HttpResponseBase:
    """Run the handler; whatever is refused is answered with the TMF error body."""
    try:
        return handler()
    except ApiProblem as problem:
        return problem_answer(problem)
    except DomainError as error:
        return problem_answer(from_domain(error, pointers.pointers if pointers else {}))
    except Exception:
        log.exception("a TMF request failed")
        return problem_answer(ApiProblem(500, "tmf.failed", "the request could not be completed"))


def require_method(request: HttpRequest, allowed: Sequence[str]) -> str:
    """The method; raises ApiProblem 405 naming those that are allowed."""
    method = request.method or ""
    if method not in allowed:
        raise ApiProblem(405, "tmf.method", f"{method} is not offered here", headers={"Allow": ", ".join(allowed)})
    return method


def collection(request: HttpRequest, api: Api, resource: Resource[Any]) -> HttpResponseBase:
    """`/{resource}`: list and create."""

    def handle() -> HttpResponse:
        method = require_method(request, resource.collection_methods)
        require_acceptable(request.headers.get("Accept", ""))
        with called(request) as who:
            if method == "POST":
                return _create(request, api, resource, who)
            who.require(resource.read)
            return _list(request, api, resource, who)

    return answered(handle, resource)


def item(request: HttpRequest, api: Api, resource: Resource[Any], key: str) -> HttpResponseBase:
    """`/{resource}/{id}`: retrieve, patch and delete."""

    def handle() -> HttpResponse:
        method = require_method(request, resource.item_methods)
        require_acceptable(request.headers.get("Accept", ""))
        with called(request) as who:
            if method == "PATCH":
                return _patch(request, api, resource, key, who)
            if method == "DELETE":
                return _delete(request, api, resource, key, who)
            who.require(resource.read)
            seen = _seen(request, resource, who, resource.read)
            fields = parse_fields(query_string(request), resource.knows)
            seen.check_fields(fields or ())
            representation = rendered(api, resource, resource.get(key), links_of(request))
            return json_answer(select(seen.shown(representation), fields))

    return answered(handle, resource)


def _seen(request: HttpRequest, resource: Resource[Any], who: Caller, permission: str) -> Seen:
    """How the caller sees the resource; raises ApiProblem 403 where it may not reach it at all."""
    require_reach(who.held, permission, resource.kind, request.method or "")
    return visible_fields(who.held, resource)


def _list(request: HttpRequest, api: Api, resource: Resource[Any], who: Caller) -> HttpResponse:
    seen = _seen(request, resource, who, resource.read)
    query = parse(query_string(request), resource.knows)
    seen.check(query)
    found = listed(api, resource, query, links_of(request))
    url = request.build_absolute_uri(request.path)
    return json_answer(
        [select(seen.shown(representation), query.fields) for representation in found.representations],
        paging.status(query, found.page),
        paging.headers(found.page, url, query_string(request)),
    )


def _create(request: HttpRequest, api: Api, resource: Resource[Any], who: Caller) -> HttpResponse:
    create = resource.create
    if create is None:
        raise ApiProblem(405, "tmf.method", "POST is not offered here")
    who.require(resource.write)
    seen = _seen(request, resource, who, resource.write)
    require_media_type(request.headers.get("Content-Type", ""), (JSON,))
    fields = parse_fields(query_string(request), resource.knows)
    seen.check_fields(fields or ())
    sent = json_object(request.body)
    body = typed(sent, create.body)
    request_hash = fingerprint("POST", request.path, sent)
    keys: list[Once] = []
    header = request.headers.get("Idempotency-Key", "")
    if header:
        keys.append(header_key(header))
    external_id = create.external_id(body) if create.external_id else None
    if external_id:
        keys.append(external_key(f"{api.number}/{resource.name}", external_id))

    def act() -> JsonObject:
        value = create.run(body, who.actor)
        return rendered(api, resource, value, links_of(request))

    repeated = False
    with unit_of_work(who.actor, f"{api.number} POST {resource.name}"):
        representation, repeated = _under(keys, who, request_hash, act)
    headers = {"Location": str(representation["href"])}
    if repeated:
        headers["Idempotent-Replayed"] = "true"
    return json_answer(select(seen.shown(representation), fields), 201, headers)


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


def _patch(request: HttpRequest, api: Api, resource: Resource[Any], key: str, who: Caller) -> HttpResponse:
    patch = resource.patch
    if patch is None:
        raise ApiProblem(405, "tmf.method", "PATCH is not offered here")
    who.require(resource.write)
    seen = _seen(request, resource, who, resource.write)
    require_media_type(request.headers.get("Content-Type", ""), PATCH_TYPES, "Accept-Patch")
    fields = parse_fields(query_string(request), resource.knows)
    seen.check_fields(fields or ())
    document = json_object(request.body)
    with unit_of_work(who.actor, f"{api.number} PATCH {resource.name}"):
        links = links_of(request)
        before = rendered(api, resource, resource.get(key), links)
        changed = changes(before, document)
        offered = set(patch.body.__struct_encode_fields__)
        for name in sorted(changed.keys() - offered):
            raise ApiProblem(
                422,
                "tmf.not_patchable",
                f"{name} cannot be changed; it can be for: {', '.join(sorted(offered))}",
                f"/{name}",
            )
        value = patch.run(key, typed(changed, patch.body), who.actor) if changed else resource.get(key)
        after = rendered(api, resource, value, links)
    return json_answer(select(seen.shown(after), fields))


def _delete(request: HttpRequest, api: Api, resource: Resource[Any], key: str, who: Caller) -> HttpResponse:
    if resource.delete is None:
        raise ApiProblem(405, "tmf.method", "DELETE is not offered here")
    who.require(resource.write)
    _seen(request, resource, who, resource.write)
    with unit_of_work(who.actor, f"{api.number} DELETE {resource.name}"):
        resource.delete(key, who.actor)
    return HttpResponse(status=204)
