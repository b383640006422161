"""What stands in a cell of a deck: prefixes, rates, increments, days, marks. Each reader says what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from linehouse.catalog.deck.values import DayOrder, Mark

LONGEST = 15
"""Digits of the longest E.164 number."""
MOST_DECIMALS = 9
"""A rate is exact: below the micro-unit it is kept as the price of a thousand minutes."""
_LISTED = re.compile(r"[;,|/\n]")
_RANGE = re.compile(r"^(\d+)\s*[-–—]\s*(\d+)$")
_GROUPED = re.compile(r"^\+?\(?\d{1,4}\)?(?:[ .()]+\d+)?\)?$")
_AMOUNT = re.compile(r"^[\d.,\s']+$")
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "CHF": "CHF"}
_INCREMENTS = re.compile(
    r"^(\d{1,4})\s*(?:s|sec|seconds)?\s*(?:[/+:;-]\s*(\d{1,4})\s*(?:s|sec|seconds)?)?$", re.IGNORECASE
)
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?)?$")
_PLAIN = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?: 0?0:00(?::00)?)?$")
_NAMED = re.compile(r"^(\d{1,2})[-/. ]+([A-Za-z]{3})[a-z]*[-/. ,]+(\d{4}|\d{2})$")
_NAMED_FIRST = re.compile(r"^([A-Za-z]{3})[a-z]*[-/. ]+(\d{1,2})[, ]+(\d{4})$")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mär mrt", "apr", "may mai mei", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"), 1
    )
    for name in names.split()
}
_MARKS = {
    Mark.NEW: "new added add n neu nieuw",
    Mark.DEARER: "increase increased inc up higher i + erhöhung verhoging",
    Mark.CHEAPER: "decrease decreased dec down lower d reduction - senkung verlaging",
    Mark.SAME: "unchanged same current active nochange nochanges no change = unverändert ongewijzigd",
    Mark.BLOCKED: "blocked block barred closed suspended b gesperrt geblokkeerd",
    Mark.GONE: "deleted delete removed remove discontinued ended withdrawn entfallen vervallen",
}
_MARK_OF = {word: mark for mark, words in _MARKS.items() for word in words.split()}
BLOCKED_WORDS = frozenset(_MARKS[Mark.BLOCKED].split()) - {"b"}


class CellWrong(ValueError):
    """What stands in the cell cannot be meant. Its text is the complaint; ``expected`` is what would be right."""

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message)
        self.expected = expected


def prefixes_of(text: str, country: str = "") -> Iterator[str]:
    """The prefixes that a cell lists, ranges included, each below ``country`` where that is given."""
    head = _digits(country, "the country code") if country else ""
    for part in _LISTED.split(text):
        item = part.strip()
        if item:
            yield from _range(item, head)


def _range(item: str, head: str) -> Iterator[str]:
    found = _RANGE.match(item.replace(" ", "").removeprefix("+").removeprefix("00"))
    if found is None:
        yield _prefix(head + _digits(item, "a prefix"), item)
        return
    low, high = found[1], found[2]
    if len(high) < len(low):
        high = low[: len(low) - len(high)] + high
    if len(high) != len(low) or high < low:
        raise CellWrong(f"{item!r} is no range", "two prefixes of equal length, the lower first: 49160-49163")
    _prefix(head + low, item), _prefix(head + high, item)
    yield from (head + one for one in covering(low, high))


def covering(low: str, high: str) -> Iterator[str]:
    """The fewest prefixes for all numbers from one to the other, both included and equally long."""
    start, end, length = int(low), int(high), len(low)
    while start <= end:
        size = 0
        while size < length - 1 and start % 10 ** (size + 1) == 0 and start + 10 ** (size + 1) - 1 <= end:
            size += 1
        yield str(start).zfill(length)[: length - size]
        start += 10**size


def _digits(text: str, what: str) -> str:
    item = text.strip()
    marked = item.startswith(("+", "00"))
    bare = item.removeprefix("+")
    bare = bare.removeprefix("00")
    if not marked and re.search(r"\d\s+\d", bare) and not _GROUPED.match(bare):
        raise CellWrong(f"{item!r} may be several prefixes or one", "several divided by commas: 49151, 49152")
    digits = re.sub(r"[\s.()-]", "", bare)
    if not digits.isascii() or not digits.isdigit():
        raise CellWrong(f"{item!r} is not {what}", "digits with the country code, such as 49151 or +49 151")
    return digits


def _prefix(digits: str, item: str) -> str:
    if digits.startswith("0"):
        raise CellWrong(f"{item!r} begins with a national 0", "the country code first: 49151 for 0151 in Germany")
    if len(digits) > LONGEST:
        raise CellWrong(f"{item!r} is longer than a number can be", "at most 15 digits; several divided by commas")
    return digits


def amount_of(text: str) -> tuple[Decimal, str]:
    """An amount with point or comma, and the currency that stands beside it, if any."""
    rest, currency = text.strip(), ""
    for sign, code in _SIGNS.items():
        if sign in rest:
            rest, currency = rest.replace(sign, "").strip(), code
    if word := re.search(r"[A-Z]{3}", rest):
        rest, currency = rest.replace(word[0], "").strip(), word[0]
    if rest.startswith("-") and rest[1:].strip():
        raise CellWrong("an amount is not below zero", "0.0123 or 0,0123")
    if not _AMOUNT.match(rest) or not any(map(str.isdigit, rest)):
        raise CellWrong("this is no amount", "0.0123 or 0,0123")
    digits = _with_point(re.sub(r"[\s']", "", rest))
    if digits is None:
        raise CellWrong("this is no amount", "0.0123 or 0,0123, thousands without a mark")
    amount = Decimal(digits)
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MOST_DECIMALS:
        raise CellWrong("the amount is too fine", f"at most {MOST_DECIMALS} decimals")
    if amount >= 1_000_000:
        raise CellWrong("the amount is too large for a minute", "below 1000000")
    return amount, currency


def _with_point(text: str) -> str | None:
    """The digits with a point as decimal mark: the last of two marks is it, and one that stands once alone."""
    marks = [mark for mark in text if mark in ".,"]
    if not marks:
        return text
    last = marks[-1]
    if len(set(marks)) == 2:
        if marks.count(last) > 1:
            return None
        return text.replace("." if last == "," else ",", "").replace(",", ".")
    return text.replace(",", ".") if len(marks) == 1 else None


def increments_of(text: str) -> tuple[int, int]:
    """First and following increments in seconds: ``60/60``, ``1/1``, ``30/6``, ``60``."""
    if _ISO.match(text.strip()) or _PLAIN.match(text.strip()):
        raise CellWrong("the spreadsheet made a date of the increments", "a cell formatted as text, such as 1/1")
    found = _INCREMENTS.match(text.strip())
    if found is None:
        raise CellWrong("these are no billing increments", "seconds such as 60/60, 1/1 or 30/6")
    first = int(found[1])
    following = int(found[2]) if found[2] is not None else first
    if following <= 0 or first > 3600 or following > 3600:
        raise CellWrong("these are no billing increments", "1 to 3600 seconds, such as 60/60")
    return max(first, 1), following


def day_of(text: str, order: DayOrder) -> date:
    """A day. Raises CellWrong for no day, a time of the day, and 01/02/2026 where no order is known."""
    item = text.strip()
    try:
        if found := _ISO.match(item):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _NAMED.match(item):
            return date(_year(found[3]), _month(found[2]), int(found[1]))
        if found := _NAMED_FIRST.match(item):
            return date(int(found[3]), _month(found[1]), int(found[2]))
        if found := _PLAIN.match(item):
            one, two = int(found[1]), int(found[3])
            first = order is DayOrder.MONTH_FIRST and found[2] != "."
            if order is DayOrder.GUESS and found[2] != "." and one != two:
                raise CellWrong("day or month may stand first", "say whether days are day-first or month-first")
            return date(_year(found[4]), one if first else two, two if first else one)
    except CellWrong:
        raise
    except (ValueError, KeyError):
        raise CellWrong("there is no such day", "a day such as 2026-12-01") from None
    if _has_time(item):
        raise CellWrong("rates change when a day begins, not within it", "a day without a time: 2026-12-01")
    raise CellWrong("this is no day", "a day such as 2026-12-01 or 1 Dec 2026")


def _has_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month(text: str) -> int:
    return _MONTHS[text.lower()]


def guessed_order(texts: Iterable[str]) -> DayOrder:
    """What the days of a column tell themselves: one beyond 12 gives the order away; else it stays unknown."""
    first = second = False
    for text in texts:
        found = _PLAIN.match(text.strip())
        if found and found[2] != ".":
            first, second = first or int(found[1]) > 12, second or int(found[3]) > 12
    if first == second:
        return DayOrder.GUESS
    return DayOrder.DAY_FIRST if first else DayOrder.MONTH_FIRST


def mark_of(text: str) -> Mark:
    """What the deck says that a line is."""
    word = re.sub(r"[\s._]", "", text.strip().lower())
    mark = _MARK_OF.get(word) or _MARK_OF.get(word.split("(")[0])
    if mark is None:
        raise CellWrong("no such mark is known", ", ".join(one.value for one in Mark))
    return mark
