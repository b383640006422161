"""What can go wrong when the network is asked."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class RequestNotFound(DomainError, code="activation.request_not_found", kind=Kind.NOT_FOUND):
    """No provisioning request with that id or key."""


class RequestDiffers(DomainError, code="activation.request_differs", kind=Kind.CONFLICT):
    """That key was used for another request; a repeated key must ask for the same."""


class LineNotProvisioned(DomainError, code="activation.line_not_provisioned", kind=Kind.CONFLICT):
    """The network does not hold this line, so it cannot be changed or read."""


class NoConnector(DomainError, code="activation.no_connector", kind=Kind.UNAVAILABLE):
    """No connection to a host network is configured for this brand."""
