"""Who calls: the bearer token of an API client, whose brand must be the host's, and its permissions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.web.metering import let_in, turned_away_headers
from linehouse.platform.access.grants import Held
from linehouse.platform.access.ownership import bound_to_dealer
from linehouse.platform.access.service import ClientIdentity, client_for_token
from linehouse.platform.scope import brand_or_none, brand_scope
from linehouse.platform.work import Actor

RETRY_AFTER = "60"
"""Seconds after which a call to a closed brand may be tried again."""
_served: ContextVar[UUID] = ContextVar("tmf_client")
_base: ContextVar[str] = ContextVar("tmf_base")
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="linehouse"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """The API client of a request."""

    identity: ClientIdentity

    @property
    def actor(self) -> Actor:
        """As whom it acts in the history."""
        return Actor("client", str(self.identity.id), self.identity.name)

    @property
    def held(self) -> Held:
        """What it was granted."""
        return self.identity.held

    def require(self, permission: str) -> None:
        """Raises ApiProblem 403 unless the client has the permission; an empty one is never had."""
        if not permission or not self.identity.may(permission):
            raise ApiProblem(403, "access.not_allowed", f"this needs the permission {permission or 'of nobody'}")


def current_client() -> UUID:
    """The id of the client that is served now; raises LookupError outside a request of one."""
    return _served.get()


def current_base() -> str:
    """Scheme and host that the client used; raises LookupError outside a request of one."""
    return _base.get()


@contextmanager
def called(request: HttpRequest) -> Iterator[Caller]:
    """Serve the client that the request's token proves (RFC 6750), within its brand.

    A brand's host has set the brand already and must agree with the token; on the house's own host the token decides.
    Raises ApiProblem 401 without a valid token, 403 when it belongs to another brand than the host, 503 while the brand
    is closed, 429 beyond the client's rate or quota.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiProblem(401, "access.no_token", "a bearer token is needed", headers=_CHALLENGE)
    identity = client_for_token(token.strip())
    if identity is None:
        raise ApiProblem(401, "access.bad_token", "the bearer token is not valid", headers=_CHALLENGE)
    if brand_or_none() not in (None, identity.brand):
        raise ApiProblem(403, "access.wrong_brand", "the token belongs to another brand than the host")
    if identity.closed:
        raise ApiProblem(503, "access.brand_closed", identity.closed, headers={"Retry-After": RETRY_AFTER})
    if (away := let_in(request, identity)) is not None:
        why = "the quota of the month is used up" if away.quota else "there were too many calls in this minute"
        message = f"{why}; try again after {away.retry_after} seconds"
        raise ApiProblem(429, "access.too_many_calls", message, headers=turned_away_headers(away))
    with brand_scope(identity.brand), bound_to_dealer(identity.dealer or None):
        served = _served.set(identity.id)
        base = _base.set(f"{request.scheme}://{request.get_host()}")
        try:
            yield Caller(identity)
        finally:
            _served.reset(served)
            _base.reset(base)
