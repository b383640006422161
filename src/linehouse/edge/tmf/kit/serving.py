"""What every answer has in common: addresses, the raw query, the method, and errors in TMF's form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import structlog
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from linehouse.edge.tmf.kit.answer import problem_answer
from linehouse.edge.tmf.kit.declaration import Links, Resource
from linehouse.edge.tmf.kit.problem import ApiProblem, from_domain
from linehouse.kernel.error import DomainError

log = structlog.get_logger()

Handler = Callable[[], HttpResponse]


def links_of(request: HttpRequest) -> Links:
    """Addresses on the host that the caller used."""
    return Links(f"{request.scheme}://{request.get_host()}")


def query_string(request: HttpRequest) -> str:
    """The raw query string: operators may be encoded in it."""
    return str(request.META.get("QUERY_STRING", ""))


def answered(handler: Handler, pointers: Resource[Any] | None = None) -> HttpResponseBase:
    """Run the handler; whatever is refused is answered with the TMF error body."""
    try:
        return handler()
    except ApiProblem as problem:
        return problem_answer(problem)
    except DomainError as error:
        return problem_answer(from_domain(error, pointers.pointers if pointers else {}))
    except DataError:
        log.warning("a TMF request holds a value that the database cannot keep", exc_info=True)
        return problem_answer(ApiProblem(400, "tmf.value", "a value is larger or longer than can be kept"))
    except Exception:
        log.exception("a TMF request failed")
        return problem_answer(ApiProblem(500, "tmf.failed", "the request could not be completed"))


NO_REASONS: Mapping[str, str] = MappingProxyType({})


def require_method(request: HttpRequest, allowed: Sequence[str], refused: Mapping[str, str] = NO_REASONS) -> str:
    """The method; raises ApiProblem 405 naming those that are allowed, and why this one is ``refused``."""
    method = request.method or ""
    if method not in allowed:
        message = f"{method[:20]} is not offered here, but {', '.join(allowed)}"
        message += f": {refused[method]}" if method in refused else ""
        raise ApiProblem(405, "tmf.method", message, headers={"Allow": ", ".join(allowed)})
    return method
