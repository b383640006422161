"""What a request charged, as records: one for each service of which something was assigned or given back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import NAMESPACE_URL, UUID, uuid5

from linehouse.balance.values import BucketView
from linehouse.charging.decision import Decided, Taken, TariffInForce
from linehouse.charging.online.effects import BucketChange
from linehouse.charging.online.subject import Subject
from linehouse.charging.values import Line
from linehouse.kernel.copies import changed
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.buckets import verdict_of
from linehouse.rating.matching import Facts
from linehouse.rating.service import Cost, cost_of
from linehouse.rating.session.going import changed_parts
from linehouse.rating.session.state import ServiceState, Session
from linehouse.rating.values import Consumption, FeePart, Part, Priced, Tariff, UsageEvent
from linehouse.usage.values import NormalisedUsage, PartyKind, ServingNetwork

SOURCE = "online"


@dataclass(frozen=True, slots=True)
class OnlineRecord:
    """A decided record, and what it costs the brand."""

    decided: Decided
    cost: Cost


def session_uuid(session: str) -> UUID:
    """The session in the place where records name the file that they came in."""
    return uuid5(NAMESPACE_URL, f"linehouse:session:{session}")


def records(
    subject: Subject,
    before: Session | None,
    after: Session,
    key: str,
    changed: Sequence[BucketChange],
    period: date,
) -> Iterator[OnlineRecord]:
    """The records of one request (or of the lapse) named ``key``, in the order of the session's services."""
    late = {change.before.ref: change.late for change in changed if change.late}
    for place, (name, service) in enumerate(after.services.items()):
        then = (before.services.get(name) if before is not None else None) or ServiceState(event=service.event)
        moved = _more(then.debited, service.debited)
        if moved or service.used != then.used or _sums(service) != _sums(then):
            yield _record(subject, _Told(after.id, name, key, place, period), then, service, moved, late)


def _more(then: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    """What each figure has grown by (or shrunk)."""
    return {name: more for name in {**then, **now} if (more := now.get(name, 0) - then.get(name, 0))}


def _sums(service: ServiceState) -> tuple[int, int]:
    return service.walk.total, service.walk.uncollected


@dataclass(frozen=True, slots=True)
class _Told:
    session: str
    service: str
    key: str
    place: int
    period: date

    @property
    def record_key(self) -> str:
        return f"{SOURCE}:{self.session}:{self.service}:{self.key}"


def _record(
    subject: Subject,
    told: _Told,
    then: ServiceState,
    service: ServiceState,
    moved: Mapping[str, int],
    late: dict[str, int],
) -> OnlineRecord:
    event = changed(service.event, quantity=service.used - then.used)
    instant = service.event.started_at
    if then.used > 0 and event.usage_type.unit is Unit.MILLISECOND:
        instant += timedelta(milliseconds=then.used)
    undone, new = changed_parts(then.shown, service.shown)
    tariff = _tariff_of(subject, new, instant)
    version = subject.version_of(tariff)
    units = {ref for ref, view in subject.buckets.items() if not view.is_money}
    consumption = Consumption(
        priced=_priced(tariff, event, then, service, (*map(_undone, undone), *new)),
        unit_takes={ref: amount for ref, amount in moved.items() if ref in units},
        money_takes={ref: amount for ref, amount in moved.items() if ref not in units},
        uncollected=service.walk.uncollected - then.walk.uncollected,
        blocked=service.walk.blocked - then.walk.blocked,
        throttled=service.walk.throttled - then.walk.throttled,
        counted=_more(then.walk.counted, service.walk.counted),
    )
    decided = Decided(
        _usage(subject, told, event, instant),
        subject.line,
        event,
        TariffInForce(tariff, version.catalog_version),
        consumption,
        _taken(moved, subject.buckets, late, subject.line),
        told.period,
        dict(subject.counters.get(told.period, {})),
        service.loss - then.loss,
    )
    return OnlineRecord(decided, _cost(version.wholesale, tariff, then, service))


def _tariff_of(subject: Subject, new: Sequence[Part], instant: datetime) -> Tariff:
    """The version that priced the last new part, else the one in force."""
    for version in subject.versions:
        if new and version.tariff.label == new[-1].tariff:
            return version.tariff
    return subject.terms.tariff_at(instant)


def _priced(
    tariff: Tariff, event: UsageEvent, then: ServiceState, service: ServiceState, parts: tuple[Part, ...]
) -> Priced:
    facts = Facts.of(tariff, event)
    fees = _new_fees(then.walk.fees, service.walk.fees)
    exact = sum((part.amount for part in parts), Fraction(0)) + sum((fee.amount for fee in fees), Fraction(0))
    return Priced(
        verdict=verdict_of(parts)[0],
        tariff=tariff.label,
        currency=tariff.currency,
        tax_mode=tariff.tax_mode,
        unit=event.usage_type.unit,
        quantity=event.quantity,
        number=facts.number,
        network=facts.network,
        parts=parts,
        fees=fees,
        exact=exact,
        total=Money(service.walk.total - then.walk.total, tariff.currency),
        rounding=tariff.round_to,
    )


def _undone(part: Part) -> Part:
    """A part that was taken back: the same run, with every figure the other way."""
    return changed(
        part,
        start=part.end,
        end=part.start,
        blocks=-part.blocks,
        flat=-part.flat,
        amount=-part.amount,
        taken=-part.taken,
    )


def _new_fees(then: Sequence[FeePart], now: Sequence[FeePart]) -> tuple[FeePart, ...]:
    """Fees that came, and those that went, with the sign that says so."""
    same = 0
    while same < min(len(then), len(now)) and then[same] == now[same]:
        same += 1
    return (*(FeePart(fee.kind, fee.rule, -fee.amount) for fee in then[same:]), *now[same:])


def _taken(
    moved: Mapping[str, int], views: Mapping[str, BucketView], late: dict[str, int], by: Line
) -> tuple[Taken, ...]:
    """What each bucket gave; what came of a rest that had been booked as expired is told apart."""
    found: list[Taken] = []
    for ref, amount in moved.items():
        if ref not in views:
            continue
        view = views[ref]
        open_view = changed(view, closed_at=None)
        after = min(late.get(ref, 0), max(0, amount))
        if after:
            late[ref] -= after
            found.append(Taken(view, after, None, by))
        if amount - after:
            found.append(Taken(open_view, amount - after, None, by))
    return tuple(found)


def _cost(wholesale: Tariff | None, tariff: Tariff, then: ServiceState, service: ServiceState) -> Cost:
    """What the event costs so far, less what it cost before: partial records add up to the event."""
    so_far = cost_of(wholesale, changed(service.event, quantity=service.used), tariff.currency)
    if so_far.micros is None or not then.used:
        return so_far
    before = cost_of(wholesale, changed(service.event, quantity=then.used), tariff.currency)
    return changed(so_far, micros=so_far.micros - (before.micros or 0))


def _usage(subject: Subject, told: _Told, event: UsageEvent, instant: datetime) -> NormalisedUsage:
    line = subject.line
    party = event.other_party
    kind = PartyKind.E164 if event.e164 else PartyKind.SHORT if event.short_code else PartyKind.UNKNOWN
    return NormalisedUsage(
        id=uuid5(NAMESPACE_URL, f"linehouse:{told.record_key}"),
        key=told.record_key,
        subscription_id=line.subscription_id,
        customer_id=line.customer_id,
        billing_account_id=line.account_id,
        msisdn="",
        imsi="",
        usage_type=event.usage_type,
        direction=event.direction,
        other_party=party,
        party_kind=kind if party else PartyKind.NONE,
        started_at=instant,
        utc_offset=None,
        quantity=Quantity(event.quantity, event.usage_type.unit),
        serving=ServingNetwork(event.serving_plmn, event.serving_country or ""),
        visited=False,
        apn=event.apn or "",
        event_reference=told.session,
        cause="",
        wholesale=None,
        source=SOURCE,
        source_kind=SOURCE,
        corrections=event.correction,
        file_id=session_uuid(told.session),
        position=told.place,
        reference=told.key,
    )
