"""Every API that is served."""

from __future__ import annotations

from linehouse.edge.tmf import party
from linehouse.edge.tmf.kit.declaration import Api

APIS: tuple[Api, ...] = (party.API,)


def api_at(path: str) -> Api | None:
    """The API at this place of the address."""
    return next((api for api in APIS if api.path == path), None)
