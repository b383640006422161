"""Prices against the packs of the law: every dated row of a clause against the days on which a price holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from linehouse.kernel.money import MICROS, Money
from linehouse.kernel.quantity import Quantity
from linehouse.rating.lint.findings import Finding
from linehouse.rating.lint.law_probes import asked_numbers, bound_rules, bound_usage, compared_with, comparison
from linehouse.rating.price import price
from linehouse.rating.regulation import Between, Bound, Clause, Limit, Pack, clauses_of
from linehouse.rating.values import PaidBy, Rule, Tariff, TaxMode, UsageType, Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose law, on which days: ``home`` is the brand's country, ``today`` the day from which a price would count."""

    packs: tuple[Pack, ...]
    home: str
    tax_rate: Fraction
    today: date
    wholesale: bool = False


def lawful(tariff: Tariff, asked: Asked) -> Iterator[Finding]:
    """What clauses find: prices above a cap, prices where nothing may be asked, prices above what they must equal.

    A row that begins later than today is told with its day, as a warning; one that has ended is not asked.
    """
    between = Between.NETWORKS if asked.wholesale else Between.CONSUMERS
    known = set()
    for pack, clause in clauses_of(asked.packs):
        known.add(clause.key)
        if clause.between is not between or pack.currency != tariff.currency:
            continue
        for limit in clause.limits:
            begins = max(limit.start, asked.today)
            if limit.end is not None and limit.end <= begins:
                continue
            match clause.bound:
                case Bound.CAP:
                    yield from _capped(tariff, asked, clause, limit, begins)
                case Bound.FREE:
                    yield from _free(tariff, asked, clause, begins)
                case Bound.LIKE:
                    yield from _like(tariff, asked, clause, begins)
    for rule in tariff.rules if asked.packs else ():
        if rule.regulated and rule.regulated not in known:
            message = f"{rule.name} names {rule.regulated}, a clause of no pack that binds the brand"
            yield Finding("unknown-clause", rule.key, message)


def _told(clause: Clause, begins: date, asked: Asked, rule: str, message: str, *, free: bool = False) -> Finding:
    source = f"{clause.name}: {clause.source}"
    if begins > asked.today:
        return Finding("cap-ahead", rule, f"{message} from {begins} on ({source})")
    refused, shown = ("must-be-free", "should-be-free") if free else ("over-cap", "over-cap-unless")
    return Finding(refused if clause.refuses else shown, rule, f"{message} ({source})")


def _capped(tariff: Tariff, asked: Asked, clause: Clause, limit: Limit, begins: date) -> Iterator[Finding]:
    for rule in bound_rules(tariff, clause, asked.home, begins):
        valid = rule.valid
        first = max(begins, valid.start.astimezone(tariff.time_zone).date()) if valid is not None else begins
        if limit.end is not None and limit.end <= first:
            continue
        if clause.same_at_home and _same_at_home(tariff, rule, clause, asked):
            continue
        for fault in _faults(tariff, rule, clause, limit, asked.tax_rate):
            yield _told(clause, first, asked, rule.key, f"{rule.name}: {fault}")


def _faults(tariff: Tariff, rule: Rule, clause: Clause, limit: Limit, tax_rate: Fraction) -> Iterator[str]:
    """What is wrong with the rule's price under one row: per unit, per event, or in what it counts."""
    asked = rule.price
    if asked is None or not asked.steps:
        return
    tax = _tax(tariff, clause, tax_rate)
    per_unit = max(Fraction(step.price * limit.unit, step.unit) for step in asked.steps)
    fees = sum(fee.micros for fee in (asked.connect, asked.finish) if fee is not None)
    fees += max(step.flat for step in asked.steps)
    unit = rule.conditions.usage_types[0].unit if rule.conditions.usage_types else clause.usage_types[0].unit
    counted = Quantity(limit.unit, unit).human()
    most = Fraction(limit.amount) * MICROS * tax if limit.amount is not None else None
    most_each = Fraction(limit.each) * MICROS * tax if limit.each is not None else None
    if most is not None and per_unit > most:
        found, bound = _money(per_unit, tariff), _money(most, tariff)
        yield f"{found} for {counted}, the law allows {bound}"
    elif most is not None and asked.minimum is not None and asked.minimum > most and most_each is None:
        yield f"at least {_money(Fraction(asked.minimum), tariff)}, the law allows {_money(most, tariff)} for {counted}"
    if fees and most_each is None:
        yield f"{_money(Fraction(fees), tariff)} besides, where the law allows a price per unit only"
    elif fees and not clause.fees and per_unit:
        yield f"{_money(Fraction(fees), tariff)} besides a price for {counted}, where the law allows one of both"
    elif most_each is not None and fees > most_each:
        yield f"{_money(Fraction(fees), tariff)} for each, the law allows {_money(most_each, tariff)}"
    if clause.fees and fees and per_unit and most_each is not None:
        bound_each = asked.maximum
        if bound_each is None or bound_each > most_each:
            yield f"fees and a price for {counted} may sum to more than {_money(most_each, tariff)}"
    longest = max(step.block for step in asked.steps)
    if clause.block is not None and per_unit and longest > clause.block:
        allowed = Quantity(clause.block, unit).human()
        yield f"charged in blocks of {Quantity(longest, unit).human()}, the law allows {allowed}"


def _tax(tariff: Tariff, clause: Clause, tax_rate: Fraction) -> Fraction:
    """By what an amount of the clause is multiplied to be compared with a price of the tariff."""
    gross = tariff.tax_mode is TaxMode.GROSS
    if gross == clause.tax_included:
        return Fraction(1)
    return 1 + tax_rate if gross else 1 / (1 + tax_rate)


def _same_at_home(tariff: Tariff, rule: Rule, clause: Clause, asked: Asked) -> bool:
    """Whether what the rule asks for is what the same asks at home."""
    any_pair = False
    for mine, other in comparison(tariff, rule, clause, asked.home):
        ours, theirs = price(tariff, mine), price(tariff, other)
        if ours.verdict is not theirs.verdict or ours.exact != theirs.exact:
            return False
        any_pair = True
    return any_pair


def _free(tariff: Tariff, asked: Asked, clause: Clause, begins: date) -> Iterator[Finding]:
    if clause.to is None:
        return
    for event in asked_numbers(tariff, clause, asked.home, begins):
        answer = price(tariff, event)
        shown = event.other_party
        if answer.verdict is Verdict.PRICED and answer.exact:
            rule = _own_rule(tariff, answer.parts[0].rule if answer.parts else "")
            yield _told(clause, begins, asked, rule, f"a call to {shown} costs {answer.total}", free=True)
        elif answer.verdict is Verdict.BLOCKED and clause.to.short_codes:
            yield _told(clause, begins, asked, "", f"a call to {shown} is barred", free=True)
        elif answer.verdict is Verdict.UNRATED and tariff.fallback is None and clause.to.short_codes:
            message = f"no zone knows {shown}: a call to it would wait in suspense"
            yield Finding("should-be-free", "", f"{message} ({clause.name}: {clause.source})")


def _like(tariff: Tariff, asked: Asked, clause: Clause, begins: date) -> Iterator[Finding]:
    """One finding for each rule by which something costs more than what it must not exceed."""
    told: set[str] = set()
    at_home: dict[tuple[UsageType, int], Fraction | None] = {}
    for event in bound_usage(tariff, clause, asked.home, begins):
        ours = price(tariff, event)
        if ours.verdict is not Verdict.PRICED:
            continue
        rule = next((part for part in ours.parts if part.paid_by is PaidBy.MONEY), None)
        # What a fallback asks is that tariff's own affair.
        if rule is None or rule.tariff != tariff.label or rule.rule in told:
            continue
        same = (event.usage_type, event.quantity)
        if same not in at_home:
            theirs = [price(tariff, other) for other in compared_with(tariff, clause, event, asked.home, begins)]
            known = [one.exact for one in theirs if one.verdict in (Verdict.PRICED, Verdict.FREE)]
            at_home[same] = Fraction(max(known)) if known else None
        most = at_home[same]
        if most is not None and ours.exact > most:
            told.add(rule.rule)
            other = _money(most, tariff)
            message = f"{rule.rule_name}: {event.used.human()} cost {ours.total}, at home they cost {other}"
            yield _told(clause, begins, asked, rule.rule, message)


def _own_rule(tariff: Tariff, key: str) -> str:
    return key if any(rule.key == key for rule in tariff.rules) else ""


def _money(micros: Fraction | int, tariff: Tariff) -> Money:
    return Money(micros.numerator // micros.denominator, tariff.currency)
