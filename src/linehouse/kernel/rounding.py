"""Rounding by name: the only place where an exact fraction becomes a whole number."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction


class Rounding(StrEnum):
    """A named rounding mode, applied to the magnitude, so that a refund mirrors its charge exactly."""

    UP = "up"
    """Away from zero."""
    DOWN = "down"
    """Towards zero."""
    HALF_UP = "half-up"
    """To the nearest, a tie away from zero: the commercial rounding of invoices."""
    HALF_EVEN = "half-even"
    """To the nearest, a tie to the even neighbour."""


def round_to_int(value: Fraction | int, mode: Rounding) -> int:
    """Round an exact value to a whole number by the named mode."""
    exact = Fraction(value)
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    doubled = 2 * rest
    if rest:
        match mode:
            case Rounding.UP:
                whole += 1
            case Rounding.DOWN:
                pass
            case Rounding.HALF_UP:
                whole += doubled >= exact.denominator
            case Rounding.HALF_EVEN:
                tie = doubled == exact.denominator
                whole += doubled > exact.denominator or (tie and whole % 2 == 1)
    return whole if exact >= 0 else -whole


def round_to_step(value: Fraction | int, step: int, mode: Rounding) -> int:
    """Round an exact value to a multiple of ``step`` (> 0): cents in micro-units are ``step=10_000``."""
    if step <= 0:
        raise ValueError(f"step must be positive, not {step}")
    return round_to_int(Fraction(value) / step, mode) * step


def ceil_div(value: int, block: int) -> int:
    """The number of blocks that cover ``value`` (>= 0): a block that has begun counts."""
    if value < 0 or block <= 0:
        raise ValueError(f"need value >= 0 and block > 0, not {value} and {block}")
    return -(-value // block)


def largest_remainder(total: int, weights: list[int] | tuple[int, ...]) -> tuple[int, ...]:
    """Share ``total`` over ``weights`` (>= 0) in proportion; the shares sum to ``total`` exactly.

    What truncation leaves is given out one by one to the largest remainders, ties to the earlier place.
    With all weights zero everything goes to the first place. Raises ValueError for no or negative weights.
    """
    if not weights or min(weights) < 0:
        raise ValueError("weights must be given and not negative")
    whole = sum(weights)
    if whole == 0:
        return (total, *([0] * (len(weights) - 1)))
    sign = -1 if total < 0 else 1
    shares, rests = [], []
    for weight in weights:
        share, rest = divmod(abs(total) * weight, whole)
        shares.append(share)
        rests.append(rest)
    left = abs(total) - sum(shares)
    for place in sorted(range(len(weights)), key=lambda i: (-rests[i], i))[:left]:
        shares[place] += 1
    return tuple(sign * share for share in shares)
