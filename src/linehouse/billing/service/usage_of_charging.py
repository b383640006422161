"""Charging's rated records as billing sums them, and billing's tax rates and bills as charging needs them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from uuid import UUID

from linehouse.billing import store
from linehouse.billing.tax_rates import rate_by_code, rate_on
from linehouse.billing.values import UsageItem
from linehouse.catalog.values import TaxMode
from linehouse.charging import service as charging
from linehouse.charging.values import RatedUsage
from linehouse.kernel.period import Period
from linehouse.kernel.rounding import Rounding
from linehouse.platform.work import Actor


class ChargingUsage:
    """Rated records, as charging keeps them."""

    def unbilled(self, billing_account_id: UUID, until: datetime) -> Sequence[UsageItem]:
        """Rated records of the account that began before the instant and stand on no invoice."""
        return [item_of(record) for record in charging.unbilled(billing_account_id, until)]

    def used(self, billing_account_id: UUID, period: Period) -> Sequence[UsageItem]:
        """Rated records of the account that began in the period, billed or not, as they stand now."""
        return [item_of(record) for record in charging.billable(billing_account_id, period)]

    def records(self, record_ids: Sequence[UUID]) -> Sequence[UsageItem]:
        """Rated records by id, billed or not; unknown ids are left out."""
        return [item_of(record) for record in charging.records(record_ids)]

    def mark_billed(self, record_ids: Sequence[UUID], invoice_number: str, *, actor: Actor) -> None:
        """The records stand on the issued invoice."""
        charging.mark_billed(record_ids, invoice_number, actor=actor)


class BillsOfCharging:
    """What charging must know of bills before it rates usage again."""

    def hold(self, account_ids: Iterable[UUID]) -> None:
        """No bill of these accounts is made until the surrounding transaction ends."""
        for account_id in sorted(account_ids):
            store.lock_account(account_id)

    def claimed(self, record_ids: Sequence[UUID]) -> AbstractSet[UUID]:
        """Those that a line has summed, also of a bill that is not posted yet."""
        return set(record_ids) - store.unclaimed(record_ids)


def item_of(record: RatedUsage) -> UsageItem:
    """What is owed for the record: its charge less what money buckets have paid, and what the journal accrued."""
    amount, net = record.amount, record.net
    if paid := record.paid_from_balance:
        amount -= paid
        rate = rate_by_code(record.tax_code).fraction
        net = amount.times(1 / (1 + rate), Rounding.HALF_UP) if record.mode == TaxMode.GROSS else amount
    return UsageItem(
        record_id=record.record_id,
        subscription=record.subscription,
        group=record.group,
        label=record.label,
        usage_type=record.usage_type,
        started_at=record.started_at,
        quantity=record.quantity,
        amount=amount,
        net=net,
        mode=TaxMode(record.mode),
        tax_category=record.tax_category,
        clause=record.clause,
        gl=record.gl,
        direction=record.direction,
        peer=record.peer,
        network=record.network,
        covered_by=record.covered_by,
    )


def rate_for_charging(country: str, category: str, day: date) -> charging.Rate:
    """The rate on file. Raises UnknownTaxRate."""
    rate = rate_on(country, category, day)
    return charging.Rate(rate.fraction, rate.code)
