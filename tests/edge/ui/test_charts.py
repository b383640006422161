"""Charts: whole coordinates, nothing outside the frame, and every figure again in the table."""

from __future__ import annotations

from itertools import pairwise

from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from linehouse.edge.ui.charts import CIRCUMFERENCE, Series, bars, donut, lines, nice_ticks, stacked_bars

FIGURES = st.lists(st.integers(min_value=0, max_value=10**15), min_size=1, max_size=40)


@given(st.integers(min_value=0, max_value=10**18))
def test_ticks_reach_the_top_in_few_even_steps(top: int) -> None:
    ticks = nice_ticks(top)
    assert ticks[0] == 0
    assert ticks[-1] >= top
    assert 2 <= len(ticks) <= 7
    assert len({later - earlier for earlier, later in pairwise(ticks)}) == 1


@given(FIGURES)
def test_bars_stay_in_their_frame_and_grow_with_their_figure(values: list[int]) -> None:
    chart = bars("T", [f"D{n}" for n in range(len(values))], values)
    for drawing in (chart.wide, chart.narrow):
        assert drawing is not None
        for bar in drawing.rects:
            assert bar.x >= 0
            assert bar.x + bar.width <= drawing.width
            assert bar.y >= 0
            assert bar.y + bar.height <= drawing.height
    assert len(chart.body) == len(values)


def test_stacked_parts_touch_and_are_named() -> None:
    chart = stacked_bars("T", ["A", "B"], [Series("x", (10, 0)), Series("y", (30, 20))])
    first, second, third = chart.wide.rects
    assert second.y + second.height == first.y
    assert (first.title, third.title) == ("A, x: 10", "B, y: 20")
    assert [entry.label for entry in chart.legend] == ["x", "y"]
    assert chart.body == (("A", "10", "30"), ("B", "0", "20"))
    assert "highest is A with 40" in chart.summary


def test_a_donut_is_whole() -> None:
    chart = donut("T", [("a", 1), ("b", 2), ("c", 0)])
    dashes = [int(ring.dash.split(" ")[0]) + 60 for ring in chart.wide.rings]
    assert sum(dashes) == CIRCUMFERENCE
    assert [entry.value for entry in chart.legend] == ["1", "2", "0"]


def test_a_line_has_a_dot_for_each_figure() -> None:
    chart = lines("T", ["a", "b", "c"], [Series("x", (1, 5, 2))])
    assert len(chart.wide.dots) == 3
    assert chart.wide.paths[0].classes == "series-area f1"


def test_a_chart_without_figures_says_so() -> None:
    assert bars("T", [], []).empty
    assert "No figures yet" in render_to_string("ui/chart.html", {"chart": bars("T", [], [])})


def test_the_drawing_carries_its_words_and_its_table() -> None:
    text = render_to_string("ui/chart.html", {"chart": bars("Sales", ["Jan", "Feb"], [3, 12_345])})
    assert 'aria-label="Sales. 2 values from Jan to Feb; the highest is Feb with 12,345."' in text
    assert '<td class="num">12,345</td>' in text
    assert "style=" not in text
