"""What happened: one piece of usage, normalised, before it has a price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from linehouse.kernel.numbering import Plmn
from linehouse.kernel.period import require_aware
from linehouse.kernel.quantity import Quantity, Unit


class UsageType(StrEnum):
    """What was used."""

    VOICE = "voice"
    SMS = "sms"
    MMS = "mms"
    DATA = "data"
    EVENT = "event"
    """Anything that is counted and has a service id: content, a directory enquiry, a parking ticket."""

    @property
    def unit(self) -> Unit:
        """The base unit in which this usage is counted."""
        return _UNITS[self]


_UNITS = {
    UsageType.VOICE: Unit.MILLISECOND,
    UsageType.SMS: Unit.MESSAGE,
    UsageType.MMS: Unit.MESSAGE,
    UsageType.DATA: Unit.OCTET,
    UsageType.EVENT: Unit.EVENT,
}


class Direction(StrEnum):
    """Seen from the subscriber who is charged."""

    OUT = "out"
    IN = "in"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageEvent:
    """One event of usage as the price function sees it.

    ``quantity`` is in the base unit of the usage type: milliseconds, octets, messages, events; a voice event's clock
    starts at answer. ``other_party`` is the called or calling number: ``+31612345678`` when it is E.164, bare digits
    such as ``112`` when it is a short code, anything else (or nothing) when it could not be normalised. The serving
    network is known by its PLMN, or at least by its country (ISO 3166-1 alpha-2). ``on_net`` is None when nobody
    has asked. ``other_network`` is the network to which the other party's number was ported, None when that is not
    known. ``started_at`` is an instant in UTC; data is priced as of it, time as of the start of each block.
    A negative quantity is refused unless the source may send corrections.

    ``closed_user_groups``, ``friend_lists`` and ``segments`` are those that apply to this event. ``amount`` (micro-
    units of the tariff's currency) is what a percentage is taken of. ``utc_offset`` is the local time offset that
    came with the record.

    Volume: ``ended_at`` is when the record closed or the report was made, ``priced_at`` when the reported part's grant
    was made (None: ``started_at``). Where a report cannot say on which side of a tariff switch its part lies,
    ``or_priced_at`` is the other instant: the cheaper counts.
    """

    usage_type: UsageType
    started_at: datetime
    quantity: int
    direction: Direction = Direction.OUT
    other_party: str = ""
    serving_plmn: Plmn | None = None
    serving_country: str | None = None
    apn: str | None = None
    rating_group: int | None = None
    service_id: str | None = None
    on_net: bool | None = None
    other_network: Plmn | None = None
    correction: bool = False
    closed_user_groups: frozenset[str] = frozenset()
    friend_lists: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    amount: int | None = None
    utc_offset: timedelta | None = None
    ended_at: datetime | None = None
    priced_at: datetime | None = None
    or_priced_at: datetime | None = None

    def __post_init__(self) -> None:
        if type(self.quantity) is not int:
            raise TypeError(f"quantity must be int, not {type(self.quantity).__name__}")
        object.__setattr__(self, "started_at", require_aware(self.started_at))
        for name in ("ended_at", "priced_at", "or_priced_at"):
            instant = getattr(self, name)
            if instant is not None:
                object.__setattr__(self, name, require_aware(instant))

    @property
    def used(self) -> Quantity:
        """The quantity with its unit."""
        return Quantity(self.quantity, self.usage_type.unit)

    @property
    def e164(self) -> str | None:
        """The other party's international digits without the plus, or None."""
        digits = self.other_party[1:]
        return digits if self.other_party.startswith("+") and digits.isascii() and digits.isdigit() else None

    @property
    def short_code(self) -> str | None:
        """The other party's short code, or None."""
        text = self.other_party
        return text if text.isascii() and text.isdigit() else None
