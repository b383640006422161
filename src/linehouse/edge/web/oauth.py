"""OAuth 2.0 for programs: client credentials (RFC 6749 §4.4), revocation (RFC 7009), introspection (RFC 7662).

The protocol is oauthlib's; what a client is and holds is the access room's.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from oauthlib.oauth2 import (
    BackendApplicationServer,
    IntrospectEndpoint,
    RequestValidator,
    RevocationEndpoint,
)

from linehouse.edge.web.metering import turned_away_headers
from linehouse.platform.access import meter, oauth
from linehouse.platform.access.oauth import ProvedClient
from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.scope import brand_or_none

_MAX_BODY = 16 * 1024
_API = "oauth"


def proved(http_authorization: str, client_id: str, client_secret: str) -> ProvedClient | None:
    """The client that a request shows, by the Authorization header or by the form; never by both.

    A client of another brand than the host's is not there.
    """
    scheme, _, value = http_authorization.partition(" ")
    if scheme.lower() == "basic":
        if client_secret:
            return None
        try:
            name, _, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        client_id, client_secret = unquote_plus(name), unquote_plus(secret)
    if not client_id or not client_secret:
        return None
    found = oauth.proved_by_secret(client_id, client_secret)
    if found is None or brand_or_none() not in (None, found.identity.brand):
        return None
    return found


class Clients(RequestValidator):  # type: ignore[misc]  # oauthlib ships no types
    """What oauthlib asks of the house."""

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Always: there are no public clients."""
        return True

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """By a secret that holds."""
        found = proved(request.headers.get("Authorization", ""), request.client_id or "", request.client_secret or "")
        request.client = found
        return found is not None

    def validate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Only asked for flows that are not offered."""
        return False

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *a: Any, **k: Any
    ) -> bool:
        """Client credentials alone."""
        return grant_type == "client_credentials"

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        """Everything that the client was given."""
        return sorted(request.client.identity.scopes)

    def validate_scopes(self, client_id: str, scopes: list[str], client: Any, request: Any, *a: Any, **k: Any) -> bool:
        """A part of what the client was given."""
        return bool(scopes) and set(scopes) <= client.identity.scopes

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        """Put it into force."""
        oauth.keep_token(request.client, token["access_token"], frozenset(request.scopes))

    def revoke_token(self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """End it, if it is the client's own."""
        oauth.revoke_token(request.client, token)

    def introspect_token(self, token: str, token_type_hint: str, request: Any, *a: Any, **k: Any) -> Any:
        """What it stands for, if it is of the client's brand."""
        return oauth.token_facts(request.client, token)


_CLIENTS = Clients()
_TOKENS = BackendApplicationServer(
    _CLIENTS,
    token_generator=lambda _: oauth.new_access_token(),
    token_expires_in=lambda request: request.client.token_seconds,
)
_REVOCATION = RevocationEndpoint(_CLIENTS)
_INTROSPECTION = IntrospectEndpoint(_CLIENTS)


def _asked(request: HttpRequest) -> tuple[str, str, str, dict[str, str]]:
    body = request.body[:_MAX_BODY].decode("utf-8", "replace")
    headers = {"Content-Type": request.content_type or ""}
    if authorization := request.headers.get("Authorization"):
        headers["Authorization"] = authorization
    return request.build_absolute_uri(request.path), "POST", body, headers


def _answer(headers: dict[str, str], body: str | None, status: int) -> HttpResponse:
    response = HttpResponse(body or "", status=status, content_type="application/json; charset=utf-8")
    for name, value in headers.items():
        if name.lower() != "content-type":
            response[name] = value
    if status == 401:
        response["WWW-Authenticate"] = 'Basic realm="linehouse"'
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response


def _error(code: str, description: str, status: int = 400, headers: dict[str, str] | None = None) -> HttpResponse:
    response = JsonResponse({"error": code, "error_description": description}, status=status)
    response["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response[name] = value
    return response


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """`POST /oauth/token`: an access token for a client's id and secret."""
    if request.content_type != "application/x-www-form-urlencoded":
        return _error("invalid_request", "the body must be application/x-www-form-urlencoded")
    known = proved(
        request.headers.get("Authorization", ""),
        request.POST.get("client_id", ""),
        request.POST.get("client_secret", ""),
    )
    if known is None:
        return _answer({}, '{"error": "invalid_client"}', 401)
    rate = meter.take(known.identity, _API)
    if isinstance(rate, meter.TurnedAway):
        return _error("temporarily_unavailable", "too many calls", 429, turned_away_headers(rate))
    response = _answer(*_TOKENS.create_token_response(*_asked(request)))
    meter.count(known.identity, _API, response.status_code)
    return response


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """`POST /oauth/revoke`: end an access token; 200 whether or not it was there."""
    return _answer(*_REVOCATION.create_revocation_response(*_asked(request)))


@csrf_exempt
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    """`POST /oauth/introspect`: whether a token of the client's brand holds, and for what."""
    return _answer(*_INTROSPECTION.create_introspect_response(*_asked(request)))


@require_GET
def metadata(request: HttpRequest) -> HttpResponse:
    """`GET /.well-known/oauth-authorization-server` (RFC 8414): where things are and what is offered."""
    base = f"{request.scheme}://{request.get_host()}"
    methods = ["client_secret_basic", "client_secret_post"]
    return JsonResponse(
        {
            "issuer": base,
            "token_endpoint": f"{base}/oauth/token",
            "revocation_endpoint": f"{base}/oauth/revoke",
            "introspection_endpoint": f"{base}/oauth/introspect",
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_methods_supported": methods,
            "introspection_endpoint_auth_methods_supported": methods,
            "scopes_supported": sorted(PERMISSIONS),
        }
    )
