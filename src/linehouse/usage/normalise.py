"""From what a source wrote to what is meant: numbers, networks, and the key under which a record counts once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
import phonenumbers

from linehouse.kernel.error import Invalid
from linehouse.kernel.numbering import Plmn
from linehouse.rating.service import country_of_mcc, country_of_tadig
from linehouse.usage.errors import Suspension
from linehouse.usage.feeds import Feed
from linehouse.usage.values import NumberForm, PartyKind, RawUsage, ServingNetwork

_SHORTEST_SUBSCRIBER_NUMBER = 7
_SIGNS = str.maketrans("", "", " -.()/")


@dataclass(frozen=True, slots=True)
class Number:
    """Another party: ``text`` is ``+31612345678``, a short code, or empty."""

    kind: PartyKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record whose words are ours now; only the subscriber is still to be found."""

    raw: RawUsage
    started_at: datetime
    imsi: str
    msisdn: str
    party: Number
    serving: ServingNetwork
    visited: bool
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Held:
    """A record that cannot go on: the reason, a sentence, and its once-key where one can be told."""

    raw: RawUsage
    reason: Suspension
    message: str
    key: str = ""
    digest: str = ""


def prepare(raw: RawUsage, feed: Feed, now: datetime) -> Prepared | Held:
    """Normalise one record and judge it alone. ``now`` is the business instant. The first reason is the one told."""
    serving, visited = serving_network(raw, feed)
    imsi = raw.imsi if raw.imsi.isdigit() else ""
    msisdn = subscriber_number(raw.msisdn, feed.country)
    if not imsi and not msisdn:
        return Held(raw, Suspension.NO_IDENTITY, "neither IMSI nor MSISDN is given")
    if raw.started_at is None:
        return Held(raw, Suspension.NO_START_TIME, "the start time or its UTC offset is missing or is no time")
    party = other_party(raw, serving.country if visited else feed.country)
    key, digest = once_key(raw, feed.format, raw.started_at, imsi or msisdn, party), content_digest(raw)
    if raw.quantity.amount < 0 and not feed.corrections:
        message = f"a quantity of {raw.quantity.amount} {raw.quantity.unit}, and the source sends no corrections"
        return Held(raw, Suspension.NEGATIVE_QUANTITY, message, key, digest)
    if raw.started_at < now - feed.maximum_age:
        message = f"began on {raw.started_at:%Y-%m-%d}, more than {feed.maximum_age.days} days ago"
        return Held(raw, Suspension.TOO_OLD, message, key, digest)
    if raw.started_at > now + feed.clock_skew:
        message = f"begins at {raw.started_at:%Y-%m-%d %H:%M:%S} UTC, which has not come yet"
        return Held(raw, Suspension.IN_FUTURE, message, key, digest)
    return Prepared(raw, raw.started_at, imsi, msisdn, party, serving, visited, key, digest)


def other_party(raw: RawUsage, country: str) -> Number:
    """The other party of a record; what was dialled stands in where the number that was reached is none."""
    reached = normalise_party(raw.party, raw.party_form, country)
    if reached.kind in (PartyKind.UNKNOWN, PartyKind.NONE) and raw.dialled:
        dialled = normalise_party(raw.dialled, NumberForm.DIALLED, country)
        return dialled if dialled.text else reached
    return reached


def normalise_party(written: str, form: NumberForm, country: str) -> Number:
    """The other party's number.

    ``country`` is where a national number was dialled; empty when that is not known, and then a national number stays
    unknown. A number that international writing gives and the numbering plan allows is E.164; short codes stay as they
    are; what is left is unknown: its own zone, never silently home.
    """
    plain = written.translate(_SIGNS)
    if not plain:
        return Number(PartyKind.NONE)
    if form is NumberForm.TEXT:
        return Number(PartyKind.UNKNOWN)
    digits = plain.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return Number(PartyKind.UNKNOWN)
    international = plain.startswith("+") or form is NumberForm.INTERNATIONAL
    if not international and digits.startswith("00"):
        international, digits = True, digits[2:]
    readings: list[tuple[str, str | None]] = [(f"+{digits}", None)]
    if not international:
        # What was dialled is national first; a source that leaves the plus off is understood where that fails.
        readings = [(digits, country)] * bool(country) + readings * (not digits.startswith("0"))
    if len(digits) < _SHORTEST_SUBSCRIBER_NUMBER and not plain.startswith(("+", "00")):
        return Number(PartyKind.SHORT, digits)
    found = _first(readings, phonenumbers.is_valid_number) or _first(readings, phonenumbers.is_possible_number)
    return Number(PartyKind.E164, found) if found else Number(PartyKind.UNKNOWN)


def _first(readings: Sequence[tuple[str, str | None]], fits: Callable[[phonenumbers.PhoneNumber], bool]) -> str:
    """The first reading that fits, as E.164: valid ones are asked for first, then possible ones, since numbering plans
    grow faster than the library, but not in length."""
    for text, country in readings:
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            continue
        if fits(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""


def subscriber_number(written: str, country: str) -> str:
    """Our subscriber's MSISDN as E.164 digits without plus, from any writing; empty if it is none."""
    plain = written.translate(_SIGNS)
    digits = plain.removeprefix("+").removeprefix("00")
    if not digits.isdigit():
        return ""
    if found := _first(((f"+{digits}", None), (plain, country)), phonenumbers.is_valid_number):
        return found[1:]
    # Numbers of a plan that the library does not know yet are taken as they are when they can be E.164 at all.
    return digits if _SHORTEST_SUBSCRIBER_NUMBER < len(digits) <= 15 and not plain.startswith("0") else ""


def serving_network(raw: RawUsage, feed: Feed) -> tuple[ServingNetwork, bool]:
    """The network that carried the usage, and whether that is not home. A network of which nothing is known is home's
    only where the record names none at all."""
    plmn = _plmn_or_none(raw.plmn) or feed.networks.get(raw.tadig)
    if raw.tadig in feed.home_codes and raw.tadig:
        return ServingNetwork(plmn or min(feed.home_networks, default=None), feed.country, raw.tadig), False
    country = (country_of_mcc(plmn.mcc) if plmn else country_of_tadig(raw.tadig) if raw.tadig else None) or ""
    if plmn is None and not raw.tadig and not raw.plmn:
        return ServingNetwork(min(feed.home_networks, default=None), feed.country), False
    return ServingNetwork(plmn, country, raw.tadig), plmn not in feed.home_networks


def _plmn_or_none(text: str) -> Plmn | None:
    try:
        return Plmn.parse(text) if text else None
    except Invalid:
        return None


def once_key(raw: RawUsage, source_kind: str, started_at: datetime, identity: str, party: Number) -> str:
    """What makes a record the same: kind of source, subscriber, start, other party, type, direction, reference."""
    parts = (
        source_kind,
        identity,
        started_at.isoformat(),
        party.text or raw.party,
        raw.usage_type,
        raw.direction,
        raw.event_reference,
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def content_digest(raw: RawUsage) -> str:
    """What a true repeat has in common with the first: how much was used and what it cost, wherever it stood."""
    content: tuple[object, ...] = (raw.quantity, raw.apn, raw.plmn, raw.tadig, raw.wholesale)
    if raw.amount is not None:
        content = (*content, raw.amount)
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()
