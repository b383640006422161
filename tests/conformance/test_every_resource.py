"""TMF630, and what conformance kits build on it, asked of every declared resource on a brand with business."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from linehouse.edge.tmf.apis import APIS
from linehouse.edge.tmf.kit.declaration import Api, Resource
from tests.edge.tmf.conftest import HOST, ORDERS, ApiClient, Month, order

RESOURCES = [(api, resource) for api in APIS for resource in api.resources]
METHODS = ("PUT", "POST", "PATCH", "DELETE")


@pytest.fixture
def busy(api: ApiClient, paid: Month, jane: Any, drain: Callable[[], int]) -> ApiClient:
    """A brand where a month has passed, with an order that waits and one that was cancelled."""
    assert paid.bill
    api.post("party/v4/organization", {"tradingName": "Kolibrie"})
    held = api.post(ORDERS, order(jane)).body
    api.post("productOrderingManagement/v4/cancelProductOrder", {"productOrder": {"id": held["id"]}})
    drain()
    return api


Rule = Callable[[ApiClient, str, Resource[Any], list[dict[str, Any]]], Iterator[str]]


def pages(api: ApiClient, path: str, resource: Resource[Any], items: list[dict[str, Any]]) -> Iterator[str]:
    """Paging: 200 for the whole, 206 for a part, `Link`, `Range`, 416 behind the end."""
    if len(items) < 2:
        return
    part = api.get(f"{path}?offset=1&limit=1")
    if part.status != 206 or len(part.body) != 1 or 'rel="prev"' not in part.headers.get("Link", ""):
        yield f"offset=1&limit=1 is {part.status}"
    whole = api.get(f"{path}?limit=1000")
    if whole.status not in (200, 206) or int(whole.headers["X-Total-Count"]) < len(items):
        yield "limit=1000"
    ranged = api.get(path, headers={"Range": "items=0-0"})
    if (ranged.status, ranged.headers.get("Content-Range", "").partition("/")[0]) != (206, "items 0-0"):
        yield f"Range: items=0-0 is {ranged.status}"
    behind = api.get(path, headers={"Range": "items=99999-99999"})
    if behind.status != 416:
        yield f"a range behind the end is {behind.status}"


def order_of_rows(api: ApiClient, path: str, resource: Resource[Any], items: list[dict[str, Any]]) -> Iterator[str]:
    """Sorting by id, up and down, and by JSONPath."""
    if not 2 <= len(items) < 100:
        return
    up = [row["id"] for row in api.get(f"{path}?sort=id&limit=1000").body]
    down = [row["id"] for row in api.get(f"{path}?sort=-id&limit=1000").body]
    by_path = [row["id"] for row in api.get(f"{path}?sort={quote('$.id')}&limit=1000").body]
    if up != down[::-1] or up != by_path or set(up) != {row["id"] for row in items}:
        yield "sort=id"


def conditions(api: ApiClient, path: str, resource: Resource[Any], items: list[dict[str, Any]]) -> Iterator[str]:
    """One that is there is found by its id however it is written, and a condition on it holds or does not."""
    one = items[0]
    key = one["id"]
    finds = {
        f"id={quote(key)}": True,
        f"id='{quote(key)}'": True,
        f"id={quote(key)},nobody": True,
        f"id=nobody&id={quote(key)}": True,
        f"id.eq={quote(key)}": True,
        f"id.ne={quote(key)}&id={quote(key)}": False,
        f"id={quote(key)}&filter={quote('[?(@.id==' + repr(key) + ')]')}": True,
        f"id={quote(key)}&filter={quote('[?(@.id==' + repr('nobody') + ')]')}": False,
        f"id={quote(key)}&@type={quote(one['@type'])}": True,
    }
    for query, there in finds.items():
        found = api.get(f"{path}?{query}")
        if found.status != 200 or [row["id"] for row in found.body] != ([key] if there else []):
            yield f"{query}: {found.status}"
    for query, status in (
        ("filter=[", 400),
        ("filter=a|b", 501),
        ("filter=[?(@.noSuchAttribute)]", 400),
        ("sort=noSuchAttribute", 400),
        ("expand=noSuchAttribute", 400),
        ("depth=9", 400),
        ("offset=-1", 400),
        ("id.regex=(", 400),
    ):
        found = api.get(f"{path}?{query}")
        if found.status != status:
            yield f"{query}: {found.status}"
        elif not found.body.get("message"):
            yield f"{query}: no message"


def one_by_one(api: ApiClient, path: str, resource: Resource[Any], items: list[dict[str, Any]]) -> Iterator[str]:
    """A resource at its `href`: entity tag, 304, HEAD, selections, what is not there and what is not offered."""
    place = items[0]["href"].removeprefix(f"http://{HOST}/tmf-api/")
    first = api.get(place)
    tag = first.headers.get("ETag", "")
    if not tag.startswith('"'):
        yield "no strong ETag"
    if api.get(place, headers={"If-None-Match": tag}).status != 304:
        yield "If-None-Match is not 304"
    head = api.call("HEAD", place)
    if (head.status, head.headers.get("ETag")) != (200, tag):
        yield "HEAD"
    for name in list(items[0])[:6]:
        chosen = api.get(f"{place}?fields={quote(name)}").body
        if set(chosen) != {"id", "href", "@type", name} & set(items[0]):
            yield f"fields={name}"
    if api.get(f"{place}?depth=1").status != 200:
        yield "depth=1"
    missing = api.get(f"{path}/no-such-thing")
    if missing.status != 404 or not missing.body.get("message"):
        yield f"what is not there is {missing.status}"
    for method in METHODS:
        offered = method in (resource.item_methods if method != "POST" else ())
        refused = api.call(method, place, {})
        if not offered and (refused.status != 405 or method in refused.headers["Allow"]):
            yield f"{method} is {refused.status}"


def changes(api: ApiClient, path: str, resource: Resource[Any], items: list[dict[str, Any]]) -> Iterator[str]:
    """PATCH: nothing new is no change, `If-Match` and what cannot be changed are guarded, other types are named."""
    if resource.patch is None:
        return
    place = items[0]["href"].removeprefix(f"http://{HOST}/tmf-api/")
    now = api.get(place)
    for media_type, document in (
        ("application/json", {}),
        ("application/merge-patch+json", {"id": now.body["id"]}),
        ("application/json-patch+json", [{"op": "test", "path": "/id", "value": now.body["id"]}]),
        ("application/json-patch-query+json", [{"op": "test", "path": "/id", "value": now.body["id"]}]),
    ):
        same = api.patch(place, document, content_type=media_type)
        if (same.status, same.body) != (200, now.body):
            yield f"{media_type} without a change is {same.status}"
    for name in ("id", "href", "@type"):
        refused = api.patch(place, {name: "other"})
        if (refused.status, refused.body.get("field")) != (422, f"/{name}"):
            yield f"{name} can be changed: {refused.status}"
    stale = api.patch(place, {}, headers={"If-Match": '"0"'})
    if (stale.status, stale.headers.get("ETag")) != (412, now.headers["ETag"]):
        yield f"If-Match of another is {stale.status}"
    media = api.patch(place, b"x", content_type="text/plain")
    if media.status != 415 or "application/json-patch+json" not in media.headers["Accept-Patch"]:
        yield f"text/plain is {media.status}"


RULES: tuple[Rule, ...] = (pages, order_of_rows, conditions, one_by_one, changes)


def test_every_resource_keeps_every_rule(busy: ApiClient) -> None:
    wrong = []
    for api, resource in RESOURCES:
        path = f"{api.path}/v4/{resource.name}"
        items = busy.get(path).body
        for rule in RULES if items else RULES[:1]:
            wrong += [f"{path}: {rule.__name__}: {problem}" for problem in rule(busy, path, resource, items)]
    assert wrong == []


@pytest.mark.parametrize("declared", APIS, ids=[api.path for api in APIS])
def test_an_api_describes_and_lists_itself(stranger: ApiClient, declared: Api) -> None:
    index = {row["number"]: row for row in stranger.get("").body}
    row = index[declared.number]
    assert row["href"] == f"http://{HOST}/tmf-api/{declared.path}/v4/openapi.json"
    assert [one["name"] for one in row["resources"]] == [resource.name for resource in declared.resources]
    document = stranger.get(row["href"].removeprefix(f"http://{HOST}/tmf-api/")).body
    told = {mapping.kind for resource in declared.resources for mapping in resource.events}
    assert set(document["webhooks"]) == told
    refused = stranger.get(f"{declared.path}/v4/{declared.resources[0].name}")
    assert (refused.status, refused.headers["WWW-Authenticate"].partition(" ")[0]) == (401, "Bearer")
