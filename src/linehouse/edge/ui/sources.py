"""Sources of tables: rows that are already here, and rows that a room hands out page by page."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from linehouse.edge.ui.cells import csv_text
from linehouse.edge.ui.table import Query, Slice, Source, Table, attribute

R = TypeVar("R")

SORTED_AT_MOST: Final = 5_000
"""Rows that are fetched to be sorted here when their room cannot sort by the column."""

Fetch = Callable[[Query, int, int], tuple[Sequence[R], int]]
"""``fetch(query, offset, limit)`` returns a page in the room's own order, and how many match."""


def in_memory(rows: Sequence[R], table: Table[R], search: Callable[[R], str] | None = None) -> Source[R]:
    """Make a source of rows that are already here: searched by words, filtered and sorted as the table declares.

    Without `search`, all columns that go into the CSV file are searched.
    """
    choices = {choice.key: choice for choice in table.filters}

    def haystack(row: R) -> str:
        if search:
            return search(row).casefold()
        return " ".join(csv_text(c.kind.value, c.of(row)) for c in table.columns if c.export).casefold()

    def source(query: Query) -> Slice[R]:
        found: list[R] = list(rows)
        for key, chosen in query.filters.items():
            choice = choices[key]
            found = [row for row in found if str(choice.value(row) if choice.value else attribute(row, key)) == chosen]
        words = query.search.casefold().split()
        if words:
            found = [row for row in found if all(word in haystack(row) for word in words)]
        return Slice(_sorted(found, table, query)[query.offset : query.offset + query.limit], len(found))

    return source


def paged(fetch: Fetch[R], table: Table[R]) -> Source[R]:
    """Make a source of a room's pages; another order than the room's own is made here, of SORTED_AT_MOST rows."""

    def source(query: Query) -> Slice[R]:
        own = ("-" if query.descending else "") + query.sort == table.sort
        if own:
            return Slice(*fetch(query, query.offset, query.limit))
        rows, total = fetch(query, 0, SORTED_AT_MOST)
        ordered = _sorted(list(rows), table, query)
        return Slice(ordered[query.offset : query.offset + query.limit], min(total, SORTED_AT_MOST))

    return source


def _sorted(rows: list[R], table: Table[R], query: Query) -> list[R]:
    column = next((column for column in table.columns if column.key == query.sort), None)
    if column is None:
        return rows
    there = [row for row in rows if column.of(row) is not None]
    absent = [row for row in rows if column.of(row) is None]
    there.sort(key=lambda row: _sort_key(column.of(row)), reverse=query.descending)
    return there + absent


def _sort_key(value: Any) -> Any:
    if isinstance(value, str):
        return value.casefold()
    return getattr(value, "micros", getattr(value, "amount", value))
