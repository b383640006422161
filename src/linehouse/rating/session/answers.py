"""What the bucket function answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from linehouse.kernel.money import Money


class Refusal(StrEnum):
    """Why a service gets nothing. Doors put it into their protocol's code; reported usage is debited all the same."""

    CREDIT_LIMIT = "credit-limit"
    """Neither allowances nor money, or not enough for all of it."""
    DENIED = "denied"
    """The tariff, or an allowance that does not let money be asked, forbids it."""
    UNRATED = "unrated"
    """No rule prices it; usage that was reported waits in suspense."""
    UNKNOWN_SESSION = "unknown-session"
    """No such session is open. Usage that was reported is settled once."""
    KEY_REUSED = "key-reused"
    """The key was used for another content. Nothing moved; somebody should look."""
    INVALID = "invalid"
    """Negative usage, or usage that no meter counts."""
    NOTHING_TO_REFUND = "nothing-to-refund"
    """It took nothing, or was given back before."""


class Action(StrEnum):
    """What the network does when a final grant is used up."""

    TERMINATE = "terminate"
    REDIRECT = "redirect"
    RESTRICT = "restrict"


class CutBy(StrEnum):
    """Why less was granted than was wanted."""

    MONEY = "money"
    """Money and allowances go no further. Final."""
    ALLOWANCE = "allowance"
    """An allowance is used up and does not let money be asked. Final."""
    RULE = "rule"
    """From there the tariff forbids it, or has no rule. Final."""
    SPEND_CAP = "spend-cap"
    """Final until the cap is raised or consent is given."""
    BAR = "bar"
    """The line has this usage barred."""
    ATTEMPTS = "attempts"
    """Too many of this kind began within a short time."""
    CEILING = "price-ceiling"
    MAXIMUM = "maximum"
    """The event's maximum, which disconnects."""
    POLICY = "policy-threshold"
    """Not final: at the threshold the network is told, and asks again."""
    SWITCH = "tariff-switch"
    """Not final: time is granted up to the next tariff switch."""
    VERSION = "tariff-version"


FINAL_CUTS = frozenset(CutBy) - {CutBy.POLICY, CutBy.SWITCH, CutBy.VERSION}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAnswer:
    """The answer for one service.

    ``granted`` (base units) is what may be used before the next report, or what a one-shot debit debited; None: nothing
    was asked for. ``validity`` is when to ask again at the latest, ``threshold`` how much before the end of the grant.
    ``tariff_change`` is the instant from which volume and events are to be counted apart. ``cost`` is the event's price
    so far; ``charged`` what this request debited in money, negative when it gave back; ``reserved`` is
    the money that is kept for the grant. ``uncollected`` could not be debited, ``loss`` lay above a spend cap,
    ``blocked`` (base units) was used though nobody could pay for it, ``unrated`` (base units) waits in suspense.
    ``throttle`` names the policy counter of an allowance that is used up.
    """

    service: str
    refusal: Refusal | None = None
    granted: int | None = None
    final: bool = False
    action: Action | None = None
    redirect_to: str = ""
    cut_by: CutBy | None = None
    validity: timedelta | None = None
    threshold: int | None = None
    tariff_change: datetime | None = None
    cost: Money | None = None
    charged: int = 0
    reserved: int = 0
    uncollected: int = 0
    loss: int = 0
    blocked: int = 0
    unrated: int = 0
    throttle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a request, service by service; ``refusal`` when the request as a whole is refused.

    ``degraded``: it was given on trust, while balances could not be asked.
    """

    key: str
    services: tuple[ServiceAnswer, ...] = ()
    refusal: Refusal | None = None
    degraded: bool = False

    @property
    def only(self) -> ServiceAnswer:
        """The answer of a request with one service."""
        (one,) = self.services
        return one
