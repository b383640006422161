"""The one view behind every resource: who calls, what is asked, what the room answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from linehouse.edge.tmf.kit.access import called
from linehouse.edge.tmf.kit.body import require_acceptable
from linehouse.edge.tmf.kit.declaration import Api, Resource
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.reading import listing, reading
from linehouse.edge.tmf.kit.serving import answered, require_method
from linehouse.edge.tmf.kit.writing import creating, deleting, patching


def collection(request: HttpRequest, api: Api, resource: Resource[Any], apis: Sequence[Api] = ()) -> HttpResponseBase:
    """`/{resource}`: list and create; ``apis`` are those whose resources references lead to."""

    def handle() -> HttpResponse:
        method = require_method(request, resource.collection_methods, resource.refused)
        require_acceptable(request.headers.get("Accept", ""))
        with called(request) as who:
            if method == "POST":
                return creating(request, api, resource, who, apis)
            who.require(resource.read)
            return listing(request, api, resource, who, apis)

    return answered(handle, resource)


def item(
    request: HttpRequest, api: Api, resource: Resource[Any], key: str, apis: Sequence[Api] = ()
) -> HttpResponseBase:
    """`/{resource}/{id}`: retrieve, patch and delete."""

    def handle() -> HttpResponse:
        method = require_method(request, resource.item_methods, resource.refused)
        require_acceptable(request.headers.get("Accept", ""))
        with called(request) as who:
            if method == "PATCH":
                return patching(request, api, resource, key, who, apis)
            if method == "DELETE":
                return deleting(request, api, resource, key, who)
            who.require(resource.read)
            return reading(request, api, resource, key, who, apis)

    return answered(handle, resource)


def absent(api: Api, resource: str) -> HttpResponseBase:
    """A resource of the specification that the product does not have: 501 with the reason."""

    def handle() -> HttpResponse:
        raise ApiProblem(501, "tmf.not_implemented", f"{resource} is not implemented: {api.absent[resource]}")

    return answered(handle)
