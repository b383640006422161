"""Rows to values and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from uuid import UUID

from linehouse.billing.charges import Entry
from linehouse.billing.frozen_terms import from_plain
from linehouse.billing.models import BilledEntry, BilledRecord, Charge
from linehouse.billing.values import EntryKey, SubscriptionCharge
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.platform.sql import brand_cursor


def charge_value(row: Charge) -> SubscriptionCharge:
    """The charge as the rules see it."""
    return SubscriptionCharge(row.product_number, from_plain(row.terms), row.start, row.end)


def charges_of_account(account_id: UUID, before: date) -> list[Charge]:
    """Charges of the account that began before the local day, in a stable order."""
    rows = Charge.objects.filter(account_id=account_id, start__lt=before)
    return list(rows.order_by("product_number", "start", "price_key"))


def entries_of_charges(charges: Iterable[Charge]) -> list[Entry]:
    """Everything that was billed of these charges, drafts included."""
    by_id = {row.id: row for row in charges}
    rows = BilledEntry.objects.filter(charge_id__in=list(by_id))
    return [entry_value(row, by_id[row.charge_id]) for row in rows.order_by("period_start", "revision")]


def entry_value(row: BilledEntry, charge: Charge) -> Entry:
    """The entry as the rules see it."""
    return Entry(
        key=EntryKey(row.subscription, row.charge_key, DatePeriod(row.period_start, row.period_end), row.revision),
        terms=from_plain(charge.terms),
        covered=DatePeriod(row.covered_start, row.covered_end),
        exact=Fraction(row.exact),
        amount=Money(row.amount_micros, row.currency),
        reverses=row.reverses,
        tax_code=row.tax_code,
        explanation=row.explanation,
    )


def unclaimed(record_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the records that no line has summed yet."""
    claimed = BilledRecord.objects.filter(record_id__in=record_ids).values_list("record_id", flat=True)
    return set(record_ids) - set(claimed)


def lock_account(account_id: UUID) -> None:
    """Hold the account's billing until the transaction ends: two bills of one account come one after the other."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('billing/' || %s, 0))", [str(account_id)])
