"""Quotes: the first bill of an order, computed by the functions that compute the bill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from linehouse.billing.charges import Due, difference, due
from linehouse.billing.cycles import next_cycle_start
from linehouse.billing.invoice import Draft, DraftLine, draft
from linehouse.billing.tax import RateTotal
from linehouse.billing.values import AccountFacts, ChargeTerms, Cut, CutKind, SubscriptionCharge
from linehouse.catalog.values import DueOn, FirstBill
from linehouse.kernel.money import Money
from linehouse.kernel.period import local_date


@dataclass(frozen=True, slots=True)
class QuoteItem:
    """Something to be ordered: ``reference`` tells one item from another, ``terms`` are its prices."""

    reference: str
    terms: tuple[ChargeTerms, ...]
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Quote:
    """What the order's first bill will hold if everything starts at ``at``, and when that bill is due to be made."""

    at: datetime
    first_bill_on: date
    draft: Draft

    @property
    def lines(self) -> tuple[DraftLine, ...]:
        """The lines of the first bill."""
        return self.draft.lines

    @property
    def totals(self) -> tuple[RateTotal, ...]:
        """Tax per rate."""
        return self.draft.totals

    @property
    def net(self) -> Money:
        """Without tax."""
        return self.draft.net

    @property
    def tax(self) -> Money:
        """The tax."""
        return self.draft.tax

    @property
    def gross(self) -> Money:
        """Tax included: what the first bill asks for."""
        return self.draft.gross


def first_cut(first_bill: FirstBill, start: date, cycle_day: int) -> Cut:
    """The cut of the first bill of a charge that begins on ``start``."""
    if first_bill is FirstBill.AT_START:
        return Cut(start + timedelta(days=1), CutKind.OFF_CYCLE)
    return Cut(next_cycle_start(start, cycle_day), CutKind.CYCLE)


def quote(items: Sequence[QuoteItem], account: AccountFacts, at: datetime) -> Quote:
    """The first bill of these items. Raises CurrencyOfAccount, UnknownTaxRate, MixedTaxModes."""
    start = local_date(at, account.zone)
    owed: list[Due] = []
    bills = {first_cut(FirstBill.WITH_NEXT, start, account.cycle_day).until}
    for item in items:
        for number in range(1, item.quantity + 1):
            name = item.reference if item.quantity == 1 else f"{item.reference}.{number}"
            for terms in item.terms:
                if terms.due_on is DueOn.TERMINATION:
                    continue
                if terms.first_bill is FirstBill.AT_START:
                    bills.add(start)
                cut = first_cut(terms.first_bill, start, account.cycle_day)
                owed += due(SubscriptionCharge(name, terms, start), account, cut)
    return Quote(at, min(bills), draft(account, difference(owed, ()).entries))
