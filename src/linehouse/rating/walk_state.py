"""What is kept of an event that is reported in parts, when usage is given back: assignments are undone from the end."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from linehouse.kernel.rounding import ceil_div
from linehouse.rating.period_use import UNCOUNTED_IN_EVENT
from linehouse.rating.values import PaidBy, Part, WalkState

_BOOKED = ("total", "units_booked", "money_booked", "uncollected", "counted", "blocked", "throttled")


def give_back(state: WalkState, used: int) -> WalkState:
    """The state as if only ``used`` base units had been used: assignments are undone from the end.

    A block that began before stays paid in full, and so do fees of the event; with nothing used at all nothing stays.
    Money is given back to the bucket that paid last. What was booked stays noted: the next answer is the difference.
    """
    if used >= state.used:
        return state
    if used <= 0:
        return replace(WalkState(), **{name: getattr(state, name) for name in _BOOKED})
    parts: list[Part] = []
    position = used
    for place, part in enumerate(state.parts):
        if part.start >= used and not (part.continues and parts):
            break
        if part.end <= used and part.start < used:
            parts.append(part)
            after = state.parts[place + 1 :]
            position = min(part.start + part.charged, after[0].start) if after else state.position
        elif (short := _shortened(part, used)) is not None:
            parts.append(short)
            position = short.start + short.charged if short.paid_by in _IN_BLOCKS else used
            used = min(used, position)
        else:
            used = position = part.start
    undone = _amount(state.parts) - _amount(parts)
    taken: dict[str, Fraction] = {}
    for part in parts:
        if part.bucket:
            taken[part.bucket] = taken.get(part.bucket, Fraction(0)) + part.taken
    return replace(
        state,
        used=used,
        position=max(used, position),
        rest=None,
        charged=state.charged - undone,
        skipped=sum(part.quantity for part in parts if part.paid_by in UNCOUNTED_IN_EVENT),
        ends_at=state.ends_at if state.ends_at is not None and state.ends_at <= used else None,
        taken=taken,
        walked=_recounted(state, parts),
        parts=tuple(parts),
        money=_less_money(state, undone),
    )


_IN_BLOCKS = frozenset({PaidBy.MONEY, PaidBy.BUCKET, PaidBy.EMPTY, PaidBy.THROTTLED, PaidBy.REDIRECTED})


def _amount(parts: tuple[Part, ...] | list[Part]) -> Fraction:
    return sum((Fraction(part.amount) for part in parts), Fraction(0))


def _shortened(part: Part, used: int) -> Part | None:
    """The part's blocks that began before ``used``; of an exact bucket those that ended, the rest is decided again."""
    if part.continues:
        return replace(part, start=min(part.start, used), end=max(min(part.start, used), min(part.end, used)))
    within = used - part.start
    blocks = within // part.block if part.exact else ceil_div(within, part.block)
    if blocks == 0:
        return None
    if blocks >= part.blocks:
        return replace(part, end=used)
    # Only the last block of a part can have been used, taken or paid in part; so these are whole.
    taken = Fraction(part.taken) * blocks * part.block / (part.quantity if part.exact else part.charged)
    amount = min(Fraction(part.amount), part.flat + blocks * Fraction(part.price * part.block, part.unit))
    end = min(used, part.start + blocks * part.block)
    return replace(part, end=end, blocks=blocks, amount=amount, taken=taken)


def _recounted(state: WalkState, parts: list[Part]) -> dict[str, int]:
    """The counters' usage as the remaining parts count it; single facts of the event stay."""
    walked = dict(state.walked)
    for part in state.parts:
        for key in part.counters:
            walked[key] = walked.get(key, 0) - part.quantity
    for part in parts:
        for key in part.counters:
            walked[key] = walked.get(key, 0) + part.quantity
    return {key: count for key, count in walked.items() if count}


def _less_money(state: WalkState, undone: Fraction) -> tuple[tuple[str, Fraction], ...]:
    """Undo what nobody paid first, then what was paid last."""
    money = list(state.money)
    undone -= max(Fraction(0), state.charged - sum((amount for _, amount in money), Fraction(0)))
    while undone > 0 and money:
        ref, amount = money.pop()
        if amount > undone:
            money.append((ref, amount - undone))
        undone -= amount
    return tuple(money)
