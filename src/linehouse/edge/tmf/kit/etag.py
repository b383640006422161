"""Entity tags (RFC 9110 §8.8): strong ones, made from the whole representation.

A representation that was shortened or widened (`fields`, `expand`, `depth`) has a tag of its own that begins with the
tag of the whole one, so that a client may change what it has only seen a part of.
"""

from __future__ import annotations

import hashlib

from linehouse.edge.tmf.kit.body import to_json
from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.edge.tmf.kit.problem import ApiProblem

_LENGTH = 32


def etag(representation: JsonObject, view: str = "") -> str:
    """The tag of a whole representation; ``view`` is the query that says which part of it is answered."""
    tag = hashlib.sha256(to_json(representation)).hexdigest()[:_LENGTH]
    if view:
        tag += "-" + hashlib.sha256(view.encode()).hexdigest()[:8]
    return f'"{tag}"'


def _tags(header: str) -> list[str]:
    return [item.strip() for item in header.split(",") if item.strip()]


def unchanged(header: str, tag: str) -> bool:
    """Whether `If-None-Match` names the tag (a weak one counts): the answer is then 304."""
    return any(item == "*" or item.removeprefix("W/") == tag for item in _tags(header))


def require_match(header: str, representation: JsonObject) -> None:
    """Raises ApiProblem 412 unless `If-Match`, where given, names the resource as it stands (RFC 9110 §13.1.1)."""
    if not header:
        return
    current = etag(representation).strip('"')
    for item in _tags(header):
        if item == "*" or (item.startswith('"') and item.strip('"').partition("-")[0] == current):
            return
    raise ApiProblem(
        412,
        "tmf.changed_since",
        "the resource has changed since; read it again and decide anew",
        "If-Match",
        headers={"ETag": f'"{current}"'},
    )
