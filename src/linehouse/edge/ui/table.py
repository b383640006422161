"""One declarative table for every list: columns, search, filters, sorting, paging and CSV, all kept in the URL."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from linehouse.edge.ui.actions import BulkAction
from linehouse.edge.ui.cells import Cell, cell_of, csv_text
from linehouse.edge.ui.formats import number_text

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

Choices = tuple[tuple[str, StrOrPromise], ...]
"""What a filter offers: the value in the address, and how it reads."""

SIZES: Final = (25, 50, 100)
EXPORT_LIMIT: Final = 100_000
"""Rows that one CSV file may hold; a longer list is narrowed by search and filters first."""
EXPORT_PAGE: Final = 1_000


class Kind(StrEnum):
    """What a column's value is; it decides alignment, formatting and the CSV text."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    MONEY = "money"
    USAGE_MONEY = "usage_money"
    QUANTITY = "quantity"
    BYTES = "bytes"
    DATE = "date"
    INSTANT = "instant"
    EXACT_INSTANT = "exact_instant"
    STATUS = "status"
    YES_NO = "yes_no"
    MARKUP = "markup"


class Shown(StrEnum):
    """From which screen width on a column is shown; the detail page and the CSV file always have it."""

    ALWAYS = ""
    FROM_TABLET = "from-tablet"
    FROM_DESKTOP = "from-desktop"


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column. `value` defaults to the row's attribute (or mapping key) named `key`, dots allowed."""

    key: str
    label: StrOrPromise
    kind: Kind = Kind.TEXT
    value: Callable[[R], object] | None = None
    link: Callable[[R], str | None] | None = None
    note: Callable[[R], object] | None = None
    sort: bool = False
    shown: Shown = Shown.ALWAYS
    export: bool = True

    def of(self, row: R) -> object:
        """Return the column's value for a row."""
        return self.value(row) if self.value else attribute(row, self.key)


@dataclass(frozen=True)
class Filter(Generic[R]):
    """A choice above the table. `value` says what a row has; only sources in memory need it."""

    key: str
    label: StrOrPromise
    choices: Choices | Callable[[], Iterable[tuple[str, StrOrPromise]]]
    value: Callable[[R], object] | None = None

    def options(self) -> Choices:
        """Return (value, label) pairs; a callable is asked anew for each request."""
        return tuple(self.choices()) if callable(self.choices) else self.choices


@dataclass(frozen=True, slots=True)
class Query:
    """What the reader asked for, checked: `sort` is a sortable column's key or empty; a `limit` of None means all."""

    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    offset: int = 0
    limit: int = SIZES[0]


@dataclass(frozen=True)
class Slice(Generic[R_co]):
    """The rows asked for, and how many there are in all."""

    rows: Sequence[R_co]
    total: int


class Source(Protocol[R_co]):
    """Where a table's rows come from."""

    def __call__(self, query: Query, /) -> Slice[R_co]:
        """Return the rows that the query asks for."""
        ...


@dataclass(frozen=True, slots=True)
class Empty:
    """What a table says when there is nothing to show, and what to do about it."""

    title: StrOrPromise
    text: StrOrPromise = ""
    icon: str = "search"


@dataclass(frozen=True, kw_only=True)
class Table(Generic[R]):
    """The declaration of a list screen. `key` names its elements and its CSV file."""

    key: str
    caption: StrOrPromise
    columns: tuple[Column[R], ...]
    filters: tuple[Filter[R], ...] = ()
    search_label: StrOrPromise = ""
    sort: str = ""
    empty: Empty = Empty(gettext_lazy("Nothing here yet"))
    size: int = SIZES[0]
    actions: tuple[BulkAction[R], ...] = ()
    """What can be done to chosen rows; with an action, `row_id` and `row_name` say which row is which."""
    row_id: Callable[[R], object] | None = None
    row_name: Callable[[R], object] | None = None

    def query(self, values: QueryDict) -> Query:
        """Read the URL; what is unknown or malformed falls back to the default, so that no URL is an error."""
        asked = values.get("sort", self.sort)
        sort, descending = asked.removeprefix("-"), asked.startswith("-")
        if sort not in {column.key for column in self.columns if column.sort} and asked != self.sort:
            sort, descending = self.sort.removeprefix("-"), self.sort.startswith("-")
        filters = {}
        for choice in self.filters:
            chosen = values.get(choice.key, "")
            if chosen and chosen in {value for value, _ in choice.options()}:
                filters[choice.key] = chosen
        size = _whole(values.get("size"), self.size)
        limit = size if size in SIZES else self.size
        page = max(_whole(values.get("page"), 1), 1)
        return Query(values.get("q", "").strip()[:200], filters, sort, descending, (page - 1) * limit, limit)


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """A column's head with the link that sorts by it."""

    label: StrOrPromise
    classes: str
    url: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link of the pager; `number` 0 is a gap."""

    number: int
    url: str = ""
    current: bool = False


class BoundTable(Generic[R]):
    """A table with its rows for one request; the template ``ui/table.html`` draws it."""

    def __init__(self, table: Table[R], request: HttpRequest, source: Source[R], keep: tuple[str, ...] = ()) -> None:
        self.table = table
        self.path = request.path
        self.kept = {name: request.GET[name] for name in keep if name in request.GET}
        self.query = table.query(request.GET)
        self._source = source
        self.slice = source(self.query)
        if not self.slice.rows and self.query.offset and self.slice.total:
            last = (self.slice.total - 1) // self.query.limit * self.query.limit
            self.query = Query(
                self.query.search, self.query.filters, self.query.sort, self.query.descending, last, self.query.limit
            )
            self.slice = source(self.query)

    @property
    def id(self) -> str:
        """The id of the element that search, sorting and paging replace."""
        return f"table-{self.table.key}"

    def url(self, **changes: object) -> str:
        """Return this list's URL with changes; defaults are left out so that equal lists have equal URLs."""
        query = self.query
        values: dict[str, object] = {**self.kept, "q": query.search, **query.filters}
        values["sort"] = ("-" if query.descending else "") + query.sort
        values["size"] = query.limit
        values["page"] = self.page
        values.update(changes)
        defaults = {"sort": self.table.sort, "size": self.table.size, "page": 1}
        kept = {
            name: value for name, value in values.items() if value not in ("", None) and value != defaults.get(name)
        }
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    @property
    def here(self) -> str:
        """This list as it is shown now."""
        return self.url()

    @property
    def page(self) -> int:
        """The page shown, counted from 1."""
        return self.query.offset // self.query.limit + 1

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(-(-self.slice.total // self.query.limit), 1)

    @property
    def narrowed(self) -> bool:
        """Whether search or a filter hides rows."""
        return bool(self.query.search or self.query.filters)

    @property
    def clear_url(self) -> str:
        """This list without search and filters."""
        return self.url(q="", page=1, **dict.fromkeys(self.query.filters, ""))

    @property
    def csv_url(self) -> str:
        """The CSV file of what is shown now, all pages."""
        return self.url(page=1, format="csv")

    @property
    def count_text(self) -> str:
        """Which rows are shown, in words."""
        total = self.slice.total
        if not total:
            return gettext("No rows")
        first = self.query.offset + 1
        last = min(self.query.offset + self.query.limit, total)
        if first == 1 and last == total:
            return ngettext("%(total)s row", "%(total)s rows", total) % {"total": number_text(total)}
        return gettext("%(first)s–%(last)s of %(total)s") % {
            "first": number_text(first),
            "last": number_text(last),
            "total": number_text(total),
        }

    @property
    def header(self) -> list[HeaderCell]:
        """The column heads."""
        return [self._head(column) for column in self.table.columns]

    def _head(self, column: Column[R]) -> HeaderCell:
        classes = " ".join(filter(None, (_ALIGN.get(column.kind, ""), column.shown)))
        if not column.sort:
            return HeaderCell(column.label, classes)
        current = self.query.sort == column.key
        direction = ("descending" if self.query.descending else "ascending") if current else ""
        flipped = "" if current and self.query.descending else "-"
        first = "-" if column.kind in _NEWEST_FIRST else ""
        return HeaderCell(
            column.label, classes, self.url(sort=(flipped if current else first) + column.key, page=1), direction
        )

    def row_id(self, row: R) -> str:
        """The text that stands for a row in a form."""
        return str(self.table.row_id(row)) if self.table.row_id else str(self.table.columns[0].of(row))

    def row_name(self, row: R) -> str:
        """How a row is called when it is spoken of."""
        return str(self.table.row_name(row)) if self.table.row_name else str(self.table.columns[0].of(row))

    def page_at(self, offset: int, limit: int) -> Sequence[R]:
        """Some of the matching rows, whatever page is shown."""
        query = self.query
        return self._source(Query(query.search, query.filters, query.sort, query.descending, offset, limit)).rows

    @property
    def choosable(self) -> Iterator[tuple[str, str, list[tuple[SafeString, str]]]]:
        """Each row's id and name with its cells, for tables whose rows can be chosen."""
        for row, cells in zip(self.slice.rows, self.rows, strict=True):
            yield self.row_id(row), self.row_name(row), cells

    @property
    def rows(self) -> Iterator[list[tuple[SafeString, str]]]:
        """Each row's cells as (markup, classes)."""
        for row in self.slice.rows:
            yield [(cell_of(self._cell(column, row)), self._classes(column)) for column in self.table.columns]

    @staticmethod
    def _classes(column: Column[R]) -> str:
        return " ".join(filter(None, (_ALIGN.get(column.kind, ""), _CELL.get(column.kind, ""), column.shown)))

    @staticmethod
    def _cell(column: Column[R], row: R) -> Cell:
        return Cell(
            column.kind.value,
            column.of(row),
            column.link(row) if column.link else None,
            column.note(row) if column.note else None,
        )

    @property
    def filters(self) -> list[tuple[Filter[R], Choices, str]]:
        """Each filter with its options and what is chosen."""
        return [(choice, choice.options(), self.query.filters.get(choice.key, "")) for choice in self.table.filters]

    @property
    def sort_value(self) -> str:
        """The sorting as the URL has it; empty where it is the default."""
        value = ("-" if self.query.descending else "") + self.query.sort
        return "" if value == self.table.sort else value

    @property
    def size_options(self) -> list[tuple[int, str, bool]]:
        """The page sizes with their URLs."""
        return [(size, self.url(size=size, page=1), size == self.query.limit) for size in SIZES]

    @property
    def page_links(self) -> list[PageLink]:
        """First, last and the neighbours of the current page, with gaps."""
        wanted = sorted({1, self.pages, *range(self.page - 1, self.page + 2)} & set(range(1, self.pages + 1)))
        links: list[PageLink] = []
        previous = 0
        for number in wanted:
            if number - previous > 1:
                links.append(PageLink(0))
            links.append(PageLink(number, self.url(page=number), number == self.page))
            previous = number
        return links

    @property
    def previous_url(self) -> str:
        """The page before, or empty."""
        return self.url(page=self.page - 1) if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        """The page after, or empty."""
        return self.url(page=self.page + 1) if self.page < self.pages else ""

    def csv_rows(self) -> Iterator[list[str]]:
        """The head and every matching row, up to EXPORT_LIMIT, as exact text."""
        columns = [column for column in self.table.columns if column.export]
        yield [str(column.label) for column in columns]
        query, offset = self.query, 0
        while offset < EXPORT_LIMIT:
            page = Query(query.search, query.filters, query.sort, query.descending, offset, EXPORT_PAGE)
            rows = self._source(page).rows
            for row in rows:
                yield [csv_text(column.kind.value, column.of(row)) for column in columns]
            if len(rows) < EXPORT_PAGE:
                return
            offset += EXPORT_PAGE


def attribute(row: object, path: str) -> Any:
    """Follow a dotted path through attributes and mapping keys; None ends the walk."""
    value: Any = row
    for name in path.split("."):
        if value is None:
            return None
        value = value[name] if isinstance(value, Mapping) else getattr(value, name)
    return value


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else default


_ALIGN: Final[Mapping[Kind, str]] = {
    Kind.NUMBER: "num",
    Kind.MONEY: "num",
    Kind.USAGE_MONEY: "num",
    Kind.QUANTITY: "num",
    Kind.BYTES: "num",
}
_CELL: Final[Mapping[Kind, str]] = {
    Kind.CODE: "is-code",
    Kind.DATE: "is-time",
    Kind.INSTANT: "is-time",
    Kind.EXACT_INSTANT: "is-time",
    Kind.TEXT: "is-main",
}
_NEWEST_FIRST: Final = frozenset(
    {Kind.DATE, Kind.INSTANT, Kind.EXACT_INSTANT, Kind.MONEY, Kind.USAGE_MONEY, Kind.NUMBER, Kind.QUANTITY, Kind.BYTES}
)
