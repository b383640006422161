"""One tariff as a file that a product manager can read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linehouse.catalog.cgrates.prices import PriceText
from linehouse.catalog.cgrates.rules import RuleText
from linehouse.catalog.cgrates.slugs import Keys
from linehouse.catalog.cgrates.values import ANY, Place, Six, Wishes, refuse
from linehouse.catalog.cgrates.yaml_text import quoted
from linehouse.kernel.rounding import Rounding
from linehouse.rating.values import UsageType

_OUTWARD = {
    UsageType.VOICE: "direction: [out, forwarded], ",
    UsageType.SMS: "direction: out, ",
    UsageType.MMS: "direction: out, ",
}
_WIDTH = 120

Rounded = tuple[Rounding, int]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A rule with its key in the tariff."""

    key: str
    rule: RuleText


@dataclass(frozen=True, slots=True)
class TariffFile:
    """Everything that the file of a tariff says but its examples."""

    key: str
    subject: str
    tenant: str
    rules: tuple[Keyed, ...]
    fallback: str | None
    round_to: Rounded | None
    zone_files: tuple[str, ...]

    def text(self, six: Six, wishes: Wishes, examples: Sequence[str]) -> str:
        """The file."""
        return "\n".join(self._lines(six, wishes, examples)) + "\n"

    def _lines(self, six: Six, wishes: Wishes, examples: Sequence[str]) -> Iterator[str]:
        who = "everybody who has no rating profile" if self.subject == ANY else f"subject {self.subject}"
        yield f"# What usage costs {who} of {self.tenant}, taken over from CGRateS."
        yield "# Rules are read from top to bottom: the first one that fits prices the call, the message or the data."
        yield f"tariff: {self.key}"
        yield f"name: {quoted(f'CGRateS {self.tenant} {self.subject}')}"
        yield f"version: {quoted(wishes.since)}"
        yield f"valid-from: {wishes.since}"
        yield f"currency: {wishes.currency}"
        yield f"prices: {wishes.tax_mode}"
        yield f"time-zone: {wishes.zone.key}"
        yield f"zones: [{', '.join(self.zone_files)}]"
        if self.round_to is not None:
            yield f"round: {{mode: {self.round_to[0]}, decimals: {self.round_to[1]}}}"
        if self.fallback is not None:
            yield f"fallback: {self.fallback}"
        yield ""
        yield "rules:"
        for one in self.rules:
            yield from _rule(one, six, wishes)
        if examples:
            yield ""
            yield "# What the rates came to when they were taken over: a change that touches one of them is told."
            yield "examples:"
            yield from (f"  - {quoted_sentence(sentence)}" for sentence in examples)


def quoted_sentence(sentence: str) -> str:
    """An example in quotation marks."""
    return f'"{sentence}"'


def _rule(one: Keyed, six: Six, wishes: Wishes) -> Iterator[str]:
    rule = one.rule
    rows = six.rates[rule.timed.rated.rate]
    yield f"  # {rule.timed.rated.place}; {_rows([slot.place for slot in rows])}"
    yield f"  - rule: {one.key}"
    yield f"    name: {quoted(name_of(rule))}"
    yield from (f"    {line}" for line in _when(rule))
    if rule.start is not None or rule.end is not None:
        yield f"    valid: {{{_valid(rule, wishes)}}}"
    yield from (f"    {line}" for line in rule.timed.price.lines())


def _rows(places: Sequence[Place]) -> str:
    numbers = ", ".join(str(place.row) for place in places)
    return f"{places[0].file}, row{'s' if len(places) > 1 else ''} {numbers}"


def _when(rule: RuleText) -> Iterator[str]:
    text = f"usage-type: {rule.usage}, {_OUTWARD.get(rule.usage, '')}"
    if rule.zones:
        text += f"number-zone: {_several([zone.key for zone in rule.zones])}, "
    if rule.bands:
        text += f"time-band: {_several([band.key for band in rule.bands])}, "
    line = f"when: {{{text.removesuffix(', ')}}}"
    if len(line) < _WIDTH:
        yield line
        return
    yield "when:"
    yield f"  usage-type: {rule.usage}"
    if rule.usage in _OUTWARD:
        yield f"  {_OUTWARD[rule.usage].removesuffix(', ')}"
    if rule.zones:
        yield "  number-zone:"
        yield from (f"    - {zone.key}" for zone in rule.zones)
    if rule.bands:
        yield f"  time-band: {_several([band.key for band in rule.bands])}"


def _several(keys: Sequence[str]) -> str:
    return keys[0] if len(keys) == 1 else f"[{', '.join(keys)}]"


def _valid(rule: RuleText, wishes: Wishes) -> str:
    begins = f"from: {rule.start or wishes.since}"
    return f"{begins}, until: {rule.end}" if rule.end is not None else begins


def name_of(rule: RuleText) -> str:
    """What the rule is about, in CGRateS' words."""
    to = "any other number" if rule.destination == ANY else rule.destination
    text = rule.category if rule.usage is UsageType.DATA else f"{rule.category} to {to}"
    if rule.bands:
        text += f", {', '.join(band.name for band in rule.bands)}"
    return text + (f", from {rule.start}" if rule.start is not None else "")


def keyed(rules: Sequence[RuleText]) -> tuple[Keyed, ...]:
    """Each rule with a key of its own."""
    keys = Keys()
    found = []
    for rule in rules:
        to = "any" if rule.destination == ANY else rule.destination
        bands = rule.bands[0].key if rule.bands else ""
        start = rule.start.isoformat() if rule.start is not None else ""
        found.append(Keyed(keys.give(rule.category, to, bands, f"from {start}" if start else ""), rule))
    return tuple(found)


def rounding_of(rules: Sequence[RuleText]) -> Rounded | None:
    """The one rounding that fits all prices; None: none of them needs one.

    A rounding to as many decimals as the sums of a price have moves nothing, so it fits any. Raises Untranslatable.
    """
    needed: dict[Rounded, RuleText] = {}
    for rule in rules:
        price = rule.timed.price
        if price.round_to is not None and not _settled(price, price.round_to[1]):
            needed.setdefault(price.round_to, rule)
    if not needed:
        return None
    chosen = min(needed, key=str)
    for rule in rules:
        price = rule.timed.price
        if price.round_to != chosen and not _settled(price, chosen[1]):
            other = price.round_to
            rated = rule.timed.rated
            said = f"{other[0]} to {other[1]} decimals" if other is not None else "not rounded"
            first = needed[chosen].timed.rated
            why = f"it is {said}, and {first.place} is rounded {chosen[0]} to {chosen[1]}; a tariff has one rounding"
            raise refuse(rated.place, "RoundingDecimals", str(rated.decimals), why, "one rounding for all of a subject")
    return chosen


def _settled(price: PriceText, decimals: int) -> bool:
    return price.fineness is not None and price.fineness <= decimals
