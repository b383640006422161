"""The money of one event while it is walked through: what fell due where, fees, and the bounds of the first price."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from linehouse.rating.runs import Run
from linehouse.rating.values import AtMaximum, Due, Exact, FeePart, Price, WalkState


@dataclass(slots=True)
class Owed:
    """``count`` times ``each`` (exact micro-units) that fell due at a position."""

    position: int
    each: Exact
    count: int = 1


class EventMoney:
    """Money is capped at the maximum of the first block's price, unless that says ``then: disconnect``."""

    def __init__(self, end: int, state: WalkState | None) -> None:
        self._end = end
        self._maximum: int | None = None
        self._disconnect: int | None = None
        self._minimum: int | None = None
        self._rule = ""
        self.sum: Exact = _small(state.charged) if state is not None else 0
        self.finish: Exact = _small(state.finish) if state is not None else 0
        self.fees: list[FeePart] = list(state.fees) if state is not None else []
        self.owed: list[Owed] = []
        self.ends_at: int | None = state.ends_at if state is not None else None
        self.paid = state.money_paid if state is not None else False
        """Whether money paid something by the tariff's price."""

    def bound_by(self, price: Price, rule: str) -> None:
        """The first block's price bounds the event."""
        self._rule, self._minimum = rule, price.minimum
        if price.maximum is not None and price.at_maximum is AtMaximum.DISCONNECT:
            self._disconnect = price.maximum
        else:
            self._maximum = price.maximum

    @property
    def at_maximum(self) -> bool:
        """Whether the rest is free."""
        return self._maximum is not None and self.sum >= self._maximum

    def due_fees(self, price: Price, due: Due, position: int) -> None:
        """``connect`` now, ``finish`` when the event ends."""
        connect, finish = price.connect, price.finish
        if connect is not None and connect.due is due:
            self.fee("connect", connect.micros, position)
        if finish is not None and finish.due is due:
            self.finish += finish.micros

    def fee(self, kind: str, amount: Exact, position: int, rule: str = "") -> None:
        """A fee, as far as the maximum lets it."""
        if self._maximum is not None and amount > 0:
            amount = min(amount, max(0, self._maximum - self.sum))
        if self._disconnect is not None and self.ends_at is None and self.sum + amount > self._disconnect:
            self.ends_at = position
        if amount:
            self.sum += amount
            self.owed.append(Owed(min(position, self._end - 1), amount))
            self.fees.append(FeePart(kind, rule or self._rule, amount))

    def beyond_bounds(self, kind: str, amount: Exact, rule: str) -> None:
        """Something due at the end that the bounds of the event do not concern; may be less than nothing."""
        self.sum += amount
        self.owed.append(Owed(max(0, self._end - 1), amount))
        self.fees.append(FeePart(kind, rule, amount))

    def blocks(self, run: Run, flat: int, each: Exact) -> tuple[Run, Exact]:
        """Charge for a run's blocks up to the one that reaches the maximum; what was paid for, and the amount."""
        amount: Exact = flat + run.count * each
        position = min(run.start, self._end - 1)
        limit = self._disconnect
        if limit is not None and self.ends_at is None and self.sum + self.finish + amount > limit:
            whole = int((limit - self.sum - self.finish - flat) // each) if each else 0
            self.ends_at = run.start + max(0, whole) * run.block
        if self._maximum is not None and self.sum + amount > self._maximum:
            room = self._maximum - self.sum
            run = run.first(max(1, -int(-(room - flat) // each) if each else 1))
            amount = room
        self.sum += amount
        if amount:
            self._owe(position, flat, each, run.count, amount)
        return run, amount

    def _owe(self, position: int, flat: int, each: Exact, count: int, amount: Exact) -> None:
        """Block by block where it matters: the first with its flat amount, the last as far as the maximum lets it."""
        first, last = flat + each, amount - flat - (count - 1) * each
        if count == 1:
            self.owed.append(Owed(position, amount))
            return
        equal = count - (1 if flat else 0) - (0 if last == each else 1)
        if flat:
            self.owed.append(Owed(position, first))
        if equal and each:
            self.owed.append(Owed(position, each, equal))
        if last != each and last:
            self.owed.append(Owed(position, last))

    def end(self) -> None:
        """The event ends: what is due then."""
        if self.finish:
            self.fee("finish", self.finish, self._end)
        if self._minimum is not None and self.paid and self.sum < self._minimum:
            self.fee("minimum", self._minimum - self.sum, self._end)


def _small(number: Exact) -> Exact:
    """A whole number as int."""
    return number.numerator if isinstance(number, Fraction) and number.denominator == 1 else number
