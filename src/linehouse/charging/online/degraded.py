"""Answers while the database is away: by the tariff that is known, on a small allowance of trust instead of balances.

Nothing here knows what a line has left. It gets up to a limit in money, all lines of the node together up to another;
what is used of it is charged for good as soon as the database is there again, as far as the balance goes. What it does
not cover is uncollected: so the two limits are what an outage can cost.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from linehouse.charging.online.subject import TariffVersion
from linehouse.charging.values import Line
from linehouse.kernel.period import Period
from linehouse.rating.session.answers import Answer, ServiceAnswer
from linehouse.rating.session.decide import decide
from linehouse.rating.session.requests import Operation, Report, Request
from linehouse.rating.session.state import Holding, State
from linehouse.rating.session.terms import Policy, Terms
from linehouse.rating.values import Bucket, BucketKind

TRUST = "trust"
"""The one bucket that pays while nobody knows the others."""
MOVES_NOTHING = frozenset({Operation.ENQUIRE, Operation.AUTHORISE})
_SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be granted on trust, in micro-units of the line's currency: to a line, and by a node in total."""

    line: int
    total: int


@dataclass(frozen=True, slots=True)
class KnownLine:
    """What a node remembers of a line that it has charged before."""

    line: Line
    versions: tuple[TariffVersion, ...]
    policy: Policy

    @property
    def terms(self) -> Terms:
        """By what its requests are decided."""
        return Terms(tuple(version.tariff for version in self.versions), self.policy)


def to_charge(request: Request, answer: Answer) -> Request:
    """What is charged later: a debit that was granted on trust has happened, whatever can be paid of it then."""
    if request.operation not in {Operation.DEBIT_UP_TO, Operation.DEBIT_ALL}:
        return request
    granted = {one.service: one.granted or 0 for one in answer.services}
    asks = tuple(replace(ask, used=(Report(granted.get(ask.service, 0)),)) for ask in request.asks)
    return replace(request, operation=Operation.DEBIT, asks=asks)


@dataclass(slots=True)
class Trust:
    """What was granted on trust so far. ``exposure`` is what all lines together have used or may still use."""

    limits: Limits
    exposure: int = 0
    states: dict[str, State] = field(default_factory=dict)
    """Each line's holding of trust and its sessions, by the line's business key."""

    def answer(self, known: KnownLine, request: Request, now: datetime) -> Answer:
        """Answer a request on trust. The request is charged later, as it came; here it only bounds what is granted.

        A session that began before is not known: an update gets a new grant, and what it reports is charged later.
        """
        state = self._state(known)
        if request.operation in MOVES_NOTHING:
            return replace(decide(state, request, known.terms, now).answer, degraded=True)
        if request.session not in state.sessions:
            if request.operation in {Operation.FINISH, Operation.REFUND}:
                told = tuple(ServiceAnswer(service=ask.service) for ask in request.asks)
                return Answer(key=request.key, services=told, degraded=True)
            if request.operation is Operation.UPDATE:
                asks = tuple(replace(ask, used=(), totals=False, absent_is_used=False) for ask in request.asks)
                request = replace(request, operation=Operation.START, asks=asks)
        decision = decide(state, request, known.terms, now)
        before = self.exposure_of(known.line.subscription)
        self.states[known.line.subscription] = decision.state
        self.exposure += self.exposure_of(known.line.subscription) - before
        return replace(decision.answer, degraded=True)

    def exposure_of(self, line: str) -> int:
        """What a line has used or may still use, micro-units."""
        state = self.states.get(line)
        if state is None:
            return 0
        holding = state.holdings[TRUST]
        return holding.used + holding.reserved

    def _state(self, known: KnownLine) -> State:
        """The line's state, with as much trust as both limits leave."""
        name = known.line.subscription
        state = self.states.get(name) or State()
        holding = state.holdings.get(TRUST)
        used, reserved = (holding.used, holding.reserved) if holding is not None else (0, 0)
        most = min(self.limits.line, self.limits.total - (self.exposure - used - reserved))
        purse = Bucket(
            ref=TRUST,
            kind=BucketKind.MAIN,
            available=max(reserved, most - used),
            valid=Period(_SINCE_EVER),
            created_at=_SINCE_EVER,
            name="trust",
        )
        return state.with_holding(Holding(bucket=purse, asset=known.line.currency, reserved=reserved, used=used))
