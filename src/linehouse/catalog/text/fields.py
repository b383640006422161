"""Small readers that several kinds of catalog files share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from linehouse.catalog.values import PeriodLength, PeriodUnit, Texts
from linehouse.kernel.money import Money
from linehouse.kernel.period import day_start
from linehouse.rating.yaml_source import MarkedNode

_UNITS = {f"{unit}{plural}": unit for unit in PeriodUnit for plural in ("", "s")}


def texts(node: MarkedNode, languages: tuple[str, ...]) -> Texts:
    """A text in each language of the brand. Raises SourceTextInvalid for one that is missing or foreign."""
    given = node.entries()
    for language, item in given.items():
        if language not in languages:
            item.fail(f"the brand does not speak {language!r}", f"one of {', '.join(languages)}")
    for language in languages:
        if language not in given:
            node.fail(f"the text in {language!r} is missing", f"`{language}: …`")
    return {language: given[language].text() for language in languages}


def period_length(node: MarkedNode) -> PeriodLength:
    """A length such as ``1 month`` or ``30 days``. Raises SourceTextInvalid."""
    count, _, unit = node.text().partition(" ")
    if not count.isdigit() or int(count) < 1 or unit.strip() not in _UNITS:
        node.fail(f"{node.text()!r} is no length of time", "such as `1 month` or `30 days`")
    return PeriodLength(int(count), _UNITS[unit.strip()])


_CLOCK = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def duration(node: MarkedNode) -> timedelta:
    """A time by the clock such as ``3 days``, ``6 hours``, or ``none``. Raises SourceTextInvalid."""
    if node.text() == "none":
        return timedelta(0)
    count, _, unit = node.text().partition(" ")
    step = _CLOCK.get(unit.strip().removesuffix("s"))
    if not count.isdigit() or int(count) < 1 or step is None:
        node.fail(f"{node.text()!r} is no time by the clock", "such as `3 days`, `6 hours` or `30 minutes`; or `none`")
    return step * int(count)


def money(node: MarkedNode, currency: str) -> Money:
    """An amount that is not negative, in the brand's currency. Raises SourceTextInvalid."""
    return Money(node.micros(currency), currency)


def instant(node: MarkedNode, zone: ZoneInfo) -> datetime:
    """A day (its beginning in the brand's zone) or an instant with its offset. Raises SourceTextInvalid."""
    text = node.text()
    if len(text) == len("2026-11-01"):
        return day_start(node.day(), zone)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        node.fail(f"{text!r} is no day and no instant", "2026-11-01 or 2026-11-01T08:00:00+01:00")
    if found.tzinfo is None:
        node.fail(f"{text!r} does not say where", "an offset such as +01:00, or Z")
    return found.astimezone(UTC)


W = TypeVar("W", bound=StrEnum)


def one_of(given: Mapping[str, MarkedNode], key: str, words: type[W], default: W) -> W:
    """One of a closed set of words, or the default where the key is not there. Raises SourceTextInvalid."""
    return words(given[key].choice(words)) if key in given else default
