"""What activation tells: the network has done what was asked, or will not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class RequestCompleted(Event, name="activation.request.completed", aggregate="request_id"):
    """The network confirmed the desired state. ``key`` is the one under which it was asked for."""

    request_id: UUID
    key: str
    line: str
    action: str
    network_ref: str
    product_id: UUID
    customer_id: UUID
    completed_at: datetime


class RequestFailed(Event, name="activation.request.failed", aggregate="request_id"):
    """The network refused, or gave no answer until patience ran out; ``code`` and ``reason`` say why."""

    request_id: UUID
    key: str
    line: str
    action: str
    code: str
    reason: str
    product_id: UUID
    customer_id: UUID
    failed_at: datetime
