"""What a door hands to the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linehouse.charging.online.subject import Subject
from linehouse.rating.session.requests import Request

MakeRequest = Callable[[Subject, datetime], Request]


@dataclass(frozen=True, slots=True)
class Asking:
    """One request: whose (``msisdn``, digits), of which session, under which once-key.

    ``fingerprint`` is a digest of what the door was sent; the same key with another one is refused. ``make`` builds the
    request once the line and the business instant are known, and may raise a DomainError.
    """

    msisdn: str
    session: str
    key: str
    fingerprint: str
    make: MakeRequest
