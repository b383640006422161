"""What other rooms ask the stock for, and what they get. ``holder`` is a business key: the number of a product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from linehouse.kernel.numbering import Iccid, Imsi, Msisdn


class ResourceKind(StrEnum):
    """What is held: a subscriber number or a SIM's identity."""

    MSISDN = "msisdn"
    IMSI = "imsi"


@dataclass(frozen=True, slots=True)
class SimRow:
    """One card of a delivery, checked. The PUK is a secret of the subscriber."""

    iccid: Iccid
    imsi: Imsi
    puk: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a delivery: cards or numbers taken, and those that the brand had already."""

    taken: int
    known: int


@dataclass(frozen=True, slots=True)
class NumberView:
    """A number in stock. ``rests_until``: business instant at which quarantine ends."""

    id: UUID
    msisdn: Msisdn
    state: str
    holder: str
    rests_until: datetime | None


@dataclass(frozen=True, slots=True)
class SimView:
    """A card in stock; the PUK is only shown by its last digits."""

    id: UUID
    iccid: Iccid
    imsi: Imsi
    state: str
    holder: str
    puk_masked: str


@dataclass(frozen=True, slots=True)
class Held:
    """Who held a resource in a period: half-open, no end while it lasts."""

    kind: ResourceKind
    digits: str
    holder: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class StockLevel:
    """How many of a kind are in which state."""

    kind: str
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What a holder has or last had: its number, and its card; None for what it never had."""

    msisdn: Msisdn | None
    imsi: Imsi | None
    iccid: Iccid | None


@dataclass(frozen=True, slots=True)
class HolderAt:
    """Who held something at an instant, and the number and IMSI that were the holder's then."""

    holder: str
    msisdn: Msisdn | None
    imsi: Imsi | None


@dataclass(frozen=True, slots=True)
class HolderQuery:
    """One question of a set: who held this at that instant. ``ref`` comes back with the answer."""

    ref: int
    kind: ResourceKind
    digits: str
    at: datetime
