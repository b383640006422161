"""Network functions at the charging process: what they ask, as granian tells it, and what settings say of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from linehouse.edge.network import nchf
from linehouse.platform.settings import Settings
from linehouse.run.charging_routes import Scope

INTERFACE = "/nchf-"
"""Paths of the service-based interface begin so."""
Handle = Callable[[Any, nchf.Asked, nchf.Options], Awaitable[nchf.Told]]


def options_of(settings: Settings, *, certified: bool) -> nchf.Options:
    """What the settings say; ``certified``: nobody comes in without a client certificate. Raises Invalid."""
    return nchf.Options(
        control=settings.database_prefix,
        base=f"http://{settings.host}:{settings.charging_port}",
        trusted=nchf.trusted_from(settings.nchf_trusted),
        certified=certified,
        failure_handling=settings.nchf_failure_handling,
        quota_holding=settings.nchf_quota_holding,
    )


def asked_of(scope: Scope, body: bytes = b"", reference: str = "") -> nchf.Asked:
    """The request without the server that carries it."""
    headers = {name.lower(): value for name, value in scope.headers.items()}
    return nchf.Asked(
        body=body,
        headers=headers,
        peer=_address(scope.client),
        scheme=scope.scheme,
        authority=scope.authority or headers.get("host", ""),
        version=scope.http_version,
        reference=reference,
    )


def unknown(scope: Scope, methods: Sequence[str]) -> nchf.Told:
    """A path that nobody answers, or not by this method."""
    if not methods:
        problem = nchf.Problem(404, nchf.Cause.URI_UNKNOWN, "there is no such resource")
    else:
        problem = nchf.Problem(
            405, detail=f"{scope.method} is not answered here", headers=(("allow", ", ".join(methods)),)
        )
    return nchf.problem_told(asked_of(scope), problem)


def _address(client: str) -> str:
    """``10.0.0.1:4711`` or ``[2001:db8::1]:4711`` without the port."""
    return client.rpartition(":")[0].strip("[]") if ":" in client else client
