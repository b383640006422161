"""Consents as values: for which purpose, by which channel, and where somebody said so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    """What somebody may be asked to agree to. Nothing that a contract or the law demands is a purpose."""

    MARKETING = "marketing"
    """Messages that advertise (ePrivacy Directive 2002/58/EC article 13)."""
    TRAFFIC_DATA = "traffic-data"
    """Use of traffic data for the marketing of services (the same directive, article 6(3))."""
    PROFILING = "profiling"
    """Conclusions about the person from what they do (GDPR articles 21 and 22)."""
    THIRD_PARTY = "third-party"
    """Giving data to others for their own purposes."""


class ConsentChannel(StrEnum):
    """By which channel; ANY stands for all of them."""

    ANY = ""
    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    POST = "post"


class ConsentSource(StrEnum):
    """Where it was said."""

    DESK = "desk"
    SELF_CARE = "self-care"
    SHOP = "shop"
    PAPER = "paper"
    API = "api"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEntry:
    """One line of the ledger. ``at`` is business time; ``evidence`` says how it can be shown that it was said."""

    id: UUID
    party_id: UUID
    purpose: Purpose
    channel: ConsentChannel
    given: bool
    source: ConsentSource
    evidence: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentNow:
    """Where a purpose stands for a channel; ``entry`` is the line that decides, None where nothing was ever said."""

    purpose: Purpose
    channel: ConsentChannel
    given: bool
    entry: ConsentEntry | None
