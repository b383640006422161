"""Usage by whatever one asks: retail and wholesale side by side, from a total down to its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise

from linehouse.charging import service as charging
from linehouse.charging.service import By, UsageSlice, UsageTotal
from linehouse.charging.values import RatedUsage
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.shown import Action
from linehouse.edge.desk.usage_rows import TYPES
from linehouse.edge.ui.charts import Chart, Series, grouped_bars
from linehouse.edge.ui.formats import money_text, quantity_text
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import in_memory, paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Table
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period, day_start, local_date
from linehouse.kernel.quantity import Quantity, Unit

GROUPS: Final[Mapping[By, StrOrPromise]] = {
    By.PLAN: gettext_lazy("Plan"),
    By.TARIFF: gettext_lazy("Tariff"),
    By.SEGMENT: gettext_lazy("Segment"),
    By.BILLING: gettext_lazy("Billing"),
    By.TYPE: gettext_lazy("Usage"),
    By.DIRECTION: gettext_lazy("Direction"),
    By.NUMBER_ZONE: gettext_lazy("Number zone"),
    By.NETWORK_ZONE: gettext_lazy("Network zone"),
    By.NETWORK: gettext_lazy("Visited network"),
    By.DEVICE: gettext_lazy("Device type (TAC)"),
    By.HOUR: gettext_lazy("Hour of the day"),
    By.DAY: gettext_lazy("Day"),
    By.CURRENCY: gettext_lazy("Currency"),
}
FILTERS: Final = (
    By.PLAN,
    By.SEGMENT,
    By.TYPE,
    By.NUMBER_ZONE,
    By.NETWORK_ZONE,
    By.NETWORK,
    By.DEVICE,
)
UNKNOWN: Final = gettext_lazy("unknown")
NO_VALUE: Final = "-"
"""Stands in addresses for what is not known."""
RECENT: Final = timedelta(days=30)
"""What is shown before anybody chooses days."""
DRAWN: Final = 24
"""Groups that a chart can show."""


class PeriodForm(forms.Form):
    """Which days, and how they are grouped."""

    start = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    by = forms.ChoiceField(label=gettext_lazy("Group by"), choices=[(one.value, name) for one, name in GROUPS.items()])
    then = forms.ChoiceField(
        label=gettext_lazy("And by"),
        required=False,
        choices=[("", gettext_lazy("Nothing more")), *((one.value, name) for one, name in GROUPS.items())],
    )

    def clean(self) -> dict[str, Any]:
        """The days stand in their order."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("start") and given.get("last") and given["last"] < given["start"]:
            self.add_error("last", gettext("The last day is before the first."))
        return given


def _form(request: DeskRequest) -> PeriodForm:
    today = local_date(request.desk.clock.now, request.desk.zone)
    plain: dict[str, str] = {
        "start": (today - RECENT).isoformat(),
        "last": today.isoformat(),
        "by": By.PLAN.value,
        "then": "",
    }
    form = PeriodForm({name: request.GET.get(name, value) for name, value in plain.items()})
    return form if form.is_valid() else PeriodForm(plain)


def _slice(request: DeskRequest, form: PeriodForm, filters: Mapping[str, str]) -> UsageSlice:
    form.is_valid()
    start: date = form.cleaned_data["start"]
    until: date = form.cleaned_data["last"] + timedelta(days=1)
    zone = request.desk.zone
    only = {By(key): ("" if value == NO_VALUE else value,) for key, value in filters.items() if value}
    return UsageSlice(period=Period(day_start(start, zone), day_start(until, zone)), zone=str(zone), only=only)


def _chosen(request: DeskRequest, names: Sequence[By]) -> dict[str, str]:
    return {one.value: request.GET[one.value] for one in names if request.GET.get(one.value)}


def shown_key(by: By, value: str) -> str:
    """A group's name for people."""
    if not value:
        return str(UNKNOWN)
    if by is By.TYPE:
        return str(dict(TYPES).get(value, value))
    return value


@desk_view("margin.read", section="usage_analytics")
def analytics(request: DeskRequest) -> HttpResponse:
    """Sums of the groups, their total, and a way from each to its records."""
    form = _form(request)
    form.is_valid()
    groups = [By(form.cleaned_data["by"])]
    if form.cleaned_data["then"] and form.cleaned_data["then"] != groups[0]:
        groups.append(By(form.cleaned_data["then"]))
    wanted = _slice(request, form, _chosen(request, FILTERS))
    found = charging.usage_totals(wanted, groups)
    table = _table(request, groups, wanted.period)

    def source(query: Query) -> Slice[UsageTotal]:
        unfiltered = Query(query.search, {}, query.sort, query.descending, query.offset, query.limit)
        return in_memory(found, table)(unfiltered)

    whole = charging.usage_totals(wanted)
    context = {
        "title": gettext("Usage analytics"),
        "form": form,
        "totals": [(one, *_money(one), _quantities(one)) for one in whole],
        "no_cost": sum(one.no_cost for one in whole),
        "chart": _chart(groups, found),
        "kept": [(name, value) for name, value in _chosen(request, FILTERS).items()],
    }
    keep = ("start", "last", "by", "then")
    return answer_list(request, table, source, "desk/usage_analytics.html", context, keep=keep)


def _money(one: UsageTotal) -> tuple[Money, Money, Money, Money]:
    return (
        Money(one.retail, one.currency),
        Money(one.gross, one.currency),
        Money(one.cost, one.currency),
        Money(one.margin, one.currency),
    )


def _quantities(one: UsageTotal) -> str:
    shown = [quantity_text(Quantity(amount, Unit(unit))) for unit, amount in one.quantities.items() if amount]
    return ", ".join(shown)


def _table(request: DeskRequest, groups: Sequence[By], period: Period) -> Table[UsageTotal]:
    brand = request.desk.brand.key
    filters = _chosen(request, FILTERS)
    days = {name: request.GET[name] for name in ("start", "last") if request.GET.get(name)}

    def records(one: UsageTotal) -> str:
        narrowed = {by.value: key or NO_VALUE for by, key in zip(groups, one.keys, strict=True)}
        query = urlencode(days | filters | narrowed)
        return f"{reverse('desk:usage_analytics_records', args=(brand,))}?{query}"

    def options(by: By) -> Any:
        def values() -> list[tuple[str, str]]:
            return [(value or NO_VALUE, shown_key(by, value)) for value in charging.usage_values(period, by)]

        return values

    def column(place: int, by: By) -> Column[UsageTotal]:
        return Column(
            f"key{place}",
            GROUPS[by],
            value=lambda one: shown_key(by, one.keys[place]),
            link=records if place == 0 else None,
            sort=True,
        )

    return Table[UsageTotal](
        key="usage-analytics",
        caption=gettext("Usage by %(group)s") % {"group": str(GROUPS[groups[0]]).lower()},
        columns=(
            *(column(place, by) for place, by in enumerate(groups)),
            Column("records", gettext("Records"), Kind.NUMBER, sort=True),
            Column("quantity", gettext("Quantity"), Kind.QUANTITY, value=_quantities, shown=Shown.FROM_DESKTOP),
            Column("retail", gettext("Retail"), Kind.USAGE_MONEY, value=lambda t: _money(t)[0], sort=True),
            Column("cost", gettext("Wholesale"), Kind.USAGE_MONEY, value=lambda t: _money(t)[2], sort=True),
            Column("margin", gettext("Margin"), Kind.USAGE_MONEY, value=lambda t: _money(t)[3], sort=True),
            Column(
                "gross",
                gettext("Retail with tax"),
                Kind.USAGE_MONEY,
                value=lambda t: _money(t)[1],
                sort=True,
                shown=Shown.FROM_DESKTOP,
            ),
            Column("no_cost", gettext("Without cost"), Kind.NUMBER, sort=True, shown=Shown.FROM_DESKTOP),
        ),
        filters=tuple(Filter(by.value, GROUPS[by], options(by)) for by in FILTERS),
        sort="key0",
        empty=Empty(
            gettext("No rated usage in these days"), gettext("Choose another period or other filters."), "usage"
        ),
        size=50,
    )


def _chart(groups: Sequence[By], found: Sequence[UsageTotal]) -> Chart | None:
    """Retail beside wholesale for each group, where there are few enough and one currency."""
    if len(groups) > 1 or not 0 < len(found) <= DRAWN or len({one.currency for one in found}) > 1:
        return None
    currency = found[0].currency
    return grouped_bars(
        gettext("Retail and wholesale"),
        [shown_key(groups[0], one.keys[0]) for one in found],
        [
            Series(gettext("Retail"), tuple(one.retail for one in found)),
            Series(gettext("Wholesale"), tuple(one.cost for one in found)),
        ],
        label=lambda micros: money_text(Money(micros, currency), 0),
        column=str(GROUPS[groups[0]]),
    )


@desk_view("margin.read", section="usage_analytics")
def records(request: DeskRequest) -> HttpResponse:
    """The records that a sum is made of."""
    brand = request.desk.brand.key
    form = _form(request)
    chosen = _chosen(request, tuple(GROUPS))
    wanted = _slice(request, form, chosen)
    table = Table[RatedUsage](
        key="usage-analytics-records",
        caption=gettext("Rated records"),
        columns=(
            Column(
                "started_at",
                gettext("Started"),
                Kind.EXACT_INSTANT,
                link=lambda r: reverse("desk:usage_record", args=(brand, r.record_id)),
            ),
            Column("usage_type", gettext("Usage"), value=lambda r: dict(TYPES).get(r.usage_type, r.usage_type)),
            Column("subscription", gettext("Subscription"), Kind.CODE, shown=Shown.FROM_TABLET),
            Column("quantity", gettext("Quantity"), Kind.QUANTITY),
            Column("net", gettext("Retail"), Kind.USAGE_MONEY, note=lambda r: r.clause),
            Column(
                "cost",
                gettext("Wholesale"),
                Kind.USAGE_MONEY,
                note=lambda r: r.cost_rule if r.cost is not None else gettext("cost not known"),
            ),
            Column("network", gettext("Network"), Kind.CODE, shown=Shown.FROM_DESKTOP),
            Column("device", gettext("Device type (TAC)"), Kind.CODE, shown=Shown.FROM_DESKTOP),
        ),
        sort="started_at",
        empty=Empty(gettext("No rated usage in these days"), "", "usage"),
        size=50,
    )
    source = paged(lambda _q, offset, limit: charging.records_of(wanted, offset=offset, limit=limit), table)
    said = [f"{GROUPS[By(key)]}: {shown_key(By(key), '' if v == NO_VALUE else v)}" for key, v in chosen.items()]
    sums = "; ".join(
        gettext("retail %(retail)s, wholesale %(cost)s, margin %(margin)s")
        % {
            "retail": money_text(Money(one.retail, one.currency)),
            "cost": money_text(Money(one.cost, one.currency)),
            "margin": money_text(Money(one.margin, one.currency)),
        }
        for one in charging.usage_totals(wanted)
    )
    query = urlencode({name: request.GET[name] for name in ("start", "last") if request.GET.get(name)})
    context = {
        "title": gettext("Records behind a sum"),
        "lede": " · ".join([*said, sums]),
        "actions": [
            Action(
                gettext("Back to the sums"), f"{reverse('desk:usage_analytics', args=(brand,))}?{query}", "arrow-left"
            )
        ],
    }
    return answer_list(request, table, source, context=context, keep=("start", "last", *chosen))
