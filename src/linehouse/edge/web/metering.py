"""Every call of an API client is put on its meter, and its answer says how much of the rate is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase

from linehouse.platform.access import meter
from linehouse.platform.access.clients import ClientIdentity
from linehouse.platform.access.meter import Rate, TurnedAway

Next = Callable[[HttpRequest], HttpResponseBase]
_CALL = "api_call"


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was let in."""

    identity: ClientIdentity
    api: str
    rate: Rate | None


def api_of(path: str) -> str:
    """The name under which a call is counted: the API's place in the address, such as ``customerManagement``."""
    parts = path.strip("/").split("/")
    if parts[0] == "tmf-api" and len(parts) > 1:
        return parts[1][:60]
    return parts[0][:60]


def let_in(request: HttpRequest, identity: ClientIdentity) -> TurnedAway | None:
    """Take a call from the client's rate and quota and note it at the request; what it says when it is turned away."""
    api = api_of(request.path)
    rate = meter.take(identity, api)
    if isinstance(rate, TurnedAway):
        return rate
    setattr(request, _CALL, Call(identity, api, rate))
    return None


def turned_away_headers(away: TurnedAway) -> dict[str, str]:
    """Header fields of an answer 429."""
    return {"Retry-After": str(away.retry_after)} | (away.rate.headers() if away.rate else {})


class ApiMeter:
    """Counts what was served and adds the RateLimit header fields."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        call: Call | None = getattr(request, _CALL, None)
        if call is not None:
            meter.count(call.identity, call.api, response.status_code)
            if call.rate is not None:
                for name, value in call.rate.headers().items():
                    response.headers[name] = value
        return response
