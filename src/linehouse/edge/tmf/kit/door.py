"""Two middlewares of the web process for everything below `/tmf-api`.

`TmfErrors` stands before whatever may refuse a request and gives each refusal the error body that API clients read: an
unknown host, an address that no text can hold. `TmfDoor` stands behind the one that finds brand and realm: programs
have no session, no form token and no language, so nothing of that is loaded for them.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve

from linehouse.edge.tmf.kit.answer import problem_answer
from linehouse.edge.tmf.kit.declaration import ROOT
from linehouse.edge.tmf.kit.problem import ApiProblem

Next = Callable[[HttpRequest], HttpResponseBase]

_BELOW = f"{ROOT}/"
_CODES = {400: "tmf.address", 404: "tmf.no_resource", 405: "tmf.method", 413: "tmf.too_large", 500: "tmf.failed"}
_PATHS = "linehouse.edge.tmf.urls"


class TmfErrors:
    """Refusals below `/tmf-api` are answered with the error body, whoever refuses."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if response.status_code < 400 or not request.path_info.startswith(_BELOW):
            return response
        if response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        status = response.status_code
        content = getattr(response, "content", b"").decode("utf-8", "replace")
        plain = response.headers.get("Content-Type", "").startswith("text/plain")
        message = content.strip()[:200] if plain else "the request was refused"
        return problem_answer(ApiProblem(status, _CODES.get(status, "tmf.refused"), message))


class TmfDoor:
    """Requests of the APIs go straight to their view."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(_BELOW):
            return self._get_response(request)
        match = resolve(request.path_info, _PATHS)
        request.resolver_match = match
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response
