"""Refunds: at most what was debited, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from linehouse.rating.session.book import Book
from linehouse.rating.session.requests import Report
from linehouse.rating.session.settle import settle
from linehouse.rating.session.settled import Settled
from linehouse.rating.session.state import ServiceState
from linehouse.rating.session.terms import Terms


def refund(
    book: Book, service: ServiceState, subscriber: str, amount: int | None, terms: Terms, now: datetime
) -> Settled | None:
    """Give back everything, or an amount of money, from the end; None: there is nothing to give."""
    if not any(service.debited.values()):
        return None
    if amount is None:
        settled = settle(book, service, subscriber, terms, (Report(-service.used),), now, final=True)
        settled.service = replace(settled.service, refunded=True)
        return settled
    money = {ref: taken for ref, taken in service.walk.money_booked.items() if taken > 0}
    left = min(amount, sum(money.values()))
    if left <= 0:
        return None
    back: dict[str, int] = {}
    for ref in reversed(list(money)):
        back[ref] = min(left, money[ref])
        left -= back[ref]
    given = sum(back.values())
    service = book.take(service, {ref: -one for ref, one in back.items() if one})
    service = book.spend(service, {key: -min(given, spent) for key, spent in service.spent_caps.items()})
    booked = {ref: taken - back.get(ref, 0) for ref, taken in service.walk.money_booked.items()}
    walk = replace(service.walk, money_booked=booked, total=service.walk.total - given)
    return Settled(replace(service, walk=walk, refunded=True), charged=-given)
