"""A charging data request as what is asked of the bucket function: one service for each rating group, place and way.

A service of a session is named after its rating group, with its place among those of the same group where a request
has several (``10#2``: each user plane function has a quota of its own), with the network where it is used unless that
is home (``10@208-01``), and with ``!`` where usage is charged afterwards and no quota is kept for it (``10!``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linehouse.charging.online.subject import Subject
from linehouse.edge.network.nchf.messages import (
    ChargingDataRequest,
    RequestedUnit,
    UnitUsage,
    UsedUnitContainer,
)
from linehouse.edge.network.nchf.parties import (
    call_direction,
    call_peer,
    message_direction,
    message_peer,
    other_party,
)
from linehouse.edge.network.nchf.places import offset_of, place_of, place_used
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.quantity import Unit
from linehouse.rating.service import country_of_mcc
from linehouse.rating.session.requests import Ask, Operation, Report, Request, Side
from linehouse.rating.values import Direction, Tariff, UsageEvent, UsageType

NO_GROUP = -1
"""Stands for the rating group where a request has none: a message that is told without units."""
AFTER = "!"
_AT = "@"
_NTH = "#"
_ONLINE = ("", "ONLINE_CHARGING")
_MILLISECONDS = 1000
_SKEW = timedelta(minutes=5)
"""Two clocks that differ by less show the same instant: ours."""
_EARLIEST = timedelta(days=40)
"""A clock that is further behind is wrong."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of a session before this request: where each rating group was used last, and whether it is over."""

    places: Mapping[str, Plmn | None] = field(default_factory=dict)
    closed: bool = False


def service_name(group: str, place: Plmn | None, home: frozenset[Plmn], *, after: bool) -> str:
    """The name of a service; see this module."""
    where = "" if place is None or place in home else f"{_AT}{place}"
    return f"{group}{where}{AFTER if after else ''}"


def named_groups(usages: Sequence[UnitUsage]) -> list[str]:
    """The rating groups of a request by their names: ``10``, and ``10#2`` where it stands there again."""
    seen: Counter[int] = Counter()
    found = []
    for usage in usages:
        seen[usage.rating_group] += 1
        again = seen[usage.rating_group]
        found.append(f"{usage.rating_group}{_NTH}{again}" if again > 1 else str(usage.rating_group))
    return found


def group_named(service: str) -> str:
    """The rating group of a service, as it is named."""
    return service.removesuffix(AFTER).partition(_AT)[0]


def rating_group_of(service: str) -> int:
    """The rating group of a service."""
    return int(group_named(service).partition(_NTH)[0])


def _place_named(service: str) -> Plmn | None:
    where = service.removesuffix(AFTER).partition(_AT)[2]
    return Plmn.parse(where) if where else None


def remembered(services: Sequence[str], *, closed: bool) -> Remembered:
    """What the names of a session's services tell, the latest last."""
    return Remembered({group_named(one): _place_named(one) for one in services if not one.endswith(AFTER)}, closed)


def needs_memory(asked: ChargingDataRequest) -> bool:
    """Whether a later request of a session can be understood only with what is known of it."""
    if place_of(asked) is None:
        return True
    return any(_moved(one) and place_used(one) is None for usage in asked.usages for one in usage.used)


def usage_type_of(asked: ChargingDataRequest, usage: UnitUsage | None = None) -> UsageType:
    """What is used: told by the charging information, else by the units."""
    if asked.pdu is not None or asked.roaming is not None:
        return UsageType.DATA
    if asked.sms is not None:
        return UsageType.SMS
    if asked.ims is not None or asked.mmtel is not None:
        return UsageType.SMS if _is_message(asked) else UsageType.VOICE
    units = [*usage.used, usage.requested] if usage is not None else []
    told = [one for one in units if one is not None]
    if any((one.total, one.up, one.down) != (None, None, None) for one in told):
        return UsageType.DATA
    if any(one.time is not None for one in told):
        return UsageType.VOICE
    if any(one.specific is not None for one in told) or asked.nef is not None:
        return UsageType.EVENT
    return UsageType.DATA


def _is_message(asked: ChargingDataRequest) -> bool:
    event = asked.ims.event_type if asked.ims is not None else None
    method = event.get("sIPMethod") if isinstance(event, dict) else event
    return method == "MESSAGE"


def wrong_unit(asked: ChargingDataRequest, usage: UnitUsage) -> bool:
    """Whether quota is wanted in a unit in which such usage has no price: seconds of a data session, say."""
    wanted = usage.requested
    if wanted is None or wanted == RequestedUnit():
        return False
    return _amount(usage_type_of(asked, usage).unit, wanted) is None


def request_of(
    asked: ChargingDataRequest,
    operation: Operation,
    session: str,
    key: str,
    memory: Remembered,
    subject: Subject,
    now: datetime,
) -> Request:
    """The request as it is decided."""
    reading = _Reading(asked, memory, subject, now)
    if operation in (Operation.DEBIT, Operation.DEBIT_ALL):
        asks = reading.once()
    else:
        ends = operation is Operation.FINISH
        groups = zip(named_groups(asked.usages), asked.usages, strict=True)
        asks = [ask for group, usage in groups for ask in reading.asks(group, usage, ends=ends)]
    return Request(
        key=key, operation=operation, session=session, subscriber=subject.line.subscription, asks=tuple(asks)
    )


def one_time_operation(asked: ChargingDataRequest) -> Operation:
    """IEC asks before the service is delivered: all of it or nothing. PEC tells what was delivered."""
    if asked.one_time_type == "PEC":
        return Operation.DEBIT
    told = any(usage.used for usage in asked.usages)
    return Operation.DEBIT if told and asked.one_time_type != "IEC" else Operation.DEBIT_ALL


class _Reading:
    """One request of one line."""

    def __init__(self, asked: ChargingDataRequest, memory: Remembered, subject: Subject, now: datetime) -> None:
        self._asked = asked
        self._memory = memory
        self._line = subject.line
        self._at = _instant(asked, now)
        tariff = subject.terms.tariff_at(self._at)
        self._home = _home_networks(tariff)
        self._place = place_of(asked)

    def asks(self, group: str, usage: UnitUsage, *, ends: bool) -> Iterator[Ask]:
        """What is asked for one rating group: usage where it took place, then quota where the subscriber is now."""
        kind = usage_type_of(self._asked, usage)
        here = self._here(group)
        quota = service_name(group, here, self._home, after=False)
        wants = usage.requested is not None and not ends and not wrong_unit(self._asked, usage)
        reports: dict[str, tuple[Plmn | None, list[Report]]] = {}
        for place, after, report in self._reports(group, usage, kind):
            name = service_name(group, place, self._home, after=after)
            reports.setdefault(name, (place, []))[1].append(report)
        for name, (place, used) in reports.items():
            if name != quota:
                yield Ask(event=self._event(kind, usage, place), service=name, used=tuple(used), wants=False)
        if wants or quota in reports:
            used = reports[quota][1] if quota in reports else []
            want = _amount(kind.unit, usage.requested) if usage.requested is not None else None
            event = self._event(kind, usage, here)
            yield Ask(event=event, service=quota, used=tuple(used), wants=wants, want=want or None)

    def once(self) -> list[Ask]:
        """What is debited in one piece."""
        usages = self._asked.usages or [UnitUsage(NO_GROUP)]
        found = []
        for group, usage in zip(named_groups(usages), usages, strict=True):
            kind = usage_type_of(self._asked, usage)
            here = self._here(group)
            name = service_name(group, here, self._home, after=False)
            used = (Report(_once_amount(self._asked, usage, kind)),)
            found.append(Ask(event=self._event(kind, usage, here), service=name, used=used))
        return found

    def _here(self, group: str) -> Plmn | None:
        return self._place or self._memory.places.get(group)

    def _reports(self, group: str, usage: UnitUsage, kind: UsageType) -> Iterator[tuple[Plmn | None, bool, Report]]:
        """Each container's place, whether it is charged afterwards, and what was used."""
        containers = sorted(usage.used, key=lambda one: one.local_sequence)
        switches = [place for place, one in enumerate(containers) if _has(one, "TARIFF_TIME_CHANGE")]
        before = group in self._memory.places
        for number, container in enumerate(containers):
            place = place_used(container)
            if place is None:
                moved = before and (_moved(container) or self._place is None)
                place = self._memory.places[group] if moved else self._place
            side = None
            if switches:
                side = Side.BEFORE if number <= switches[-1] else Side.AFTER
            amount = _amount(kind.unit, container) or 0
            yield place, container.management not in _ONLINE, Report(amount, side)

    def _event(self, kind: UsageType, usage: UnitUsage, place: Plmn | None) -> UsageEvent:
        asked = self._asked
        direction, peer, apn, service = Direction.OUT, "", None, None
        if kind is UsageType.DATA:
            apn = asked.pdu.session.dnn if asked.pdu is not None and asked.pdu.session is not None else None
        elif asked.sms is not None:
            direction, peer = message_direction(asked.sms), message_peer(asked.sms)
        elif asked.ims is not None:
            direction, peer = call_direction(asked), call_peer(asked)
        else:
            told = next((one.service_id for one in usage.used if one.service_id is not None), None)
            service = asked.specification or (str(told) if told is not None else None)
        plmn = place or min(self._home, default=None)
        country = (country_of_mcc(place.mcc) if place is not None else None) or self._line.tax_country
        return UsageEvent(
            usage_type=kind,
            direction=direction,
            started_at=self._at,
            quantity=0,
            other_party=other_party(peer, country) if peer else "",
            serving_plmn=plmn,
            apn=apn or None,
            rating_group=usage.rating_group if usage.rating_group != NO_GROUP else None,
            service_id=service,
            utc_offset=offset_of(asked),
        )


def _once_amount(asked: ChargingDataRequest, usage: UnitUsage, kind: UsageType) -> int:
    if usage.used:
        return sum(_amount(kind.unit, one) or 0 for one in usage.used)
    wanted = _amount(kind.unit, usage.requested) if usage.requested is not None else None
    if wanted is not None:
        return wanted
    if kind is UsageType.SMS and asked.sms is not None and asked.sms.sent is not None:
        return asked.sms.sent
    return 1 if kind.unit in (Unit.MESSAGE, Unit.EVENT) else 0


def _amount(unit: Unit, told: RequestedUnit | UsedUnitContainer) -> int | None:
    """What is told in this unit. A volume without a total is what went up and what came down."""
    if unit is Unit.MILLISECOND:
        return None if told.time is None else told.time * _MILLISECONDS
    if unit is Unit.OCTET:
        if told.total is None and (told.up is not None or told.down is not None):
            return (told.up or 0) + (told.down or 0)
        return told.total
    return told.specific


def _moved(container: UsedUnitContainer) -> bool:
    return _has(container, "PLMN_CHANGE")


def _has(container: UsedUnitContainer, trigger: str) -> bool:
    return any(one.type == trigger for one in container.triggers)


def _home_networks(tariff: Tariff) -> frozenset[Plmn]:
    zone = tariff.network_zones.get("home")
    return frozenset(zone.plmns) if zone is not None else frozenset()


def _instant(asked: ChargingDataRequest, now: datetime) -> datetime:
    """When it was used: now, but for what was kept back and is told late."""
    at = asked.at
    if asked.one_time:
        told = [one.at for usage in asked.usages for one in usage.used if one.at is not None]
        told += [asked.sms.submitted] if asked.sms is not None and asked.sms.submitted is not None else []
        at = min(told, default=at)
    return at if now - _EARLIEST <= at < now - _SKEW else now
