"""`/hub` of every API: register, look at, pause and remove listeners, and let what happened be told again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from msgspec import UNSET, UnsetType

from linehouse.edge.tmf.kit import hub
from linehouse.edge.tmf.kit.access import Caller, called
from linehouse.edge.tmf.kit.answer import json_answer, nothing
from linehouse.edge.tmf.kit.body import (
    JSON,
    MERGE_PATCH,
    body_of,
    json_object,
    require_acceptable,
    require_media_type,
    typed,
)
from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.kit.serving import answered, links_of, require_method
from linehouse.edge.tmf.kit.shapes import Instant, Shape, plain
from linehouse.edge.tmf.kit.strict import require_known
from linehouse.edge.tmf.models import HubDelivery, HubSubscription


class HubAuthorization(Shape):
    """How we get the token that the listener wants: OAuth 2.0 client credentials. The secret is never shown."""

    token_url: str
    client_id: str
    client_secret: str | None = None
    scope: str | None = None


class EventSubscriptionInput(Shape):
    """`EventSubscriptionInput`: where to send, and which events."""

    callback: str
    query: str | None = None
    authorization: HubAuthorization | None = None


class EventSubscriptionUpdate(Shape):
    """A listener is paused, or hears again (`active`)."""

    state: str | UnsetType = UNSET


class EventSubscription(Shape):
    """`EventSubscription`. `signingKey` is told once, in the answer to POST."""

    id: str
    callback: str
    query: str | None = None
    state: str
    undelivered: int | None = None
    authorization: HubAuthorization | None = None
    signing_key: str | None = None


class ReplayInput(Shape):
    """What is to be told again: behind a position of the log, or since an instant; until an instant or the end."""

    after: int | None = None
    since: Instant | None = None
    until: Instant | None = None


def shown(row: HubSubscription, *, with_key: bool = False) -> dict[str, object]:
    """A listener as its client sees it."""
    undelivered = HubDelivery.objects.filter(subscription=row, state__in=("dead", "held")).count()
    wanted = None
    if row.token_url:
        wanted = HubAuthorization(token_url=row.token_url, client_id=row.token_client, scope=row.token_scope or None)
    return plain(
        EventSubscription(
            id=str(row.id),
            callback=row.callback,
            query=row.query or None,
            state=row.state,
            undelivered=undelivered or None,
            authorization=wanted,
            signing_key=hub.signing_key(row) if with_key else None,
        )
    )


def hub_collection(request: HttpRequest, api: Api) -> HttpResponseBase:
    """`/hub`: POST registers, GET lists the client's own."""

    def handle() -> HttpResponse:
        method = require_method(request, ("GET", "HEAD", "POST"))
        require_acceptable(request.headers.get("Accept", ""))
        with called(request) as who:
            if method != "POST":
                return json_answer([shown(row) for row in hub.subscriptions(api, who)])
            require_media_type(request, (JSON,))
            sent = json_object(body_of(request))
            require_known(sent, EventSubscriptionInput)
            body = typed(sent, EventSubscriptionInput)
            links = links_of(request)
            wanted = body.authorization
            credentials = hub.NONE
            if wanted is not None:
                credentials = hub.Credentials(
                    wanted.token_url, wanted.client_id, wanted.client_secret or "", wanted.scope or ""
                )
            row = hub.subscribe(api, who, body.callback, body.query or "", links, credentials)
            location = f"{links.base}{request.path}/{row.id}"
            return json_answer(shown(row, with_key=True), 201, {"Location": location})

    return answered(handle)


def hub_item(request: HttpRequest, api: Api, key: str) -> HttpResponseBase:
    """`/hub/{id}`: GET shows, PATCH pauses or lets it hear again, DELETE removes."""

    def act(method: str, who: Caller) -> HttpResponse:
        if method == "DELETE":
            hub.unsubscribe(api, who, key)
            return nothing()
        row = hub.subscription(api, who, key)
        if method == "PATCH":
            require_media_type(request, (JSON, MERGE_PATCH), "Accept-Patch")
            sent = json_object(body_of(request))
            require_known(sent, EventSubscriptionUpdate)
            body = typed(sent, EventSubscriptionUpdate)
            if body.state is not UNSET and body.state != row.state:
                row = hub.move(row, body.state, actor=who.actor, reason="by its client")
        return json_answer(shown(row))

    return _own(request, ("GET", "HEAD", "PATCH", "DELETE"), act)


def hub_replay(request: HttpRequest, api: Api, key: str) -> HttpResponseBase:
    """`/hub/{id}/replay`: POST lets a part of the event log be told again; the work is done after the answer."""

    def act(_: str, who: Caller) -> HttpResponse:
        row = hub.subscription(api, who, key)
        require_media_type(request, (JSON,))
        sent = json_object(body_of(request))
        require_known(sent, ReplayInput)
        body = typed(sent, ReplayInput)
        span = hub.span_of(after=body.after, since=body.since, until=body.until)
        hub.replay(row, span, actor=who.actor, reason="asked for by its client")
        return json_answer({"id": str(row.id), "after": span.after, "until": span.until}, 202)

    return _own(request, ("POST",), act)


def _own(
    request: HttpRequest, methods: tuple[str, ...], act: Callable[[str, Caller], HttpResponse]
) -> HttpResponseBase:
    def handle() -> HttpResponse:
        method = require_method(request, methods)
        require_acceptable(request.headers.get("Accept", ""))
        with called(request) as who:
            return act(method, who)

    return answered(handle)
