"""What moves: balanced transfers between a bucket, its reservations, and what was used."""

from __future__ import annotations

from dataclasses import dataclass

UNCOLLECTED = "uncollected"
"""Usage that nobody paid."""
LOSS = "operator-loss"
"""Usage above a spend cap without consent."""
SOURCE = "granted"
"""Where what is granted comes from."""


@dataclass(frozen=True, slots=True)
class Move:
    """``amount`` (> 0) of an asset goes from one account to another."""

    source: str
    target: str
    amount: int
    asset: str


def balance_of(ref: str) -> str:
    """The account of a bucket's free balance."""
    return f"bucket/{ref}"


def reserve_of(ref: str) -> str:
    """The account of what is reserved in a bucket."""
    return f"reserved/{ref}"


def usage_of(asset: str) -> str:
    """The account of what was used."""
    return f"usage/{asset}"


def expired_of(ref: str) -> str:
    """The account of what a bucket lost when its time was over."""
    return f"expired/{ref}"


def move(source: str, target: str, amount: int, asset: str) -> tuple[Move, ...]:
    """A move; a negative amount goes the other way, none for zero."""
    if not amount:
        return ()
    return (Move(source, target, amount, asset) if amount > 0 else Move(target, source, -amount, asset),)
