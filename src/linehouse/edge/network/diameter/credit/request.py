"""A credit control request read: who asks for what, service by service (RFC 8506 §3.1). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

import msgspec

from linehouse.charging.node import Who
from linehouse.charging.online.subject import Subject
from linehouse.edge.network.diameter.avp import Fields
from linehouse.edge.network.diameter.codec import Message, encoded, example
from linehouse.edge.network.diameter.credit.contexts import Context, context_of
from linehouse.edge.network.diameter.credit.identities import identities_of, who_of
from linehouse.edge.network.diameter.credit.units import (
    NATURAL,
    UnitKind,
    Wanted,
    group,
    groups,
    micros_of,
    number,
    used_of,
    wanted_of,
)
from linehouse.edge.network.diameter.credit.usage import Used, messages_of
from linehouse.edge.network.diameter.credit.usage import used_of as usage_of
from linehouse.edge.network.diameter.dictionary import AVPS
from linehouse.edge.network.diameter.results import Fault, Result
from linehouse.kernel.numbering import Plmn
from linehouse.rating.session.requests import Ask, Operation, Report, Request
from linehouse.rating.values import Tariff, UsageType

FINAL = 2
"""Reporting-Reason: the last report of a service, which gets no new quota."""
_SKEW = timedelta(minutes=5)
"""How far a gateway's clock may be from ours in a session; beyond it ours counts."""
_OLDEST = timedelta(days=40)
"""How old an event may be that a gateway kept while nobody answered."""
_SAME = (
    "CC-Request-Type",
    "Requested-Action",
    "Service-Context-Id",
    "Subscription-Id",
    "User-Name",
    "Multiple-Services-Credit-Control",
    "Requested-Service-Unit",
    "Used-Service-Unit",
    "Service-Identifier",
    "Service-Information",
    "CC-Sub-Session-Id",
)
"""What makes a request another one under the same number. The way it took and when it left again do not."""


_UNITS = ("Requested-Service-Unit", "Used-Service-Unit")


class Kind(IntEnum):
    """CC-Request-Type."""

    INITIAL = 1
    UPDATE = 2
    TERMINATION = 3
    EVENT = 4

    @property
    def letter(self) -> str:
        """As in ``CCR-I``."""
        return self.name[0]


class Action(IntEnum):
    """Requested-Action."""

    DEBIT = 0
    REFUND = 1
    CHECK_BALANCE = 2
    PRICE_ENQUIRY = 3


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a request.

    ``name`` tells it apart within its session, ``echo`` is what the answer repeats of it. ``wanted`` None: no new
    quota is asked for. ``fault``: it cannot be charged as it was asked, whoever pays.
    """

    name: str
    echo: Fields
    kind: UnitKind
    rating_group: int | None = None
    service_id: str | None = None
    wanted: Wanted | None = None
    used: tuple[Report, ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """One request."""

    session: str
    kind: Kind
    number: int
    action: Action | None
    context: Context
    who: Who
    services: tuple[Service, ...]
    multiple: bool
    used: Used
    at: datetime | None
    repeated: bool
    origin_host: str
    origin_realm: str
    refunds: str = ""
    refund: int | None = None

    @property
    def name(self) -> str:
        """How the engine knows the session."""
        return f"diameter:{self.origin_realm.lower()}:{self.session}"

    @property
    def key(self) -> str:
        """Its once-key within the session that it moves; a refund of another session's debit brings its own name."""
        return f"{self.session}:{self.number}" if self.refunds else str(self.number)

    @property
    def refunded(self) -> str:
        """The session whose debit a refund gives back."""
        return f"diameter:{self.origin_realm.lower()}:{self.refunds}" if self.refunds else self.name

    @property
    def operation(self) -> Operation:
        """What the engine is asked to do."""
        if self.kind is not Kind.EVENT:
            return _OF_KIND[self.kind]
        match self.action:
            case Action.REFUND:
                return Operation.REFUND
            case Action.CHECK_BALANCE:
                return Operation.AUTHORISE
            case Action.PRICE_ENQUIRY:
                return Operation.ENQUIRE
            case _:
                # What was used already is debited as far as it goes; what is about to be used, whole or not at all.
                reported = any(service.used for service in self.services)
                return Operation.DEBIT if reported else Operation.DEBIT_ALL


_OF_KIND = {Kind.INITIAL: Operation.START, Kind.UPDATE: Operation.UPDATE, Kind.TERMINATION: Operation.FINISH}


def read(message: Message, said: Mapping[str, Mapping[str, str]]) -> Credit:
    """Read a request that keeps to its grammar. ``said``: what the realm says of service contexts. Raises Fault."""
    fields = message.fields
    kind = Kind(message.number("CC-Request-Type") or 0)
    asked = message.number("Requested-Action")
    if kind is Kind.EVENT and asked is None:
        raise Fault(Result.MISSING_AVP, "an event has a Requested-Action", example(AVPS["Requested-Action"]))
    name = message.text("Service-Context-Id")
    context = context_of(name, said)
    if context is None:
        failed = encoded("Service-Context-Id", name)
        raise Fault(Result.RATING_FAILED, f"service context {name} is not charged here", failed)
    identities = identities_of(fields)
    if not identities:
        raise Fault(Result.MISSING_AVP, "a Subscription-Id says who is charged", example(AVPS["Subscription-Id"]))
    who = who_of(identities)
    # Open5GS and others put a Requested-Action into sessions, where it means nothing.
    action = Action(asked) if kind is Kind.EVENT and asked is not None else None
    multiple = "Multiple-Services-Credit-Control" in fields
    services = _services(fields, context.usage, multiple=multiple, kind=kind, action=action)
    stamp = message.first("Event-Timestamp")
    refund = group(group(fields, "Requested-Service-Unit") or {}, UnitKind.MONEY) if action is Action.REFUND else None
    return Credit(
        session=message.text("Session-Id"),
        kind=kind,
        number=message.number("CC-Request-Number") or 0,
        action=action,
        context=context,
        who=who,
        services=services,
        multiple=multiple,
        used=usage_of(fields, who.msisdn),
        at=stamp if isinstance(stamp, datetime) else None,
        repeated=message.is_repeated,
        origin_host=message.text("Origin-Host"),
        origin_realm=message.text("Origin-Realm"),
        refunds=_correlated(message),
        refund=micros_of(refund) if refund is not None else None,
    )


def _correlated(message: Message) -> str:
    """The session whose debit is given back, where another one than this is meant."""
    found = message.first("CC-Correlation-Id")
    text = found.decode("utf-8", "replace") if isinstance(found, bytes) else ""
    return text or message.text("Acct-Multi-Session-Id")


def _services(
    fields: Fields, usage: UsageType, *, multiple: bool, kind: Kind, action: Action | None
) -> tuple[Service, ...]:
    found: dict[str, Service] = {}
    if not multiple and kind is not Kind.EVENT and not any(name in fields for name in _UNITS):
        return ()
    for one in groups(fields, "Multiple-Services-Credit-Control") if multiple else [fields]:
        service = _service(one, usage, kind, action, number_of_messages=messages_of(fields), multiple=multiple)
        known = found.get(service.name)
        if known is not None:
            # The same service twice in one request: what was used counts, and it is answered once.
            service = Service(
                known.name,
                known.echo,
                known.kind,
                known.rating_group,
                known.service_id,
                known.wanted or service.wanted,
                known.used + service.used,
                known.fault or service.fault,
            )
        found[service.name] = service
    return tuple(found.values())


def _service(
    fields: Fields, usage: UsageType, kind: Kind, action: Action | None, *, number_of_messages: int, multiple: bool
) -> Service:
    rating_group = number(fields, "Rating-Group") if multiple else None
    identifiers = [one for one in fields.get("Service-Identifier", ()) if isinstance(one, int)]
    echo: Fields = {
        name: fields[name] for name in ("Service-Identifier", "Rating-Group") if multiple and name in fields
    }
    service_id = str(identifiers[0]) if identifiers else None
    names = [f"rg{rating_group}"] if rating_group is not None else []
    name = "/".join([*names, *(f"si{one}" for one in identifiers)]) or "default"
    reports = groups(fields, "Used-Service-Unit")
    side = number(fields, "Tariff-Change-Usage")
    used = tuple(found for one in reports if (found := used_of(one, usage, side)) is not None)
    reasons = {*fields.get("Reporting-Reason", ())}.union(*(one.get("Reporting-Reason", ()) for one in reports))
    asked = group(fields, "Requested-Service-Unit")
    wanted, fault = _wanted(asked, usage, kind, action, number_of_messages, reported=bool(used))
    if FINAL in reasons or kind is Kind.TERMINATION:
        wanted = None
    unit = wanted.kind if wanted is not None else _kind_of(reports, usage)
    return Service(name, echo, unit, rating_group, service_id, wanted, used, fault)


def _wanted(
    asked: Fields | None, usage: UsageType, kind: Kind, action: Action | None, messages: int, *, reported: bool
) -> tuple[Wanted | None, Fault | None]:
    counted = NATURAL[usage] is UnitKind.UNITS
    if asked is None:
        # An event without units is one of them, where usage comes in pieces.
        if kind is Kind.EVENT and not reported and counted and action is not Action.REFUND:
            return Wanted(UnitKind.UNITS, messages), None
        return None, None
    wanted = wanted_of(asked, usage)
    if wanted is None:
        failed = encoded("Requested-Service-Unit", asked)
        return None, Fault(Result.RATING_FAILED, f"{usage} is not charged in these units", failed)
    if wanted.amount is None and counted and kind is Kind.EVENT:
        wanted = Wanted(wanted.kind, messages)
    return wanted, None


def _kind_of(reports: list[Fields], usage: UsageType) -> UnitKind:
    for one in reports:
        wanted = wanted_of(one, usage)
        if wanted is not None:
            return wanted.kind
    return NATURAL[usage]


def fingerprint_of(message: Message) -> str:
    """A digest of what is asked."""
    fields = message.fields
    return hashlib.sha256(msgspec.json.encode([fields.get(name) for name in _SAME])).hexdigest()


def time_of(credit: Credit, now: datetime) -> datetime:
    """When it happens: the gateway's time for events, also late ones; in a session only while our clocks agree."""
    if credit.at is None:
        return now
    if credit.kind is Kind.EVENT or credit.repeated:
        return credit.at if now - _OLDEST <= credit.at <= now + _SKEW else now
    return credit.at if abs(credit.at - now) <= _SKEW else now


def request_of(credit: Credit, subject: Subject, now: datetime) -> Request:
    """The request as it is decided: an ask for each service that can be charged."""
    at = time_of(credit, now)
    home = home_of(subject.terms.tariff_at(at))
    operation = credit.operation
    session = credit.refunded if operation is Operation.REFUND else credit.name
    return Request(
        key=credit.key,
        operation=operation,
        session=session,
        subscriber=subject.line.subscription,
        asks=tuple(_ask(credit, one, operation, at, home, subject) for one in credit.services if one.fault is None),
    )


def _ask(
    credit: Credit, service: Service, operation: Operation, at: datetime, home: Plmn | None, subject: Subject
) -> Ask:
    wanted = service.wanted
    used = service.used
    single = operation in {Operation.DEBIT, Operation.DEBIT_ALL}
    if single and not used and wanted is not None and wanted.amount is not None:
        used = (Report(wanted.amount),)
    event = credit.used.event(
        credit.context.usage,
        at,
        home=home,
        country=subject.line.tax_country,
        rating_group=service.rating_group,
        service_id=service.service_id,
        amount=wanted.micros if wanted is not None else None,
    )
    return Ask(
        event=event,
        service=service.name,
        used=used,
        wants=wanted is not None and not single,
        want=wanted.amount if wanted is not None and not single else None,
        amount=credit.refund,
    )


def home_of(tariff: Tariff) -> Plmn | None:
    """Where the subscriber is when nobody says: the tariff's own network zone named ``home``."""
    zone = tariff.network_zones.get("home")
    return min(zone.plmns) if zone is not None and zone.plmns else None
