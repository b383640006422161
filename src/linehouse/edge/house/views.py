"""`/house/v1`: JSON for API clients, with the same tokens, errors and brand by host name as the TM Forum APIs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from linehouse.edge.tmf.kit.access import Caller, called
from linehouse.edge.tmf.kit.answer import json_answer
from linehouse.edge.tmf.kit.body import JSON, require_media_type
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.serving import answered, require_method
from linehouse.ledger.service import ledger_hash
from linehouse.platform.advance import advance
from linehouse.platform.checks import verify
from linehouse.platform.clock.service import clock_state

_MOST = 100
"""Findings of one law that are listed."""


class AdvanceRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where the clock is to go: an instant with its offset."""

    to: datetime


def _clock() -> dict[str, Any]:
    state = clock_state()
    return {
        "now": state.now.isoformat(),
        "mode": state.mode,
        "generation": state.generation,
        "target": state.target.isoformat() if state.target else None,
    }


def clock(request: HttpRequest) -> HttpResponseBase:
    """`GET /house/v1/clock`: what the business clock says."""

    def handle() -> HttpResponse:
        with called(request) as who:
            require_method(request, ("GET", "HEAD"))
            who.require("clock.read")
            return json_answer(_clock())

    return answered(handle)


@csrf_exempt
def advance_clock(request: HttpRequest) -> HttpResponseBase:
    """`POST /house/v1/clock/advance` with `{"to": "2026-12-01T00:00:00Z"}`: answers when everything due has run."""

    def handle() -> HttpResponse:
        with called(request) as who:
            require_method(request, ("POST",))
            who.require("clock.advance")
            require_media_type(request, (JSON,))
            moved = advance(_target(request), actor=who.actor)
            return json_answer(
                _clock()
                | {
                    "movedFrom": moved.moved_from.isoformat(),
                    "movedTo": moved.moved_to.isoformat(),
                    "stops": moved.stops,
                    "jobs": moved.jobs,
                }
            )

    return answered(handle)


def _target(request: HttpRequest) -> datetime:
    try:
        return msgspec.json.decode(request.body, type=AdvanceRequest).to
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ApiProblem(
            400, "house.bad_body", f'the body must be like {{"to": "2026-12-01T00:00:00Z"}}: {error}', "/to"
        ) from None


def verification(request: HttpRequest) -> HttpResponseBase:
    """`GET /house/v1/verification`: every law with its verdict, and the ledger hash."""

    def handle() -> HttpResponse:
        with called(request) as who:
            require_method(request, ("GET", "HEAD"))
            return json_answer(_verdicts(who))

    return answered(handle)


def _verdicts(who: Caller) -> dict[str, Any]:
    who.require("ledger.read")
    results = verify()
    return {
        "holds": all(result.holds for result in results),
        "ledgerHash": ledger_hash(),
        "laws": [
            {
                "name": result.name,
                "law": result.law,
                "examined": result.verdict.examined,
                "holds": result.holds,
                "findings": [
                    {"subject": f.subject, "expected": f.expected, "found": f.found}
                    for f in result.verdict.findings[:100]
                ],
            }
            for result in results
        ],
    }
