"""Reading rated usage: for billing, for screens, for TMF635, and to explain a figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from linehouse.charging import store
from linehouse.charging.errors import AlreadyBilled, RatedUsageUnknown
from linehouse.charging.told_words import told_lines
from linehouse.charging.values import UNBILLED, RatedUsage, UsageSum
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.kernel.sentence import Sentence, sentence
from linehouse.platform.work import Actor, unit_of_work
from linehouse.rating.service import PlainPriced, explain_plain, explain_takes
from linehouse.usage import service as usage


def unbilled(account_id: UUID, until: datetime) -> Sequence[RatedUsage]:
    """Postpaid records of the account that began before the instant and stand on no invoice, oldest first."""
    where = "account_id = %s AND billing_mode = 'postpaid' AND started_at < %s AND b.record_id IS NULL"
    return store.rated(where, [account_id, until])


def billable(account_id: UUID, period: Period) -> Sequence[RatedUsage]:
    """Postpaid records of the account that began in the period, on an invoice or not, oldest first."""
    where, params = _within("account_id = %s AND billing_mode = 'postpaid'", [account_id], period)
    return store.rated(where, params)


def records(record_ids: Sequence[UUID]) -> Sequence[RatedUsage]:
    """Rated records by id, billed or not; unknown ids are left out."""
    return store.rated("u.record_id = ANY(%s::uuid[])", [list(record_ids)])


def rated_usage(
    *,
    subscription_id: UUID | None = None,
    account_id: UUID | None = None,
    customer_id: UUID | None = None,
    period: Period | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[RatedUsage], int]:
    """A page of rated usage, newest first, and how many there are."""
    where, params = ["true"], []
    for column, value in (
        ("subscription_id", subscription_id),
        ("account_id", account_id),
        ("customer_id", customer_id),
    ):
        if value is not None:
            where.append(f"{column} = %s")
            params.append(value)
    condition, values = _within(" AND ".join(where), params, period)
    page = f"OFFSET {int(offset)} LIMIT {int(limit)}"
    return store.rated(condition, values, "started_at DESC, sequence DESC", page), store.count(condition, values)


def _within(where: str, params: Sequence[object], period: Period | None) -> tuple[str, list[object]]:
    if period is None:
        return where, list(params)
    values = [*params, period.start]
    where += " AND started_at >= %s"
    if period.end is not None:
        where += " AND started_at < %s"
        values.append(period.end)
    return where, values


def usage_sums(subscription_id: UUID, period: Period) -> Sequence[UsageSum]:
    """What a subscription used in a period, by usage type and direction."""
    where, params = _within("subscription_id = %s", [subscription_id], period)
    return [
        UsageSum(
            usage_type=usage_type,
            direction=direction,
            records=count,
            quantity=Quantity(quantity, Unit(unit)),
            amount=Money(amount, currency),
            covered=covered,
        )
        for usage_type, direction, count, quantity, unit, amount, currency, covered in store.sums(where, params)
    ]


def rated_record(record_id: UUID) -> RatedUsage:
    """One rated record. Raises RatedUsageUnknown."""
    found = store.rated("u.record_id = %s", [record_id], "sequence DESC")
    if not found:
        raise _unknown(record_id)
    return found[0]


def entries_of(record_id: UUID) -> Sequence[RatedUsage]:
    """Every entry of a record in the order in which it was made: charged, taken back, charged anew."""
    return store.entries("u.record_id = %s", [record_id])


def explanation(record_id: UUID) -> PlainPriced:
    """How a record was priced, as data. Raises RatedUsageUnknown."""
    found = store.explanation(record_id)
    if found is None:
        raise _unknown(record_id)
    return found[0]


def explain(record_id: UUID) -> list[Sentence]:
    """How a record was priced and who paid, as sentences. Raises RatedUsageUnknown."""
    found = store.explanation(record_id)
    if found is None:
        raise _unknown(record_id)
    priced, unit_takes, money_takes, uncollected, told, counted, counted_in = found
    unit, currency = Unit(priced["unit"]), priced["currency"]
    paid = {ref: micros for ref, micros in money_takes.items() if not ref.startswith(UNBILLED)}
    takes = explain_takes(unit_takes, paid, uncollected, unit, currency)
    if waits := sum(micros for ref, micros in money_takes.items() if ref.startswith(UNBILLED)):
        takes.append(sentence("Due with an invoice: %(amount)s.", amount=Money(waits, currency)))
    return [*explain_plain(priced), *told_lines(told, counted, counted_in, unit, currency), *takes]


def mark_billed(record_ids: Sequence[UUID], invoice: str, *, actor: Actor) -> None:
    """The records stand on the issued invoice, in the surrounding unit of work. The same again changes nothing.

    Raises AlreadyBilled when one stands on another invoice.
    """
    if not record_ids:
        return
    with unit_of_work(actor, f"invoice {invoice}") as work:
        new = store.insert_billed(record_ids, invoice, work.now)
        known = [record_id for record_id in record_ids if record_id not in new]
        for record_id, other in store.invoices_of(known).items() if known else ():
            if other != invoice:
                raise AlreadyBilled(
                    f"a record stands on invoice {other}", field="record", value=str(record_id), expected=invoice
                )
        usage.mark_billed(list(new), actor=work.actor, reason=f"invoice {invoice}")


def _unknown(record_id: UUID) -> RatedUsageUnknown:
    return RatedUsageUnknown("this record has not been rated", field="record", value=str(record_id))
