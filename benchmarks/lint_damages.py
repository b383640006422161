"""Damage to a catalogue, one at a time and always in the same places: what the readers, the examples and lint must see.

The demo brand's files, and beside them a tariff with the words that it does not use (lint_words.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linehouse.catalog.files import Written

Files = Mapping[str, str]
HERE = Path(__file__).resolve().parent
ROBIN = HERE.parent / "brands" / "robin"
STANDARD, SIM_ONLY = "tariffs/robin-standard.yaml", "tariffs/robin-sim-only.yaml"
WORDS = "tariffs/robin-words.yaml"
NUMBERS, NETWORKS = "zones/numbers.yaml", "zones/networks.yaml"
PLAN = "catalog/robin-sim-only-20.yaml"
PLACES = 6
"""In how many places each kind of damage is done at most."""
NETS = ("reader", "example", "error", "warning", "change")
_FRIENDS = "\nfriend-lists:\n  family: {name: Family, maximum: 5}\n"


def undamaged() -> dict[str, str]:
    """The files as they should be."""
    from linehouse.catalog.folder import read_folder

    files = dict(read_folder(ROBIN))
    files[WORDS] = (HERE / "lint_words.yaml").read_text(encoding="utf-8")
    return files | {"brand.yaml": files["brand.yaml"] + _FRIENDS}


@dataclass(frozen=True, slots=True)
class Damage:
    """A kind of damage: in one file, each match of a pattern is replaced, one at a time."""

    kind: str
    path: str
    pattern: str
    by: str | Callable[[re.Match[str]], str]


def _times(factor: str) -> Callable[[re.Match[str]], str]:
    def dearer(match: re.Match[str]) -> str:
        amount = Fraction(match[2]) * Fraction(factor)
        return f"{match[1]}{float_free(amount)}"

    return dearer


def float_free(amount: Fraction) -> str:
    """A decimal text with at most six digits behind the point."""
    micros = amount.numerator * 10**6 // amount.denominator
    return f"{micros // 10**6}.{micros % 10**6:06d}"


_PRICE = r"(price: )(\d+\.\d+)"
_RULE = r"  - rule: [a-z0-9-]+\n(?:    .*\n)+"
DAMAGES = (
    Damage("gap: a rule is lost", STANDARD, _RULE, ""),
    Damage("gap: a number zone is taken out of a rule", STANDARD, r"number-zone: \[([a-z0-9-]+), ", "number-zone: ["),
    Damage("gap: a network zone is taken out of a rule", STANDARD, r"network-zone: \[home, ", "network-zone: ["),
    Damage("gap: a rule loses a direction", STANDARD, r"direction: \[out, forwarded\]", "direction: out"),
    Damage("unreachable: a wider rule before a rule", STANDARD, r"(  - rule: [a-z0-9-]+\n)",
           "  - rule: everything\n    when: {usage-type: voice}\n    price: free\n\\1"),
    Damage("unreachable: a rule twice", STANDARD, r"(?P<rule>  - rule: )(?P<key>[a-z0-9-]+)(?P<rest>\n(?:    .*\n)+)",
           lambda m: f"{m[0]}{m['rule']}{m['key']}-again{m['rest']}"),
    Damage("over-cap price", STANDARD, r"(rule: eu-[^$]*?price: )(\d+\.\d+)", _times("1.5")),
    Damage("price: decimal point one to the right", STANDARD, _PRICE, _times("10")),
    Damage("price: decimal point three to the right", STANDARD, _PRICE, _times("1000")),
    Damage("price: decimal point two to the left", STANDARD, _PRICE, _times("1/100")),
    Damage("negative margin: a tenth of the price", STANDARD, _PRICE, _times("1/10")),
    Damage("price: five per cent more", STANDARD, _PRICE, _times("1.05")),
    Damage("wrong unit", STANDARD, r"unit: 1 min", "unit: 1 MB"),
    Damage("wrong unit of the same kind", STANDARD, r"unit: 1 min", "unit: 1 s"),
    Damage("wrong block", STANDARD, r"block: 60 s", "block: 1 s"),
    Damage("block lost", STANDARD, r", block: \d+ \w+", ""),
    Damage("reversed steps", STANDARD, r"(        - \{price.*\}\n)(        - \{from.*\}\n)", "\\2\\1"),
    Damage("step lost", STANDARD, r"        - \{from.*\}\n", ""),
    Damage("connect fee lost", STANDARD, r"      connect: .*\n", ""),
    Damage("maximum lost", STANDARD, r"      maximum: .*\n", ""),
    Damage("maximum before the second step", STANDARD, r"(    price:\n)(      steps:\n)", r"\1      maximum: 0.01\n\2"),
    Damage("free becomes blocked", STANDARD, r"price: free", "price: blocked"),
    Damage("blocked becomes free", STANDARD, r"price: blocked", "price: free"),
    Damage("misspelt usage type", STANDARD, r"usage-type: voice", "usage-type: voise"),
    Damage("misspelt zone in a rule", STANDARD, r"number-zone: (\w)", "number-zone: x\\1"),
    Damage("misspelt key", STANDARD, r"    when: ", "    wenn: "),
    Damage("unknown currency", STANDARD, r"currency: EUR", "currency: EUX"),
    Damage("other currency than the fallback's", SIM_ONLY, r"currency: EUR", "currency: USD"),
    Damage("tax mode turned round", STANDARD, r"prices: gross", "prices: net"),
    Damage("time zone unknown", STANDARD, r"Europe/Amsterdam", "Europe/Amsterdm"),
    Damage("fallback lost", SIM_ONLY, r"fallback: .*\n", ""),
    Damage("invoice line lost from a rule", STANDARD, r"    line: .*\n", ""),
    Damage("invoice line renamed", STANDARD, r"(  calls: )", "  cals: "),
    Damage("an example lost", STANDARD, r"  - [^\n]*costs [^\n]*\n", ""),
    Damage("overlap: a prefix in two zones", NUMBERS, r"prefixes: \[\"(\d+)\"", 'prefixes: ["316", "\\1"'),
    Damage("a prefix lost", NUMBERS, r"prefixes: \[\"\d+\", ", "prefixes: ["),
    Damage("a digit of a prefix wrong", NUMBERS, r"prefixes: \[\"31", 'prefixes: ["32'),
    Damage("a short code lost", NUMBERS, r"short-codes: \[\"\d+\", ", "short-codes: ["),
    Damage("a country in another zone", NUMBERS, r"countries: \[AD, ", "countries: [DE, "),
    Damage("a zone lost", NUMBERS, r"  [a-z0-9-]+:\n(?:    .*\n|      .*\n)+", ""),
    Damage("the home network wrong", NETWORKS, r"204-04", "204-08"),
    Damage("a country of a network zone lost", NETWORKS, r"countries: \[AD, ", "countries: ["),
    Damage("missing tax class", PLAN, r"    tax: .*\n", ""),
    Damage("wrong tax class", PLAN, r"tax: standard", "tax: luxury"),
    Damage("missing ledger account", PLAN, r"    ledger: .*\n", ""),
    Damage("wrong ledger account", PLAN, r"ledger: recurring", "ledger: recuring"),
    Damage("recurring price one per cent more", PLAN, r"amount: 18.00", "amount: 18.18"),
    Damage("allowance: misspelt zone", PLAN, r"network-zone: \[home", "network-zone: [hom"),
    Damage("allowance: too small by a thousand", PLAN, r"amount: 20 GB", "amount: 20 MB"),
    Damage("allowance: covers premium numbers", PLAN, r"number-zone: \[", "number-zone: [nl-premium, "),
    Damage("unknown tariff", PLAN, r"tariff: robin-sim-only", "tariff: robin-sim"),
    Damage("a country is not left out of a group", NUMBERS, r"    except: \[NL\]\n", ""),
    Damage("band change: cut", STANDARD, r"(time-zone: .*\n)", "\\1band-change: cut\n"),
    Damage("rounding to cents", STANDARD, r"(time-zone: .*\n)", "\\1round: {mode: up, decimals: 2}\n"),
    Damage("an error accepted", STANDARD, r"warning: over-cap-unless", "warning: over-cap"),
    Damage("an acceptance without its reason", STANDARD, r"    reason: .*\n", ""),
    Damage("an acceptance that is past", STANDARD, r"until: 2027-12-31", "until: 2026-01-31"),
    Damage("friends: list misspelt", WORDS, r"friends-and-family: family", "friends-and-family: familie"),
    Damage("friends: condition lost", WORDS, r", friends-and-family: family", ""),
    Damage("friends: dearer than for everybody", WORDS, r"(rule: friends[^$]*?price: )(\d+\.\d+)", _times("4")),
    Damage("friends: behind the rule for everybody", WORDS,
           r"(?P<one>  - rule: friends\n(?:    .*\n)+)(?P<two>  - rule: colleagues\n(?:    .*\n)+)"
           r"(?P<three>  - rule: first-calls\n(?:    .*\n)+)", "\\g<three>\\g<two>\\g<one>"),
    Damage("closed group: condition lost", WORDS, r", closed-user-group: company", ""),
    Damage("closed group: misspelt", WORDS, r"closed-user-group: company", "closed-user-group: companie"),
    Damage("period: counted in the event", WORDS, r"      per: period\n(?!      volume)", ""),
    Damage("period: a step lost", WORDS, r"        - \{from: \d+ min.*\}\n", ""),
    Damage("period: a step ten times as far", WORDS, r"from: (\d+) (min|GB)", "from: \\g<1>0 \\2"),
    Damage("period: a step ten times as dear", WORDS, r"(from: \d+ (?:min|GB), price: )(\d+\.\d+)", _times("10")),
    Damage("period: steps reversed", WORDS, r"(        - \{price: 0.15.*\}\n)(        - \{from: 100.*\}\n)", "\\2\\1"),
    Damage("volume: graduated instead", WORDS, r"      volume: true\n", ""),
    Damage("volume: dearer with more", WORDS, r"price: 0.006", "price: 0.06"),
    Damage("percentage: ten times as much", WORDS, r"rate: 5 %", "rate: 50 %"),
    Damage("percentage: more than everything", WORDS, r"rate: 5 %", "rate: 500 %"),
    Damage("percentage: its free events lost", WORDS, r", free-events: 2", ""),
    Damage("percentage: its maximum lost", WORDS, r", maximum: 2.00", ""),
    Damage("percentage: its maximum below its minimum", WORDS, r"maximum: 2.00", "maximum: 0.05"),
    Damage("package: ten times as large", WORDS, r"package: 100 MB", "package: 1 GB"),
    Damage("package: its price lost a digit", WORDS, r"(package: 100 MB, price: )(\d+\.\d+)", _times("1/10")),
    Damage("accumulated: its bound ten times as far", WORDS, r"below: 1 GB", "below: 10 GB"),
    Damage("accumulated: its counter misspelt", WORDS, r"counter: abroad", "counter: abraod"),
    Damage("accumulated: what follows it is lost", WORDS, r"  - rule: more-abroad\n(?:    .*\n)+", ""),
    Damage("accumulated: begins where nothing is", WORDS, r"below: 1 GB", "from: 500 MB, below: 1 GB"),
    Damage("a counter counts something else", WORDS, r"network-zone: roaming-1\}\}", "network-zone: roaming-2}}"),
    Damage("a rule that is over", WORDS, r"(    line: content\n)",
           "\\1    valid: {from: 2025-01-01, until: 2026-01-01}\n"),
    Damage("a clause of the law misspelt", WORDS, r"(    line: content\n)", "\\1    regulated: custmer-line\n"),
    Damage("allowance: factor", PLAN, r"(    amount: 20 GB\n)", "\\1    factor: 10\n"),
    Damage("allowance: block of a gigabyte", PLAN, r"(    amount: 20 GB\n)", "\\1    block: 1 GB\n"),
    Damage("allowance: blocks when empty", PLAN, r"(    amount: 20 GB\n)", "\\1    when-empty: block\n"),
    Damage("allowance: a price of its own", PLAN, r"(    amount: 20 GB\n)",
           "\\1    price: {steps: [{price: 0.004, unit: 1 MB, block: 100 kB}]}\n"),
    Damage("allowance: excepts what it covers", PLAN, r"(    covers:\n      - \{usage-type: data.*\}\n)",
           "\\1    except: {usage-type: data}\n"),
    Damage("allowance: a zone lost", PLAN, r"network-zone: \[home, roaming-union\]", "network-zone: home"),
    Damage("allowance: counts for incoming calls only", PLAN, r"direction: \[out, forwarded\]", "direction: in"),
    Damage("allowance: unlimited", PLAN, r"amount: 20 GB", "amount: unlimited"),
    Damage("allowance lost", PLAN, r"  - allowance: messages\n(?:    .*\n|      .*\n)+", ""),
    Damage("recurring price without its last digit", PLAN, r"amount: 18.00", "amount: 1.80"),
    Damage("a law that does not bind the brand", "brand.yaml", r"(cost-tariff: .*\n)", "\\1regulation: [eu, be]\n"),
    Damage("indentation lost", STANDARD, r"\n    when: ", "\n   when: "),
)  # fmt: skip


def damaged(files: Files, damage: Damage, places: int) -> Iterator[dict[str, str]]:
    """The files with the damage done in one place each, in places from the first to the last."""
    text = files[damage.path]
    matches = list(re.finditer(damage.pattern, text))
    apart = max(1, -(-len(matches) // places))
    for match in matches[::apart]:
        new = damage.by(match) if callable(damage.by) else match.expand(damage.by)
        if new != match[0]:
            yield {**files, damage.path: text[: match.start()] + new + text[match.end() :]}


def caught(files: Files, whole: Written, known: frozenset[str], today: date) -> str:
    """Which net catches the damage first; empty: none. ``whole`` are the undamaged files, published, and ``known``
    their warnings: what is told of a change only is a net of its own."""
    from linehouse.catalog.checks import advice, red
    from linehouse.catalog.errors import FilesInvalid
    from linehouse.catalog.files import read_catalogue

    try:
        written = read_catalogue(files)
    except FilesInvalid:
        return "reader"
    problems = red(written)
    if any(one.code == "catalog.example_failed" for one in problems):
        return "example"
    if problems:
        return "error"
    if {one.message for one in advice(written, None, today).open} - known:
        return "warning"
    return "change" if {one.message for one in advice(written, whole.catalogue, today).open} - known else ""


def measure(places: int = PLACES) -> dict[str, dict[str, int]]:
    """How often each kind of damage was caught by which net; the key ``""`` counts what passed.

    Raises ValueError where the undamaged files are refused, or a kind of damage finds no place.
    """
    from linehouse.catalog.checks import advice, red
    from linehouse.catalog.files import read_catalogue

    files = undamaged()
    whole = read_catalogue(files)
    if red(whole):
        raise ValueError(f"the undamaged files are refused: {red(whole)[0].message}")
    today = date(2026, 11, 25)
    known = frozenset(one.message for one in advice(whole, whole.catalogue, today).open)
    found: dict[str, dict[str, int]] = {}
    for damage in DAMAGES:
        nets = found.setdefault(damage.kind, {})
        for broken in damaged(files, damage, places):
            net = caught(broken, whole, known, today)
            nets[net] = nets.get(net, 0) + 1
        if not nets:
            raise ValueError(f"{damage.kind}: {damage.path} has no place for it")
    return found
