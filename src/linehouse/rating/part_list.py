"""The parts of an event in order; what only a boundary that changed nothing separates is one part."""

from __future__ import annotations

from linehouse.rating.values import Exact, Part


def append(parts: list[Part], part: Part) -> None:
    """Add a part, or make the last one longer."""
    last = parts[-1] if parts else None
    if last is not None and last.quantity == last.charged and _same_clause(last, part):
        parts[-1] = longer(last, part.end, blocks=part.blocks, amount=part.amount, flat=part.flat, taken=part.taken)
    else:
        parts.append(part)


def begun_in(parts: list[Part]) -> int:
    """Where the part stands in which the last block began; those after it go on in that block."""
    place = len(parts) - 1
    while place and parts[place].continues:
        place -= 1
    return place


def _same_clause(last: Part, part: Part) -> bool:
    return (
        last.paid_by is part.paid_by
        and last.block == part.block
        and last.rule == part.rule
        and last.step == part.step
        and last.bucket == part.bucket
        and last.tariff == part.tariff
        and not (last.continues or part.continues)
    )


def longer(
    part: Part,
    end: int,
    *,
    blocks: int = 0,
    amount: Exact = 0,
    flat: int = 0,
    taken: Exact = 0,
) -> Part:
    """The part up to ``end``, with so much more of everything."""
    return Part(
        start=part.start,
        end=end,
        paid_by=part.paid_by,
        tariff=part.tariff,
        rule=part.rule,
        rule_name=part.rule_name,
        step=part.step,
        blocks=part.blocks + blocks,
        block=part.block,
        price=part.price,
        unit=part.unit,
        flat=part.flat + flat,
        amount=part.amount + amount,
        bucket=part.bucket,
        bucket_name=part.bucket_name,
        taken=part.taken + taken,
        band=part.band,
        position=part.position,
        counters=part.counters,
        exact=part.exact,
        continues=part.continues,
    )
