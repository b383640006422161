"""What a re-rate changes, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from linehouse.charging import service as charging
from linehouse.charging.lifecycle import RERATE
from linehouse.charging.service import RerateRecord, RerateSum, RerateView
from linehouse.charging.values import RatedUsage
from linehouse.edge.desk.usage_rows import TYPES
from linehouse.edge.ui.formats import money_text
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Source, Table
from linehouse.kernel.money import Money
from linehouse.platform.texts.codes import titled_lazily

STATES: Final = tuple((state, titled_lazily(state)) for state in RERATE.states)
CHANGED, KEPT, BILLED = "changed", "kept", "billed"
WHICH: Final = (
    (CHANGED, gettext_lazy("Would be charged otherwise")),
    (KEPT, gettext_lazy("Left as they are")),
    (BILLED, gettext_lazy("On invoices, left alone")),
)


def runs_table(brand: str) -> tuple[Table[RerateView], Source[RerateView]]:
    """Every re-rate, newest first."""
    table = Table[RerateView](
        key="rerating",
        caption=gettext("Re-rates"),
        columns=(
            Column(
                "reason",
                gettext("Why"),
                link=lambda r: reverse("desk:rerate", args=(brand, r.number)),
                note=lambda r: r.number,
            ),
            Column("state", gettext("State"), Kind.STATUS),
            Column("start", gettext("First day"), Kind.DATE, shown=Shown.FROM_TABLET),
            Column("last", gettext("Last day"), Kind.DATE, shown=Shown.FROM_TABLET),
            Column("changed", gettext("Records that differ"), Kind.NUMBER),
            Column("difference", gettext("Difference"), value=difference_text),
            Column("planned_by", gettext("By"), shown=Shown.FROM_DESKTOP),
            Column("created_at", gettext("Planned"), Kind.INSTANT, shown=Shown.FROM_DESKTOP),
        ),
        filters=(Filter("state", gettext("State"), STATES),),
        search_label=gettext("Part of a number or reason"),
        empty=Empty(
            gettext("Nothing has been rated again yet"),
            gettext("A price was wrong for some days? See what it amounts to, and have it put right."),
            "calculator",
        ),
    )
    source = paged(
        lambda q, offset, limit: charging.rerates(
            state=q.filters.get("state", ""), search=q.search, offset=offset, limit=limit
        ),
        table,
    )
    return table, source


def difference_text(view: RerateView) -> str:
    """How much more is charged, by currency."""
    return ", ".join(money_text(money) for money in view.difference)


def sums_table(number: str) -> tuple[Table[RerateSum], Source[RerateSum]]:
    """The difference per subscription and rule."""
    table = Table[RerateSum](
        key="rerate-sums",
        caption=gettext("Difference per subscription and rule"),
        columns=(
            Column("subscription", gettext("Subscription"), Kind.CODE),
            Column("rule", gettext("Rule"), Kind.CODE),
            Column("records", gettext("Records"), Kind.NUMBER, shown=Shown.FROM_TABLET),
            Column("before", gettext("Was charged"), Kind.USAGE_MONEY, shown=Shown.FROM_TABLET),
            Column("now", gettext("Would be charged"), Kind.USAGE_MONEY, shown=Shown.FROM_TABLET),
            Column("difference", gettext("Difference"), Kind.USAGE_MONEY),
            Column(
                "uncollected_now",
                gettext("Nobody pays"),
                Kind.USAGE_MONEY,
                note=lambda s: gettext("was %(quantity)s") % {"quantity": money_text(s.uncollected_before)},
                shown=Shown.FROM_DESKTOP,
            ),
            Column(
                "covered_now",
                gettext("From allowances"),
                Kind.QUANTITY,
                note=lambda s: gettext("was %(quantity)s") % {"quantity": s.covered_before.human()},
                shown=Shown.FROM_DESKTOP,
            ),
        ),
        search_label=gettext("Part of a subscription or rule"),
        empty=Empty(
            gettext("Nothing differs"), gettext("Rated again, all of it costs what was charged."), "check-circle"
        ),
    )
    source = paged(
        lambda q, offset, limit: charging.rerate_sums(number, search=q.search, offset=offset, limit=limit), table
    )
    return table, source


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record of a run, whatever became of it."""

    record_id: UUID
    subscription: str
    started_at: datetime
    usage_type: str
    before: Money
    now: Money | None
    rule_before: str
    rule_now: str
    note: str


def _of_record(one: RerateRecord) -> RecordRow:
    note = one.kept
    if one.now is None:
        note = gettext("no price any more")
    elif one.place != one.sequence:
        note = gettext("takes place %(place)s instead of %(was)s") % {"place": one.place, "was": one.sequence}
    return RecordRow(
        one.record_id,
        one.subscription,
        one.started_at,
        one.usage_type,
        one.before,
        one.now,
        one.rule_before,
        one.rule_now,
        note,
    )


def _of_billed(one: RatedUsage) -> RecordRow:
    note = gettext("on invoice %(number)s") % {"number": one.invoice}
    return RecordRow(
        one.record_id,
        one.subscription,
        one.started_at,
        one.usage_type,
        one.amount,
        one.amount,
        one.rule,
        one.rule,
        note,
    )


def records_table(brand: str, number: str) -> tuple[Table[RecordRow], Source[RecordRow]]:
    """The single records: what differs, and what is left alone with the reason."""
    kinds = dict(TYPES)
    table = Table[RecordRow](
        key="rerate-records",
        caption=gettext("Records"),
        columns=(
            Column(
                "started_at",
                gettext("Started"),
                Kind.EXACT_INSTANT,
                link=lambda r: reverse("desk:usage_record", args=(brand, r.record_id)),
                note=lambda r: r.note,
            ),
            Column("subscription", gettext("Subscription"), Kind.CODE),
            Column("usage_type", gettext("Usage"), value=lambda r: kinds.get(r.usage_type, r.usage_type)),
            Column("rule_before", gettext("Rule"), Kind.CODE, note=_other, shown=Shown.FROM_DESKTOP),
            Column("before", gettext("Was charged"), Kind.USAGE_MONEY),
            Column("now", gettext("Would be charged"), Kind.USAGE_MONEY),
            Column("note", gettext("Note"), shown=Shown.FROM_DESKTOP),
        ),
        filters=(Filter("which", gettext("Which records"), WHICH),),
        search_label=gettext("Part of a subscription or rule"),
        empty=Empty(gettext("No such record"), "", "usage"),
        size=50,
    )

    def source(query: Query) -> Slice[RecordRow]:
        which = query.filters.get("which", "")
        kept = {KEPT: True, CHANGED: False}.get(which)
        if which == BILLED:
            billed, total = charging.rerate_billed(number, offset=query.offset, limit=query.limit)
            return Slice([_of_billed(one) for one in billed], total)
        found, total = charging.rerate_records(
            number, search=query.search, kept=kept, offset=query.offset, limit=query.limit
        )
        return Slice([_of_record(one) for one in found], total)

    return table, source


def _other(row: RecordRow) -> str:
    return row.rule_now if row.rule_now != row.rule_before else ""
