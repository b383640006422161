"""Examples for a tariff: one event for each of its rules, with what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from linehouse.catalog.cgrates.bands import Band
from linehouse.catalog.cgrates.prices import PriceText
from linehouse.catalog.cgrates.rules import RuleText
from linehouse.catalog.cgrates.tariff_file import Keyed
from linehouse.kernel.quantity import Unit
from linehouse.rating.service import event_in_words, price
from linehouse.rating.values import Tariff, UsageType, Verdict

MOST = 60
"""So many examples a tariff gets at most."""
_WEEK = 7
_LONGEST_SEARCH = 800
_MOST_TEXT = 25_000


def sentences(tariff: Tariff, rules: Sequence[Keyed], since: date) -> Iterator[str]:
    """An example for each rule that an event can reach, and for each of its bands."""
    number = 0
    for one, words in _all(rules, since):
        if number == MOST:
            return
        priced = price(tariff, event_in_words(words, tariff))
        reached = priced.parts and priced.parts[0].rule == one.key
        if not reached or priced.verdict not in {Verdict.PRICED, Verdict.FREE}:
            continue
        number += 1
        free = priced.verdict is Verdict.FREE
        yield f"{words} is free" if free else f"{words} costs {priced.total.text}"


def _all(rules: Sequence[Keyed], since: date) -> Iterator[tuple[Keyed, str]]:
    for one in rules:
        for band in one.rule.bands or (None,):
            words = _words(one.rule, band, since)
            if words is not None:
                yield one, words


def _words(rule: RuleText, band: Band | None, since: date) -> str | None:
    when = _when(rule, band, since)
    if when is None:
        return None
    kind = " mms" if rule.usage is UsageType.MMS else ""
    to = "" if rule.usage is UsageType.DATA else f" to {rule.zones[0].key if rule.zones else 'unknown'}"
    return f"{_quantity(rule.timed.price)}{kind}{to}{when}"


def _quantity(price_text: PriceText) -> str:
    """Into the last step, where increments that have begun show."""
    unit, last = price_text.usage.unit, price_text.steps[-1]
    if unit is Unit.MESSAGE:
        return f"{last.start + 1} sms"
    if unit is Unit.OCTET:
        return f"{last.start + 10 * last.block} B"
    some = 25_000 if last.block <= _MOST_TEXT else last.block + 1_000
    amount = last.start + some
    return f"{amount // 1_000} s" if amount % 1_000 == 0 else f"{amount} ms"


def _when(rule: RuleText, band: Band | None, since: date) -> str | None:
    """The first day on which the rule counts, and a clock at which it does."""
    first = rule.start or since
    for place in range(_LONGEST_SEARCH):
        day = first + timedelta(days=place)
        if rule.end is not None and day >= rule.end:
            return None
        if band is None:
            return f" on {day}" if rule.start else ""
        clock = _clock(band, day)
        if clock is not None:
            soon = day < since + timedelta(days=_WEEK)
            return f" at {clock // 60:02d}:{clock % 60:02d} on {f'{day:%A}' if soon else day}"
    return None


def _clock(band: Band, day: date) -> int | None:
    if band.only_dates and day not in band.only_dates:
        return None
    if day in band.dates:
        return 12 * 60
    if day in band.exceptions:
        return None
    for hours in band.hours:
        if day.weekday() in hours.weekdays:
            return hours.start + min(60, (hours.end - hours.start) // 2)
    return None
