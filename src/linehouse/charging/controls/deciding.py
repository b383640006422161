"""A line's controls in a decision, and what the decision did to them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from linehouse.balance.values import BucketView
from linehouse.charging.controls import policy_status
from linehouse.charging.controls.values import (
    EVER,
    CapRow,
    CounterRow,
    Happening,
    LineControls,
    Outcome,
    Place,
)
from linehouse.kernel.period import Period
from linehouse.rating.controls import AttemptLimit, Per, SpendLimit
from linehouse.rating.controls.values import country_of
from linehouse.rating.matching import Facts
from linehouse.rating.session.answers import Answer, CutBy
from linehouse.rating.session.state import (
    Attempts,
    Bar,
    PolicyCounter,
    ServiceState,
    Session,
    SpendCap,
    State,
)
from linehouse.rating.session.view import caps_on, passes
from linehouse.rating.values import Tariff

_MS = timedelta(milliseconds=1)
_NEVER = Period(EVER, EVER)
_NO_BOUND = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a line's controls bring into a decision."""

    caps: Mapping[str, SpendCap] = field(default_factory=dict)
    counters: Mapping[str, PolicyCounter] = field(default_factory=dict)
    bars: tuple[Bar, ...] = ()
    attempts: Mapping[str, Attempts] = field(default_factory=dict)
    open_zones: frozenset[str] = frozenset()

    def into(self, state: State) -> State:
        """The state with them."""
        return replace(
            state,
            caps=self.caps,
            policy_counters=self.counters,
            bars=self.bars,
            attempts=self.attempts,
            open_zones=self.open_zones,
        )


def parts(line: LineControls, session: Session | None, now: datetime) -> Parts:
    """What holds at an instant. Months in which a grant of the session was made are there, too."""
    rules = line.rules
    if not (rules.limits or rules.bars or rules.attempts or rules.counters or line.caps or line.counters):
        return Parts()
    instants = {now}
    if session is not None:
        instants |= {one.granted_at or one.event.started_at for one in session.services.values()}
    return Parts(
        caps={cap.key: cap for cap in _caps(line, instants, now)},
        counters={one.key: one for one in _counters(line, instants)},
        bars=tuple(Bar(key, rule.reach) for key, rule in rules.bars.items() if line.barred(key)),
        attempts={
            key: Attempts(key, rule.reach, rule.most, sum(n for _, n in _recent(line, rule.key, rule.minutes, now)))
            for key, rule in rules.attempts.items()
            if line.young(rule.first_days, now)
        },
        open_zones=rules.open_zones,
    )


def _caps(line: LineControls, instants: set[datetime], now: datetime) -> Iterator[SpendCap]:
    met = set()
    for key, rule in line.rules.limits.items():
        amount, hard = line.limit(key)
        if amount is None or not line.young(rule.first_days, now):
            continue
        for row, valid in _rows(line, rule, instants):
            met.add(row.name)
            spent = row.spent
            if rule.per is Per.ROLLING:
                spent = sum(more for _, more in _recent(line, key, rule.minutes, now))
            yield SpendCap(
                key=row.name,
                limit=amount,
                spent=spent,
                reserved=row.reserved,
                vat=line.vat if rule.without_vat else None,
                consented=row.consented_at is not None and not hard,
                reach=rule.reach,
                valid=valid,
            )
    for row in line.caps.values():
        if row.reserved and row.name not in met:
            # The limit is off meanwhile: what was reserved in it is only released.
            yield SpendCap(key=row.name, limit=_NO_BOUND, spent=row.spent, reserved=row.reserved, valid=_NEVER)


def _rows(line: LineControls, rule: SpendLimit, instants: set[datetime]) -> Iterator[tuple[CapRow, Period | None]]:
    if rule.per is Per.ROLLING:
        yield line.caps.get(rule.key, CapRow(key=rule.key)), None
        return
    for valid in {line.period(rule.per, instant) for instant in instants}:
        empty = CapRow(key=rule.key, starts=valid.start, ends=valid.end)
        yield line.caps.get(empty.name, empty), valid


def _counters(line: LineControls, instants: set[datetime]) -> Iterator[PolicyCounter]:
    met = set()
    for key, rule in line.rules.counters.items():
        for valid in {line.period(rule.per, instant) for instant in instants}:
            empty = CounterRow(key=key, starts=valid.start, ends=valid.end)
            row = line.counters.get(empty.name, empty)
            met.add(row.name)
            yield PolicyCounter(
                key=row.name,
                unit=rule.unit,
                thresholds=rule.thresholds,
                counted=row.used,
                open=row.open,
                reach=rule.reach,
                valid=valid,
            )
    for row in line.counters.values():
        if row.open and row.name not in met:
            yield PolicyCounter(key=row.name, unit="", thresholds=(), counted=row.used, open=row.open, valid=_NEVER)


def _recent(line: LineControls, key: str, minutes: int, now: datetime) -> tuple[tuple[int, int], ...]:
    """What of a rolling cap, or of attempts, still counts."""
    since = _millis(now) - minutes * 60_000
    row = line.caps.get(key)
    return () if row is None else tuple((at, amount) for at, amount in row.recent if at > since)


def _millis(instant: datetime) -> int:
    return (instant - EVER) // _MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision as the controls look at it."""

    subscription_id: UUID
    line: LineControls
    before: State
    after: State
    session_before: Session | None
    session: Session
    answer: Answer | None
    tariff: Tariff
    buckets: tuple[BucketView, ...]
    """As they are after it."""
    now: datetime


def outcome(made: Decided) -> tuple[LineControls, Outcome]:
    """The controls after a decision, and what is to be kept and told of it."""
    line = made.line
    happenings: list[Happening] = []
    caps = {row.name: row for row in _changed_caps(made)}
    for row in _attempted(made):
        caps[row.name] = row
    for row, happening in _told(made, caps):
        caps[row.name] = row
        happenings.append(happening)
    happenings += _refused(made)
    counters = {row.name: row for row in _changed_counters(made)}
    place = _arrived(made)
    if place is not None and place.country != line.rules.home:
        happenings.append(_welcome(made, place))
    after = replace(
        line,
        caps={**line.caps, **caps},
        counters={**line.counters, **counters},
        place=place if place is not None else line.place,
    )
    status = policy_status.changes(
        line.statuses, policy_status.statuses(after, made.buckets, made.now), f"usage:{made.session.id}"
    )
    if status:
        after = replace(after, statuses={**after.statuses, **{one.now.key: one.now for one in status}})
    return after, Outcome(
        subscription_id=made.subscription_id,
        caps=tuple(caps.values()),
        counters=tuple(counters.values()),
        statuses=status,
        place=place,
        happenings=tuple(happenings),
    )


def _rolls(line: LineControls, key: str) -> SpendLimit | None:
    rule = line.rules.limits.get(key)
    return rule if rule is not None and rule.per is Per.ROLLING else None


def _changed_caps(made: Decided) -> Iterator[CapRow]:
    for name, cap in made.after.caps.items():
        before = made.before.caps[name]
        if (cap.spent, cap.reserved) == (before.spent, before.reserved):
            continue
        row = made.line.caps.get(name) or _empty(name, cap)
        more = cap.spent - before.spent
        rule = _rolls(made.line, row.key)
        if rule is not None:
            recent = _recent(made.line, row.key, rule.minutes, made.now)
            if more:
                recent = _with_minute(recent, _millis(made.now), more)
            row = replace(row, recent=recent)
        yield replace(row, spent=row.spent + more, reserved=cap.reserved)


def _with_minute(recent: tuple[tuple[int, int], ...], at: int, more: int) -> tuple[tuple[int, int], ...]:
    """With an amount; what lies in one minute is one entry, as of its last instant, so that it never counts short."""
    if recent and recent[-1][0] // 60_000 == at // 60_000:
        return (*recent[:-1], (at, recent[-1][1] + more))
    return (*recent, (at, more))


def _empty(name: str, cap: SpendCap) -> CapRow:
    if cap.valid is None:
        return CapRow(key=name)
    return CapRow(key=name.partition("@")[0], starts=cap.valid.start, ends=cap.valid.end)


def _changed_counters(made: Decided) -> Iterator[CounterRow]:
    for name, counter in made.after.policy_counters.items():
        before = made.before.policy_counters[name]
        if (counter.counted, counter.open) == (before.counted, before.open):
            continue
        row = made.line.counters.get(name)
        if row is None:
            if counter.valid is None:
                continue
            row = CounterRow(key=name.partition("@")[0], starts=counter.valid.start, ends=counter.valid.end)
        yield replace(row, used=counter.counted, open=counter.open)


def _fresh(made: Decided) -> Iterator[tuple[str, ServiceState]]:
    """Services that began with this request."""
    known = made.session_before.services if made.session_before is not None else {}
    for name, service in made.session.services.items():
        before = known.get(name)
        if before is None or (before.granted_at is None and not before.used):
            yield name, service


def _attempted(made: Decided) -> Iterator[CapRow]:
    """An attempt counts when it was let through, answered or not."""
    if not made.before.attempts:
        return
    let = {one.service for one in made.answer.services if one.granted} if made.answer is not None else set()
    made_at = _millis(made.now)
    for key, rule in made.line.rules.attempts.items():
        begun = sum(1 for name, service in _fresh(made) if name in let and _reaches(made, rule, service))
        if begun and key in made.before.attempts:
            recent = (*_recent(made.line, key, rule.minutes, made.now), (made_at, begun))
            yield replace(made.line.caps.get(key, CapRow(key=key)), recent=recent)


def _reaches(made: Decided, rule: AttemptLimit, service: ServiceState) -> bool:
    facts = Facts.of(made.tariff, service.event)
    return rule.reach.covers(facts) and not passes(facts, made.line.rules.open_zones)


def _told(made: Decided, changed: Mapping[str, CapRow]) -> Iterator[tuple[CapRow, Happening]]:
    """Notices that are due: a share of the limit is spent, or the limit stops usage."""
    stopped = _stopping(made)
    for name in {**changed, **dict.fromkeys(stopped)}:
        cap = made.after.caps.get(name)
        row = changed.get(name) or made.line.caps.get(name) or (_empty(name, cap) if cap is not None else None)
        if cap is None or row is None:
            continue
        due = notice_due(made.subscription_id, made.line, cap, row, made.tariff, stopped=name in stopped)
        if due is not None:
            yield replace(row, told=due[0]), due[1]


def notice_due(
    subscription_id: UUID, line: LineControls, cap: SpendCap, row: CapRow, tariff: Tariff, *, stopped: bool
) -> tuple[int, Happening] | None:
    """The share of a limit that the customer is to be told now, and the telling; None: nothing new."""
    rule = line.rules.limits.get(row.key)
    if rule is None or rule.per is Per.ROLLING or cap.consented:
        return None
    bound = cap.bound(tariff)
    reached = 100 if stopped or not bound else cap.spent * 100 // bound
    percent = max((one for one in rule.notices if one <= reached), default=0)
    if percent <= row.told:
        return None
    facts: dict[str, str | int] = {
        "limit": row.key,
        "percent": percent,
        "amount": cap.limit,
        "spent": cap.spent,
        "currency": tariff.currency,
        "starts": row.starts.isoformat(),
    }
    return percent, Happening(what="limit", once=f"{subscription_id}:{row.name}:{percent}", facts=facts)


def _stopping(made: Decided) -> set[str]:
    """Caps because of which a service gets nothing: what is left is less than the next block costs."""
    told = made.answer.services if made.answer is not None else ()
    cut = {one.service for one in told if one.cut_by is CutBy.SPEND_CAP and not one.granted}
    found = set()
    for name in cut:
        service = made.session.services.get(name)
        if service is None:
            continue
        rooms = {
            cap.key: room
            for cap in caps_on(made.after, service, made.tariff, made.now)
            if (room := cap.room(made.tariff)) is not None
        }
        least = min(rooms.values(), default=0)
        found |= {key for key, room in rooms.items() if room == least}
    return found


def _refused(made: Decided) -> Iterator[Happening]:
    """Attempts and rolling limits that refused something: for whoever looks after fraud, once in each window."""
    if made.answer is None:
        return
    for one in made.answer.services:
        service = made.session.services.get(one.service)
        if service is None or one.cut_by not in (CutBy.ATTEMPTS, CutBy.SPEND_CAP):
            continue
        facts = Facts.of(made.tariff, service.event)
        rules: Mapping[str, AttemptLimit | SpendLimit] = (
            made.line.rules.attempts
            if one.cut_by is CutBy.ATTEMPTS
            else {
                key: rule
                for key, rule in made.line.rules.limits.items()
                if rule.per is Per.ROLLING and (key in made.after.caps)
            }
        )
        for key, rule in rules.items():
            if rule.reach.covers(facts):
                window = _millis(made.now) // (rule.minutes * 60_000)
                yield Happening(
                    what="refused",
                    once=f"{made.subscription_id}:{key}:{window}",
                    facts={"limit": key, "why": one.cut_by.value},
                )


def _arrived(made: Decided) -> Place | None:
    """Where a session began, when that is another country than before."""
    if made.session_before is not None or not made.line.rules.home:
        return None
    place = made.line.place
    for service in made.session.services.values():
        country = country_of(service.event)
        if country and country != place.country and (place.country or country != made.line.rules.home):
            plmn = service.event.serving_plmn
            return Place(country=country, plmn=str(plmn) if plmn is not None else "", device=place.device)
    return None


def _welcome(made: Decided, place: Place) -> Happening:
    return Happening(
        what="arrived",
        once=f"{made.subscription_id}:{place.country}:{made.session.id}",
        facts={"country": place.country, "plmn": place.plmn, "at": made.now.isoformat()},
    )
