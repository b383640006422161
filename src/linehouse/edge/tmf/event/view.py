"""The addresses of TMF688: topics, their events, and listeners to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from linehouse.edge.tmf.event.topic import events, one_event, topic, topics
from linehouse.edge.tmf.kit.access import Caller, called
from linehouse.edge.tmf.kit.answer import json_answer
from linehouse.edge.tmf.kit.body import require_acceptable
from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.kit.hub_view import hub_collection, hub_item
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_query
from linehouse.edge.tmf.kit.query import DEFAULT_LIMIT, MAX_LIMIT
from linehouse.edge.tmf.kit.serving import answered, links_of, query_string, require_method
from linehouse.edge.tmf.kit.telling import matches, parsed

Act = Callable[[Caller], HttpResponse]


def served(request: HttpRequest, apis: Sequence[Api], parts: Sequence[str]) -> HttpResponseBase:
    """`/event/v4/…`: the parts of the address behind the version."""
    match list(parts):
        case ["topic"]:
            return _read(request, lambda _: json_answer([t.shown(links_of(request)) for t in topics(apis)]))
        case ["topic", key]:
            return _read(request, lambda _: json_answer(topic(apis, key).shown(links_of(request))))
        case ["topic", key, "event"]:
            return _read(request, lambda who: _events(request, apis, key, who))
        case ["topic", key, "event", event_key]:
            return _read(
                request, lambda who: json_answer(one_event(topic(apis, key), who, event_key, links_of(request)))
            )
        case ["topic", key, "hub"] if (found := _api(apis, key)) is not None:
            return hub_collection(request, found)
        case ["topic", key, "hub", hub_key] if (found := _api(apis, key)) is not None:
            return hub_item(request, found, hub_key)
        case _:
            return answered(_nothing)


def _nothing() -> HttpResponse:
    raise ApiProblem(404, "tmf.no_resource", "there is no such resource")


def _api(apis: Sequence[Api], key: str) -> Api | None:
    return next((found.api for found in topics(apis) if found.id == key), None)


def _read(request: HttpRequest, act: Act) -> HttpResponseBase:
    def handle() -> HttpResponse:
        require_method(request, ("GET", "HEAD"))
        require_acceptable(request.headers.get("Accept", ""))
        with called(request) as who:
            return act(who)

    return answered(handle)


def _events(request: HttpRequest, apis: Sequence[Api], key: str, who: Caller) -> HttpResponse:
    """The events behind `after`, a position of the log; `X-Next-Position` goes on from there."""
    found = topic(apis, key)
    page: dict[str, Any] = {"after": 0, "limit": DEFAULT_LIMIT}
    for name, value in parse_qsl(query_string(request), keep_blank_values=True):
        if name not in page:
            continue
        if not value.isascii() or not value.isdecimal() or len(value) > 18:
            raise bad_query(name, f"{value[:20]!r} is no whole number")
        page[name] = int(value)
    if page["limit"] > MAX_LIMIT:
        raise bad_query("limit", f"a page holds at most {MAX_LIMIT}")
    others = "&".join(term for term in query_string(request).split("&") if term.partition("=")[0] not in page)
    query = parsed(found.api, others)
    wanted = (pair for pair in events(found, who, page["after"], links_of(request)) if matches(pair[1], query))
    told = list(islice(wanted, page["limit"]))
    headers = {"X-Result-Count": str(len(told))}
    if told:
        headers["X-Next-Position"] = str(told[-1][0])
    return json_answer([message for _, message in told], 200, headers)
