"""What usage of a period would cost if it were rated again now: read only, subscriber by subscriber."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from linehouse.balance import service as balance
from linehouse.charging import store
from linehouse.charging.decision import Suspended, TariffInForce
from linehouse.charging.errors import PeriodHasNoEnd
from linehouse.charging.rerating import Again, Order, Sum, rate_again, summed, tariff_key
from linehouse.charging.service.lines import Tariffs, lines_of
from linehouse.charging.service.parties import other_parties
from linehouse.charging.values import Line
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.period import Period
from linehouse.usage import service as usage

_PAGE = 100
_HEAD = (
    "sequence",
    "record",
    "subscription",
    "started_at",
    "currency",
    "rule_before",
    "rule_now",
    "micros_before",
    "micros_now",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which usage is rated again: of a period, by a tariff (key; empty: any), of subscriptions (none: all).

    ``catalog_version`` is the published version whose tariffs are right for that usage, whenever it came into force;
    None takes for each record the version in force at the time of its use.
    """

    period: Period
    tariff: str = ""
    subscriptions: tuple[str, ...] = ()
    order: str = Order.SEQUENCE.value
    catalog_version: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What rating again would change. ``billed`` stands on invoices and is left alone: count and micros by currency."""

    looked_at: int
    changed: tuple[Again, ...]
    sums: tuple[Sum, ...]
    billed: dict[str, tuple[int, int]]

    @property
    def totals(self) -> dict[str, int]:
        """How much more would be charged, micro-units by currency."""
        found: dict[str, int] = {}
        for row in self.sums:
            found[row.currency] = found.get(row.currency, 0) + row.difference
        return dict(sorted(found.items()))

    @property
    def to_suspense(self) -> int:
        """How many records could not be priced any more."""
        return sum(isinstance(one.after, Suspended) for one in self.changed)

    def as_rows(self) -> list[tuple[str, ...]]:
        """A head and one row for each record that differs; amounts in micro-units."""
        return [
            _HEAD,
            *(
                (
                    str(one.before.sequence),
                    str(one.before.record_id),
                    one.before.subscription,
                    one.before.started_at.isoformat(),
                    one.before.amount.currency,
                    one.before.rule,
                    one.rule,
                    str(one.before.amount.micros),
                    "" if one.amount is None else str(one.amount),
                )
                for one in self.changed
            ),
        ]


def rerating_difference(wanted: Wanted) -> Difference:
    """Rate the period's usage that stands on no invoice again, and what was charged after it; nothing moves.

    Later records of the same subscriber are rated again with it, because they see the buckets as those before leave
    them. Raises PeriodHasNoEnd.
    """
    period = wanted.period
    if period.end is None:
        raise PeriodHasNoEnd("usage is rated again for a period with an end", field="period", value=str(period.start))
    chosen = (period.start, period.end, wanted.tariff, wanted.subscriptions)
    firsts = store.first_to_rate_again(*chosen)
    tariffs = _Corrected(wanted)
    looked_at, changed = 0, list[Again]()
    for place in range(0, len(firsts), _PAGE):
        page = firsts[place : place + _PAGE]
        lines = lines_of(subscription_id for subscription_id, _ in page)
        for subscription_id, first in page:
            answers = _of_one(subscription_id, first, lines.get(subscription_id), tariffs, wanted)
            looked_at += len(answers)
            changed += [one for one in answers if one.changes]
    return Difference(looked_at, tuple(changed), tuple(summed(changed)), store.billed_in(*chosen))


class _Corrected(Tariffs):
    """Tariffs in force, but for the usage that is to be corrected those of the version that is right."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__()
        self._wanted = wanted

    def at(self, key: str, instant: datetime) -> TariffInForce | None:
        wanted = self._wanted
        corrected = wanted.period.contains(instant) and wanted.tariff in ("", key)
        if wanted.catalog_version is not None and corrected:
            return self.of_version(wanted.catalog_version, key)
        return super().at(key, instant)


def _of_one(subscription_id: UUID, first: int, line: Line | None, tariffs: Tariffs, wanted: Wanted) -> Sequence[Again]:
    rated = store.rated(
        "subscription_id = %s AND sequence >= %s AND b.record_id IS NULL", [subscription_id, first], "sequence"
    )
    records = {record.id: record for record in usage.normalised_by_id([row.record_id for row in rated])}
    rated = [row for row in rated if row.record_id in records]
    on_net: dict[UUID, bool] = {}
    ported: dict[UUID, Plmn] = {}
    if line is not None:
        for key in sorted({tariff_key(row.tariff) for row in rated}):
            of_key = [records[row.record_id] for row in rated if tariff_key(row.tariff) == key]
            moved, ours = other_parties(of_key, {subscription_id: replace(line, tariff_key=key)}, tariffs)
            ported |= moved
            on_net |= ours
    buckets = balance.buckets_of(subscription_id)
    return rate_again(rated, records, line, buckets, tariffs.at, on_net, ported, Order(wanted.order))
