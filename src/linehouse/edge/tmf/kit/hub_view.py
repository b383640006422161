"""`/hub` of every API: register, look at and remove listeners."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from linehouse.edge.tmf.kit import hub
from linehouse.edge.tmf.kit.access import called
from linehouse.edge.tmf.kit.answer import json_answer
from linehouse.edge.tmf.kit.body import JSON, body_of, json_object, require_acceptable, require_media_type, typed
from linehouse.edge.tmf.kit.declaration import ROOT, Api
from linehouse.edge.tmf.kit.serving import answered, links_of, require_method
from linehouse.edge.tmf.kit.shapes import Shape, plain
from linehouse.edge.tmf.models import HubSubscription


class EventSubscriptionInput(Shape):
    """`EventSubscriptionInput`: where to send, and which events."""

    callback: str
    query: str | None = None


class EventSubscription(Shape):
    """`EventSubscription`. `signingKey` is told once, in the answer to POST."""

    id: str
    callback: str
    query: str | None = None
    signing_key: str | None = None


def _represented(row: HubSubscription, *, with_key: bool = False) -> dict[str, object]:
    return plain(
        EventSubscription(
            id=str(row.id),
            callback=row.callback,
            query=row.query or None,
            signing_key=hub.signing_key(row.id) if with_key else None,
        )
    )


def hub_collection(request: HttpRequest, api: Api) -> HttpResponseBase:
    """`/hub`: POST registers, GET lists the client's own."""

    def handle() -> HttpResponse:
        method = require_method(request, ("GET", "HEAD", "POST"))
        require_acceptable(request.headers.get("Accept", ""))
        with called(request) as who:
            if method != "POST":
                return json_answer([_represented(row) for row in hub.subscriptions(api, who)])
            require_media_type(request, (JSON,))
            sent = typed(json_object(body_of(request)), EventSubscriptionInput)
            links = links_of(request)
            row = hub.subscribe(api, who, sent.callback, sent.query or "", links)
            location = f"{links.base}{ROOT}/{api.path}/v4/hub/{row.id}"
            return json_answer(_represented(row, with_key=True), 201, {"Location": location})

    return answered(handle)


def hub_item(request: HttpRequest, api: Api, key: str) -> HttpResponseBase:
    """`/hub/{id}`: DELETE removes, GET shows."""

    def handle() -> HttpResponse:
        method = require_method(request, ("GET", "HEAD", "DELETE"))
        require_acceptable(request.headers.get("Accept", ""))
        with called(request) as who:
            if method == "DELETE":
                hub.unsubscribe(api, who, key)
                return HttpResponse(status=204)
            return json_answer(_represented(hub.subscription(api, who, key)))

    return answered(handle)
