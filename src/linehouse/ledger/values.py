"""Transfers and entries, checked when they are made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from linehouse.ledger.chart import CHART
from linehouse.ledger.errors import BadTransfer, UnknownClass


@dataclass(frozen=True, slots=True)
class Transfer:
    """Move ``amount`` (> 0) of ``asset`` from the credit account to the debit account.

    An amount of a currency is in micro-units; of a unit, in base units. Raises BadTransfer, UnknownClass.
    """

    debit: str
    credit: str
    amount: int
    asset: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int or self.amount <= 0:
            raise BadTransfer("an amount is above zero", field="amount", value=self.amount, expected="> 0")
        if self.debit == self.credit:
            raise BadTransfer(
                "a transfer joins two accounts", field="credit", value=self.credit, expected="another account"
            )
        if not self.asset:
            raise BadTransfer("a transfer has an asset", field="asset", expected="a currency or a unit")
        for key in (self.debit, self.credit):
            account_class(key)


def account_class(key: str) -> str:
    """The class of an account key; raises UnknownClass."""
    found, slash, detail = key.partition("/")
    if found not in CHART or not slash or not detail:
        raise UnknownClass(
            f"{key!r} is no account", field="account", value=key, expected=f"one of {', '.join(CHART)}, then /detail"
        )
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """All transfers of one cause. The cause is a business key: ``invoice:R-2026-000001``."""

    cause: str
    transfers: tuple[Transfer, ...]
    note: str = ""

    def __post_init__(self) -> None:
        if not self.cause or not self.transfers:
            raise BadTransfer("an entry has a cause and transfers", field="cause", value=self.cause, expected="both")

    @property
    def digest(self) -> str:
        """What the transfers say, as a hash: tells a repeat from a conflict."""
        text = "\n".join(f"{t.debit}|{t.credit}|{t.amount}|{t.asset}" for t in self.transfers)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Posted:
    """A transfer as the journal holds it."""

    position: int
    cause: str
    leg: int
    debit: str
    credit: str
    amount: int
    asset: str
    business_time: datetime
    actor: str
    note: str


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account with what was moved to each side; ``balance`` is on the normal side of its class."""

    key: str
    asset: str
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Positive on the normal side of the class."""
        side = CHART[account_class(self.key)].side
        return self.debit - self.credit if side == "debit" else self.credit - self.debit


@dataclass(frozen=True, slots=True)
class TrialLine:
    """The sums of one class in one asset."""

    asset: str
    account_class: str
    debit: int
    credit: int
