"""A list request answered: pushed down to the room's search where it can be, else decided on representations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from linehouse.edge.tmf.kit.declaration import Api, Links, Narrow, Resource, rendered
from linehouse.edge.tmf.kit.filters import ordered, predicate
from linehouse.edge.tmf.kit.paging import PageInfo
from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.query import Condition, ListQuery, Operator
from linehouse.kernel.error import DomainError, Kind

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Listed:
    """The representations of a page (whole ones: fields are selected later) and where it lies."""

    representations: Sequence[JsonObject]
    page: PageInfo


def listed(api: Api, resource: Resource[V], query: ListQuery, links: Links) -> Listed:
    """The page that the query asks for.

    Raises ApiProblem 422 when more than the resource's scan limit would have to be looked through.
    """
    ids = next((c for c in query.conditions if c.path == ("id",) and c.operator is Operator.EQ), None)
    if ids is not None:
        return _decided(api, resource, _by_ids(resource, ids), query.conditions, query, links)
    pushed, rest = _split(resource, query.conditions)
    if not rest and not query.sort:
        found = resource.search(Narrow(pushed, query.offset, query.limit))
        page = [rendered(api, resource, value, links) for value in found.values]
        return Listed(page, PageInfo(query.offset, query.limit, len(page), found.total))
    found = resource.search(Narrow(pushed, 0, resource.scan_limit))
    if found.total > resource.scan_limit:
        narrower = ", ".join(resource.narrows)
        raise ApiProblem(
            422,
            "tmf.too_many",
            f"{found.total} {resource.name} would have to be looked through and at most {resource.scan_limit} are"
            + (f"; add an equality on one of: {narrower}" if narrower else ""),
        )
    return _decided(api, resource, found.values, rest, query, links)


def _decided(
    api: Api,
    resource: Resource[V],
    values: Sequence[V],
    conditions: Sequence[Condition],
    query: ListQuery,
    links: Links,
) -> Listed:
    holds = predicate(conditions)
    fitting = [r for r in (rendered(api, resource, value, links) for value in values) if holds(r)]
    fitting = ordered(fitting, query.sort)
    page = fitting[query.offset : query.offset + query.limit]
    return Listed(page, PageInfo(query.offset, query.limit, len(page), len(fitting)))


def _by_ids(resource: Resource[V], ids: Condition) -> list[V]:
    found: list[V] = []
    for key in dict.fromkeys(ids.values):
        try:
            found.append(resource.get(key))
        except DomainError as error:
            if error.kind not in (Kind.NOT_FOUND, Kind.INVALID):
                raise
    return found


def _split(resource: Resource[V], conditions: Sequence[Condition]) -> tuple[dict[str, str], list[Condition]]:
    """What the room's search decides, and what is left to decide on representations."""
    pushed: dict[str, str] = {}
    rest: list[Condition] = []
    for condition in conditions:
        if condition.operator is Operator.EQ and condition.name in resource.narrows and len(condition.values) == 1:
            pushed[condition.name] = condition.values[0]
        else:
            rest.append(condition)
    return pushed, rest
