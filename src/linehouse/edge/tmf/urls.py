"""Addresses of the TM Forum APIs: one pattern for all, since a resource is a declaration."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from linehouse.edge.tmf.apis import APIS, api_at
from linehouse.edge.tmf.event import PATH as EVENTS
from linehouse.edge.tmf.event.view import served
from linehouse.edge.tmf.kit import openapi, serving, view
from linehouse.edge.tmf.kit.answer import json_answer
from linehouse.edge.tmf.kit.declaration import ROOT
from linehouse.edge.tmf.kit.exchange import ExchangeTask
from linehouse.edge.tmf.kit.exchange_view import PARTS, file_of
from linehouse.edge.tmf.kit.hub_view import hub_collection, hub_item, hub_replay
from linehouse.edge.tmf.kit.problem import ApiProblem

_PLACE = ROOT.strip("/")


def _nothing() -> ApiProblem:
    return ApiProblem(404, "tmf.no_resource", "there is no such resource")


@csrf_exempt
def collection(request: HttpRequest, api: str, resource: str) -> HttpResponseBase:
    """All of a resource, or an API's hub."""
    declared = api_at(api)
    if declared is not None and resource == "hub":
        return hub_collection(request, declared)
    if declared is not None and resource in declared.absent:
        return view.absent(declared, resource)
    if declared is None or (found := declared.resource(resource)) is None:
        return unknown(request)
    return view.collection(request, declared, found, APIS)


@csrf_exempt
def item(request: HttpRequest, api: str, resource: str, key: str) -> HttpResponseBase:
    """One of a resource, or one subscription."""
    declared = api_at(api)
    if declared is not None and resource == "hub":
        return hub_item(request, declared, key)
    if declared is not None and resource in declared.absent:
        return view.absent(declared, resource)
    if declared is None or (found := declared.resource(resource)) is None:
        return unknown(request)
    return view.item(request, declared, found, key, APIS)


def index(request: HttpRequest) -> HttpResponseBase:
    """Every API with where it describes itself; it needs no token."""

    def handle() -> HttpResponse:
        serving.require_method(request, ("GET", "HEAD"))
        return json_answer(openapi.index(APIS, serving.links_of(request).base))

    return serving.answered(handle)


@csrf_exempt
def file(request: HttpRequest, api: str, resource: str, key: str, part: str) -> HttpResponseBase:
    """A file of an import or export job."""
    declared = api_at(api)
    found = declared.resource(resource) if declared is not None and part in PARTS else None
    if declared is None or found is None or found.representation is not ExchangeTask:
        return unknown(request)
    return file_of(request, declared, found, key, part)


@csrf_exempt
def replay(request: HttpRequest, api: str, key: str) -> HttpResponseBase:
    """What happened, told again to a listener."""
    declared = api_at(api)
    return unknown(request) if declared is None else hub_replay(request, declared, key)


@csrf_exempt
def events(request: HttpRequest, rest: str) -> HttpResponseBase:
    """TMF688: topics on the event log."""
    return served(request, APIS, rest.split("/"))


def description(request: HttpRequest, api: str) -> HttpResponseBase:
    """The OpenAPI description of an API; it needs no token."""

    def handle() -> HttpResponse:
        serving.require_method(request, ("GET", "HEAD"))
        declared = api_at(api)
        if declared is None:
            raise _nothing()
        return json_answer(openapi.document(declared, _version()))

    return serving.answered(handle)


@csrf_exempt
def unknown(request: HttpRequest, **_: str) -> HttpResponseBase:
    """404 in the form that API clients read."""
    del request

    def handle() -> HttpResponse:
        raise _nothing()

    return serving.answered(handle)


def _version() -> str:
    try:
        return version("linehouse")
    except PackageNotFoundError:
        return "0"


urlpatterns = [
    path(f"{_PLACE}/", index),
    path(f"{_PLACE}/<str:api>/v4/openapi.json", description),
    path(f"{_PLACE}/<str:api>/v4/hub/<str:key>/replay", replay),
    path(f"{_PLACE}/{EVENTS}/v4/<path:rest>", events),
    path(f"{_PLACE}/<str:api>/v4/<str:resource>", collection),
    path(f"{_PLACE}/<str:api>/v4/<str:resource>/<str:key>", item),
    path(f"{_PLACE}/<str:api>/v4/<str:resource>/<str:key>/<str:part>", file),
    re_path(rf"^{_PLACE}/(?P<rest>.*)$", unknown),
]
