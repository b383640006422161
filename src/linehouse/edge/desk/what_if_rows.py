"""What a trial of a plan comes to, as rows, bars and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from linehouse.charging import service as charging
from linehouse.charging.values import RatedUsage
from linehouse.edge.desk.usage_rows import TYPES
from linehouse.edge.ui.charts import Chart, Series, grouped_bars
from linehouse.edge.ui.formats import money_text, number_text
from linehouse.edge.ui.sources import in_memory
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Source, Table
from linehouse.insight.lifecycle import WHAT_IF
from linehouse.insight.service import Bar, WhatIfSubscriber, WhatIfView
from linehouse.insight.what_if import Trial, Tried
from linehouse.kernel.money import Money
from linehouse.platform.texts.codes import titled_lazily

STATES: Final = tuple((state, titled_lazily(state)) for state in WHAT_IF.states)
BACK: Final = gettext_lazy("Back to the trial")
OUTCOMES: Final = (
    ("wins", gettext_lazy("Would pay less")),
    ("loses", gettext_lazy("Would pay more")),
    ("same", gettext_lazy("The same")),
)


@dataclass(frozen=True, slots=True)
class SideRow:
    """A sum before and after, with the change."""

    name: str
    before: Money
    after: Money
    strong: bool = False

    @property
    def change(self) -> Money:
        """By how much it would have changed."""
        return self.after - self.before


def side_rows(view: WhatIfView) -> list[SideRow]:
    """Totals of both sides."""
    before, after = view.before, view.after
    return [
        SideRow(gettext("Subscribers pay, tax included"), view.money(before.bill), view.money(after.bill), strong=True),
        SideRow(gettext("Fees, without tax"), view.money(before.fee_net), view.money(after.fee_net)),
        SideRow(gettext("Usage, without tax"), view.money(before.usage_net), view.money(after.usage_net)),
        SideRow(
            gettext("Usage that no balance could pay"), view.money(before.uncollected), view.money(after.uncollected)
        ),
        SideRow(gettext("Revenue, without tax"), view.money(before.net), view.money(after.net), strong=True),
        SideRow(gettext("Wholesale cost"), view.money(before.cost), view.money(after.cost)),
        SideRow(gettext("Margin"), view.money(before.margin), view.money(after.margin), strong=True),
    ]


def even_rows(view: WhatIfView) -> list[tuple[str, Money, Money | None]]:
    """Where the plan would break even: what, now, and what it would have to be; all without tax. None: even for
    nothing it would be more."""
    even = view.even
    rows: list[tuple[str, Money, Money | None]] = []

    def price(micros: int) -> Money | None:
        return view.money(micros) if micros >= 0 else None

    if even.fee_now is not None:
        now = view.money(even.fee_now)
        if even.fee_same_revenue is not None:
            rows.append((gettext("Fee for a full period, for the same revenue"), now, price(even.fee_same_revenue)))
        if even.fee_no_margin is not None:
            rows.append((gettext("Fee for a full period, for a margin of zero"), now, price(even.fee_no_margin)))
    names = {
        "voice": gettext("A minute of charged calls, for a margin of zero"),
        "data": gettext("A GB of charged data, for a margin of zero"),
        "sms": gettext("A charged message, for a margin of zero"),
        "mms": gettext("A charged MMS, for a margin of zero"),
        "event": gettext("A charged event, for a margin of zero"),
    }
    rows += [(names[usage], view.money(now), price(to)) for usage, (now, to) in even.prices.items()]
    return rows


def bars_chart(view: WhatIfView, bars: list[Bar]) -> Chart:
    """How bills are distributed, before and after."""
    names = [money_text(view.money(bar.low), 0) for bar in bars]
    series = [
        Series(gettext("Before"), tuple(bar.before for bar in bars)),
        Series(gettext("On the plan"), tuple(bar.after for bar in bars)),
    ]
    width = money_text(view.money(bars[0].width), 0) if bars else ""
    return grouped_bars(
        gettext("Bills of the period"),
        names,
        series,
        label=number_text,
        column=gettext("From, in steps of %(width)s") % {"width": width} if width else "",
    )


def lines_table(brand: str, number: str) -> Table[WhatIfSubscriber]:
    """Winners and losers."""
    return Table[WhatIfSubscriber](
        key="what-if-subscribers",
        caption=gettext("Winners and losers"),
        columns=(
            Column(
                "subscription",
                gettext("Subscription"),
                Kind.CODE,
                sort=True,
                link=lambda s: reverse("desk:what_if_subscriber", args=(brand, number, s.subscription_id)),
                note=lambda s: s.account,
            ),
            Column(
                "offering_after",
                gettext("Plan"),
                note=lambda s: s.offering_before if s.offering_before != s.offering_after else "",
                shown=Shown.FROM_DESKTOP,
            ),
            Column("records", gettext("Records"), Kind.NUMBER, sort=True, shown=Shown.FROM_DESKTOP),
            Column("bill_before", gettext("Paid"), Kind.USAGE_MONEY, sort=True, shown=Shown.FROM_TABLET),
            Column("bill", gettext("Would pay"), Kind.USAGE_MONEY, sort=True, shown=Shown.FROM_TABLET),
            Column("difference", gettext("Difference"), Kind.USAGE_MONEY, sort=True),
            Column("per_mille", gettext("Per cent"), Kind.QUANTITY, value=lambda s: s.percent, sort=True),
            Column("margin", gettext("Margin"), Kind.USAGE_MONEY, shown=Shown.FROM_DESKTOP),
            Column("margin_change", gettext("Change of margin"), Kind.USAGE_MONEY, sort=True, shown=Shown.FROM_DESKTOP),
        ),
        filters=(Filter("outcome", gettext("Outcome"), OUTCOMES),),
        search_label=gettext("Part of a subscription or account"),
        sort="difference",
        empty=Empty(gettext("Nobody yet"), gettext("Subscriptions appear as the trial goes through them."), "users"),
    )


@dataclass(frozen=True, slots=True)
class TriedRow:
    """A record on the plan beside what was charged for it."""

    tried: Tried
    rated: RatedUsage | None
    currency: str

    @property
    def was(self) -> Money | None:
        """What was charged, tax included."""
        return self.rated.gross if self.rated else None

    @property
    def would(self) -> Money:
        """What the plan would have charged, tax included."""
        return Money(self.tried.gross, self.currency)

    @property
    def cost(self) -> Money | None:
        """What the network asks for it by the plan's wholesale tariff."""
        return None if self.tried.cost.micros is None else Money(self.tried.cost.micros, self.currency)

    @property
    def rule(self) -> str:
        """The clause that prices it."""
        return ", ".join(dict.fromkeys(part.rule for part in self.tried.decided.consumption.priced.parts))

    @property
    def covered(self) -> str:
        """The allowances that would have paid."""
        parts = self.tried.decided.consumption.priced.parts
        return ", ".join(dict.fromkeys(part.bucket_name for part in parts if part.bucket_name and not part.amount))


def record_rows(brand: str, trial: Trial, currency: str) -> tuple[Table[TriedRow], Source[TriedRow]]:
    """Each record of a subscription, both ways."""
    known = {row.record_id: row for row in charging.records([one.decided.record.id for one in trial.records])}
    rows = [TriedRow(one, known.get(one.decided.record.id), currency) for one in trial.records]
    kinds = dict(TYPES)
    table = Table[TriedRow](
        key="what-if-records",
        caption=gettext("Records"),
        columns=(
            Column(
                "tried.decided.record.started_at",
                gettext("Started"),
                Kind.EXACT_INSTANT,
                sort=True,
                link=lambda r: reverse("desk:usage_record", args=(brand, r.tried.decided.record.id)),
            ),
            Column(
                "type",
                gettext("Usage"),
                value=lambda r: kinds.get(r.tried.decided.record.usage_type.value, ""),
                note=lambda r: r.rule,
            ),
            Column("quantity", gettext("Quantity"), Kind.QUANTITY, value=lambda r: r.tried.decided.record.quantity),
            Column("was", gettext("Was charged"), Kind.USAGE_MONEY, sort=True),
            Column("would", gettext("Would be charged"), Kind.USAGE_MONEY, sort=True, note=lambda r: r.covered),
            Column("cost", gettext("Wholesale cost"), Kind.USAGE_MONEY, sort=True, shown=Shown.FROM_TABLET),
        ),
        sort="tried.decided.record.started_at",
        empty=Empty(gettext("No usage in the period"), "", "usage"),
        size=50,
    )
    return table, in_memory(rows, table)
