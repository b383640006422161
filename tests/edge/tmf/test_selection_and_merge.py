"""Field selection and merge patches, as tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.edge.tmf.kit.merge import changes, merge
from linehouse.edge.tmf.kit.paging import PageInfo, headers, status
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
    assert changes(once, patch) == {}


def test_changes_names_only_what_differs() -> None:
    before: dict[str, object] = {"name": "a", "state": "new", "price": {"unit": "EUR", "value": 1}}
    assert changes(before, {"name": "a", "price": {"value": 2}, "state": None}) == {
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
    assert "Link" not in headers(PageInfo(0, 10, 5, 5), "http://h/x", "")
