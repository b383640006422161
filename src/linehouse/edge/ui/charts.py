"""Charts drawn on the server as SVG: pure geometry in whole units, and the same figures as a table for everyone.

A chart has two drawings, a wide and a narrow one; the style sheet shows the one that fits. Colours come from classes
(``f1`` … ``f6`` fill, ``s1`` … ``s6`` stroke), so that a chart follows the colour scheme.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, ngettext

from linehouse.edge.ui.drawing import Dot, Drawing, Label, Line, Path, Rect, Ring, for_the_reader
from linehouse.edge.ui.formats import number_text

COLOURS: Final = 6
CIRCUMFERENCE: Final = 10_000
"""A donut's ring is measured in ten-thousandths of the whole."""

Labeller = Callable[[int], str]
"""Turns a figure into the text beside it."""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A colour with its meaning and, in a donut, its figure."""

    fill: str
    label: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A finished chart: drawings, legend, and the table that says the same in text."""

    title: str
    summary: str
    wide: Drawing
    narrow: Drawing | None
    legend: tuple[LegendEntry, ...]
    head: tuple[str, ...]
    body: tuple[tuple[str, ...], ...]
    round: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is no figure to show."""
        return not self.body


@dataclass(frozen=True, slots=True)
class Series:
    """Named figures, one for each label of the chart; whole numbers in one unit (micros, octets, counts)."""

    name: str
    values: tuple[int, ...]


def nice_ticks(top: int, wanted: int = 4) -> tuple[int, ...]:
    """Return ticks from 0 to at least `top` in steps of 1, 2 or 5 times a power of ten.

    >>> nice_ticks(37)
    (0, 10, 20, 30, 40)
    """
    if top <= 0:
        return (0, 1)
    rough = max(-(-top // wanted), 1)
    power = 10 ** (len(str(rough)) - 1)
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return tuple(range(0, top + step, step)) if top % step else tuple(range(0, top + 1, step))


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plot area of a bar or line chart, and the scale of its values."""

    width: int
    height: int
    left: int
    ticks: tuple[int, ...]
    count: int
    every: int
    top: int = 10
    right: int = 8
    bottom: int = 24

    @property
    def plot(self) -> int:
        return self.width - self.left - self.right

    def y(self, value: int) -> int:
        inner = self.height - self.top - self.bottom
        return self.top + inner - value * inner // self.ticks[-1]

    def centre(self, index: int) -> int:
        return self.left + self.plot * (2 * index + 1) // (2 * self.count)

    def point(self, index: int) -> int:
        return self.left + (self.plot * index // (self.count - 1) if self.count > 1 else self.plot // 2)

    def axes(self, label: Labeller) -> tuple[tuple[Line, ...], tuple[Label, ...]]:
        lines = tuple(
            Line(self.left, self.y(tick), self.width - self.right, self.y(tick), "axis" if tick == 0 else "grid")
            for tick in self.ticks
        )
        labels = tuple(Label(self.left - 8, self.y(tick) + 4, "end", label(tick)) for tick in self.ticks)
        return lines, labels

    def names(self, names: Sequence[str], at: Callable[[int], int]) -> tuple[Label, ...]:
        last = len(names) - 1
        return tuple(
            Label(at(index), self.height - 6, "middle", name)
            for index, name in enumerate(names)
            if (last - index) % self.every == 0
        )


def _frame(width: int, height: int, top: int, names: Sequence[str], label: Labeller) -> _Frame:
    ticks = nice_ticks(top)
    left = 14 + 6 * max(len(label(tick)) for tick in ticks)
    room = max((width - left) // max(7 * max((len(name) for name in names), default=1), 28), 1)
    return _Frame(width, height, left, ticks, max(len(names), 1), -(-len(names) // room) or 1)


def _table(
    names: Sequence[str], series: Sequence[Series], label: Labeller, column: str
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    head = (column or gettext("Period"), *(one.name for one in series))
    body = tuple((name, *(label(one.values[index]) for one in series)) for index, name in enumerate(names))
    return head, body


def _legend(series: Sequence[Series]) -> tuple[LegendEntry, ...]:
    if len(series) < 2:
        return ()
    return tuple(LegendEntry(f"f{index % COLOURS + 1}", one.name) for index, one in enumerate(series))


def stacked_bars(
    title: str,
    names: Sequence[str],
    series: Sequence[Series],
    *,
    label: Labeller = number_text,
    column: str = "",
    summary: str = "",
    height: int = 220,
) -> Chart:
    """One bar for each name, its series on top of each other; one series makes a plain bar chart."""
    totals = [sum(one.values[index] for one in series) for index in range(len(names))]
    top = max(totals, default=0)

    def draw(width: int) -> Drawing:
        frame = _frame(width, height, top, names, label)
        lines, labels = frame.axes(label)
        bar = min(max(frame.plot * 62 // (100 * frame.count), 3), 44)
        rects = []
        for index, name in enumerate(names):
            base = 0
            for number, one in enumerate(series):
                value = one.values[index]
                if value <= 0:
                    continue
                upper, lower = frame.y(base + value), frame.y(base)
                words = f"{name}: {label(value)}" if len(series) == 1 else f"{name}, {one.name}: {label(value)}"
                rects.append(
                    Rect(
                        frame.centre(index) - bar // 2,
                        upper,
                        bar,
                        max(lower - upper, 1),
                        f"f{number % COLOURS + 1}",
                        words,
                    )
                )
                base += value
        return Drawing(width, height, tuple(rects), lines, labels + frame.names(names, frame.centre))

    head, body = _table(names, series, label, column)
    words = summary or _summary(names, totals, label)
    return Chart(title, words, for_the_reader(draw(720)), for_the_reader(draw(340)), _legend(series), head, body)


def grouped_bars(
    title: str,
    names: Sequence[str],
    series: Sequence[Series],
    *,
    label: Labeller = number_text,
    column: str = "",
    summary: str = "",
    height: int = 220,
) -> Chart:
    """For each name one bar of each series, side by side: to compare distributions."""
    totals = [sum(one.values[index] for one in series) for index in range(len(names))]
    top = max((max(one.values, default=0) for one in series), default=0)

    def draw(width: int) -> Drawing:
        frame = _frame(width, height, top, names, label)
        lines, labels = frame.axes(label)
        bar = min(max(frame.plot * 70 // (100 * frame.count * max(len(series), 1)), 2), 32)
        rects = [
            Rect(
                frame.centre(index) - bar * len(series) // 2 + number * bar,
                frame.y(one.values[index]),
                max(bar - 1, 1),
                max(frame.y(0) - frame.y(one.values[index]), 1),
                f"f{number % COLOURS + 1}",
                f"{name}, {one.name}: {label(one.values[index])}",
            )
            for index, name in enumerate(names)
            for number, one in enumerate(series)
            if one.values[index] > 0
        ]
        return Drawing(width, height, tuple(rects), lines, labels + frame.names(names, frame.centre))

    head, body = _table(names, series, label, column)
    words = summary or _summary(names, totals, label)
    return Chart(title, words, for_the_reader(draw(720)), for_the_reader(draw(340)), _legend(series), head, body)


def bars(
    title: str,
    names: Sequence[str],
    values: Sequence[int],
    *,
    label: Labeller = number_text,
    column: str = "",
    measure: str = "",
    summary: str = "",
    height: int = 220,
) -> Chart:
    """One bar for each name."""
    return stacked_bars(
        title,
        names,
        [Series(measure or gettext("Value"), tuple(values))],
        label=label,
        column=column,
        summary=summary,
        height=height,
    )


def lines(
    title: str,
    names: Sequence[str],
    series: Sequence[Series],
    *,
    label: Labeller = number_text,
    column: str = "",
    summary: str = "",
    height: int = 220,
) -> Chart:
    """Lines over time; a single series has its area lightly filled."""
    top = max((max(one.values, default=0) for one in series), default=0)

    def draw(width: int) -> Drawing:
        frame = _frame(width, height, top, names, label)
        grid, labels = frame.axes(label)
        paths: list[Path] = []
        dots: list[Dot] = []
        for number, one in enumerate(series):
            colour = number % COLOURS + 1
            points = [(frame.point(index), frame.y(value)) for index, value in enumerate(one.values)]
            if not points:
                continue
            way = "M" + "L".join(f"{x} {y}" for x, y in points)
            if len(series) == 1:
                floor = frame.y(0)
                paths.append(Path(f"{way}L{points[-1][0]} {floor}L{points[0][0]} {floor}Z", f"series-area f{colour}"))
            paths.append(Path(way, f"series-line s{colour}"))
            dots.extend(
                Dot(x, y, f"f{colour}", f"{names[index]}, {one.name}: {label(one.values[index])}")
                for index, (x, y) in enumerate(points)
            )
        return Drawing(
            width,
            height,
            lines=grid,
            labels=labels + frame.names(names, frame.point),
            paths=tuple(paths),
            dots=tuple(dots),
        )

    head, body = _table(names, series, label, column)
    words = summary or _summary(names, list(series[0].values) if series else [], label)
    return Chart(title, words, for_the_reader(draw(720)), for_the_reader(draw(340)), _legend(series), head, body)


def donut(
    title: str,
    parts: Sequence[tuple[str, int]],
    *,
    label: Labeller = number_text,
    column: str = "",
    measure: str = "",
    centre: str = "",
    summary: str = "",
) -> Chart:
    """Parts of a whole as a ring, with the total in the middle."""
    total = sum(value for _, value in parts)
    rings: list[Ring] = []
    before = 0
    for index, (name, value) in enumerate(parts):
        if value <= 0 or not total:
            continue
        start = before * CIRCUMFERENCE // total
        length = (before + value) * CIRCUMFERENCE // total - start
        gap = 60 if length > 180 and len(parts) > 1 else 0
        rings.append(
            Ring(
                f"{length - gap} {CIRCUMFERENCE - length + gap}",
                -start,
                f"donut s{index % COLOURS + 1}",
                f"{name}: {label(value)}",
            )
        )
        before += value
    drawing = Drawing(
        160, 160, labels=(Label(80, 87, "middle", centre or label(total), "chart-total"),), rings=tuple(rings)
    )
    body = tuple((name, label(value)) for name, value in parts)
    legend = tuple(
        LegendEntry(f"f{index % COLOURS + 1}", name, label(value)) for index, (name, value) in enumerate(parts)
    )
    return Chart(
        title,
        summary
        or gettext("%(total)s in all: %(parts)s.")
        % {"total": label(total), "parts": ", ".join(f"{name} {label(value)}" for name, value in parts)},
        drawing,
        None,
        legend,
        (column or gettext("Part"), measure or gettext("Value")),
        body,
        round=True,
    )


def _summary(names: Sequence[str], totals: Sequence[int], label: Labeller) -> str:
    if not names or not totals:
        return gettext("No figures.")
    highest = max(range(len(totals)), key=lambda index: totals[index])
    return ngettext(
        "%(count)s value from %(first)s to %(last)s; the highest is %(highest)s with %(top)s.",
        "%(count)s values from %(first)s to %(last)s; the highest is %(highest)s with %(top)s.",
        len(names),
    ) % {
        "count": len(names),
        "first": names[0],
        "last": names[-1],
        "highest": names[highest],
        "top": label(totals[highest]),
    }
