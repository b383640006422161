"""What is asked and told in Nchf_SpendingLimitControl (3GPP TS 29.594 V17)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, field

from linehouse.edge.network.nchf.messages import Instant, Name


class SpendingLimitContext(msgspec.Struct, frozen=True):
    """Who wants to know of which counters of a subscriber, until when. No counters named: all of them."""

    notif_uri: Annotated[str, Meta(max_length=2000)] = field(name="notifUri", default="")
    supi: Name = ""
    gpsi: Name = ""
    counters: Annotated[list[Name], Meta(max_length=100)] = field(name="policyCounterIds", default_factory=list)
    expiry: Instant | None = None
    notif_id: Name = field(name="notifId", default="")


class PendingStatus(msgspec.Struct, frozen=True):
    """What follows by itself."""

    status: str = field(name="policyCounterStatus")
    at: str = field(name="activationTime")


class CounterInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """The status of a counter."""

    counter: str = field(name="policyCounterId")
    status: str = field(name="currentStatus")
    pending: list[PendingStatus] = field(name="penPolCounterStatuses", default_factory=list)


class SpendingLimitStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """The statuses of a subscriber's counters."""

    statuses: dict[str, CounterInfo] = field(name="statusInfos")
    supi: str = ""
    notif_id: str = field(name="notifId", default="")
    expiry: str | None = None


class Termination(msgspec.Struct, frozen=True, omit_defaults=True):
    """A subscription has ended."""

    supi: str
    cause: str = field(name="termCause")
    notif_id: str = field(name="notifId", default="")
