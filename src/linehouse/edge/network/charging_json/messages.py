"""What is asked and answered at the JSON door. Amounts are decimal text, quantities text with their unit."""

from __future__ import annotations

from datetime import datetime

import msgspec

from linehouse.kernel.error import DomainError, Invalid
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Msisdn, Plmn
from linehouse.kernel.quantity import Quantity
from linehouse.rating.service import explain
from linehouse.rating.values import Consumption, Direction, Tariff, UsageEvent, UsageType


class PriceEnquiry(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What would this event cost that subscriber? ``at`` and ``servingNetwork`` default to now and at home.

    ``quantity`` is text such as ``61 s``, ``1 GB``, ``3 sms``; ``otherParty`` is ``+31612345678`` or a short code;
    ``servingNetwork`` is ``204-04``, or a country such as ``FR`` in ``servingCountry``.
    """

    msisdn: str
    usage_type: UsageType
    quantity: str
    direction: Direction = Direction.OUT
    other_party: str = ""
    serving_network: str | None = None
    serving_country: str | None = None
    apn: str | None = None
    rating_group: int | None = None
    service_id: str | None = None
    at: datetime | None = None


class Amount(msgspec.Struct, frozen=True, rename="camel"):
    """An amount of money, as decimal text."""

    value: str
    currency: str


class Take(msgspec.Struct, frozen=True, rename="camel"):
    """What one bucket would give, as text with its unit or currency."""

    bucket: str
    amount: str


class PriceAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """The price, who would pay it, and why. ``verdict`` is priced, free, blocked or unrated; nothing has moved."""

    subscription: str
    tariff: str
    at: datetime
    verdict: str
    price: Amount
    tax_included: bool
    takes: list[Take]
    uncollected: Amount
    explanation: list[str]
    reason: str = ""


class Refusal(msgspec.Struct, frozen=True, rename="camel"):
    """Why there is no answer."""

    code: str
    message: str
    field: str = ""
    expected: str = ""


def decode(body: bytes) -> PriceEnquiry:
    """The request. Raises Invalid that names the field."""
    try:
        return msgspec.json.decode(body, type=PriceEnquiry)
    except msgspec.DecodeError as error:
        raise Invalid(str(error), field="body", expected="a price enquiry as JSON") from None


def event_of(asked: PriceEnquiry, at: datetime, home: Plmn | None) -> UsageEvent:
    """The event that is asked about. Raises Invalid for a number, network or quantity that cannot be."""
    quantity = Quantity.parse(asked.quantity)
    if quantity.unit is not asked.usage_type.unit:
        raise Invalid(
            f"{asked.usage_type} is counted in {asked.usage_type.unit}",
            field="quantity",
            value=asked.quantity,
            expected=f"a quantity of {asked.usage_type.unit}",
        )
    plmn = Plmn.parse(asked.serving_network) if asked.serving_network else None
    return UsageEvent(
        usage_type=asked.usage_type,
        direction=asked.direction,
        started_at=at,
        quantity=quantity.amount,
        other_party=asked.other_party,
        serving_plmn=plmn if plmn or asked.serving_country else home,
        serving_country=asked.serving_country,
        apn=asked.apn,
        rating_group=asked.rating_group,
        service_id=asked.service_id,
    )


def digits_of(msisdn: str) -> str:
    """The subscriber's number in international digits. Raises Invalid."""
    return Msisdn.parse(msisdn if msisdn.startswith("+") else f"+{msisdn}").digits


def answer_of(subscription: str, event: UsageEvent, decided: Consumption) -> PriceAnswer:
    """The decision in the words of the door."""
    priced = decided.priced
    unit, currency = priced.unit, priced.currency
    takes = [Take(ref, Quantity(amount, unit).human()) for ref, amount in decided.unit_takes.items()]
    takes += [Take(ref, str(Money(micros, currency))) for ref, micros in decided.money_takes.items()]
    return PriceAnswer(
        subscription=subscription,
        tariff=priced.tariff,
        at=event.started_at,
        verdict=priced.verdict.value,
        price=Amount(priced.total.text, currency),
        tax_included=priced.tax_mode.value == "gross",
        takes=takes,
        uncollected=Amount(Money(decided.uncollected, currency).text, currency),
        explanation=[str(line) for line in explain(decided)],
        reason=priced.reason,
    )


def refusal_of(error: DomainError) -> Refusal:
    """An expected failure in the words of the door."""
    return Refusal(error.code, error.message, error.field, error.expected)


def home_of(tariff: Tariff) -> Plmn | None:
    """Where the subscriber is when nobody says: the tariff's own network zone named ``home``."""
    zone = tariff.network_zones.get("home")
    return min(zone.plmns) if zone is not None and zone.plmns else None
