"""Who is rated by what, and when: activations and fallback subjects of one category as spans of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from linehouse.catalog.cgrates.values import ANY, DEEPEST_FALLBACK, Activation, refuse
from linehouse.kernel.period import day_start


@dataclass(frozen=True, slots=True)
class Span:
    """From a day until (not including) another, None: without end, these plans are asked one after the other."""

    start: date
    end: date | None
    plans: tuple[str, ...]
    asked: tuple[str, ...]
    """The subjects whose plans these are."""


class Profiles:
    """The profiles of one tenant and category, by subject."""

    def __init__(self, rows: list[Activation], zone: ZoneInfo, since: date) -> None:
        self._zone = zone
        self._since = since
        self.by_subject: dict[str, list[Activation]] = {}
        for row in rows:
            self.by_subject.setdefault(row.subject, []).append(row)

    def spans(self, subject: str) -> list[Span]:
        """What counts for the subject from the first day on. Raises Untranslatable."""
        asked = subject if subject in self.by_subject else ANY
        return _joined(self._of(asked, self._since, None, 1))

    def _of(self, subject: str, start: date, end: date | None, depth: int) -> list[Span]:
        """The spans of ``[start, end)`` in which anything counts: before its first plan nothing does."""
        if depth > DEEPEST_FALLBACK or subject not in self.by_subject:
            return []
        found: list[Span] = []
        for begins, ends, row in self._own(subject):
            since, until = max(begins, start), _earlier(ends, end)
            if until is None or since < until:
                found += self._with_fallbacks(row, since, until, depth)
        return found

    def _with_fallbacks(self, row: Activation, start: date, end: date | None, depth: int) -> Iterator[Span]:
        spans = [Span(start, end, (row.plan,), (row.subject,))]
        for subject in row.fallbacks:
            behind = self._of(subject, start, end, depth + 1)
            spans = [piece for span in spans for piece in _followed(span, behind)]
        return iter(spans)

    def _own(self, subject: str) -> list[tuple[date, date | None, Activation]]:
        """Its activations as whole days, each until the next."""
        rows = sorted(self.by_subject[subject], key=lambda row: (row.since is not None, row.since))
        days = [self._day(row) for row in rows]
        for row, day, later in zip(rows, days, days[1:], strict=False):
            if day == later and day > self._since:
                at = row.since.isoformat() if row.since else ""
                raise refuse(row.place, "ActivationTime", at, f"{subject} gets two plans at once", "each instant once")
        spans = zip(days, [*days[1:], None], rows, strict=True)
        return [(day, later, row) for day, later, row in spans if later is None or day < later]

    def _day(self, row: Activation) -> date:
        """The local day at whose beginning the plan starts; what starts before the import is as if it always had."""
        if row.since is None or row.since <= day_start(self._since, self._zone):
            return self._since
        local = row.since.astimezone(self._zone)
        if local.replace(tzinfo=None) != datetime.combine(local.date(), datetime.min.time()):
            why = f"a price begins with a day in {self._zone.key}, and there it is {local:%H:%M:%S}"
            raise refuse(row.place, "ActivationTime", row.since.isoformat(), why, f"{_midnight(local)}, or --time-zone")
        return local.date()


def _midnight(local: datetime) -> str:
    day = local.date() + timedelta(days=1)
    return datetime.combine(day, datetime.min.time(), local.tzinfo).isoformat()


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _followed(span: Span, behind: list[Span]) -> Iterator[Span]:
    """The span, cut where what stands behind it changes."""
    edges = {span.start}
    for other in behind:
        edges |= {day for day in (other.start, other.end) if day is not None and day > span.start}
    starts = sorted(day for day in edges if span.end is None or day < span.end)
    for start, end in zip(starts, [*starts[1:], span.end], strict=True):
        now = next(
            (other for other in behind if other.start <= start and (other.end is None or start < other.end)), None
        )
        if now is None:
            yield Span(start, end, span.plans, span.asked)
        else:
            yield Span(start, end, _once(span.plans + now.plans), _once(span.asked + now.asked))


def _once(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _joined(spans: list[Span]) -> list[Span]:
    """Neighbours that ask the same put together."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        last = found[-1] if found else None
        if last is not None and last.end == span.start and last.plans == span.plans:
            found[-1] = Span(last.start, span.end, last.plans, _once(last.asked + span.asked))
        else:
            found.append(span)
    return found


def by_category(rows: list[Activation], tenant: str) -> Mapping[str, list[Activation]]:
    """The tenant's activations by category, in the order of the file."""
    found: dict[str, list[Activation]] = {}
    for row in rows:
        if row.tenant == tenant:
            found.setdefault(row.category, []).append(row)
    return found
