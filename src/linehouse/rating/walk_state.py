"""What is kept of an event that is reported in parts, when usage is given back: assignments are undone from the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from linehouse.kernel.rounding import ceil_div
from linehouse.rating.period_use import UNCOUNTED_IN_EVENT
from linehouse.rating.values import FeePart, PaidBy, Part, WalkState

_BOOKED = ("total", "units_booked", "money_booked", "uncollected", "counted", "blocked", "throttled")


def give_back(state: WalkState, used: int) -> WalkState:
    """The state as if only ``used`` base units had been used: assignments are undone from the end.

    A block that began before stays paid in full, and so do fees of what stays; where nothing that was paid stays, the
    usage is decided anew. Money is given back to the bucket that paid last. What was booked stays noted: the next
    answer is the difference.
    """
    if used >= state.used:
        return state
    parts: list[Part] = []
    position = used
    for place, part in enumerate(state.parts):
        if part.start >= used and not (part.continues and parts):
            break
        if part.end <= used and part.start < used:
            parts.append(part)
            after = state.parts[place + 1 :]
            position = min(part.start + part.charged, after[0].start) if after else state.position
        elif part.continues:
            # The rest of a block that began before: it stays, to where that block ends.
            start = min(part.start, used)
            parts.append(replace(part, start=start, end=max(start, min(part.end, used))))
            after = state.parts[place + 1 :]
            ends = state.position if not after else part.start + part.charged if after[0].continues else after[0].start
            position = min(position + part.charged, ends)
        elif (short := _shortened(part, used)) is not None:
            parts.append(short)
            position = short.start + short.charged if short.paid_by in _IN_BLOCKS else used
            used = min(used, position)
        else:
            used = position = part.start
    if not any(part.paid_by in _PAID for part in parts):
        return replace(WalkState(), **{name: getattr(state, name) for name in _BOOKED})
    refs = {part.bucket for part in parts}
    fees = tuple(fee for fee in state.fees if fee.kind != "bucket-connect" or fee.rule in refs)
    undone = _amount(state.parts) + _amount(state.fees) - _amount(parts) - _amount(fees)
    taken: dict[str, Fraction] = {}
    for part in parts:
        if part.bucket:
            taken[part.bucket] = taken.get(part.bucket, Fraction(0)) + part.taken
    steps = {(part.tariff, part.rule, part.step) for part in parts if part.paid_by is PaidBy.MONEY}
    return replace(
        state,
        used=used,
        position=max(used, position),
        rest=None,
        money_paid=state.money_paid and any(part.paid_by is PaidBy.MONEY for part in parts),
        charged=state.charged - undone,
        skipped=sum(part.quantity for part in parts if part.paid_by in UNCOUNTED_IN_EVENT),
        ends_at=state.ends_at if state.ends_at is not None and state.ends_at <= used else None,
        entered=tuple(key for key in state.entered if (key in steps if key[0] else key[1] in refs)),
        connected=tuple(ref for ref in state.connected if ref in refs),
        opened={ref: at for ref, at in state.opened.items() if ref in refs},
        taken=taken,
        walked=_recounted(state, parts, steps),
        parts=tuple(parts),
        fees=fees,
        money=_less_money(state, undone),
    )


_IN_BLOCKS = frozenset({PaidBy.MONEY, PaidBy.BUCKET, PaidBy.EMPTY, PaidBy.THROTTLED, PaidBy.REDIRECTED})


_PAID = frozenset({PaidBy.MONEY, PaidBy.BUCKET})


def _amount(assigned: Iterable[Part | FeePart]) -> Fraction:
    return sum((Fraction(one.amount) for one in assigned), Fraction(0))


def _shortened(part: Part, used: int) -> Part | None:
    """The part's blocks that began before ``used``; of an exact bucket those that ended, the rest is decided again."""
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


def _recounted(state: WalkState, parts: list[Part], steps: set[tuple[str, str, int]]) -> dict[str, int]:
    """The counters as the remaining parts count them."""
    walked = dict(state.walked)
    for sign, assigned in ((-1, state.parts), (1, parts)):
        for part in assigned:
            for key in part.counters:
                walked[key] = walked.get(key, 0) + sign * part.quantity
            volume = f"{part.tariff}/{part.rule}:charged"
            if part.paid_by is PaidBy.MONEY and volume in walked:
                walked[volume] += sign * part.charged
    stay = {f"{tariff}/{rule}#{step}" for tariff, rule, step in steps}
    return {key: count for key, count in walked.items() if count and ("#" not in key or key in stay)}


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
