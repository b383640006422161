"""What is asked and answered of sessions and debits: start, update, finish, once, refund. Quantities have units."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from linehouse.charging.node import Who
from linehouse.charging.online.subject import Subject
from linehouse.edge.network.charging_json.messages import Amount, digits_of, home_of
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Imsi, Plmn
from linehouse.kernel.period import require_aware
from linehouse.kernel.quantity import Quantity
from linehouse.rating.session.answers import Answer, ServiceAnswer
from linehouse.rating.session.requests import Ask, Operation, Report, Request, Side
from linehouse.rating.values import Direction, UsageEvent, UsageType

LONGEST = 200
"""Characters of a session id, a key, a service name."""


class Mode(StrEnum):
    """How a debit in one piece is meant."""

    DEBIT = "debit"
    """It has happened: debit it as far as the balance goes."""
    UP_TO = "up-to"
    """Debit as much as credit allows, and say how much."""
    ALL = "all"
    """All of it, or nothing."""


class Used(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Usage that is reported, such as ``61 s``. ``side`` of the tariff change, where one was told."""

    quantity: str
    side: Side | None = None


class ServiceAsk(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """One service of a request.

    ``service`` tells the services of a session apart. ``used`` are increments since the last report, ``total`` is
    instead the session's usage so far. ``want`` is what is to be granted (nothing: the house decides); ``grant`` False
    asks for none. ``ceiling`` is the most that it may cost, ``refund`` how much to give back (nothing: all).
    """

    usage_type: UsageType
    service: str = ""
    direction: Direction = Direction.OUT
    other_party: str = ""
    serving_network: str | None = None
    serving_country: str | None = None
    apn: str | None = None
    rating_group: int | None = None
    service_id: str | None = None
    amount: str | None = None
    used: list[Used] = []
    total: str | None = None
    want: str | None = None
    grant: bool = True
    ceiling: str | None = None
    refund: str | None = None


class ChargingRequest(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """A request. ``key`` is its once-key within the session, unless the header Idempotency-Key gives it.

    The line is named by its number, or by the IMSI of its card. ``reference`` is the network's name of the usage, by
    which a record of a file is recognised later; else it is the session's.
    """

    session: str
    services: list[ServiceAsk]
    msisdn: str = ""
    imsi: str = ""
    key: str = ""
    at: datetime | None = None
    mode: Mode = Mode.DEBIT
    reference: str = ""


class ServiceTold(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The answer for one service; ``validSeconds`` is when to ask again at the latest."""

    service: str
    refusal: str = ""
    granted: str | None = None
    final: bool = False
    action: str = ""
    redirect_to: str = ""
    cut_by: str = ""
    valid_seconds: int | None = None
    threshold: str | None = None
    tariff_change: datetime | None = None
    cost: Amount | None = None
    charged: Amount | None = None
    reserved: Amount | None = None
    uncollected: Amount | None = None
    blocked: str | None = None
    unrated: str | None = None
    throttle: str = ""


class ChargingAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The answer to a request; the same request gets the same one."""

    session: str
    key: str
    services: list[ServiceTold]
    refusal: str = ""
    degraded: bool = False


_ONCE = {Mode.DEBIT: Operation.DEBIT, Mode.UP_TO: Operation.DEBIT_UP_TO, Mode.ALL: Operation.DEBIT_ALL}


def decode_request(body: bytes, key: str) -> ChargingRequest:
    """The request, with the key of its header. Raises Invalid that names the field."""
    try:
        asked = msgspec.json.decode(body, type=ChargingRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(str(error), field="body", expected="a charging request as JSON") from None
    if asked.key and key and asked.key != key:
        raise Invalid("header and body name different keys", field="key", value=asked.key, expected=key)
    asked = msgspec.structs.replace(asked, key=asked.key or key)
    _named(asked.session, "session")
    _named(asked.key, "key")
    if not asked.services:
        raise Invalid("a request asks for a service", field="services", expected="at least one")
    names = [one.service for one in asked.services]
    if len(set(names)) != len(names):
        raise Invalid("a service stands twice", field="services", value=", ".join(names), expected="each once")
    return asked


def _named(text: str, field: str) -> None:
    if not text or len(text) > LONGEST or not text.isprintable():
        raise Invalid(f"a request has a {field}", field=field, value=text[:LONGEST], expected=f"1 to {LONGEST} letters")


def who_of(asked: ChargingRequest) -> Who:
    """Who uses. Raises Invalid that names the field."""
    if not asked.msisdn and not asked.imsi:
        raise Invalid(
            "a request names a line", field="msisdn", expected="its number, or the IMSI of its card as `imsi`"
        )
    return Who(
        msisdn=digits_of(asked.msisdn) if asked.msisdn else "", imsi=Imsi.parse(asked.imsi).digits if asked.imsi else ""
    )


def fingerprint_of(operation: str, asked: ChargingRequest) -> str:
    """A digest of what was asked, however it was written."""
    return hashlib.sha256(operation.encode() + msgspec.json.encode(asked)).hexdigest()


def request_of(operation: str, session: str, asked: ChargingRequest, subject: Subject, now: datetime) -> Request:
    """The request as it is decided. Raises Invalid for what cannot be."""
    at = require_aware(asked.at) if asked.at is not None else now
    meant = _ONCE[asked.mode] if operation == "once" else Operation(operation)
    return Request(
        key=asked.key,
        operation=meant,
        session=session,
        subscriber=subject.line.subscription,
        asks=tuple(_ask(one, subject, at) for one in asked.services),
    )


def _ask(asked: ServiceAsk, subject: Subject, at: datetime) -> Ask:
    currency = subject.line.currency
    total = () if asked.total is None else (Report(_quantity(asked.total, asked.usage_type, "total")),)
    used = tuple(Report(_quantity(one.quantity, asked.usage_type, "used"), one.side) for one in asked.used)
    if total and used:
        raise Invalid("usage is reported as increments or as a total", field="total", expected="one of both")
    return Ask(
        event=_event(asked, subject, at),
        service=asked.service,
        used=total or used,
        totals=asked.total is not None,
        wants=asked.grant,
        want=None if asked.want is None else _quantity(asked.want, asked.usage_type, "want"),
        ceiling=_micros(asked.ceiling, currency),
        amount=_micros(asked.refund, currency),
    )


def _event(asked: ServiceAsk, subject: Subject, at: datetime) -> UsageEvent:
    plmn = Plmn.parse(asked.serving_network) if asked.serving_network else None
    home = home_of(subject.terms.tariff_at(at))
    return UsageEvent(
        usage_type=asked.usage_type,
        direction=asked.direction,
        started_at=at,
        quantity=0,
        other_party=asked.other_party,
        serving_plmn=plmn if plmn or asked.serving_country else home,
        serving_country=asked.serving_country,
        apn=asked.apn,
        rating_group=asked.rating_group,
        service_id=asked.service_id,
        amount=_micros(asked.amount, subject.line.currency),
    )


def _quantity(text: str, usage_type: UsageType, field: str) -> int:
    quantity = Quantity.parse(text)
    if quantity.unit is not usage_type.unit:
        raise Invalid(
            f"{usage_type} is counted in {usage_type.unit}",
            field=field,
            value=text,
            expected=f"a quantity of {usage_type.unit}",
        )
    return quantity.amount


def _micros(text: str | None, currency: str) -> int | None:
    return None if text is None else Money.of(text, currency).micros


def answer_told(session: str, asked: ChargingRequest, answer: Answer) -> ChargingAnswer:
    """The decision in the words of the door."""
    return ChargingAnswer(
        session=session,
        key=answer.key,
        services=_told(asked.services, answer.services),
        refusal=answer.refusal.value if answer.refusal is not None else "",
        degraded=answer.degraded,
    )


def _told(asks: Sequence[ServiceAsk], answers: Sequence[ServiceAnswer]) -> list[ServiceTold]:
    return [_service_told(asked, answer) for asked, answer in zip(asks, answers, strict=False)]


def _service_told(asked: ServiceAsk, answer: ServiceAnswer) -> ServiceTold:
    unit = asked.usage_type.unit
    currency = answer.cost.currency if answer.cost is not None else ""

    def amount(micros: int) -> Amount | None:
        return Amount(Money(micros, currency).text, currency) if currency and micros else None

    def quantity(base: int | None) -> str | None:
        return None if base is None else Quantity(base, unit).human()

    return ServiceTold(
        service=answer.service,
        refusal=answer.refusal.value if answer.refusal is not None else "",
        granted=quantity(answer.granted),
        final=answer.final,
        action=answer.action.value if answer.action is not None else "",
        redirect_to=answer.redirect_to,
        cut_by=answer.cut_by.value if answer.cut_by is not None else "",
        valid_seconds=None if answer.validity is None else int(answer.validity.total_seconds()),
        threshold=quantity(answer.threshold),
        tariff_change=answer.tariff_change,
        cost=None if answer.cost is None else Amount(answer.cost.text, currency),
        charged=amount(answer.charged),
        reserved=amount(answer.reserved),
        uncollected=amount(answer.uncollected),
        blocked=quantity(answer.blocked) if answer.blocked else None,
        unrated=quantity(answer.unrated) if answer.unrated else None,
        throttle=answer.throttle,
    )
