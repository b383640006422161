"""Field selection and the four kinds of patches, as tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.edge.tmf.kit.body import JSON_PATCH, MERGE_PATCH, QUERY_PATCH
from linehouse.edge.tmf.kit.jsonpath import compiled
from linehouse.edge.tmf.kit.paging import PageInfo, headers, ranged, require_within, status
from linehouse.edge.tmf.kit.patching import changes, merge
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.query import ListQuery
from linehouse.edge.tmf.kit.selection import select

THING: dict[str, object] = {
    "id": "1",
    "href": "http://h/1",
    "name": "n",
    "party": [{"id": "p", "role": "r"}, {"id": "q"}],
    "price": {"value": 1, "unit": "EUR"},
    "@type": "Thing",
}
KEPT = {"id": "1", "href": "http://h/1", "@type": "Thing"}


def test_selection() -> None:
    assert select(THING, None) == THING
    assert select(THING, ()) == KEPT
    assert select(THING, (("name",),)) == KEPT | {"name": "n"}
    assert select(THING, (("party", "id"),)) == KEPT | {"party": [{"id": "p"}, {"id": "q"}]}
    assert select(THING, (("price", "unit"), ("price", "value"))) == KEPT | {"price": {"value": 1, "unit": "EUR"}}
    assert select(THING, (("id",),)) == KEPT


def test_selection_by_jsonpath() -> None:
    def chosen(text: str) -> dict[str, object]:
        return select(THING, (), (compiled(text, "fields", lambda _: True),))

    assert chosen("$.party[?(@.role=='r')]") == KEPT | {"party": [{"id": "p", "role": "r"}]}
    assert chosen("party[1].id") == KEPT | {"party": [{"id": "q"}]}
    assert chosen("$..unit") == KEPT | {"price": {"unit": "EUR"}}
    assert chosen("$.absent") == KEPT


# The examples of RFC 7396 appendix A.
@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge(target: object, patch: object, result: object) -> None:
    assert merge(target, patch) == result


JSON = st.recursive(
    st.integers() | st.text(max_size=3), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), JSON, max_size=3)


@given(OBJECTS, OBJECTS)
def test_a_patch_twice_is_a_patch_once(target: dict[str, object], patch: dict[str, object]) -> None:
    once = merge(target, patch)
    assert merge(once, patch) == once
    assert isinstance(once, dict)
    assert changes(once, patch, MERGE_PATCH) == {}


def test_changes_names_only_what_differs() -> None:
    before: dict[str, object] = {"name": "a", "state": "new", "price": {"unit": "EUR", "value": 1}}
    assert changes(before, {"name": "a", "price": {"value": 2}, "state": None}, MERGE_PATCH) == {
        "price": {"unit": "EUR", "value": 2},
        "state": None,
    }


def test_206_only_for_a_page_that_was_asked_for() -> None:
    part = PageInfo(offset=0, limit=2, count=2, total=5)
    assert status(ListQuery(), part) == 200
    assert status(ListQuery(paged=True), part) == 206
    assert status(ListQuery(paged=True), PageInfo(0, 10, 5, 5)) == 200


def test_page_headers() -> None:
    found = headers(PageInfo(offset=2, limit=2, count=2, total=5), "http://h/x", "d%3E1&offset=2&limit=2&sort=a")
    assert (found["X-Total-Count"], found["X-Result-Count"]) == ("5", "2")
    assert found["Link"].split(", ") == [
        '<http://h/x?d%3E1&sort=a&offset=0&limit=2>; rel="first"',
        '<http://h/x?d%3E1&sort=a&offset=0&limit=2>; rel="prev"',
        '<http://h/x?d%3E1&sort=a&offset=4&limit=2>; rel="next"',
        '<http://h/x?d%3E1&sort=a&offset=4&limit=2>; rel="last"',
    ]


def test_a_range_of_items() -> None:
    query, is_range = ranged(ListQuery(), "items=2-3")
    assert (query.offset, query.limit, is_range) == (2, 2, True)
    assert ranged(ListQuery(paged=True), "items=2-3") == (ListQuery(paged=True), False)
    part = PageInfo(2, 2, 2, 5, ranged=True)
    assert status(query, part) == 206
    assert headers(part, "http://h/x", "")["Content-Range"] == "items 2-3/5"
    require_within(PageInfo(0, 2, 0, 0, ranged=True))
    with pytest.raises(ApiProblem) as caught:
        require_within(PageInfo(5, 2, 0, 5, ranged=True))
    assert (caught.value.status, caught.value.headers["Content-Range"]) == (416, "items */5")
    assert "Link" not in headers(PageInfo(0, 10, 5, 5), "http://h/x", "")


CART: dict[str, object] = {
    "id": "1",
    "item": [{"id": "a", "count": 1}, {"id": "b", "count": 2}, {"id": "c", "count": 2}],
    "note": {"text": "x"},
    "on": True,
}


@pytest.mark.parametrize(
    ("patch", "changed"),
    [
        ([{"op": "replace", "path": "/note/text", "value": "y"}], {"note": {"text": "y"}}),
        ([{"op": "add", "path": "/colour", "value": "red"}], {"colour": "red"}),
        ([{"op": "remove", "path": "/note"}], {"note": None}),
        ([{"op": "add", "path": "/item/-", "value": {"id": "d"}}], {"item": [*CART["item"], {"id": "d"}]}),  # type: ignore[misc]  # a list by construction
        ([{"op": "test", "path": "/note/text", "value": "x"}], {}),
        ([{"op": "copy", "from": "/note/text", "path": "/title"}], {"title": "x"}),
        ([{"op": "move", "from": "/note/text", "path": "/title"}], {"title": "x", "note": {}}),
    ],
)
def test_json_patch(patch: list[object], changed: dict[str, object]) -> None:
    before = dict(CART.items())
    assert changes(CART, patch, JSON_PATCH) == changed
    assert before == CART


@pytest.mark.parametrize(
    ("patch", "status", "field"),
    [
        ({"op": "add"}, 400, ""),
        ([3], 400, "/0"),
        ([{"op": "paint", "path": "/a"}], 400, "/0/op"),
        ([{"op": "add", "path": "/a"}], 400, "/0/value"),
        ([{"op": "add", "path": 3, "value": 1}], 400, "/0/path"),
        ([{"op": "replace", "path": "", "value": 3}], 400, "/0/path"),
        ([{"op": "test", "path": "/on", "value": 1}], 409, "/0"),
        ([{"op": "test", "path": "/none", "value": 1}], 409, "/0"),
        ([{"op": "remove", "path": "/none"}], 409, "/0/path"),
        ([{"op": "replace", "path": "/item/9", "value": 1}], 409, "/0/path"),
        ([{"op": "remove", "path": "no-slash"}], 409, "/0/path"),
        ([{"op": "test", "path": "/on", "value": True}] * 101, 400, ""),
    ],
)
def test_json_patch_that_cannot_be(patch: object, status: int, field: str) -> None:
    with pytest.raises(ApiProblem) as caught:
        changes(CART, patch, JSON_PATCH)
    assert (caught.value.status, caught.value.field) == (status, field)


@pytest.mark.parametrize(
    ("path", "op", "counts"),
    [
        ("$.item[?(@.id=='b')].count", "replace", [1, 9, 2]),
        ("$.item[?(@.count==2)].count", "replace", [1, 9, 9]),
        ("/item/count?item.id=b", "replace", [1, 9, 2]),
        ("/item/count?item.count=2&item.id=c", "replace", [1, 2, 9]),
        ("/item/1/count", "replace", [1, 9, 2]),
        ("$.item[?(@.count==2)]", "remove", [1]),
        ("/item?item.count=2", "remove", [1]),
    ],
)
def test_json_patch_query(path: str, op: str, counts: list[int]) -> None:
    items = changes(CART, [{"op": op, "path": path, "value": 9}], QUERY_PATCH)["item"]
    assert isinstance(items, list)
    assert [item["count"] for item in items] == counts


@pytest.mark.parametrize("path", ["$.item[?(@.id=='z')].count", "/item/count?item.id=z", "$.item[?(", "/item?what"])
def test_json_patch_query_that_finds_nothing(path: str) -> None:
    with pytest.raises(ApiProblem) as caught:
        changes(CART, [{"op": "replace", "path": path, "value": 9}], QUERY_PATCH)
    assert caught.value.field == "/0/path"
