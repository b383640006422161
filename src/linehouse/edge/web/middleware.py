"""Middleware of the web process: health, and the realm and brand that the host name stands for."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.request import split_domain_port

from linehouse.platform.control.models import BrandHost
from linehouse.platform.postgres.doors import closed_because
from linehouse.platform.postgres.routing import brand_aliases
from linehouse.platform.scope import CONTROL, brand_scope, realm_scope

Next = Callable[[HttpRequest], HttpResponseBase]

STAFF_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "desk.localhost", "testserver"})
"""Host names that mean the desk whatever the registry says: those of the machine itself."""


REMEMBERED_SECONDS = 5
"""How long a process believes what it read of a host: a frozen brand is closed after this time at the latest."""
_MOST_REMEMBERED = 1000
_memory: dict[tuple[str, str], tuple[str, float]] = {}


def brand_at(host: str) -> str | None:
    """The key of the brand that a host name stands for, or None; one indexed query, or none for a few seconds after."""
    key = (str(connections[CONTROL].settings_dict["NAME"]), host)
    known = _memory.get(key)
    if known is not None and known[1] > monotonic():
        return known[0]
    found = BrandHost.objects.select_related("brand").filter(host=host).first()
    if found is None or closed_because(found.brand):
        _memory.pop(key, None)
        return None
    if len(_memory) >= _MOST_REMEMBERED:
        _memory.clear()
    _memory[key] = (found.brand_id, monotonic() + REMEMBERED_SECONDS)
    return found.brand_id


def _closed_or_nothing(host: str) -> HttpResponse:
    """What a host is told that stands for no open brand: 503 while its brand is closed, 404 where there is none."""
    plain = "text/plain; charset=utf-8"
    found = BrandHost.objects.select_related("brand").filter(host=host).first()
    reason = closed_because(found.brand) if found is not None else ""
    if found is None or not reason:
        return HttpResponse("There is nothing at this address.\n", status=404, content_type=plain)
    text = f"{found.brand.name}: {reason}.\n"
    return HttpResponse(text, status=503, content_type=plain, headers={"Retry-After": "60"})


def forget_hosts() -> None:
    """Ask the registry again: for whoever changes a host or freezes a brand."""
    _memory.clear()


class Health:
    """``/healthz``: this process answers. ``/readyz``: it can serve, that is, its databases answer too."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return self._ready()
        return self._get_response(request)

    def _ready(self) -> HttpResponse:
        databases: dict[str, str] = {}
        for alias in (CONTROL, *brand_aliases()):
            try:
                with connections[alias].cursor() as cursor:
                    cursor.execute("SELECT 1")
                databases[alias] = "ok"
            except DatabaseError:
                databases[alias] = "does not answer"
            finally:
                connections[alias].close()
        ready = all(state == "ok" for state in databases.values())
        return JsonResponse(
            {"status": "ok" if ready else "unavailable", "databases": databases}, status=200 if ready else 503
        )


class Realm:
    """Sets whose log-ins are meant, by the host name: the desk's is staff's, a brand's is its subscribers'.

    A brand's host sets the brand as well. On the desk's host the brand comes from the path or the token, after the
    permission check. An unknown host is not found: nothing is ever derived from a name that the registry lacks.
    """

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response
        self._public_host = urlsplit(settings.SETTINGS.public_url).hostname or ""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            # PostgreSQL has no text with a NUL in it, so nothing that could be meant is lost.
            return HttpResponse("The address holds a NUL.\n", status=400, content_type="text/plain; charset=utf-8")
        host, _ = split_domain_port(request.META.get("HTTP_HOST", "") or request.META.get("SERVER_NAME", ""))
        if host in STAFF_HOSTS or host == self._public_host:
            with realm_scope(CONTROL):
                return self._get_response(request)
        brand = brand_at(host)
        if brand is None:
            return _closed_or_nothing(host)
        request.brand_host = brand  # type: ignore[attr-defined]  # read by the APIs: host and token must agree
        with realm_scope(brand), brand_scope(brand):
            return self._get_response(request)
