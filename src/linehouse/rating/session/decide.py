"""The bucket function: one request in, the answer, the moves, the new assignments and the new state out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linehouse.kernel.copies import changed
from linehouse.kernel.money import Money
from linehouse.rating.buckets import consume
from linehouse.rating.burn_order import in_burn_order
from linehouse.rating.session.answers import Action, Answer, Refusal, ServiceAnswer
from linehouse.rating.session.book import Book
from linehouse.rating.session.going import changed_parts, go_on
from linehouse.rating.session.grant import Sized, size
from linehouse.rating.session.moves import Move
from linehouse.rating.session.refund import refund
from linehouse.rating.session.requests import Ask, Operation, Report, Request
from linehouse.rating.session.settle import reports_of, settle
from linehouse.rating.session.settled import Settled
from linehouse.rating.session.state import Answered, ServiceState, Session, State
from linehouse.rating.session.terms import Terms
from linehouse.rating.session.view import buckets_for
from linehouse.rating.values import Part, UsageEvent, Verdict

_SINGLE = frozenset({Operation.DEBIT, Operation.DEBIT_UP_TO, Operation.DEBIT_ALL})
_MOVES_NOTHING = frozenset({Operation.ENQUIRE, Operation.AUTHORISE})


@dataclass(frozen=True, slots=True)
class Assignment:
    """A part of an event that was assigned, or was taken back: position from – to, rule and version, bucket, amount."""

    session: str
    service: str
    part: Part
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided: the answer, what moves, what was assigned, and the state after it."""

    answer: Answer
    state: State
    moves: tuple[Move, ...] = ()
    assignments: tuple[Assignment, ...] = ()


def decide(state: State, request: Request, terms: Terms, now: datetime, *, remember: bool = True) -> Decision:
    """Decide one request. Nothing is read or written; the caller makes the new state durable and then sends the answer.

    A request whose key was answered before gets the stored answer, and nothing moves; with another content under the
    key it is refused. ``remember`` False: the caller knows what it answered, and the session need not. Never raises on
    data.
    """
    if request.operation in _MOVES_NOTHING:
        return Decision(answer=_told(state, request, terms, now), state=state)
    session = state.sessions.get(request.session)
    fingerprint = request.fingerprint if remember else None
    if session is not None and fingerprint is not None and (before := session.answered.get(request.key)) is not None:
        if before.fingerprint == fingerprint:
            return Decision(answer=before.answer, state=state)
        return Decision(answer=Answer(key=request.key, refusal=Refusal.KEY_REUSED), state=state)
    deciding = _Deciding(state, request, session, terms, now)
    return deciding.go(fingerprint)


def _told(state: State, request: Request, terms: Terms, now: datetime) -> Answer:
    session = state.sessions.get(request.session)
    services = []
    for ask in request.asks:
        service = _service(session, ask)
        if request.operation is Operation.ENQUIRE:
            services.append(_enquiry(ask, terms))
        else:
            services.append(_grant_answer(ask, size(state, service, request.subscriber, terms, ask, now), terms))
    return Answer(key=request.key, services=tuple(services))


def _enquiry(ask: Ask, terms: Terms) -> ServiceAnswer:
    """What it would cost with money alone."""
    service = ServiceState(event=ask.event)
    quantity = ask.want if ask.want is not None else sum(one.amount for one in ask.used)
    going = go_on((), terms, ask.event, service.walk, 0, quantity, {})
    if going.gap:
        return ServiceAnswer(service=ask.service, refusal=Refusal.UNRATED)
    currency = terms.tariff_at(ask.event.started_at).currency
    return ServiceAnswer(service=ask.service, cost=Money(going.walk.total, currency))


def _service(session: Session | None, ask: Ask) -> ServiceState:
    known = session.services.get(ask.service) if session is not None else None
    return known if known is not None else ServiceState(event=ask.event)


def _grant_answer(ask: Ask, sized: Sized, terms: Terms) -> ServiceAnswer:
    policy = terms.policy
    unit = ask.event.usage_type.unit
    action = None
    if sized.final:
        action = Action.REDIRECT if sized.redirect_to else policy.action
    threshold = policy.threshold.get(unit)
    return ServiceAnswer(
        service=ask.service,
        refusal=sized.refusal,
        granted=sized.granted,
        final=sized.final,
        action=action,
        redirect_to=(sized.redirect_to or policy.redirect_to) if action is Action.REDIRECT else "",
        cut_by=sized.cut_by,
        validity=None if sized.refusal is not None and action is Action.TERMINATE else policy.validity,
        threshold=threshold if threshold is not None and not sized.final and sized.granted > threshold else None,
        tariff_change=sized.switch,
        reserved=sized.cost,
        throttle=sized.throttle,
    )


class _Deciding:
    """One request that may move something."""

    def __init__(self, state: State, request: Request, session: Session | None, terms: Terms, now: datetime) -> None:
        self.request = request
        self.terms = terms
        self.now = now
        self.open = session is not None and session.closed_at is None
        self.lost = not self.open and request.operation in {Operation.UPDATE, Operation.FINISH}
        self.session = session or Session(id=request.session, subscriber=request.subscriber)
        self.book = Book(state, request.subscriber)
        self.services = dict(self.session.services)
        self.assignments: list[Assignment] = []

    def go(self, fingerprint: str | None) -> Decision:
        operation = self.request.operation
        if operation is Operation.REFUND:
            answers = [self._refund(ask) for ask in self.request.asks]
        elif operation is Operation.CORRECT:
            answers = [self._corrected(ask) for ask in self.request.asks]
        elif operation in _SINGLE:
            answers = [self._single(ask) for ask in self.request.asks]
        elif self.lost:
            answers = [self._lost(ask) for ask in self.request.asks]
        else:
            answers = [self._report(ask, self._service(ask)) for ask in self.request.asks]
        if operation is Operation.FINISH:
            self._end_others({ask.service for ask in self.request.asks})
        answer = Answer(key=self.request.key, services=tuple(answers))
        answered = self.session.answered
        if fingerprint is not None:
            answered = {**answered, self.request.key: Answered(fingerprint=fingerprint, answer=answer)}
        session = changed(
            self.session,
            services=self.services,
            answered=answered,
            closed_at=self._closed_at(),
            lost=self.session.lost or self.lost,
        )
        return Decision(
            answer=answer,
            state=self.book.state().with_session(session),
            moves=tuple(self.book.moves),
            assignments=tuple(self.assignments),
        )

    def _end_others(self, told: set[str]) -> None:
        """With the session end the services that the request does not speak of."""
        for key, service in self.services.items():
            if key not in told and not service.over:
                settled = self._settle(Ask(event=service.event, service=key), service)
                self.services[key] = self._released(settled.service if settled is not None else service)

    def _closed_at(self) -> datetime | None:
        operation = self.request.operation
        if operation in {Operation.START, Operation.UPDATE} and not self.lost:
            return None
        if operation is not Operation.FINISH and self.open:
            return None
        return self.session.closed_at or self.now

    def _service(self, ask: Ask) -> ServiceState:
        return self.services.get(ask.service) or ServiceState(event=ask.event)

    def _report(self, ask: Ask, service: ServiceState) -> ServiceAnswer:
        """Debit what is reported, then reserve anew."""
        settled = self._settle(ask, service)
        if settled is None:
            return ServiceAnswer(service=ask.service, refusal=Refusal.INVALID)
        service = settled.service
        if self.request.operation is Operation.FINISH or not ask.wants:
            service = service if self._high_water else self._released(service)
            answer = ServiceAnswer(service=ask.service)
        else:
            sized = size(self.book.state(), service, self.request.subscriber, self.terms, ask, self.now)
            service = self._kept(service, sized)
            answer = _grant_answer(ask, sized, self.terms)
        self.services[ask.service] = service
        return self._with_sums(answer, settled)

    @property
    def _high_water(self) -> bool:
        return self.terms.policy.high_water and self.request.operation is not Operation.FINISH

    def _kept(self, service: ServiceState, sized: Sized) -> ServiceState:
        """A new reservation replaces the old one; at high water it is never lowered."""
        policy = self.terms.policy
        keeps, caps = dict(sized.keeps), dict(sized.keeps_caps)
        if policy.high_water:
            for ref, amount in service.reserved.items():
                keeps[ref] = max(amount, keeps.get(ref, 0))
            for key, amount in service.reserved_caps.items():
                caps[key] = max(amount, caps.get(key, 0))
        service = self.book.keep(service, keeps, self.now + policy.keeps * policy.validity)
        service = self.book.keep_caps(service, caps)
        service = self.book.open_policy(service, sized.opens)
        return changed(service, granted=sized.granted, granted_at=self.now, switch=sized.switch)

    def _released(self, service: ServiceState) -> ServiceState:
        over = self.request.operation is Operation.FINISH or self.lost
        until = None if over else self.now + self.terms.policy.keeps * self.terms.policy.validity
        service = self.book.keep_caps(self.book.keep(service, {}, until), {})
        return changed(self.book.open_policy(service, {}), granted=0, over=over or service.over)

    def _settle(self, ask: Ask, service: ServiceState) -> Settled | None:
        reports = reports_of(service, ask)
        if reports is None:
            return None
        settled = settle(
            self.book,
            service,
            self.request.subscriber,
            self.terms,
            reports,
            self.now,
            final=self.request.operation is Operation.FINISH,
        )
        self._assigned(ask, service, settled)
        return settled

    def _assigned(self, ask: Ask, before: ServiceState, settled: Settled) -> None:
        name = self.session.id, ask.service
        gone, new = changed_parts(before.shown, settled.service.shown)
        self.assignments += [Assignment(*name, part, undone=True) for part in gone]
        self.assignments += [Assignment(*name, part) for part in new]

    def _lost(self, ask: Ask) -> ServiceAnswer:
        """A session that nobody saw begin, or that is over: what it reports is settled once, and it gets nothing."""
        policy = self.terms.policy
        service = self._service(ask)
        # What nodes answered on trust comes in the order in which each of them finds the database again.
        if service.over and not (self.session.lost or self.session.degraded):
            return ServiceAnswer(service=ask.service, refusal=Refusal.UNKNOWN_SESSION)
        if not policy.settle_unknown:
            amount = sum(one.amount for one in ask.used)
            self.services[ask.service] = changed(service, unrated=service.unrated + amount)
            return ServiceAnswer(service=ask.service, refusal=Refusal.UNKNOWN_SESSION, unrated=amount)
        settled = self._settle(ask, service)
        if settled is None:
            return ServiceAnswer(service=ask.service, refusal=Refusal.INVALID)
        self.services[ask.service] = self._released(settled.service)
        told = self.request.operation is Operation.UPDATE
        answer = ServiceAnswer(service=ask.service, refusal=Refusal.UNKNOWN_SESSION if told else None)
        return self._with_sums(answer, settled)

    def _single(self, ask: Ask) -> ServiceAnswer:
        """A debit in one piece."""
        amount = sum(one.amount for one in ask.used)
        name = ask.service if ask.service not in self.services else f"{ask.service}@{self.request.key}"
        ask = changed(ask, service=name)
        service = ServiceState(event=ask.event)
        if amount < 0:
            return self._correction(ask, service, amount)
        answer = ServiceAnswer(service=name, granted=amount)
        if self.request.operation is not Operation.DEBIT:
            sized = size(self.book.state(), service, self.request.subscriber, self.terms, ask, self.now, wanted=amount)
            short = sized.granted < amount
            answer = changed(answer, granted=sized.granted, final=short, cut_by=sized.cut_by, refusal=sized.refusal)
            if short and self.request.operation is Operation.DEBIT_ALL:
                why = sized.refusal or Refusal.CREDIT_LIMIT
                return ServiceAnswer(service=name, granted=0, final=True, cut_by=sized.cut_by, refusal=why)
            amount = sized.granted
        reports = (Report(amount),) if amount else ()
        settled = settle(self.book, service, self.request.subscriber, self.terms, reports, self.now, final=True)
        self._assigned(ask, service, settled)
        self.services[name] = changed(settled.service, over=True)
        if settled.unrated:
            answer = changed(answer, refusal=Refusal.UNRATED)
        return self._with_sums(answer, settled)

    def _correction(self, ask: Ask, service: ServiceState, amount: int) -> ServiceAnswer:
        """A source that may correct: the plain price of the quantity is given back to the money that is asked last."""
        event = changed(ask.event, quantity=amount)
        tariff = self.terms.tariff_at(event.started_at)
        buckets = buckets_for(self.book.state(), service, self.request.subscriber, tariff, self.now, happened=True)
        payers = [bucket for bucket in in_burn_order(buckets) if bucket.valid.contains(event.started_at)]
        found = consume(payers, tariff, event)
        if found.priced.verdict is Verdict.UNRATED:
            return ServiceAnswer(service=ask.service, refusal=Refusal.INVALID)
        service = self.book.take(service, found.money_takes)
        self.book.unpaid(found.uncollected, 0, tariff.currency)
        self.services[ask.service] = changed(service, over=True, refunded=True)
        charged = sum(found.money_takes.values())
        return ServiceAnswer(
            service=ask.service, cost=found.priced.total, charged=charged, uncollected=found.uncollected
        )

    def _corrected(self, ask: Ask) -> ServiceAnswer:
        """The total of a service that is known, whether it is over or goes on. What was refunded stays so."""
        service = self.services.get(ask.service)
        if service is None:
            return ServiceAnswer(service=ask.service, refusal=Refusal.UNKNOWN_SESSION)
        reports = reports_of(service, changed(ask, totals=True))
        if reports is None or service.refunded:
            return ServiceAnswer(service=ask.service, refusal=Refusal.INVALID)
        settled = settle(self.book, service, self.request.subscriber, self.terms, reports, self.now, final=service.over)
        self._assigned(ask, service, settled)
        self.services[ask.service] = changed(settled.service, granted=service.granted)
        return self._with_sums(ServiceAnswer(service=ask.service), settled)

    def _refund(self, ask: Ask) -> ServiceAnswer:
        service = self.services.get(ask.service)
        if service is None or service.refunded:
            return ServiceAnswer(service=ask.service, refusal=Refusal.NOTHING_TO_REFUND)
        given = refund(self.book, service, self.request.subscriber, ask.amount, self.terms, self.now)
        if given is None:
            return ServiceAnswer(service=ask.service, refusal=Refusal.NOTHING_TO_REFUND)
        self.services[ask.service] = given.service
        self._assigned(ask, service, given)
        return self._with_sums(ServiceAnswer(service=ask.service), given)

    def _with_sums(self, answer: ServiceAnswer, settled: Settled) -> ServiceAnswer:
        currency = _currency(self.terms, settled.service.event)
        return changed(
            answer,
            cost=Money(settled.service.walk.total, currency),
            charged=settled.charged,
            uncollected=settled.uncollected,
            loss=settled.loss,
            blocked=settled.blocked,
            unrated=settled.unrated,
        )


def _currency(terms: Terms, event: UsageEvent) -> str:
    return terms.tariff_at(event.started_at).currency
