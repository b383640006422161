"""HTTP answers: JSON with exact numbers, and the error body."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse

from linehouse.edge.tmf.kit.body import to_json
from linehouse.edge.tmf.kit.problem import ApiProblem

CONTENT_TYPE = "application/json; charset=utf-8"


class _Quiet(HttpResponse):
    """Django would log the address of every refused request, and an id in it may be a telephone number.

    The web process logs each request by its route.
    """

    _has_been_logged = True


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A JSON answer that no cache keeps: it is meant for one client.

    One with an entity tag may be kept by that client, who asks each time whether it still holds.
    """
    return json_bytes(to_json(value), status, headers)


def json_bytes(data: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The same for what is JSON already."""
    response = _Quiet(data, status=status, content_type=CONTENT_TYPE)
    response["Content-Length"] = str(len(data))
    response["Cache-Control"] = "private, no-cache" if headers and "ETag" in headers else "no-store"
    for name, text in (headers or {}).items():
        response[name] = text
    return response


def not_modified(tag: str) -> HttpResponse:
    """304: what the client has is what there is."""
    response = _Quiet(status=304, headers={"ETag": tag, "Cache-Control": "no-cache"})
    del response["Content-Type"]
    return response


def nothing() -> HttpResponse:
    """204: done, and nothing to show."""
    response = _Quiet(status=204)
    del response["Content-Type"]
    return response


def problem_answer(problem: ApiProblem) -> HttpResponse:
    """The error body with its status and headers."""
    return json_answer(problem.body(), problem.status, problem.headers)
