"""A payment provider that keeps cards and charges them by their tokens, as the real one does without its holder.

How a card behaves stands in its token: ``tok_declined…`` has no money, ``tok_slow…`` is charged, but its first answer
is lost; every other token pays. The same key is the same charge.
"""

from __future__ import annotations

import hashlib

from linehouse.balance.service import Charged
from linehouse.kernel.money import Money
from linehouse.platform.jobs.registry import RetryLater


class SimulatedCards:
    """The provider, within this process."""

    def __init__(self) -> None:
        self._charged: dict[str, tuple[str, Money]] = {}

    def charge(self, token: str, amount: Money, key: str) -> Charged:
        """Charge a card once for a key. Raises RetryLater for the first answer of a slow one."""
        if token.startswith("tok_declined"):
            return Charged(declined="insufficient funds")
        known = self._charged.get(key)
        if known is not None and known != (token, amount):
            return Charged(declined="this key was used for another charge")
        self._charged[key] = (token, amount)
        if known is None and token.startswith("tok_slow"):
            raise RetryLater("the answer of the card provider was lost")
        return Charged(authorization=f"SIM-{hashlib.sha256(key.encode()).hexdigest()[:10].upper()}")

    @property
    def charges(self) -> int:
        """How many charges there were."""
        return len(self._charged)
