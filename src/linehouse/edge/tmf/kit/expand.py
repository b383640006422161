"""References followed: `expand=path` those named, `depth=N` all of them, N times (TMF630 Part 2)."""

from __future__ import annotations

from collections.abc import Sequence

from linehouse.edge.tmf.kit.declaration import ROOT, Api, Links, rendered
from linehouse.edge.tmf.kit.paths import JsonObject, Path
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.query import ListQuery
from linehouse.edge.tmf.kit.visible import reaches, visible_fields
from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.access.grants import Held

MAX_REFERENCES = 200
"""References of one answer that are followed."""
_OWN = ("id", "href", "name", "role", "@referredType")


class Expansion:
    """Follows references within our own APIs; each resource is read once for an answer.

    A reference to what the caller may not read, or to what is gone, stays as it is.
    """

    def __init__(self, apis: Sequence[Api], links: Links, held: Held) -> None:
        self._places = {(api.path, resource.name): (api, resource) for api in apis for resource in api.resources}
        self._links = links
        self._held = held
        self._read: dict[str, JsonObject | None] = {}

    def expanded(self, representations: Sequence[JsonObject], query: ListQuery) -> list[JsonObject]:
        """The representations with what they refer to put in place. Raises ApiProblem 422 for too many references."""
        result = list(representations)
        if query.expand:
            result = [self._along(r, list(query.expand)) for r in result]
        for _ in range(query.depth):
            result = [self._everywhere(r) for r in result]
        return result

    def _along(self, representation: JsonObject, paths: Sequence[Path]) -> JsonObject:
        changed = dict(representation)
        for name, inner in representation.items():
            tails = [path[1:] for path in paths if path[:1] == (name,)]
            if tails:
                changed[name] = self._at(inner, tails)
        return changed

    def _at(self, value: object, tails: Sequence[Path]) -> object:
        if isinstance(value, list):
            return [self._at(element, tails) for element in value]
        if not isinstance(value, dict):
            return value
        found = self._followed(value) if () in tails else value
        return self._along(found, [tail for tail in tails if tail])

    def _everywhere(self, representation: JsonObject) -> JsonObject:
        return {name: self._deep(inner) for name, inner in representation.items()}

    def _deep(self, value: object) -> object:
        if isinstance(value, list):
            return [self._deep(element) for element in value]
        if not isinstance(value, dict):
            return value
        followed = self._followed(value)
        return followed if followed is not value else self._everywhere(value)

    def _followed(self, reference: JsonObject) -> JsonObject:
        href = reference.get("href")
        if not isinstance(href, str) or not href.startswith(f"{self._links.base}{ROOT}/") or "id" not in reference:
            return reference
        if href not in self._read:
            if len(self._read) >= MAX_REFERENCES:
                raise ApiProblem(
                    422, "tmf.too_many", f"more than {MAX_REFERENCES} references would have to be followed", "expand"
                )
            self._read[href] = self._resource(href)
        found = self._read[href]
        if found is None:
            return reference
        return {**{name: reference[name] for name in _OWN if name in reference}, **found}

    def _resource(self, href: str) -> JsonObject | None:
        parts = href.removeprefix(f"{self._links.base}{ROOT}/").split("/")
        place = self._places.get((parts[0], parts[2])) if len(parts) == 4 else None
        if place is None or place[1].read not in self._held.permissions or not reaches(self._held, place[1]):
            return None
        try:
            found = rendered(place[0], place[1], place[1].get(parts[3]), self._links)
            return visible_fields(self._held, place[1]).shown(found)
        except DomainError as error:
            if error.kind is not Kind.NOT_FOUND:
                raise
            return None
