"""What lint finds, and the one list of everything that it looks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a tariff may be published with it."""

    ERROR = "error"
    """Refused."""
    WARNING = "warning"
    """Published all the same; somebody should look."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that lint looks for."""

    code: str
    severity: Severity
    title: str
    """What is wrong where it is found."""
    mend: str
    """What would be right."""
    of_change: bool = False
    """Told of a change only: between what is published and what would be."""


def _error(code: str, title: str, mend: str) -> Check:
    return Check(code, Severity.ERROR, title, mend)


def _warning(code: str, title: str, mend: str) -> Check:
    return Check(code, Severity.WARNING, title, mend)


def _change(code: str, title: str, mend: str) -> Check:
    return Check(code, Severity.WARNING, title, mend, of_change=True)


CHECKS: Mapping[str, Check] = {
    check.code: check
    for check in (
        _error("over-cap", "A price is above what the law allows", "a price at or below the cap, without fees besides"),
        _error("must-be-free", "A number that must cost nothing costs something, or is barred", "`price: free`"),
        _error("unknown-clause", "A rule names a clause of the law that is in no pack", "a clause of a pack"),
        _warning(
            "over-cap-unless", "A price is above what the law allows without a reason", "a lower price, or a reason"
        ),
        _warning("should-be-free", "A number that should cost nothing is not free", "it in an emergency zone"),
        _warning("cap-ahead", "A price will be above what the law allows from a later day on", "a lower price by then"),
        _error("unreachable", "A rule is never asked, by one earlier rule or by several together", "another order"),
        _error("toll-free-priced", "A rule prices numbers that cost the caller nothing", "`price: free`"),
        _error("never-step", "A step begins where the maximum has been reached before", "a lower `from`, or no step"),
        _warning("gap", "Usage at home that no rule prices: it would wait in suspense", "a rule for it, if `blocked`"),
        _warning("gap-abroad", "Usage abroad that no rule prices", "a rule for it"),
        _warning("falling-price", "A later step costs more than ten times the first, or less than a tenth", "a look"),
        _warning("unused-zone", "A zone that no rule and no fallback asks for", "a rule that names it"),
        _warning("unused-band", "A time band that no rule asks for", "a rule that names it"),
        _warning("empty-band", "A time band without hours or days", "hours, days or dates"),
        _warning("stale-holidays", "A time band of dates, all of which are past when the tariff begins", "new dates"),
        _warning("unused-line", "An invoice line to which no rule belongs", "`line:` in a rule"),
        _warning("no-line", "A rule that charges and names no invoice line, where others do", "`line:` in the rule"),
        _warning("no-example", "A rule that charges and has no example", "an example of what it costs"),
        _warning("below-cost", "Typical usage costs us more than it brings", "a higher price, or a cheaper network"),
        _warning("cost-unknown", "Usage that we price and whose cost is not known", "a rule in the wholesale tariff"),
        _warning("strange-prefix", "A prefix abroad in a zone of numbers at home", "a prefix of the home country"),
        _warning("home-network", "The network at home is in no network zone by itself", "its MCC-MNC in `plmns`"),
        _warning("allowance-premium", "An unlimited allowance covers paid service numbers", "its zones without them"),
        _warning("accepted-nothing", "A warning is accepted that is not there", "the line under `accepted` taken out"),
        _warning("allowance-nothing", "An allowance covers no usage that costs money", "a scope that is priced"),
        _warning("overlap", "Two rules price some of the same usage, each at its own price", "conditions that differ"),
        _warning("dearer-exception", "A rule for some asks more than the rule behind it asks of all", "a look"),
        _warning("fixed-sum", "The maximum is not above what every event costs at least", "a higher maximum"),
        _warning("past-rule", "A rule that ended before its tariff begins", "the rule taken out, or a later end"),
        _warning("twice", "The same value stands twice in one list", "one of them"),
        _warning("odd-ledger", "A ledger account of one price only, named almost like another", "the other name"),
        _change("price-jump", "A price is several times what it was, or a part of it", "a look: is it meant?"),
        _change("block-jump", "Usage is counted in blocks ten times as long, or a tenth", "a look: is it meant?"),
        _change("effect-change", "What was priced, free or barred is not any more", "a look: is it meant?"),
        _change("rule-narrowed", "A rule asks less, or is for less, than before", "a look: is it meant?"),
        _change("terms-change", "A tariff counts, rounds or goes on otherwise than before", "a look: is it meant?"),
        _change("account-change", "A price is booked under another ledger account", "a look: is it meant?"),
        _change("rule-lost", "A rule is gone, and what it priced goes to others", "a look: is it meant?"),
        _change("numbers-lost", "A zone lost numbers, networks or countries", "a look: is it meant?"),
        _change("example-lost", "An example is gone, and no other tells of that usage", "an example"),
        _change(
            "allowance-jump",
            "An allowance gives several times as much, or otherwise",
            "a look: is it meant?",
        ),
        _warning("huge-price", "A minute, a message or a gigabyte costs more than 100", "a decimal point in its place"),
    )
}
"""By code. docs/reference/lint.md is made from this."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, with the rule concerned (empty: the tariff as a whole)."""

    code: str
    rule: str
    message: str

    @property
    def check(self) -> Check:
        """What was looked for."""
        return CHECKS[self.code]

    @property
    def severity(self) -> Severity:
        """Whether the tariff may be published with it."""
        return self.check.severity
