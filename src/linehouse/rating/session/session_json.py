"""A session as JSON data and back, exact: what is kept between two requests, wherever the next one is decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, get_type_hints

import msgspec

from linehouse.rating.session.state import Answered, ServiceState, Session
from linehouse.rating.state_json import plain_state, state_of
from linehouse.rating.values import WalkState

_WALKED = {"walk", "shown"}
"""What rating's own JSON says of it."""


@cache
def _kinds() -> dict[str, Any]:
    """The field of a service with its type, but for what the walk says."""
    return {name: kind for name, kind in get_type_hints(ServiceState).items() if name not in _WALKED}


def plain_session(session: Session) -> dict[str, Any]:
    """JSON data; what is as at the start is left out."""
    return {
        "id": session.id,
        "subscriber": session.subscriber,
        "services": {key: _plain_service(one) for key, one in session.services.items()},
        "answered": {key: msgspec.to_builtins(one) for key, one in session.answered.items()},
        "closed_at": None if session.closed_at is None else session.closed_at.isoformat(),
        "lost": session.lost,
        **({"degraded": True} if session.degraded else {}),
    }


def session_of(data: Mapping[str, Any]) -> Session:
    """The session again. Raises KeyError, TypeError, ValueError or msgspec.ValidationError for foreign data."""
    return Session(
        id=data["id"],
        subscriber=data["subscriber"],
        services={key: _service_of(one) for key, one in data["services"].items()},
        answered={key: answered_of(one) for key, one in data["answered"].items()},
        closed_at=msgspec.convert(data["closed_at"], datetime | None),
        lost=data["lost"],
        degraded=data.get("degraded", False),
    )


def plain_answered(answered: Answered) -> dict[str, Any]:
    """One answered request, for a table of answers beside the sessions."""
    found: dict[str, Any] = msgspec.to_builtins(answered)
    return found


def answered_of(data: Mapping[str, Any]) -> Answered:
    """The answered request again."""
    return msgspec.convert(data, Answered)


def _plain_service(service: ServiceState) -> dict[str, Any]:
    found: dict[str, Any] = {"walk": plain_state(service.walk)}
    if service.shown != service.walk.parts:
        found["shown"] = plain_state(WalkState(parts=service.shown)).get("parts", [])
    for name in _kinds():
        if value := getattr(service, name):
            found[name] = msgspec.to_builtins(value)
    return found


def _service_of(data: Mapping[str, Any]) -> ServiceState:
    kinds = _kinds()
    walk = state_of(data["walk"])
    told = {name: msgspec.convert(value, kinds[name]) for name, value in data.items() if name not in _WALKED}
    shown = state_of({"parts": data["shown"]}).parts if "shown" in data else walk.parts
    return ServiceState(**told, walk=walk, shown=shown)
