"""Debiting usage that has happened: as far as buckets go, never decided again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from linehouse.kernel.copies import changed
from linehouse.kernel.quantity import Unit
from linehouse.rating.buckets import MAX_QUANTITY
from linehouse.rating.session.book import Book
from linehouse.rating.session.going import Going, go_on
from linehouse.rating.session.requests import Ask, Report, Side
from linehouse.rating.session.settled import Settled
from linehouse.rating.session.state import ServiceState
from linehouse.rating.session.terms import Terms
from linehouse.rating.session.view import buckets_for, caps_on, counters_on
from linehouse.rating.values import WalkState


def reports_of(service: ServiceState, ask: Ask) -> tuple[Report, ...] | None:
    """The usage since the last report; negative: less than was debited. None: what the door says makes no sense."""
    if not ask.used:
        return (Report(service.granted),) if ask.absent_is_used and service.granted else ()
    if any(not 0 <= one.amount <= MAX_QUANTITY for one in ask.used):
        return None
    if ask.totals:
        total = sum(one.amount for one in ask.used)
        # What waits in suspense was reported, too.
        more = total - service.used - service.unrated
        return (Report(more, ask.used[-1].side),) if more else ()
    return tuple(one for one in ask.used if one.amount)


def settle(
    book: Book,
    service: ServiceState,
    subscriber: str,
    terms: Terms,
    reports: tuple[Report, ...],
    now: datetime,
    *,
    final: bool,
) -> Settled:
    """Debit the reports one after the other, each by the rule in force when its grant was made.

    A report below zero gives back: assignments are undone from the end. ``final``: the event ends with the last one,
    and what is due then is due.
    """
    settled = Settled(service)
    if final and not reports and service.used:
        reports = (Report(0),)
    for place, report in enumerate(reports, 1):
        _one(settled, book, subscriber, terms, report, now, final=final and place == len(reports))
    if reports:
        settled.service = changed(book.open_policy(settled.service, {}), granted=0)
    return settled


def _one(
    settled: Settled, book: Book, subscriber: str, terms: Terms, report: Report, now: datetime, *, final: bool
) -> None:
    service = settled.service
    event = service.event
    priced_at, other = _instants(service, report)
    instant = priced_at or event.started_at
    tariff = terms.tariff_at(instant)
    state = book.state()
    buckets = buckets_for(state, service, subscriber, tariff, now, happened=True)
    to = max(0, service.used + report.amount)
    going = go_on(
        buckets,
        terms,
        event,
        service.walk,
        service.used,
        to,
        state.counters,
        priced_at=priced_at,
        or_priced_at=other,
        reported_at=now if report.side is None and service.granted_at is not None else None,
        final=final,
    )
    if going.gap:
        settled.unrated += to - going.used
        service = changed(service, unrated=service.unrated + to - going.used)
    counted_at = service.granted_at or instant
    caps = caps_on(state, service, tariff, counted_at)
    rooms = [room for cap in caps if (room := cap.room(tariff)) is not None]
    going, spared = _within(going, min(rooms)) if rooms else (going, 0)
    # What nobody paid is undone first: of that, what lay above a cap.
    undone = min(service.loss, max(0, -going.uncollected))
    loss, uncollected = spared - undone, going.uncollected + undone
    service = book.take(service, going.takes)
    service = book.spend(service, dict.fromkeys((cap.key for cap in caps), going.charge))
    book.unpaid(uncollected, loss, tariff.currency)
    book.began(going.first_used)
    book.count(going.counted)
    counting = tuple(one.key for one in counters_on(state, service, tariff, counted_at)) or service.counters
    book.count_policy(counting, to - service.used)
    parts = going.priced.parts if going.priced is not None and not going.gap else service.shown
    settled.service = changed(
        service, walk=going.walk, used=going.used, shown=parts, loss=service.loss + loss, counters=counting
    )
    settled.consumed = going
    settled.charged += going.charge
    settled.uncollected += uncollected
    settled.loss += loss
    settled.blocked += going.blocked


def _instants(service: ServiceState, report: Report) -> tuple[datetime | None, datetime | None]:
    if service.event.usage_type.unit is Unit.MILLISECOND:
        return None, None
    if report.side is Side.AFTER and service.switch is not None:
        return service.switch, None
    return service.granted_at, service.switch if report.side is Side.UNKNOWN else None


def _within(going: Going, room: int) -> tuple[Going, int]:
    """What lies above a spend cap is not debited: the bucket that would pay last is spared first."""
    excess = spared = max(0, going.charge - room)
    if not excess:
        return going, 0
    money, walk = dict(going.money), going.walk
    booked = dict(walk.money_booked)
    for ref in reversed(list(money)):
        less = min(excess, max(0, money[ref]))
        money[ref] -= less
        booked[ref] = booked.get(ref, 0) - less
        excess -= less
    shares = _shares(walk, booked)
    walk = changed(walk, money=shares, money_booked=booked, uncollected=walk.uncollected + spared)
    return changed(going, money={ref: left for ref, left in money.items() if left}, walk=walk), spared


def _shares(walk: WalkState, booked: Mapping[str, int]) -> tuple[tuple[str, Fraction], ...]:
    """Who paid what, without what was spared: from the end."""
    over: dict[str, Fraction] = {}
    for ref, amount in walk.money:
        over[ref] = over.get(ref, Fraction(0)) + amount
    over = {ref: max(Fraction(0), paid - booked.get(ref, 0)) for ref, paid in over.items()}
    kept: list[tuple[str, Fraction]] = []
    for ref, amount in reversed(walk.money):
        less = min(over[ref], amount)
        over[ref] -= less
        if amount > less:
            kept.append((ref, amount - less))
    return tuple(reversed(kept))
