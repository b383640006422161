"""The desired state of a line in the host network, and what a network answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from linehouse.kernel.error import Invalid
from linehouse.kernel.numbering import Iccid, Imsi, Msisdn


class LineService(StrEnum):
    """A service of a mobile line that can be on or off."""

    VOICE = "voice"
    SMS = "sms"
    DATA = "data"
    VOICEMAIL = "voicemail"
    ROAMING = "roaming"


class Bar(StrEnum):
    """What a line may not do although its service is on (3GPP TS 22.088 for the calls)."""

    OUTGOING = "outgoing"
    OUTGOING_INTERNATIONAL = "outgoing-international"
    PREMIUM = "premium"
    DATA = "data"
    ROAMING = "roaming"
    INCOMING = "incoming"


class Action(StrEnum):
    """What is asked of the network for a line."""

    CREATE = "create"
    CHANGE = "change"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class DesiredState:
    """All that the network must know of a line. ``speed_profile`` names a policy of the host, such as ``lte-100``."""

    msisdn: Msisdn
    imsi: Imsi
    iccid: Iccid
    services: frozenset[LineService]
    bars: frozenset[Bar] = frozenset()
    apns: tuple[str, ...] = ()
    speed_profile: str = ""

    def __post_init__(self) -> None:
        if not self.services:
            raise Invalid(
                "a line without any service is removed, not provisioned",
                field="services",
                expected="at least one service",
            )
        if LineService.DATA in self.services and not self.apns:
            raise Invalid("data needs an access point", field="apns", expected="at least one APN")


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute in which the network is not as it should be; identities are masked."""

    attribute: str
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer as they went over the wire, personal values masked. ``status`` 0: no answer came."""

    method: str
    path: str
    request_body: str
    status: int
    response_body: str
    at: datetime
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Done:
    """The network has done it; ``network_ref`` is its name for the line, empty after a removal."""

    network_ref: str
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Working:
    """The network has taken the request and will finish later; ``monitor`` is where to ask."""

    monitor: str
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkRefused:
    """The network will not do it, or tried and failed: asking the same again by itself will not help."""

    code: str
    reason: str
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No answer, or «not now»: whether the request was done is unknown, so it is sent again with its key."""

    reason: str
    exchanges: tuple[Exchange, ...] = ()


Reply = Done | Working | NetworkRefused | Unreachable


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What somebody asks of the network. ``key`` is theirs; ``desired`` is None for a removal, and only then.

    ``followed``: whoever asks looks after a failure itself, as an order does with its steps.
    """

    key: str
    line: str
    product_id: UUID
    customer_id: UUID
    action: Action
    desired: DesiredState | None = None
    followed: bool = False

    def __post_init__(self) -> None:
        if (self.desired is None) != (self.action is Action.REMOVE):
            raise Invalid("a removal has no desired state, everything else has one", field="desired")


@dataclass(frozen=True, slots=True)
class RequestView:
    """A provisioning request for screens."""

    id: UUID
    key: str
    line: str
    customer_id: UUID
    product_id: UUID
    action: Action
    state: str
    attempts: int
    reason: str
    network_ref: str
    monitor: str
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as we want it in the network and as the network last confirmed it."""

    line: str
    product_id: UUID
    customer_id: UUID
    network_ref: str
    desired: DesiredState | None
    confirmed_at: datetime | None
