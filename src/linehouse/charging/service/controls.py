"""A line's limits, bars and policy counters: seen, set, and agreed to go on above."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linehouse.balance import service as balance
from linehouse.charging import controls_store as store
from linehouse.charging.controls import policy_status
from linehouse.charging.controls.rows import of_row
from linehouse.charging.controls.values import CapRow, LineControls, Setting, SettingKind, StatusRow
from linehouse.charging.errors import ControlRefused, ControlUnknown, SubscriberUnknown
from linehouse.charging.events import ControlChanged, LimitConsented
from linehouse.charging.models import CapConsent, LineControl
from linehouse.charging.ports import tax_rate
from linehouse.charging.service.lines import Tariffs, lines_of
from linehouse.charging.service.spent import spent_before
from linehouse.charging.values import Line
from linehouse.kernel.error import Invalid
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.platform.clock.service import business_now
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.rating.controls import Per, SetBy
from linehouse.rating.values import TaxMode

_LATE = timedelta(days=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitView:
    """A limit of a line: its amount (None: off), what is spent and reserved of it now, in the period that ends then.

    ``own``: the line has an amount of its own. ``without_vat``: the amount is one without VAT, while what is spent
    contains it; ``bound`` is the amount as what is spent is counted.
    """

    key: str
    name: str
    amount: Money | None
    bound: Money | None
    spent: Money
    reserved: Money
    without_vat: bool
    own: bool
    hard: bool
    consent: bool
    consented_at: datetime | None
    starts: datetime | None
    ends: datetime | None
    rolling: int
    set_by: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Whole percent that is spent."""
        return 0 if self.bound is None or not self.bound.micros else self.spent.micros * 100 // self.bound.micros


@dataclass(frozen=True, slots=True, kw_only=True)
class BarView:
    """A bar of a line."""

    key: str
    name: str
    on: bool
    own: bool
    set_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterView:
    """A policy counter of a line: what was used of it in the period, and its status."""

    key: str
    name: str
    used: str
    status: StatusRow
    turbo_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """That a customer agreed to go on above a limit, and what shows it."""

    key: str
    name: str
    given_at: datetime
    starts: datetime
    channel: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlsView:
    """Everything about one line."""

    subscription: str
    limits: tuple[LimitView, ...]
    bars: tuple[BarView, ...]
    counters: tuple[CounterView, ...]
    consents: tuple[ConsentView, ...]
    changes: tuple[dict[str, Any], ...]
    country: str


def controls_of_line(subscription_id: UUID, language: str = "en") -> ControlsView:
    """A line's limits, bars and counters as they stand. Raises SubscriberUnknown."""
    now = business_now()
    line, controls = _line(subscription_id, now)
    consents = CapConsent.objects.filter(subscription_id=subscription_id).order_by("-given_at")[:50]
    held = balance.buckets_of(subscription_id, now)
    return ControlsView(
        subscription=line.subscription,
        limits=tuple(_limit_view(controls, line, key, now, language) for key in controls.rules.limits),
        bars=tuple(
            BarView(
                key=key,
                name=_said(rule.name, language),
                on=controls.barred(key),
                own=controls.setting(SettingKind.BAR, key) is not None,
                set_by=tuple(rule.set_by),
            )
            for key, rule in controls.rules.bars.items()
        ),
        counters=tuple(
            _counter_view(controls, one, now, language) for one in policy_status.statuses(controls, held, now)
        ),
        consents=tuple(
            ConsentView(
                key=one.key,
                name=_said(controls.rules.limits[one.key].name, language)
                if one.key in controls.rules.limits
                else one.key,
                given_at=one.given_at,
                starts=one.starts,
                channel=one.channel,
                evidence=one.evidence,
            )
            for one in consents
        ),
        changes=tuple(store.status_changes(subscription_id, 20)),
        country=controls.place.country,
    )


def set_limit(
    subscription_id: UUID,
    key: str,
    *,
    amount: Money | None,
    on: bool = True,
    hard: bool = False,
    by: SetBy = SetBy.CARE,
    actor: Actor,
    reason: str,
) -> None:
    """Give a line a limit of its own; no amount: the brand's, and not ``on``: none. ``hard``: nobody can agree to go on
    above it. Raises SubscriberUnknown, ControlUnknown, ControlRefused, Invalid."""
    with unit_of_work(actor, reason) as work:
        line, controls = _line(subscription_id, work.now, hold=True)
        rule = controls.rules.limits.get(key)
        if rule is None:
            raise _unknown("limit", key, tuple(controls.rules.limits))
        _may(by, rule.set_by, "limit", key)
        if amount is not None and (amount.currency != line.currency or amount.micros <= 0):
            raise Invalid(
                f"a limit is an amount of {line.currency} above zero",
                field="amount",
                value=str(amount),
                expected=f"50.00 {line.currency}",
            )
        if on and amount is None and rule.amount is None:
            raise Invalid(f"{key} has no amount of the brand's", field="amount", expected=f"50.00 {line.currency}")
        kept = Setting(
            kind=SettingKind.LIMIT, key=key, on=on, amount=None if amount is None else amount.micros, hard=hard
        )
        was_off = controls.limit(key)[0] is None
        _keep(line, kept, by, work)
        if on and was_off and rule.per is not Per.ROLLING:
            valid = controls.period(rule.per, work.now)
            row = CapRow(key=key, starts=valid.start, ends=valid.end)
            known = controls.caps.get(row.name, row)
            # Sessions that are open reserve in it with their next report.
            store.put_caps([(subscription_id, replace(known, spent=spent_before(line, controls, key, valid)))])


def set_bar(subscription_id: UUID, key: str, *, on: bool, by: SetBy = SetBy.CARE, actor: Actor, reason: str) -> None:
    """Bar usage of a line, or open it. Raises SubscriberUnknown, ControlUnknown, ControlRefused."""
    with unit_of_work(actor, reason) as work:
        line, controls = _line(subscription_id, work.now, hold=True)
        rule = controls.rules.bars.get(key)
        if rule is None:
            raise _unknown("bar", key, tuple(controls.rules.bars))
        _may(by, rule.set_by, "bar", key)
        _keep(line, Setting(kind=SettingKind.BAR, key=key, on=on), by, work)


def set_turbo(subscription_id: UUID, counter: str, *, lasts: timedelta, actor: Actor, reason: str) -> datetime:
    """Lift what a policy counter slows, for a time; returns when it ends. Raises SubscriberUnknown, ControlUnknown."""
    if not timedelta(0) < lasts <= timedelta(days=31):
        raise Invalid("a turbo lasts up to 31 days", field="lasts", value=str(lasts), expected="such as 1 h")
    with unit_of_work(actor, reason) as work:
        line, controls = _line(subscription_id, work.now, hold=True)
        if counter not in controls.rules.counters:
            raise _unknown("policy counter", counter, tuple(controls.rules.counters))
        until = work.now + lasts
        _keep(line, Setting(kind=SettingKind.TURBO, key=counter, until=until), SetBy.CARE, work)
        return until


def consent(subscription_id: UUID, key: str, *, channel: str, evidence: str, actor: Actor) -> None:
    """The customer agrees to go on above a limit until its period ends; what shows it is kept.

    Given again in the same period nothing changes. Raises SubscriberUnknown, ControlUnknown, ControlRefused, Invalid.
    """
    for name, text in (("channel", channel), ("evidence", evidence)):
        if not text.strip():
            raise Invalid(
                f"an agreement needs its {name}",
                field=name,
                value=text,
                expected="by what way it was said, and what shows it",
            )
    with unit_of_work(actor, "the customer agreed to go on above a limit") as work:
        line, controls = _line(subscription_id, work.now, hold=True)
        rule = controls.rules.limits.get(key)
        if rule is None:
            raise _unknown("limit", key, tuple(controls.rules.limits))
        amount, hard = controls.limit(key)
        if hard or rule.per is Per.ROLLING:
            raise ControlRefused(
                "nobody can agree to go on above this limit", field="limit", value=key, expected="another amount"
            )
        if amount is None:
            raise ControlRefused("this limit is off", field="limit", value=key, expected="a limit that is on")
        valid = controls.period(rule.per, work.now)
        row = CapRow(key=key, starts=valid.start, ends=valid.end)
        known = controls.caps.get(row.name, row)
        if known.consented_at is not None:
            return
        CapConsent.objects.create(
            id=new_id(),
            subscription_id=subscription_id,
            customer_id=line.customer_id,
            key=key,
            starts=valid.start,
            given_at=work.now,
            channel=channel.strip(),
            evidence=evidence.strip(),
            spent=known.spent,
            created_at=work.now,
            changed_at=work.now,
        )
        store.put_consent(subscription_id, row, work.now)
        store.ask_again(subscription_id, f"consent:{key}", work.now)
        emit(
            LimitConsented(
                subscription_id=subscription_id,
                subscription=line.subscription,
                customer_id=line.customer_id,
                limit=key,
                channel=channel.strip(),
                spent=known.spent,
                currency=line.currency,
                starts=valid.start,
                ends=valid.end or valid.start,
            )
        )


def _line(subscription_id: UUID, now: datetime, *, hold: bool = False) -> tuple[Line, LineControls]:
    line = lines_of([subscription_id]).get(subscription_id)
    if line is None:
        raise SubscriberUnknown(
            "there is no such line", field="line", value=str(subscription_id), expected="the number of a plan product"
        )
    if hold:
        store.hold_lines([subscription_id])
    [row] = store.read([subscription_id], now - _LATE)
    return line, of_row(row, line, store.rules_at(now), now, tax_rate)


def _keep(line: Line, wanted: Setting, by: SetBy, work: Work) -> None:
    known = LineControl.objects.filter(
        subscription_id=line.subscription_id, kind=wanted.kind.value, key=wanted.key
    ).first()
    row = known or LineControl(
        id=new_id(), subscription_id=line.subscription_id, kind=wanted.kind.value, key=wanted.key, created_at=work.now
    )
    row.is_on, row.amount, row.hard, row.until = wanted.on, wanted.amount, wanted.hard, wanted.until
    row.set_by, row.changed_at = by.value, work.now
    row.save()
    store.ask_again(line.subscription_id, f"{wanted.kind.value}:{wanted.key}", work.now)
    emit(
        ControlChanged(
            subscription_id=line.subscription_id,
            subscription=line.subscription,
            customer_id=line.customer_id,
            kind=wanted.kind.value,
            key=wanted.key,
            on=wanted.on,
            amount=wanted.amount,
            by=by.value,
        )
    )


def _may(by: SetBy, allowed: tuple[SetBy, ...], what: str, key: str) -> None:
    if by not in allowed:
        raise ControlRefused(
            f"this {what} is not set by {by.value}", field=what, value=key, expected=f"set by {', '.join(allowed)}"
        )


def _unknown(what: str, key: str, known: tuple[str, ...]) -> ControlUnknown:
    return ControlUnknown(f"there is no {what} {key!r}", field=what, value=key, expected=", ".join(sorted(known)))


def _said(name: Any, language: str) -> str:
    return str(name.get(language) or name.get("en") or next(iter(name.values()), ""))


def _limit_view(controls: LineControls, line: Line, key: str, now: datetime, language: str) -> LimitView:
    rule = controls.rules.limits[key]
    amount, hard = controls.limit(key)
    rolling = rule.per is Per.ROLLING
    row = CapRow(key=key)
    if not rolling:
        valid = controls.period(rule.per, now)
        row = CapRow(key=key, starts=valid.start, ends=valid.end)
    row = controls.caps.get(row.name, row)
    spent = row.spent
    if rolling:
        since = int((now - timedelta(minutes=rule.minutes)).timestamp()) * 1000
        spent = sum(more for at, more in row.recent if at > since)
    own = controls.setting(SettingKind.LIMIT, key)
    gross = rule.without_vat and _mode(line) is TaxMode.GROSS
    bound = None if amount is None else int(amount * (1 + controls.vat)) if gross else amount
    return LimitView(
        key=key,
        name=_said(rule.name, language),
        amount=None if amount is None else Money(amount, line.currency),
        bound=None if bound is None else Money(bound, line.currency),
        spent=Money(spent, line.currency),
        reserved=Money(row.reserved, line.currency),
        without_vat=rule.without_vat,
        own=own is not None,
        hard=hard,
        consent=not hard and amount is not None and not rolling,
        consented_at=row.consented_at,
        starts=None if rolling else row.starts,
        ends=row.ends,
        rolling=rule.minutes,
        set_by=tuple(rule.set_by),
    )


def _mode(line: Line) -> TaxMode:
    found = Tariffs().at(line.tariff_key, business_now()) if line.tariff_key else None
    return found.tariff.tax_mode if found is not None else TaxMode.GROSS


def _counter_view(controls: LineControls, status: StatusRow, now: datetime, language: str) -> CounterView:
    rule = controls.rules.counters[status.key]
    start = controls.period(rule.per, now).start
    used = sum(row.used for row in controls.counters.values() if row.key == status.key and row.starts == start)
    turbo = controls.setting(SettingKind.TURBO, status.key)
    until = turbo.until if turbo is not None and turbo.until is not None and turbo.until > now else None
    return CounterView(
        key=status.key,
        name=_said(rule.name, language),
        used=Quantity(used, Unit(rule.unit)).human(),
        status=status,
        turbo_until=until,
    )
