"""What usage of a period would cost if it were rated again now: read only, subscriber by subscriber."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from linehouse.balance import service as balance
from linehouse.balance.values import BucketView
from linehouse.charging import store
from linehouse.charging.decision import Suspended, TariffAt, TariffInForce
from linehouse.charging.errors import PeriodHasNoEnd
from linehouse.charging.online.records import SOURCE
from linehouse.charging.ports import bills
from linehouse.charging.rerating import Again, Order, Sum, rate_again, summed, tariff_key
from linehouse.charging.service import counters
from linehouse.charging.service.lines import Tariffs, lines_of
from linehouse.charging.service.parties import told_of
from linehouse.charging.service.selection import Selection, billed_in, first_to_rate_again
from linehouse.charging.told import Told
from linehouse.charging.values import Line, RatedUsage
from linehouse.kernel.period import Period
from linehouse.usage import service as usage
from linehouse.usage.values import NormalisedUsage

DRAFTED = "stands on a bill that is being prepared"
FORGOTTEN = "its details have been erased"
ONLINE = "it was charged while it happened, and only usage from files is rated again"
ABOVE = "a part of it lay above a limit, and nobody is billed that"
"""Why a record is left as it is."""
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
    """Which usage is rated again: of a period, by a tariff and on a plan (keys; empty: any), of subscriptions (none:
    all).

    ``catalog_version`` is the published version whose tariffs are right for that usage, whenever it came into force;
    None takes for each record the version in force at the time of its use.
    """

    period: Period
    tariff: str = ""
    subscriptions: tuple[str, ...] = ()
    order: str = Order.SEQUENCE.value
    catalog_version: int | None = None
    offering: str = ""

    def chooses(self, row: RatedUsage) -> bool:
        """Whether the record is one of those that are to be corrected."""
        return (
            self.period.contains(row.started_at)
            and self.tariff in ("", tariff_key(row.tariff))
            and self.offering in ("", row.offering)
        )

    @property
    def selection(self) -> Selection:
        """What is asked of the records. Raises PeriodHasNoEnd."""
        if self.period.end is None:
            raise PeriodHasNoEnd(
                "usage is rated again for a period with an end", field="period", value=str(self.period.start)
            )
        return Selection(self.period.start, self.period.end, self.tariff, self.offering, self.subscriptions)


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
    firsts = [(subscription_id, first) for subscription_id, _, first in first_to_rate_again(wanted.selection)]
    tariffs = Corrected(wanted)
    looked_at, changed = 0, list[Again]()
    for place in range(0, len(firsts), _PAGE):
        page = firsts[place : place + _PAGE]
        lines = lines_of(subscription_id for subscription_id, _ in page)
        for subscription_id, first in page:
            answers = look_again(
                subscription_id, first, lines.get(subscription_id), tariffs, Order(wanted.order)
            ).answers
            looked_at += len(answers)
            changed += [one for one in answers if one.changes]
    return Difference(looked_at, tuple(changed), tuple(summed(changed)), billed_in(wanted.selection))


class Corrected(Tariffs):
    """For the usage that is to be corrected the tariffs that are right; for the rest those by which it was priced."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__()
        self._wanted = wanted

    def at(self, key: str, instant: datetime) -> TariffInForce | None:
        """What is right for usage of the instant: asked before a record is looked at closely."""
        wanted = self._wanted
        if wanted.catalog_version is not None and wanted.period.contains(instant) and wanted.tariff in ("", key):
            return self.of_version(wanted.catalog_version, key)
        return super().at(key, instant)

    def of_row(self, row: RatedUsage) -> TariffAt:
        """The tariffs by which a record is rated again."""
        if self._wanted.chooses(row):
            return self.at

        def of_version(key: str, instant: datetime) -> TariffInForce | None:
            return self.of_version(row.catalog_version, key)

        return of_version


@dataclass(frozen=True, slots=True)
class Looked:
    """A subscription's records as rating them again says; ``kept`` are those that cannot be rated again, with why."""

    answers: tuple[Again, ...] = ()
    kept: tuple[tuple[RatedUsage, str], ...] = ()


def look_again(
    subscription_id: UUID,
    first: int,
    line: Line | None,
    tariffs: Corrected,
    order: Order,
    buckets: Sequence[BucketView] | None = None,
) -> Looked:
    """Rate a subscription's unbilled records from the first place on again, over its buckets and counters of now."""
    where = "subscription_id = %s AND coalesce(u.place, u.sequence) >= %s"
    rated = store.rated(where, [subscription_id, first], "sequence")
    unbilled = [row for row in rated if not row.invoice]
    records = {record.id: record for record in usage.normalised_by_id([row.record_id for row in unbilled])}
    drafted = bills().claimed([row.record_id for row in unbilled])
    kept = [(row, why) for row in unbilled if (why := _kept(row, records.get(row.record_id), drafted))]
    left_alone = {row.record_id for row, _ in kept} | {row.record_id for row in rated if row.invoice}
    standing = [row for row in rated if row.record_id in left_alone]
    rated = [row for row in rated if row.record_id not in left_alone]
    told = Told()
    if line is not None:
        for key in sorted({tariff_key(row.tariff) for row in rated}):
            of_key = [records[row.record_id] for row in rated if tariff_key(row.tariff) == key]
            told = told.and_of(told_of(of_key, {subscription_id: replace(line, tariff_key=key)}, tariffs))
    counted = counters.of_subscription(subscription_id)
    held = balance.buckets_of(subscription_id) if buckets is None else buckets
    answers = rate_again(rated, records, line, held, tariffs.of_row, told, counted, order, standing)
    return Looked(tuple(answers), tuple(kept))


def _kept(row: RatedUsage, record: NormalisedUsage | None, drafted: AbstractSet[UUID]) -> str:
    """Why a record is left as it is; empty when it can be rated again."""
    if row.record_id in drafted:
        return DRAFTED
    if record is None and row.record_key.startswith(f"{SOURCE}:"):
        return ONLINE
    if row.loss:
        return ABOVE
    told = row.number_zone not in ("", "unknown")
    return FORGOTTEN if record is None or (told and not record.other_party) else ""
