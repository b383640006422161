"""A resource that a test declares has everything: that is the proof that a new resource is one mapping file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from msgspec import UNSET, UnsetType

from linehouse.edge.tmf.kit import openapi, view
from linehouse.edge.tmf.kit.declaration import Api, Create, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.shapes import Characteristic, Instant, Ref, Representation, Shape
from linehouse.kernel.error import Invalid, NotFound
from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.access.service import create_client
from linehouse.platform.work import Actor

MADE = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


class Boat(Representation):
    """A boat."""

    name: str
    length: int
    made: Instant
    owner: Ref | None = None
    boat_characteristic: list[Characteristic]


class SailingBoat(Boat):
    """A boat with sails."""

    sails: int
    type_: str = "SailingBoat"


class BoatCreate(Shape):
    """What makes a boat."""

    name: str
    length: int = 5


class SailingBoatCreate(BoatCreate):
    """What makes a boat with sails."""

    sails: int


class BoatUpdate(Shape):
    """What can be changed of a boat."""

    name: str | UnsetType = UNSET


BOATS: dict[str, dict[str, Any]] = {}
SEARCHES: list[Narrow] = []


def _represent(boat: dict[str, Any], links: Links) -> Boat:
    return Boat(
        id=boat["id"],
        name=boat["name"],
        length=boat["length"],
        made=MADE,
        owner=Ref(id="b-0", href=links.to("harbour", "boat", "b-0")) if boat["id"] != "b-0" else None,
        boat_characteristic=[Characteristic(name="colour", value=boat.get("colour", "blue"))],
    )


def _search(narrow: Narrow) -> Slice[dict[str, Any]]:
    SEARCHES.append(narrow)
    name, least = narrow.get("name"), narrow.compare("length", "gte")
    found = [
        boat
        for boat in BOATS.values()
        if (name is None or boat["name"] == name) and (least is None or boat["length"] >= int(least))
    ]
    for key, descending in reversed(narrow.sort):
        found.sort(key=lambda boat: boat[key], reverse=descending)
    return Slice.of(found, narrow)


def _get(key: str) -> dict[str, Any]:
    if key not in BOATS:
        raise NotFound("there is no such boat", field="id", value=key)
    return BOATS[key]


def _create(body: BoatCreate, actor: Actor) -> dict[str, Any]:
    assert actor.kind == "client"
    if body.length > 100:
        raise Invalid("that is a ship", field="length", value=str(body.length), expected="at most 100")
    key = f"b-{len(BOATS)}"
    made = BOATS[key] = {"id": key, "name": body.name, "length": body.length}
    return made


def _patch(key: str, body: BoatUpdate, actor: Actor) -> dict[str, Any]:
    assert actor.name == "harbour"
    if body.name is not UNSET:
        _get(key)["name"] = body.name
    return _get(key)


def _delete(key: str, actor: Actor) -> None:
    assert actor.name == "harbour"
    del BOATS[_get(key)["id"]]


BOAT: Resource[dict[str, Any]] = Resource(
    name="boat",
    kind="Boat",
    description="A boat",
    read="customer.read",
    write="customer.write",
    representation=Boat,
    represent=_represent,
    search=_search,
    narrows=("name",),
    compares={"length": ("gte",)},
    sorts=("name",),
    get=_get,
    create=Create(BoatCreate, _create, kinds={"SailingBoat": SailingBoatCreate}),
    patch=Patch(BoatUpdate, _patch),
    delete=_delete,
)
HARBOUR = Api(number="TMF999", path="harbour", title="Harbour Management", resources=(BOAT,))


@csrf_exempt
def boats(request: HttpRequest) -> HttpResponseBase:
    return view.collection(request, HARBOUR, BOAT, (HARBOUR,))


@csrf_exempt
def boat(request: HttpRequest, key: str) -> HttpResponseBase:
    return view.item(request, HARBOUR, BOAT, key, (HARBOUR,))


urlpatterns = [path("harbour/v4/boat", boats), path("harbour/v4/boat/<str:key>", boat)]


class Caller:
    """Calls the declared resource."""

    def __init__(self, token: str) -> None:
        self._client = Client(headers={"host": "robin.localhost", "authorization": f"Bearer {token}"})

    def __call__(self, method: str, place: str = "", body: object = None, **headers: str) -> Any:
        kind = headers.pop("content_type", "application/json")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        answer: Any = self._client.generic(method, f"/harbour/v4/boat{place}", data, content_type=kind, headers=names)
        return answer


@pytest.fixture
def call(brand: str) -> Iterator[Caller]:
    BOATS.clear()
    SEARCHES.clear()
    with override_settings(ROOT_URLCONF=__name__):
        yield Caller(create_client("harbour", brand, frozenset(PERMISSIONS)))


@pytest.fixture
def fleet(call: Caller) -> Caller:
    for name, length in (("Ada", 4), ("Bea", 12), ("Cleo", 7)):
        assert call("POST", "", {"name": name, "length": length}).status_code == 201
    return call


def _names(answer: Any) -> list[str]:
    assert answer.status_code in (200, 206), answer.content
    return [boat["name"] for boat in answer.json()]


def test_conditions_order_and_pages(fleet: Caller) -> None:
    assert _names(fleet("GET", "?name=Bea")) == ["Bea"]
    assert SEARCHES[-1].equal == {"name": "Bea"}
    assert _names(fleet("GET", "?length.gte=7&sort=-name&limit=1")) == ["Cleo"]
    pushed = SEARCHES[-1]
    assert (pushed.limit, pushed.sort, pushed.compare("length", "gte")) == (1, (("name", True),), "7")
    assert _names(fleet("GET", "?length>5&sort=length")) == ["Cleo", "Bea"]
    assert _names(fleet("GET", "?name=Ada,Cleo")) == ["Ada", "Cleo"]
    assert [narrow.equal for narrow in SEARCHES[-2:]] == [{"name": "Ada"}, {"name": "Cleo"}]
    assert _names(fleet("GET", "?characteristic.colour=blue&name.ne=Ada")) == ["Bea", "Cleo"]
    assert _names(fleet("GET", "?filter=[?(@.length>5 && @.name=~/C.*/)]")) == ["Cleo"]
    assert _names(fleet("GET", "?made=2026-11-01T09:00:00%2B01:00&name=Ada")) == ["Ada"]
    part = fleet("GET", "", Range="items=1-1")
    assert (part.status_code, part["Content-Range"], _names(part)) == (206, "items 1-1/3", ["Bea"])
    behind = fleet("GET", "", Range="items=7-9")
    assert (behind.status_code, behind["Content-Range"]) == (416, "items */3")
    page = fleet("GET", "?limit=2")
    assert (page.status_code, page["X-Total-Count"]) == (206, "3")
    assert 'rel="next"' in page["Link"]
    assert fleet("GET", "?colour=red").status_code == 400
    assert fleet("GET", "?filter=a|b").status_code == 501


def test_parts_and_references(fleet: Caller) -> None:
    one = fleet("GET", "/b-1?fields=name").json()
    assert set(one) == {"id", "href", "@type", "name"}
    expanded = fleet("GET", "/b-1?expand=owner").json()["owner"]
    assert (expanded["id"], expanded["name"], expanded["length"]) == ("b-0", "Ada", 4)
    assert fleet("GET", "/b-1?depth=1").json()["owner"]["name"] == "Ada"
    assert fleet("GET", "/b-1?expand=nothing").status_code == 400
    chosen = fleet("PATCH", "/b-1?fields=none", {"name": "Dora"})
    assert set(chosen.json()) == {"id", "href", "@type"}


def test_entity_tags(fleet: Caller) -> None:
    first = fleet("GET", "/b-1")
    tag = first["ETag"]
    again = fleet("GET", "/b-1", If_None_Match=tag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    selected = fleet("GET", "/b-1?fields=name")["ETag"]
    assert selected != tag
    changed = fleet("PATCH", "/b-1", {"name": "Dora"}, If_Match=selected)
    assert changed.status_code == 200
    assert changed["ETag"] != tag
    late = fleet("PATCH", "/b-1", {"name": "Eve"}, If_Match=tag)
    assert (late.status_code, late.json()["code"], late["ETag"]) == (412, "tmf.changed_since", changed["ETag"])
    assert fleet("DELETE", "/b-1", If_Match=tag).status_code == 412
    assert fleet("DELETE", "/b-1", If_Match=f'W/"x", {changed["ETag"]}').status_code == 204
    assert fleet("DELETE", "/b-1", If_Match="*").status_code == 404


@pytest.mark.parametrize(
    ("content_type", "patch"),
    [
        ("application/json", {"name": "Dora"}),
        ("application/merge-patch+json", {"name": "Dora"}),
        ("application/json-patch+json", [{"op": "replace", "path": "/name", "value": "Dora"}]),
        ("application/json-patch-query+json", [{"op": "replace", "path": "$.name", "value": "Dora"}]),
    ],
)
def test_patches(fleet: Caller, content_type: str, patch: object) -> None:
    assert fleet("PATCH", "/b-1", patch, content_type=content_type).json()["name"] == "Dora"


def test_what_is_refused(fleet: Caller) -> None:
    def refused(*request: Any, **headers: str) -> tuple[int, str, str]:
        answer = fleet(*request, **headers)
        body = answer.json()
        assert body["@type"] == "Error"
        return answer.status_code, body["code"], body.get("field", "")

    assert refused("PATCH", "/b-1", {"length": 3}) == (422, "tmf.not_patchable", "/length")
    assert refused("PATCH", "/b-1", {"id": "x"}) == (422, "tmf.not_patchable", "/id")
    assert refused("PATCH", "/b-1", b"x", content_type="text/plain") == (415, "tmf.media_type", "Content-Type")
    assert refused("POST", "", {"name": "x", "colour": "red"}) == (400, "tmf.unknown_attribute", "/colour")
    assert refused("POST", "", {"name": "x", "@type": "Raft"}) == (400, "tmf.body", "/@type")
    assert refused("POST", "", {"name": "x", "length": "long"}) == (400, "tmf.body", "/length")
    assert refused("POST", "", {"name": "x", "length": 101}) == (400, "kernel.invalid", "/length")
    assert refused("POST", "", b'{"name": "a", "name": "b"}') == (400, "tmf.body", "")
    assert refused("POST", "", b'{"name": "\\u0000"}') == (400, "tmf.body", "/name")
    assert refused("POST", "", b'{"name": "\\ud800"}')[0] == 400
    assert refused("POST", "", '{"name": "é"}'.encode("latin-1"))[0] == 400
    assert refused("POST", "", b'{"name": "a", "length": 1e400}')[0] == 400
    assert refused("POST", "", b'{"name": "a", "length": ' + b"9" * 5000 + b"}")[0] == 400
    assert refused("POST", "", b"[" * 100_000)[0] == 400
    assert refused("POST", "", b'{"a":' * 90 + b"1" + b"}" * 90)[0] == 400
    assert refused("POST", "", b" " * 1_000_001) == (413, "tmf.too_large", "Content-Length")
    assert refused("PUT", "/b-1") == (405, "tmf.method", "")
    assert refused("GET", "/b-9")[0] == 404
    assert refused("GET", "", None, Accept="text/html")[0] == 406


def test_kinds_and_repetitions(fleet: Caller) -> None:
    sailing = {"@type": "SailingBoat", "name": "Finn", "sails": 2}
    assert fleet("POST", "", sailing).status_code == 201
    assert fleet("POST", "", {"@type": "SailingBoat", "name": "Finn"}).json()["field"] == "/sails"
    first = fleet("POST", "", {"name": "Gus"}, Idempotency_Key="k")
    again = fleet("POST", "", {"name": "Gus"}, Idempotency_Key="k")
    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (201, first.json(), "true")
    assert fleet("POST", "", {"name": "Other"}, Idempotency_Key="k").status_code == 422


def test_it_describes_itself() -> None:
    document = openapi.document(HARBOUR, "0")
    assert set(document["paths"]) == {"/boat", "/boat/{id}", "/hub", "/hub/{id}", "/hub/{id}/replay"}
    one = document["paths"]["/boat/{id}"]
    assert set(one) == {"parameters", "get", "patch", "delete"}
    assert set(one["patch"]["requestBody"]["content"]) == {
        "application/json",
        "application/merge-patch+json",
        "application/json-patch+json",
        "application/json-patch-query+json",
    }
    body = document["paths"]["/boat"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["discriminator"]["mapping"]["SailingBoat"].endswith("/SailingBoatCreate")
    names = {parameter["name"] for parameter in document["paths"]["/boat"]["get"]["parameters"]}
    assert {"fields", "expand", "depth", "offset", "limit", "sort", "filter", "Range", "name", "length"} <= names
    assert {"ETag", "Location"} <= set(document["paths"]["/boat"]["post"]["responses"]["201"]["headers"])
