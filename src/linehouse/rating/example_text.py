"""Examples in tariff files: one sentence, one event, one price; executed before a tariff is published.

``61 s to +31612345678 in home at 18:00 on Monday costs 0.1525``. After ``to`` or ``from`` stands a number, a short code
or a number zone; after ``in`` a network, a country or a network zone. ``incoming`` and ``forwarded`` set the direction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Msisdn, Plmn
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.band_text import WEEKDAYS
from linehouse.rating.countries import country_of_mcc
from linehouse.rating.example_facts import FACTS, with_fact
from linehouse.rating.example_run import event_of, run
from linehouse.rating.explain import explain
from linehouse.rating.values import Direction, Priced, Tariff, TariffExample, UsageEvent, UsageType, Verdict
from linehouse.rating.yaml_source import MarkedNode
from linehouse.rating.zones import match_number

GRAMMAR = (
    "<quantity> [mms|event] [incoming|forwarded] [to|from <number, short code or zone>] "
    "[in <network, country or zone>] [at HH:MM] [on <weekday, YYYY-MM-DD or time band with dates>]"
    "[, <fact> …] costs <amount> | is free | is blocked | is throttled | is unrated; facts: " + FACTS
)
_OUTCOME = re.compile(
    r"^(?P<said>.*?),? (?:costs (?P<costs>-?\d+(?:\.\d+)?)|is (?P<verdict>free|blocked|throttled|unrated))$"
)
_SENTENCE = re.compile(
    r"^(?P<amount>\d+(?:\.\d+)?) ?(?P<unit>[A-Za-z]+)(?: (?P<kind>mms|event))?(?: (?P<direction>incoming|forwarded))?"
    r"(?: (?:to|from) (?P<party>\S+))?(?: in (?P<network>\S+))?(?: at (?P<clock>\d\d:\d\d))?(?: on (?P<day>\S+))?$"
)
_TYPE_BY_UNIT = {
    Unit.MILLISECOND: UsageType.VOICE,
    Unit.MESSAGE: UsageType.SMS,
    Unit.OCTET: UsageType.DATA,
    Unit.EVENT: UsageType.EVENT,
}
_SHORTEST_NUMBER = 7
"""Fewer digits are a short code."""
_DIRECTIONS = {None: Direction.OUT, "incoming": Direction.IN, "forwarded": Direction.FORWARDED}


def parse_example(node: MarkedNode, tariff: Tariff) -> TariffExample:
    """Read one sentence against the zones of its tariff. Raises SourceTextInvalid."""
    sentence = " ".join(node.text().split())
    outcome = _OUTCOME.match(sentence)
    if outcome is None:
        node.fail("an example is one sentence that ends with what it costs", GRAMMAR)
    first, *facts = outcome["said"].split(", ")
    found = _SENTENCE.match(first)
    if found is None:
        node.fail("an example is one sentence of a fixed form", GRAMMAR)
    quantity = _quantity(node, f"{found['amount']} {found['unit']}")
    usage_type = UsageType(found["kind"]) if found["kind"] else _TYPE_BY_UNIT[quantity.unit]
    if usage_type.unit is not quantity.unit:
        node.fail(f"{usage_type} is not counted in {quantity.unit}")
    plmn, country = _network(node, tariff, found["network"])
    example = TariffExample(
        sentence=sentence,
        line=node.line,
        usage_type=usage_type,
        direction=_DIRECTIONS[found["direction"]],
        quantity=quantity,
        other_party=_party(node, tariff, found["party"], country or (country_of_mcc(plmn.mcc) if plmn else None)),
        serving_plmn=plmn,
        serving_country=country,
        started_at=_instant(node, tariff, found["day"], found["clock"]),
        verdict=Verdict(outcome["verdict"]) if outcome["verdict"] else Verdict.PRICED,
        micros=_costs(node, tariff, outcome["costs"]),
    )
    for fact in facts:
        example = with_fact(node, fact, example, tariff)
    return example


@dataclass(frozen=True, slots=True)
class FailedExample:
    """An example that does not come out as it says, and what the tariff makes of its event."""

    example: TariffExample
    file: str
    got: Priced

    @property
    def sentence(self) -> str:
        """Where it stands, what it says, and what happens instead."""
        reason = f" ({self.got.detail})" if self.got.detail else ""
        return f"{self.file}, line {self.example.line}: «{self.example.sentence}», but it{self.outcome}{reason}"

    @property
    def because(self) -> str:
        """How it came about, part by part."""
        return " ".join(str(line) for line in explain(self.got)[1:])

    @property
    def told(self) -> str:
        """The whole of it: what happens instead, and how it came about."""
        return f"{self.sentence}. {self.because}"

    @property
    def outcome(self) -> str:
        """The end of the sentence as it would be right: `` costs 0.1525`` or `` is free``."""
        priced = self.got.verdict is Verdict.PRICED
        return f" costs {self.got.total.text}" if priced else f" is {self.got.verdict}"


def failing(tariff: Tariff) -> list[FailedExample]:
    """Run the tariff's examples; those that do not come out as they say."""
    failed = []
    for example in tariff.examples:
        got = run(tariff, example).priced
        if got.verdict is not example.verdict or got.total.micros != example.micros:
            failed.append(FailedExample(example, tariff.source.split(":")[0], got))
    return failed


def failed_examples(tariff: Tariff) -> list[str]:
    """Run the tariff's examples; one sentence for each that does not come out as it says."""
    return [failed.sentence for failed in failing(tariff)]


def event_in_words(words: str, tariff: Tariff) -> UsageEvent:
    """The event that an example's sentence describes, without its price: ``61 s to nl-mobile at 18:00 on Monday``.

    Raises SourceTextInvalid.
    """
    return event_of(example_in_words(words, tariff))


def example_in_words(words: str, tariff: Tariff) -> TariffExample:
    """The same with all that the sentence says besides: ``1 GB, after 9 GB this period, with 500 MB left``."""
    return parse_example(MarkedNode(f"{words.strip()} is free", "the sentence", 0), tariff)


def sample_number(tariff: Tariff, zone_key: str) -> str | None:
    """A number or short code that falls into the zone, by the tariff's own longest-prefix rule."""
    zone = tariff.number_zones[zone_key]
    if zone.short_codes:
        return min(zone.short_codes)
    for prefix in sorted(zone.prefixes, key=lambda text: (len(text), text)):
        for digit in "5123467890":
            number = "+" + prefix + digit * max(1, 11 - len(prefix))
            probe = UsageEvent(usage_type=UsageType.VOICE, started_at=tariff.valid_from, quantity=1, other_party=number)
            if match_number(tariff, probe).zone == zone_key:
                return number
    return None


def _quantity(node: MarkedNode, text: str) -> Quantity:
    try:
        return Quantity.parse(text)
    except DomainError as problem:
        node.fail(problem.message, problem.expected)


def _costs(node: MarkedNode, tariff: Tariff, text: str | None) -> int:
    if text is None:
        return 0
    try:
        return Money.of(text, tariff.currency).micros
    except DomainError as problem:
        node.fail(problem.message, problem.expected)


def _party(node: MarkedNode, tariff: Tariff, text: str | None, country: str | None) -> str:
    """As usage would bring it: ``0612345678`` is a number of the country where it is dialled."""
    if text is None:
        return ""
    digits = text.removeprefix("+")
    if digits.isdigit():
        if text.startswith("0"):
            return _dialled(node, text, country)
        if text.startswith("+") or len(digits) < _SHORTEST_NUMBER:
            return text
        node.fail(f"{text!r} is a number without its beginning", f"+{text}, or the national number with its 0")
    if text == "unknown":
        return "unknown"
    if text not in tariff.number_zones:
        node.fail(f"{text!r} is no number and no number zone of {tariff.key}", ", ".join(tariff.number_zones))
    number = sample_number(tariff, text)
    if number is None:
        node.fail(f"no number falls into zone {text!r}: longer prefixes of other zones take them all")
    return number


def _dialled(node: MarkedNode, text: str, country: str | None) -> str:
    try:
        return Msisdn.parse(f"+{text[2:]}" if text.startswith("00") else text, country).e164
    except DomainError as problem:
        node.fail(f"{problem.message}, dialled in {country or 'an unknown country'}", problem.expected)


def _network(node: MarkedNode, tariff: Tariff, text: str | None) -> tuple[Plmn | None, str | None]:
    """Given nothing, the tariff's zone named ``home``."""
    name = text or "home"
    zone = tariff.network_zones.get(name)
    if zone is not None:
        return (min(zone.plmns), None) if zone.plmns else (None, min(zone.countries))
    if text is None or text == "unknown":
        return None, None
    if text in tariff.country_index or (len(text) == 2 and text.isupper()):
        return None, text
    try:
        return Plmn.parse(text), None
    except DomainError:
        node.fail(f"{text!r} is no network, country or network zone of {tariff.key}", ", ".join(tariff.network_zones))


def _instant(node: MarkedNode, tariff: Tariff, day_text: str | None, clock_text: str | None) -> datetime:
    first = tariff.valid_from.astimezone(tariff.time_zone).date()
    day = _day(node, tariff, first, day_text)
    try:
        clock = time.fromisoformat(clock_text) if clock_text else time(12)
    except ValueError:
        node.fail(f"{clock_text!r} is no time of day", "HH:MM")
    return datetime.combine(day, clock, tariff.time_zone)


def _day(node: MarkedNode, tariff: Tariff, first: date, text: str | None) -> date:
    if text is None:
        return first
    if text.lower() in WEEKDAYS:
        return first + timedelta(days=(WEEKDAYS.index(text.lower()) - first.weekday()) % 7)
    band = tariff.time_bands.get(text)
    if band is not None and (days := [day for day in band.dates - band.except_dates if day >= first]):
        return min(days)
    try:
        return date.fromisoformat(text)
    except ValueError:
        node.fail(f"{text!r} is no day", "a weekday, YYYY-MM-DD, or a time band that has dates")
