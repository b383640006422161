"""Answering a list screen: the page, the replaced part of it, or the CSV file."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linehouse.edge.ui.bulk import answer_bulk, report_of
from linehouse.edge.ui.table import BoundTable, Source, Table

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Chip:
    """A saved filter of this list; `by` names a colleague whose it is, `delete_url` is there for one's own."""

    name: str
    url: str
    current: bool
    by: str = ""
    delete_url: str = ""


@dataclass(frozen=True, slots=True)
class SavedFilters:
    """The saved filters beside a list, and where the present one can be saved."""

    chips: tuple[Chip, ...]
    savable: bool
    screen: str
    query: str
    save_url: str


_savers: list[Callable[[HttpRequest, BoundTable[Any]], SavedFilters | None]] = []


def saved_filters_by(finder: Callable[[HttpRequest, BoundTable[Any]], SavedFilters | None]) -> None:
    """Say who keeps saved filters; without anybody, lists have none."""
    _savers[:] = [finder]


def _saved(request: HttpRequest, bound: BoundTable[Any]) -> SavedFilters | None:
    worthwhile = bound.table.filters or bound.table.search_label
    return _savers[0](request, bound) if _savers and worthwhile else None


def wants_part(request: HttpRequest, element_id: str) -> bool:
    """Whether htmx asks for just this element; a history restore always gets the whole page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Target") == element_id
        and headers.get("HX-History-Restore-Request") != "true"
    )


def answer_list(
    request: HttpRequest,
    table: Table[R],
    source: Source[R],
    template: str = "desk/list.html",
    context: Mapping[str, Any] | None = None,
    keep: tuple[str, ...] = (),
) -> HttpResponse:
    """Answer a request for a list: CSV when asked, the rows alone for htmx, the whole page otherwise.

    `keep` names parameters of the page itself that every link of the table carries on.
    """
    bound = BoundTable(table, request, source, keep)
    if request.method == "POST" and table.actions:
        return answer_bulk(request, bound, context or {})
    if request.GET.get("format") == "csv":
        return _csv(bound)
    if wants_part(request, bound.id):
        response = render(request, "ui/table_region.html", {"table": bound, "saved": _saved(request, bound)})
        response.headers["HX-Push-Url"] = bound.url()
    else:
        response = render(
            request,
            template,
            {**(context or {}), "table": bound, "saved": _saved(request, bound), "bulk_report": report_of(request)},
        )
    response.headers["Vary"] = "HX-Request, HX-Target"
    return response


def _csv(bound: BoundTable[Any]) -> HttpResponse:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(bound.csv_rows())
    # The byte order mark makes spreadsheets read UTF-8.
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{bound.table.key}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
