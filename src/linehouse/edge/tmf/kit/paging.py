"""A page of a list: its status and its headers (TMF630 Part 1, pagination)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus

from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.query import ListQuery, range_header


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Where a page lies in its list."""

    offset: int
    limit: int
    count: int
    total: int
    ranged: bool = False
    """Asked for by a `Range` header."""

    @property
    def complete(self) -> bool:
        """Whether the page is the whole list."""
        return self.count == self.total


def ranged(query: ListQuery, header: str) -> tuple[ListQuery, bool]:
    """The query with the page that a `Range: items=0-9` header names; offset and limit in the address go before it."""
    span = range_header(header) if header and not query.paged else None
    if span is None:
        return query, False
    first, last = span
    return replace(query, offset=first, limit=last - first + 1), True


def require_within(page: PageInfo) -> None:
    """Raises ApiProblem 416 for a range that begins behind the end of the list."""
    if page.ranged and page.offset >= page.total and page.offset:
        raise ApiProblem(
            416,
            "tmf.range",
            f"the list has {page.total} items and the range begins at {page.offset}",
            "Range",
            headers={"Content-Range": f"items */{page.total}"},
        )


def status(query: ListQuery, page: PageInfo) -> int:
    """200, or 206 when the caller asked for a page and more exists: conformance kits refuse 206 otherwise."""
    return 206 if (query.paged or page.ranged) and not page.complete else 200


def headers(page: PageInfo, url: str, query_string: str) -> dict[str, str]:
    """`X-Total-Count`, `X-Result-Count` and, where the list has several pages, `Link`."""
    found = {"X-Total-Count": str(page.total), "X-Result-Count": str(page.count), "Accept-Ranges": "items"}
    if page.ranged and page.count:
        found["Content-Range"] = f"items {page.offset}-{page.offset + page.count - 1}/{page.total}"
    links = _links(page, url, query_string)
    if links:
        found["Link"] = ", ".join(links)
    return found


def _links(page: PageInfo, url: str, query_string: str) -> Sequence[str]:
    if page.complete or page.limit == 0:
        return ()
    # The other terms stay as they were sent: an encoded operator would not survive being taken apart.
    others = [term for term in query_string.split("&") if term and not _names_page(term)]
    last = max(0, (page.total - 1) // page.limit * page.limit)
    places = {"first": 0, "last": last}
    if page.offset > 0:
        places["prev"] = max(0, page.offset - page.limit)
    if page.offset + page.limit < page.total:
        places["next"] = page.offset + page.limit

    def link(rel: str) -> str:
        target = "&".join([*others, f"offset={places[rel]}", f"limit={page.limit}"])
        return f'<{url}?{target}>; rel="{rel}"'

    return [link(rel) for rel in ("first", "prev", "next", "last") if rel in places]


def _names_page(term: str) -> bool:
    return unquote_plus(term).partition("=")[0].strip() in ("offset", "limit")
