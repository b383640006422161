"""Access tokens for listeners that want one of us: OAuth 2.0 client credentials (RFC 6749 §4.4)."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import msgspec

from linehouse.edge.tmf.kit.callback import checked, form_post
from linehouse.edge.tmf.kit.sealed import opened
from linehouse.edge.tmf.models import HubSubscription
from linehouse.kernel.clock import MachineClock

_MARGIN = timedelta(seconds=30)
_held: dict[UUID, tuple[str, datetime]] = {}


class _Token(msgspec.Struct):
    access_token: str
    expires_in: int = 300


def authorization(listener: HubSubscription, *, loopback: bool) -> dict[str, str]:
    """The header that the listener wants; empty where it wants none. Raises CallbackRefused, httpx.HTTPError."""
    if not listener.token_url:
        return {}
    now = MachineClock().now()
    held = _held.get(listener.id)
    if held is None or held[1] <= now:
        held = _held[listener.id] = _fetched(listener, now, loopback=loopback)
    return {"Authorization": f"Bearer {held[0]}"}


def forget(listener: HubSubscription) -> None:
    """Get a new token next time: the listener did not take this one."""
    _held.pop(listener.id, None)


def _fetched(listener: HubSubscription, now: datetime, *, loopback: bool) -> tuple[str, datetime]:
    target = checked(listener.token_url, loopback=loopback)
    basic = base64.b64encode(f"{listener.token_client}:{opened(listener.token_secret)}".encode()).decode()
    form = {"grant_type": "client_credentials"} | ({"scope": listener.token_scope} if listener.token_scope else {})
    response = form_post(target, form, {"Authorization": f"Basic {basic}"})
    if response.status_code != 200:
        raise httpx.HTTPError(f"the token address answered {response.status_code}")
    try:
        token = msgspec.json.decode(response.content, type=_Token)
    except msgspec.MsgspecError:
        raise httpx.HTTPError("the token address answered no token") from None
    return token.access_token, now + timedelta(seconds=token.expires_in) - _MARGIN
