"""``volume: true``: all of the period's usage is priced at the step that it reached."""

from __future__ import annotations

from linehouse.rating.matching import Candidate
from linehouse.rating.period_use import charged_key, step_counter
from linehouse.rating.runs import ratio
from linehouse.rating.values import Exact, PaidBy, Step
from linehouse.rating.walk import Walk


def volume_differences(walk: Walk) -> dict[str, Exact]:
    """By rule: what the period's usage costs now, less what it cost before this event, less what the parts say."""
    found: dict[str, Exact] = {}
    for rule in walk.matched.rules:
        price = rule.rule.price
        if price is not None and price.volume and rule.usage:
            own = sum(
                # As the step says, also where the event's maximum took something off.
                ratio(part.charged * part.price, part.unit)
                for part in walk.parts
                if part.paid_by is PaidBy.MONEY and (part.tariff, part.rule) == (rule.tariff.label, rule.rule.key)
            )
            difference = _worth(walk, rule, price.steps, now=True) - _worth(walk, rule, price.steps, now=False) - own
            if difference:
                found[rule.rule.key] = difference
    return found


def _worth(walk: Walk, rule: Candidate, steps: tuple[Step, ...], *, now: bool) -> Exact:
    use = walk.use
    look = use.at if now else use.before
    used, charged = look(step_counter(rule)), look(charged_key(rule))
    if charged <= 0 or not steps:
        return 0
    reached = steps[0]
    for step in steps:
        if step.start < used:
            reached = step
    return reached.flat + ratio(reached.price * charged, reached.unit)
