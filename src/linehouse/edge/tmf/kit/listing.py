"""A list request answered: pushed down to the room's search where it can be, else decided on representations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from linehouse.edge.tmf.kit.declaration import Api, Links, Narrow, Resource, finished, represented
from linehouse.edge.tmf.kit.filters import ordered, predicate
from linehouse.edge.tmf.kit.paging import PageInfo
from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.query import Condition, ListQuery, Operator
from linehouse.edge.tmf.kit.shapes import Representation
from linehouse.kernel.error import DomainError, Kind

V = TypeVar("V")

MAX_SEARCHES = 10
"""How many alternatives of a searched attribute are each searched for."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The representations of a page (whole ones: fields are selected later) and where it lies.

    ``shapes`` are there where nothing had to be decided on JSON objects, which are then made when they are wanted.
    """

    page: PageInfo
    shapes: Sequence[Representation] | None = None
    objects: Sequence[JsonObject] = ()

    def representations(self, api: Api, resource: Resource[Any], links: Links) -> Sequence[JsonObject]:
        """The page as JSON objects."""
        return self.objects if self.shapes is None else [finished(api, resource, one, links) for one in self.shapes]


def listed(api: Api, resource: Resource[V], query: ListQuery, links: Links) -> Listed:
    """The page that the query asks for.

    Raises ApiProblem 422 when more than the resource's scan limit would have to be looked through.
    """
    ids = next((c for c in query.conditions if c.path == ("id",) and c.operator is Operator.EQ), None)
    if ids is not None:
        return _decided(api, resource, _by_ids(resource, ids), query.conditions, query, links)
    narrow, rest = _split(resource, query)
    unsorted = bool(query.sort) and not narrow.sort
    if not rest and not query.filters and not unsorted:
        found = resource.search(replace(narrow, offset=query.offset, limit=query.limit))
        shapes = represented(resource, found.values, links)
        return Listed(PageInfo(query.offset, query.limit, len(shapes), found.total), shapes)
    return _decided(api, resource, _scanned(resource, narrow, rest), rest, query, links)


def _scanned(resource: Resource[V], narrow: Narrow, rest: Sequence[Condition]) -> Sequence[V]:
    """Everything that is left to look through; several values of one searched attribute are searched one by one."""
    several = next((c for c in rest if c.operator is Operator.EQ and c.name in resource.narrows), None)
    wanted = list(dict.fromkeys(several.values)) if several else []
    if several is None or len(wanted) > MAX_SEARCHES or several.name in narrow.equal:
        return _window(resource, narrow, resource.scan_limit)
    found: list[V] = []
    for value in wanted:
        one = replace(narrow, equal={**narrow.equal, several.name: value})
        found.extend(_window(resource, one, resource.scan_limit - len(found)))
    return found


def _window(resource: Resource[V], narrow: Narrow, room: int) -> Sequence[V]:
    found = resource.search(replace(narrow, offset=0, limit=max(room, 1)))
    if found.total > room:
        narrower = ", ".join((*resource.narrows, *resource.compares))
        raise ApiProblem(
            422,
            "tmf.too_many",
            f"{found.total} {resource.name} would have to be looked through and at most {resource.scan_limit} are"
            + (f"; add a condition on one of: {narrower}" if narrower else ""),
        )
    return found.values


def _decided(
    api: Api,
    resource: Resource[V],
    values: Sequence[V],
    conditions: Sequence[Condition],
    query: ListQuery,
    links: Links,
) -> Listed:
    holds = predicate(conditions, query.filters)
    whole = (finished(api, resource, shape, links) for shape in represented(resource, values, links))
    fitting = [r for r in whole if holds(r)]
    fitting = ordered(fitting, query.sort)
    page = fitting[query.offset : query.offset + query.limit]
    return Listed(PageInfo(query.offset, query.limit, len(page), len(fitting)), objects=page)


def _by_ids(resource: Resource[V], ids: Condition) -> list[V]:
    found: list[V] = []
    for key in dict.fromkeys(ids.values):
        try:
            found.append(resource.get(key))
        except DomainError as error:
            if error.kind not in (Kind.NOT_FOUND, Kind.INVALID):
                raise
    return found


def _split(resource: Resource[V], query: ListQuery) -> tuple[Narrow, list[Condition]]:
    """What the room's search decides, and what is left to decide on representations."""
    equal: dict[str, str] = {}
    compared: dict[str, tuple[tuple[Operator, str], ...]] = {}
    rest: list[Condition] = []
    for condition in query.conditions:
        single = len(condition.values) == 1
        name = condition.name
        if single and condition.operator is Operator.EQ and name in resource.narrows:
            equal[name] = condition.values[0]
        elif single and condition.operator in resource.compares.get(name, ()) and not _repeats(compared, condition):
            compared[name] = (*compared.get(name, ()), (condition.operator, condition.values[0]))
        else:
            rest.append(condition)
    names = [(".".join(key.path), key.descending) for key in query.sort if key.expression is None]
    sortable = len(names) == len(query.sort) and all(name in resource.sorts for name, _ in names)
    return Narrow(equal, 0, 0, compared, tuple(names) if sortable else ()), rest


def _repeats(compared: dict[str, tuple[tuple[Operator, str], ...]], condition: Condition) -> bool:
    return any(used is condition.operator for used, _ in compared.get(condition.name, ()))
