"""The one table: what the URL says is checked, and what it shows has an address."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import in_memory, paged
from linehouse.edge.ui.table import BoundTable, Column, Filter, Kind, Query, Slice, Table


@dataclass(frozen=True)
class Bird:
    name: str
    state: str
    grams: int


BIRDS = [
    Bird(f"Bird {number:02}", "rare" if number % 3 == 0 else "common", (number * 37) % 101) for number in range(1, 61)
]
TABLE = Table[Bird](
    key="birds",
    caption="Birds",
    columns=(
        Column("name", "Name", sort=True, link=lambda bird: f"/birds/{bird.name}"),
        Column("state", "State", Kind.STATUS),
        Column("grams", "Weight", Kind.NUMBER, sort=True),
    ),
    filters=(Filter("state", "State", (("rare", "Rare"), ("common", "Common"))),),
    search_label="Name",
    sort="name",
)
SOURCE = in_memory(BIRDS, TABLE, lambda bird: bird.name)


def get(query: str = "", **headers: str) -> HttpRequest:
    return RequestFactory().get(f"/birds?{query}", headers=headers)


def bound(query: str = "") -> BoundTable[Bird]:
    return BoundTable(TABLE, get(query), SOURCE)


def names(table: BoundTable[Bird]) -> list[str]:
    return [bird.name for bird in table.slice.rows]


def test_the_first_page_is_in_the_declared_order() -> None:
    table = bound()
    assert names(table)[:2] == ["Bird 01", "Bird 02"]
    assert (table.count_text, table.pages, table.url()) == ("1–25 of 60", 3, "/birds")


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("sort=-grams&page=2", "/birds?sort=-grams&page=2"),
        ("q=bird+1&state=rare", "/birds?q=bird+1&state=rare"),
        ("size=50&page=1", "/birds?size=50"),
        ("sort=name&state=&q=", "/birds"),
        ("sort=state", "/birds"),
        ("sort=nothing&size=7&page=x&state=gone", "/birds"),
        ("page=99", "/birds?page=3"),
        ("page=-3", "/birds"),
    ],
)
def test_an_address_is_canonical_and_none_is_an_error(query: str, url: str) -> None:
    assert bound(query).url() == url


def test_search_filter_and_sort_go_together() -> None:
    table = bound("q=bird+1&state=rare&sort=-grams")
    assert table.slice.total == 5
    weights = [bird.grams for bird in table.slice.rows]
    assert weights == sorted(weights, reverse=True)
    assert {bird.state for bird in table.slice.rows} == {"rare"}
    assert table.narrowed
    assert table.clear_url == "/birds?sort=-grams"


def test_a_head_sorts_and_then_turns_round() -> None:
    by_name, _, by_weight = bound().header
    assert (by_name.direction, by_name.url) == ("ascending", "/birds?sort=-name")
    assert (by_weight.direction, by_weight.url) == ("", "/birds?sort=-grams")
    assert bound("sort=-grams").header[2].url == "/birds?sort=grams"


def test_the_pager_shows_ends_and_neighbours() -> None:
    table = BoundTable(TABLE, get("size=25&page=5"), in_memory(BIRDS * 5, TABLE))
    assert [link.number for link in table.page_links] == [1, 0, 4, 5, 6, 0, 12]


def test_cells_are_escaped_linked_and_aligned() -> None:
    row = next(iter(BoundTable(TABLE, get(), in_memory([Bird("<i>", "rare", 5)], TABLE)).rows))
    assert row[0][0] == '<a href="/birds/&lt;i&gt;">&lt;i&gt;</a>'
    assert row[2][1] == "num"


def test_csv_has_every_matching_row() -> None:
    answer = answer_list(get("state=rare&format=csv&size=25"), TABLE, SOURCE)
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="birds.csv"'
    assert lines[0] == "Name,State,Weight"
    assert len(lines) == 21


def test_htmx_gets_the_rows_alone_and_a_clean_address() -> None:
    headers = {"HX-Request": "true", "HX-Target": "table-birds"}
    answer = answer_list(get("q=bird+1&state=", **headers), TABLE, SOURCE)
    text = answer.content.decode()
    assert text.lstrip().startswith('<div class="table-region" id="table-birds">')
    assert answer["HX-Push-Url"] == "/birds?q=bird+1"
    assert "HX-Target" in answer["Vary"]


def test_a_room_is_asked_for_its_own_order_and_helped_with_another() -> None:
    asked: list[tuple[int, int]] = []

    def fetch(query: Query, offset: int, limit: int) -> tuple[list[Bird], int]:
        asked.append((offset, limit))
        return BIRDS[offset : offset + limit], len(BIRDS)

    source = paged(fetch, TABLE)
    own: Slice[Bird] = source(Query(sort="name", offset=25, limit=25))
    other = source(Query(sort="grams", descending=True, limit=25))
    assert asked == [(25, 25), (0, 5_000)]
    assert own.rows[0].name == "Bird 26"
    assert other.rows[0].grams == max(bird.grams for bird in BIRDS)


def test_what_is_absent_is_sorted_last() -> None:
    table = Table[dict[str, int | None]](
        key="t", caption="T", columns=(Column("n", "N", Kind.NUMBER, sort=True),), sort=""
    )
    rows: list[dict[str, int | None]] = [{"n": None}, {"n": 2}, {"n": 1}]
    source = in_memory(rows, table)
    assert [row["n"] for row in source(Query(sort="n", descending=True)).rows] == [2, 1, None]
