"""What is due, less what was billed: the difference is new entries.

``due`` describes everything that a charge owes up to a cut, from its beginning. ``difference`` compares that with the
entries that exist and answers with charges for days that were never billed and reversals for days that were billed and
are not owed. Billing again finds no difference; a termination, a back-dated change or a missed run heals itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

from linehouse.billing.cycles import periods
from linehouse.billing.errors import CurrencyOfAccount, ReversalTooLarge, TooManyLines
from linehouse.billing.minimum import Shortfall, shortfall
from linehouse.billing.proration import counted_days, exact_price, share, to_minor
from linehouse.billing.values import (
    ONE_DAY,
    AccountFacts,
    ChargeTerms,
    Cut,
    CutKind,
    EntryKey,
    SubscriptionCharge,
)
from linehouse.catalog.values import EndDay, Parts, PriceKind, Prorate
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.rating.values.period_charges import Reading

MAX_ENTRIES_PER_CHARGE = 60
"""Safety bound: more new entries than this for one charge in one bill is refused, and a person looks."""


@dataclass(frozen=True, slots=True)
class Due:
    """A charge owes for ``covered`` of ``full``: its price by days, or what is ``missing`` to a minimum."""

    charge: SubscriptionCharge
    full: DatePeriod
    covered: DatePeriod
    missing: Shortfall | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One billable fact. A reversal has a negative amount and names the revision that it takes back.

    ``exact`` is in micro-units before the rounding to ``amount``; ``tax_code`` is set once a document has taxed it,
    and a reversal carries the code of its origin.
    """

    key: EntryKey
    terms: ChargeTerms
    covered: DatePeriod
    exact: Fraction
    amount: Money
    reverses: int | None = None
    tax_code: str = ""
    explanation: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_reversal(self) -> bool:
        """Whether it takes back what an earlier entry charged."""
        return self.reverses is not None


@dataclass(frozen=True, slots=True)
class Difference:
    """New entries to write; ``beyond`` lists corrections older than the look-back bound: shown, not billed."""

    entries: tuple[Entry, ...]
    beyond: tuple[Entry, ...] = ()


def due(charge: SubscriptionCharge, account: AccountFacts, cut: Cut, used: Sequence[Reading] = ()) -> Iterator[Due]:
    """Everything that the charge owes up to the cut, from its beginning, in order.

    ``used`` is what the subscription's rated usage comes to (micro-units, at the instants when it began): a minimum
    asks for it. Raises CurrencyOfAccount.
    """
    terms = charge.terms
    if terms.price.currency != account.currency:
        raise CurrencyOfAccount(
            f"{charge.subscription} is charged in {terms.price.currency}",
            field="currency",
            value=terms.price.currency,
            expected=account.currency,
        )
    end = charge.end
    if end is not None and terms.end_day is EndDay.INCLUDED and terms.kind is PriceKind.RECURRING:
        end += timedelta(days=1)
    if charge.start >= cut.until or (end is not None and end <= charge.start):
        return
    if terms.length is None:
        day = DatePeriod(charge.start, charge.start + timedelta(days=1))
        yield Due(charge, day, day)
        return
    # An advance period that begins on the cut belongs to a cycle bill; one billed in arrears must have ended.
    last_start = cut.until if cut.kind is CutKind.CYCLE else cut.until - timedelta(days=1)
    for period in periods(charge.start, end, terms.length, terms.anchor, account.cycle_day, last_start):
        covered = period.covered
        if terms.prorate is Prorate.NONE:
            covered = DatePeriod(covered.start, period.full.end)
        if terms.in_advance or period.covered.end <= cut.until:
            missing = None
            if terms.minimum_of is not None:
                missing = shortfall(terms, period.full, covered, used, account.zone)
            yield Due(charge, period.full, covered, missing)


def difference(owed: Iterable[Due], billed: Sequence[Entry], look_back: date | None = None) -> Difference:
    """The entries that turn what was billed into what is owed.

    ``billed`` are the existing entries of the same subscriptions. Raises ReversalTooLarge, TooManyLines.
    """
    history: dict[tuple[str, str, DatePeriod], list[Entry]] = {}
    for entry in billed:
        history.setdefault((entry.key.subscription, entry.key.charge, entry.key.period), []).append(entry)
    targets = {(item.charge.subscription, item.charge.key, item.full): item for item in owed}
    entries: list[Entry] = []
    for place in sorted(history.keys() | targets.keys(), key=lambda k: (k[0], k[2].start, k[1], k[2].end)):
        entries += _settle(targets.get(place), sorted(history.get(place, ()), key=lambda e: e.key.revision))
    for name, of_charge in groupby(entries, key=lambda e: (e.key.subscription, e.key.charge)):
        if (count := sum(1 for _ in of_charge)) > MAX_ENTRIES_PER_CHARGE:
            raise TooManyLines(
                f"{name[0]} has {count} new entries for {name[1]}",
                field="entries",
                value=count,
                expected=f"at most {MAX_ENTRIES_PER_CHARGE}",
            )
    if look_back is None:
        return Difference(tuple(entries))
    return Difference(
        tuple(e for e in entries if e.covered.end > look_back), tuple(e for e in entries if e.covered.end <= look_back)
    )


def _settle(target: Due | None, history: Sequence[Entry]) -> list[Entry]:
    if target is not None and target.missing is not None:
        return _settle_minimum(target, target.missing, history)
    wanted = _days(target.covered) if target else set()
    standing: set[date] = set()
    for entry in history:
        standing = standing - _days(entry.covered) if entry.is_reversal else standing | _days(entry.covered)
    revision = history[-1].key.revision + 1 if history else 0
    new: list[Entry] = []
    for run in _runs(standing - wanted):
        for reversal in _reversals(run, history, revision):
            new.append(reversal)
            revision += 1
    if target is not None:
        for run in _runs(wanted - standing):
            new.append(_charge(target, run, revision, (*history, *new)))
            revision += 1
    return new


def _settle_minimum(target: Due, missing: Shortfall, history: Sequence[Entry]) -> list[Entry]:
    """One amount for all days: where usage came late, was rated again or has fewer days, it is charged anew."""
    standing: set[date] = set()
    for entry in history:
        standing = standing - _days(entry.covered) if entry.is_reversal else standing | _days(entry.covered)
    billed = sum(entry.amount.micros for entry in history)
    if billed == missing.amount.micros and (not billed or standing == _days(target.covered)):
        return []
    revision = history[-1].key.revision + 1 if history else 0
    new: list[Entry] = []
    for run in _runs(standing):
        new += _reversals(run, history, revision + len(new))
    if missing.amount:
        new.append(_charge_missing(target, missing, revision + len(new)))
    return new


def _charge_missing(target: Due, missing: Shortfall, revision: int) -> Entry:
    charge, covered = target.charge, target.covered
    explanation = {**_terms_of(target, covered), **missing.facts}
    key = EntryKey(charge.subscription, charge.key, target.full, revision)
    return Entry(key, charge.terms, covered, missing.exact, missing.amount, None, "", explanation)


def _charge(target: Due, covered: DatePeriod, revision: int, before: Sequence[Entry]) -> Entry:
    terms = target.charge.terms
    length = terms.length or ONE_DAY
    exact = exact_price(terms.price, share(covered, target.full, terms.prorate, length))
    amount = to_minor(exact, terms.price.currency)
    if terms.parts is Parts.CUMULATIVE and before:
        amount = to_minor(exact + sum((e.exact for e in before), Fraction(0)), terms.price.currency)
        for entry in before:
            amount -= entry.amount
    explanation = _terms_of(target, covered)
    if terms.kind is PriceKind.ONE_TIME:
        explanation = {"price": str(terms.price)}
    key = EntryKey(target.charge.subscription, target.charge.key, target.full, revision)
    return Entry(key, terms, covered, exact, amount, None, "", explanation)


def _terms_of(target: Due, covered: DatePeriod) -> dict[str, str]:
    terms = target.charge.terms
    counted, whole = counted_days(covered, target.full, terms.prorate, terms.length or ONE_DAY)
    return {"price": str(terms.price), "days": str(counted), "of_days": str(whole), "prorate": terms.prorate.value}


def _reversals(run: DatePeriod, history: Sequence[Entry], revision: int) -> Iterator[Entry]:
    """Take the days of the run back from the entries that charged them, the latest first."""
    open_days = _days(run)
    for origin in sorted((e for e in history if not e.is_reversal), key=lambda e: -e.key.revision):
        taken = [e for e in history if e.reverses == origin.key.revision]
        left_days = _days(origin.covered).difference(*(_days(e.covered) for e in taken))
        left = Money(origin.amount.micros + sum(e.amount.micros for e in taken), origin.amount.currency)
        for part in _runs(left_days & open_days):
            open_days -= _days(part)
            exact, amount = _taken_back(origin, part, left, part.days == len(left_days))
            left += amount
            left_days -= _days(part)
            explanation = {
                "reverses": str(origin.key),
                "charged": str(origin.amount),
                "days": str(part.days),
                "of_days": str(origin.covered.days),
            }
            key = EntryKey(origin.key.subscription, origin.key.charge, origin.key.period, revision)
            yield Entry(key, origin.terms, part, exact, amount, origin.key.revision, origin.tax_code, explanation)
            revision += 1


def _taken_back(origin: Entry, part: DatePeriod, left: Money, all_of_it: bool) -> tuple[Fraction, Money]:
    """(exact, amount), both negative: the part's share of what was charged; the last part takes what is left."""
    if all_of_it:
        return Fraction(-left.micros), -left
    terms = origin.terms
    length = terms.length or ONE_DAY
    weight = share(part, origin.key.period, terms.prorate, length) / share(
        origin.covered, origin.key.period, terms.prorate, length
    )
    exact = -origin.amount.micros * weight
    amount = to_minor(exact, origin.amount.currency)
    if -amount > left:
        raise ReversalTooLarge(
            f"reversing {part.start}..{part.end} of {origin.key} needs {-amount}",
            field="amount",
            value=str(-amount),
            expected=f"at most {left}",
        )
    return exact, amount


def _days(period: DatePeriod) -> set[date]:
    return {period.start + timedelta(days=n) for n in range(period.days)}


def _runs(days: set[date]) -> list[DatePeriod]:
    """The days as unbroken periods, in order."""
    runs: list[DatePeriod] = []
    for day in sorted(days):
        if runs and runs[-1].end == day:
            runs[-1] = DatePeriod(runs[-1].start, day + timedelta(days=1))
        else:
            runs.append(DatePeriod(day, day + timedelta(days=1)))
    return runs
