"""GET: a list, or one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from linehouse.edge.tmf.kit import paging
from linehouse.edge.tmf.kit.access import Caller
from linehouse.edge.tmf.kit.accounted import account_for, accounted
from linehouse.edge.tmf.kit.answer import json_answer, json_bytes, not_modified
from linehouse.edge.tmf.kit.declaration import Api, Resource, rendered
from linehouse.edge.tmf.kit.encoding import encoded, encodes
from linehouse.edge.tmf.kit.etag import etag, require_match, unchanged
from linehouse.edge.tmf.kit.expand import Expansion
from linehouse.edge.tmf.kit.listing import listed
from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.edge.tmf.kit.query import ListQuery, parse, parse_one
from linehouse.edge.tmf.kit.selection import select
from linehouse.edge.tmf.kit.serving import links_of, query_string
from linehouse.edge.tmf.kit.visible import require_reach, visible_fields


class Shown:
    """Representations as a request wants to see them: fields chosen, references followed."""

    def __init__(
        self, request: HttpRequest, resource: Resource[Any], query: ListQuery, who: Caller, apis: Sequence[Api]
    ) -> None:
        """Raises ApiProblem 403 for a query on attributes that the caller may not see."""
        self._query = query
        self._seen = visible_fields(who.held, resource)
        self._seen.check(query)
        self._expansion = Expansion(apis, links_of(request), who.held)
        self.view = "" if query.whole else query_string(request)

    @property
    def everything(self) -> bool:
        """Whether whole representations are shown as they are."""
        return self._query.whole and not self._seen.hidden and not self._seen.masked

    def many(self, representations: Sequence[JsonObject]) -> list[JsonObject]:
        """Several of them."""
        query = self._query
        if query.whole:
            return [self._seen.shown(r) for r in representations]
        chosen = [select(self._seen.shown(r), query.fields, query.expressions) for r in representations]
        return self._expansion.expanded(chosen, query)

    def etag(self, representation: JsonObject) -> str:
        """The tag of a whole representation, as the caller sees it."""
        return etag(self._seen.shown(representation), self.view)

    def require_match(self, header: str, representation: JsonObject) -> None:
        """Raises ApiProblem 412 unless `If-Match` names the resource as the caller sees it now."""
        require_match(header, self._seen.shown(representation))

    def whole(self, representation: JsonObject) -> JsonObject:
        """The whole representation without what the caller may not see."""
        return self._seen.shown(representation)

    def one(self, representation: JsonObject) -> JsonObject:
        """One of them."""
        return self.many([representation])[0]


def listing(request: HttpRequest, api: Api, resource: Resource[Any], who: Caller, apis: Sequence[Api]) -> HttpResponse:
    """GET of a collection."""
    require_reach(who.held, resource.read, resource.kind, request.method or "")
    query, ranged = paging.ranged(parse(query_string(request), resource.attributes), request.headers.get("Range", ""))
    shown = Shown(request, resource, query, who, apis)
    links = links_of(request)
    found = listed(api, resource, query, links)
    page = paging.PageInfo(query.offset, query.limit, found.page.count, found.page.total, ranged=ranged)
    paging.require_within(page)
    url = request.build_absolute_uri(request.path)
    status, headers = paging.status(query, page), paging.headers(page, url, query_string(request))
    if found.shapes is not None and shown.everything and encodes(resource) and not accounted(resource.kind):
        return json_bytes(encoded(api, resource, found.shapes, links), status, headers)
    representations = found.representations(api, resource, links)
    account_for(resource.kind, representations, who)
    return json_answer(shown.many(representations), status, headers)


def reading(
    request: HttpRequest, api: Api, resource: Resource[Any], key: str, who: Caller, apis: Sequence[Api]
) -> HttpResponse:
    """GET of one."""
    require_reach(who.held, resource.read, resource.kind, request.method or "")
    query = parse_one(query_string(request), resource.attributes)
    shown = Shown(request, resource, query, who, apis)
    representation = rendered(api, resource, resource.get(key), links_of(request))
    tag = shown.etag(representation)
    if unchanged(request.headers.get("If-None-Match", ""), tag):
        return not_modified(tag)
    account_for(resource.kind, [representation], who)
    return json_answer(shown.one(representation), 200, {"ETag": tag})
