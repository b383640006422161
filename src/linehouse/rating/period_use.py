"""What was used in the period so far, counter by counter, and what this event adds."""

from __future__ import annotations

from collections.abc import Mapping

from linehouse.rating.matching import Candidate, Matched
from linehouse.rating.values import Counts, PaidBy, Per, WalkState

_CHARGED = frozenset({PaidBy.MONEY, PaidBy.MAXIMUM, PaidBy.FREE_RULE})
_COUNTED = {Counts.CHARGED: _CHARGED, Counts.ALL: _CHARGED | {PaidBy.BUCKET, PaidBy.THROTTLED}}
"""Which parts a counter counts. Free units of a price and usage that was refused never count."""
UNCOUNTED_IN_EVENT = frozenset({PaidBy.BUCKET, PaidBy.THROTTLED, PaidBy.EMPTY, PaidBy.REDIRECTED})
"""With ``counts: charged`` these do not move the position in the event on."""


class PeriodUse:
    """Counters: what the caller said was used before, without what this event had added to it, plus what it adds."""

    def __init__(self, matched: Matched, counters: Mapping[str, int], state: WalkState | None) -> None:
        self._matched = matched
        self._given = counters
        self._booked: Mapping[str, int] = state.counted if state is not None else {}
        self.added: dict[str, int] = dict(state.walked) if state is not None else {}
        self._keys: dict[tuple[str, str, PaidBy], tuple[str, ...]] = {}

    def before(self, key: str) -> int:
        """The counter as it was before this event."""
        return self._given.get(key, 0) - self._booked.get(key, 0)

    def at(self, key: str) -> int:
        """The counter now."""
        return self.before(key) + self.added.get(key, 0)

    def add(self, key: str, more: int) -> None:
        """Count."""
        if more:
            self.added[key] = self.added.get(key, 0) + more

    def keys(self, rule: Candidate, paid_by: PaidBy) -> tuple[str, ...]:
        """The counters that a part under this rule, paid so, moves on."""
        asked = (rule.tariff.label, rule.rule.key, paid_by)
        found = self._keys.get(asked)
        if found is None:
            declared = [one.key for one in self._matched.counters if paid_by in _COUNTED[one.counts]]
            if rule.usage and paid_by in _COUNTED[rule.tariff.period_counts]:
                declared.append(rule.usage)
            found = self._keys[asked] = tuple(dict.fromkeys(declared))
        return found


def step_counter(rule: Candidate) -> str:
    """The counter in which the steps of the rule's price lie; empty: in the event."""
    price = rule.rule.price
    if price is None or price.per is not Per.PERIOD:
        return ""
    return rule.usage or price.counter


def charged_key(rule: Candidate) -> str:
    """What money paid for under a volume price, in whole blocks: what is priced anew at the next step."""
    return f"{rule.usage}:charged"


def entered_key(rule: Candidate, index: int) -> str:
    """Whether the flat amount of a period's step is paid."""
    return f"{rule.tariff.label}/{rule.rule.key}#{index}"


def events_key(rule: Candidate) -> str:
    """How many events a percentage was asked for in the period."""
    return f"{rule.tariff.label}/{rule.rule.key}:events"


def amount_key(rule: Candidate) -> str:
    """The sum of the amounts (micro-units) of which a percentage was asked in the period."""
    return f"{rule.tariff.label}/{rule.rule.key}:amount"
