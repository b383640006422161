"""What time does by itself: reservations lapse with their validity, buckets end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from linehouse.kernel.period import Period
from linehouse.rating.session.book import Book
from linehouse.rating.session.moves import SOURCE, Move, balance_of, expired_of, move
from linehouse.rating.session.settle import settle
from linehouse.rating.session.state import Holding, State
from linehouse.rating.session.terms import Terms


@dataclass(frozen=True, slots=True)
class Passed:
    """The state after the instant, what moved, and which sessions ended because nobody reported any more."""

    state: State
    moves: tuple[Move, ...] = ()
    ended: tuple[str, ...] = ()


def due_at(state: State) -> datetime | None:
    """The next instant at which something lapses or ends."""
    marks = [
        service.until
        for session in state.sessions.values()
        for service in session.services.values()
        if service.until is not None
    ]
    marks += [
        holding.bucket.valid.end
        for holding in state.holdings.values()
        if holding.bucket.valid.end is not None and not holding.closed
    ]
    return min(marks, default=None)


def lapse(state: State, now: datetime, terms: Terms | None = None) -> Passed:
    """Release every reservation whose validity is over, and end the sessions that have none left.

    A session that nobody ended keeps what it debited: the last reported usage is its final one, and what is told of it
    later is settled as that of a session that nobody saw begin. With ``terms`` what is due at the end is debited.
    """
    moves: list[Move] = []
    ended: list[str] = []
    for session in state.sessions.values():
        late = {
            key: service
            for key, service in session.services.items()
            if service.until is not None and service.until <= now
        }
        if not late:
            continue
        book = Book(state, session.subscriber)
        services = dict(session.services)
        for key, service in late.items():
            last = service
            if terms is not None:
                settled = settle(book, service, session.subscriber, terms, (), now, final=True)
                last = settled.service
            released = book.keep_caps(book.keep(last, {}, None), {})
            services[key] = replace(book.open_policy(released, {}), granted=0)
        over = all(service.until is None for service in services.values())
        if over and session.closed_at is None:
            services = {key: replace(service, over=True) for key, service in services.items()}
            ended.append(session.id)
        changed = replace(
            session, services=services, closed_at=now if over else session.closed_at, lost=session.lost or over
        )
        state = book.state().with_session(changed)
        moves += book.moves
    return Passed(state, tuple(moves), tuple(ended))


def close(state: State, now: datetime, named: Callable[[Holding], str] = lambda h: f"{h.bucket.ref}/rest") -> Passed:
    """End buckets whose time is over: the free rest rolls over or expires; what is reserved lives on until released.

    ``named`` gives the reference of the bucket that a rest rolls over into.
    """
    moves: list[Move] = []
    for holding in state.holdings.values():
        bucket = holding.bucket
        if holding.closed or bucket.valid.end is None or bucket.valid.end > now:
            continue
        free = holding.available or 0
        carried = bucket.rollover.of(free) if bucket.rollover is not None else 0
        if carried and bucket.rollover is not None and bucket.available is not None:
            ref = named(holding)
            lasts = bucket.rollover.lasts
            end = bucket.valid.end
            rest = replace(
                bucket,
                ref=ref,
                available=carried,
                valid=Period(end, None if lasts is None else end + lasts),
                created_at=end,
                rollover=None,
            )
            moves += move(balance_of(bucket.ref), balance_of(ref), carried, holding.asset)
            state = state.with_holding(Holding(bucket=rest, asset=holding.asset, members=holding.members))
            bucket = replace(bucket, available=bucket.available - carried)
        if bucket.available is not None:
            moves += move(balance_of(bucket.ref), expired_of(bucket.ref), free - carried, holding.asset)
        state = state.with_holding(replace(holding, bucket=bucket, closed=True))
    return Passed(state, tuple(moves))


def pass_time(state: State, now: datetime, terms: Terms | None = None) -> Passed:
    """Everything that is due up to the instant, in due order; reservations lapse before buckets end."""
    moves: list[Move] = []
    ended: list[str] = []
    while (due := due_at(state)) is not None and due <= now:
        for passed in (first := lapse(state, due, terms), close(first.state, due)):
            state = passed.state
            moves += passed.moves
            ended += passed.ended
    return Passed(state, tuple(moves), tuple(ended))


def grant(state: State, holding: Holding) -> Passed:
    """A new bucket, or more in a known one."""
    ref = holding.bucket.ref
    known = state.holdings.get(ref)
    amount = holding.bucket.available or 0
    if known is not None and known.bucket.available is not None:
        holding = replace(known, bucket=replace(known.bucket, available=known.bucket.available + amount))
    return Passed(state.with_holding(holding), move(SOURCE, balance_of(ref), amount, holding.asset))
