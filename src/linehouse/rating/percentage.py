"""A share of the amount that an event carries, with free events and a free amount in the period."""

from __future__ import annotations

from linehouse.rating.matching import Candidate
from linehouse.rating.period_use import PeriodUse, amount_key, events_key
from linehouse.rating.runs import times
from linehouse.rating.values import Exact, Percent, Step

NO_STEPS = (Step(start=0, price=0, unit=1, block=1),)
"""A price that has only a percentage: its units cost nothing."""


def percent_due(rule: Candidate, percent: Percent, use: PeriodUse, priced: int, amount: int) -> Exact:
    """What is due for the amount (micro-units) beyond ``priced``, exact; counts the event and the amount.

    Free are the first ``free_events`` of the period within the first ``free_amount`` of it, whichever ends first.
    """
    events, amounts = events_key(rule), amount_key(rule)
    earlier, before = use.before(events), use.at(amounts)
    new = max(0, amount - priced)
    if not use.at(events) - earlier:
        use.add(events, 1)
    use.add(amounts, new)
    free = 0
    if percent.free_events is not None or percent.free_amount is not None:
        in_time = percent.free_events is None or earlier < percent.free_events
        left = new if percent.free_amount is None else max(0, percent.free_amount - before)
        free = min(new, left) if in_time else 0
    return times(percent.rate, new - free)
