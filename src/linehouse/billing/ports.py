"""What billing asks of charging: usage that is rated and not billed. ``jobs`` plugs it in when the house opens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from linehouse.billing.values import UsageItem
from linehouse.kernel.period import Period
from linehouse.platform.work import Actor


class UsageSource(Protocol):
    """Rated records, as charging keeps them."""

    def unbilled(self, billing_account_id: UUID, until: datetime) -> Sequence[UsageItem]:
        """Rated records of the account that began before the instant and stand on no invoice."""
        ...

    def used(self, billing_account_id: UUID, period: Period) -> Sequence[UsageItem]:
        """Rated records of the account that began in the period, billed or not, as they stand now."""
        ...

    def records(self, record_ids: Sequence[UUID]) -> Sequence[UsageItem]:
        """Rated records by id, billed or not; unknown ids are left out."""
        ...

    def mark_billed(self, record_ids: Sequence[UUID], invoice_number: str, *, actor: Actor) -> None:
        """The records stand on the issued invoice, in the surrounding unit of work."""
        ...


class NoUsage:
    """A house without charging: nothing is ever used."""

    def unbilled(self, billing_account_id: UUID, until: datetime) -> Sequence[UsageItem]:
        """Nothing."""
        return ()

    def used(self, billing_account_id: UUID, period: Period) -> Sequence[UsageItem]:
        """Nothing."""
        return ()

    def records(self, record_ids: Sequence[UUID]) -> Sequence[UsageItem]:
        """Nothing."""
        return ()

    def mark_billed(self, record_ids: Sequence[UUID], invoice_number: str, *, actor: Actor) -> None:
        """Nothing to mark."""


_source: list[UsageSource] = [NoUsage()]


def use_usage(source: UsageSource) -> UsageSource:
    """Say where usage comes from; the last one counts. Returns the one that was used before."""
    before = _source[0]
    _source[0] = source
    return before


def usage() -> UsageSource:
    """Where usage comes from."""
    return _source[0]
