"""How much damage to a catalogue the readers, the examples and lint notice: the demo brand's files, damaged.

Each kind of damage is done in several places, one at a time. What is noticed is told by the net that caught it first:
the reader (files cannot be read), an example, an error of lint, or a warning of lint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import click
from ground import brand, headed

Files = Mapping[str, str]
ROBIN = Path(__file__).resolve().parents[1] / "brands" / "robin"
STANDARD, SIM_ONLY = "tariffs/robin-standard.yaml", "tariffs/robin-sim-only.yaml"
NUMBERS, NETWORKS = "zones/numbers.yaml", "zones/networks.yaml"
PLAN = "catalog/robin-sim-only-20.yaml"
PLACES = 6
"""In how many places each kind of damage is done at most."""
NETS = ("reader", "example", "error", "warning")


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
    Damage("indentation lost", STANDARD, r"\n    when: ", "\n   when: "),
)  # fmt: skip
EXPLAINED = {
    "price: five per cent more": "A price that is a little higher is a price; only an example beside it can tell.",
    "wrong block": "Paying by the second is a product, not a mistake; an example with 61 s tells.",
    "connect fee lost": "A call without a connection fee is a product; an example tells.",
    "maximum lost": "A call without a maximum is a product; an example of a very long call tells.",
    "step lost": "One step less is a product; an example beyond it tells.",
    "free becomes blocked": "Barring is a decision of the brand; where it matters write `… is free`.",
    "blocked becomes free": "Giving away is a decision of the brand; where it matters write `is blocked`.",
    "a prefix lost": "The number falls into the next wider zone, which is lawful; an example with a number tells.",
    "a digit of a prefix wrong": "The other prefix exists; an example with a number tells.",
    "a short code lost": "112 and the 116 numbers are known to lint; others need an example.",
    "a country in another zone": "Which country costs what is the brand's decision; an example tells.",
    "a country of a network zone lost": "The country falls into the zone of all others; an example tells.",
    "allowance: too small by a thousand": "The size of an allowance is the product; its description is free text.",
    "allowance: covers premium numbers": "Generous, and lawful; what it costs is seen in the margin of the plan.",
    "overlap: a prefix in two zones": "The same prefix twice in one zone changes nothing.",
    "invoice line lost from a rule": "A free rule needs no line.",
    "an example lost": "The rule may have another one.",
    "gap: a network zone is taken out of a rule": "A later rule may take the usage over, at its own price.",
    "gap: a rule is lost": "A later or the fallback's rule may take the usage over, at its own price.",
    "gap: a rule loses a direction": "Forwarded calls may be priced by a later rule.",
    "gap: a number zone is taken out of a rule": "A later rule may take the calls over, at its own price.",
    "price: decimal point two to the left": "Below cost only where a wholesale price is known.",
    "negative margin: a tenth of the price": "Below cost only where the margin was thinner than ten times.",
    "price: decimal point one to the right": "Ten times the price is lawful outside the caps; an example tells.",
    "price: decimal point three to the right": "Data sold by the megabyte abroad may look dear all the same.",
    "wrong ledger account": "An account of that name is opened in the journal; the plan shows it as a change.",
}  # fmt: skip
"""Why a kind of damage may pass, for whoever reads the table."""


def damaged(files: Files, damage: Damage) -> Iterator[dict[str, str]]:
    """The files with the damage done in one place each, in places from the first to the last."""
    text = files[damage.path]
    matches = list(re.finditer(damage.pattern, text))
    apart = max(1, -(-len(matches) // PLACES))
    for match in matches[::apart]:
        new = damage.by(match) if callable(damage.by) else match.expand(damage.by)
        if new != match[0]:
            yield {**files, damage.path: text[: match.start()] + new + text[match.end() :]}


def caught(files: Files, known: frozenset[str]) -> str:
    """Which net catches the damage first; empty: none. ``known`` are the warnings of the undamaged files."""
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
    return "warning" if {one.message for one in advice(written)} - known else ""


def measure() -> dict[str, dict[str, int]]:
    """How often each kind of damage was caught by which net; the key ``""`` counts what passed."""
    from linehouse.catalog.checks import advice, red
    from linehouse.catalog.files import read_catalogue
    from linehouse.catalog.folder import read_folder

    files = dict(read_folder(ROBIN))
    whole = read_catalogue(files)
    if red(whole):
        raise click.ClickException(f"the undamaged files are refused: {red(whole)[0].message}")
    known = frozenset(one.message for one in advice(whole))
    found: dict[str, dict[str, int]] = {}
    for damage in DAMAGES:
        nets = found.setdefault(damage.kind, {})
        for broken in damaged(files, damage):
            net = caught(broken, known)
            nets[net] = nets.get(net, 0) + 1
    return found


def table(found: dict[str, dict[str, int]]) -> Iterator[str]:
    """The table of docs/explanation/what-lint-finds.md."""
    yield "| damage | places | reader | example | error | warning | passed | why it may pass |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
    for kind, nets in found.items():
        counts = " | ".join(str(nets.get(net, 0)) for net in (*NETS, ""))
        why = EXPLAINED.get(kind, "") if nets.get("") else ""
        yield f"| {kind} | {sum(nets.values())} | {counts} | {why} |"


def main() -> None:
    """Damage, look, and tell."""
    from linehouse.run.house import open_house

    open_house()
    with brand():
        found = measure()
    total = sum(sum(nets.values()) for nets in found.values())
    passed = sum(nets.get("", 0) for nets in found.values())
    headed(f"lint: {total} damages of {len(found)} kinds to the demo brand's catalogue")
    for line in table(found):
        click.echo(line)
    click.echo(f"caught {total - passed} of {total}: {100 * (total - passed) / total:.1f} %")


if __name__ == "__main__":
    main()
