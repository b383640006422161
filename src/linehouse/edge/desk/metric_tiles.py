"""Metrics as tiles and drawings, with the screens behind them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from linehouse.edge.desk.access import Desk
from linehouse.edge.ui.charts import Chart, Series, bars, donut, stacked_bars
from linehouse.edge.ui.formats import money_text, number_text
from linehouse.insight import service as insight
from linehouse.insight.metrics import Drawn, Figure, Metric, Shape, default_tiles
from linehouse.insight.service import Situation
from linehouse.kernel.money import Money
from linehouse.platform.worktop.dashboards import chosen_tiles


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its meaning and the screen behind it; `amount` is set instead of `count` for money."""

    metric: Metric
    url: str
    count: int | None
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart of a metric; None while there is nothing to draw."""

    metric: Metric
    url: str
    chart: Chart | None


def permitted(desk: Desk) -> dict[str, Metric]:
    """The metrics that the reader may see."""
    return {key: one for key, one in insight.all_metrics().items() if one.permission in desk.permissions}


def wanted(desk: Desk) -> list[str]:
    """The reader's own choice of metrics, else what their roles show; only what they may see."""
    may = permitted(desk)
    own = chosen_tiles(str(desk.user.id))
    roles = frozenset(grant.role for grant in desk.held.grants)
    return [key for key in (own if own is not None else default_tiles(roles)) if key in may]


def figures_of(desk: Desk, keys: Iterable[str], situation: Situation) -> list[Tile]:
    """The metrics among `keys` that are single figures."""
    may = permitted(desk)
    tiles = []
    for key in keys:
        if may[key].shape is Shape.FIGURE:
            figure = insight.measure(key, situation)
            value = figure.value if isinstance(figure, Figure) else 0
            money = value if isinstance(value, Money) else None
            tiles.append(Tile(may[key], link_of(desk, may[key]), None if isinstance(value, Money) else value, money))
    return tiles


def drawings_of(desk: Desk, keys: Iterable[str], situation: Situation) -> list[Drawing]:
    """The metrics among `keys` that are drawn."""
    may = permitted(desk)
    return [
        Drawing(may[key], link_of(desk, may[key]), _drawn(may[key], insight.measure(key, situation)))
        for key in keys
        if may[key].shape is not Shape.FIGURE
    ]


def waiting(desk: Desk, situation: Situation) -> list[Tile]:
    """The metrics that say what waits for somebody."""
    return figures_of(desk, [key for key, one in permitted(desk).items() if one.waits], situation)


def link_of(desk: Desk, metric: Metric) -> str:
    """The address of the screen behind a metric; empty where there is none."""
    return f"{reverse('desk:dashboard', args=(desk.brand.key,))}{metric.link}" if metric.link else ""


def _drawn(metric: Metric, drawn: Figure | Drawn | None) -> Chart | None:
    if not isinstance(drawn, Drawn):
        return None
    title = str(metric.title)
    label = (lambda micros: money_text(Money(micros, drawn.currency), 0)) if drawn.currency else number_text
    if metric.shape is Shape.DONUT:
        return donut(title, list(zip(drawn.names, drawn.series[0][1], strict=True)), label=label)
    if metric.shape is Shape.BARS:
        return bars(title, drawn.names, drawn.series[0][1], label=label)
    return stacked_bars(title, drawn.names, [Series(name, values) for name, values in drawn.series], label=label)
