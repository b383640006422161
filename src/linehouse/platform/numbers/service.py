"""Giving out business numbers."""

from __future__ import annotations

from linehouse.kernel.error import NotFound
from linehouse.platform.numbers.models import NumberSeries
from linehouse.platform.sql import hot_cursor
from linehouse.platform.work import current_work

_defaults: dict[str, str] = {}


def default_series(name: str, pattern: str) -> str:
    """Declare, when a room is imported, a series that it uses; a brand may set another pattern before first use."""
    pattern.format(n=1)
    _defaults[name] = pattern
    return name


def declare_series(name: str, pattern: str) -> None:
    """Make a series known to the brand; its pattern must hold ``{n}``. A second time changes nothing."""
    pattern.format(n=1)
    NumberSeries.objects.get_or_create(name=name, defaults={"pattern": pattern})


def next_number(series: str) -> str:
    """The next number of the series, in the surrounding unit of work: rolled back with it, so that no gap is left.

    The series is locked until the transaction ends, so take numbers late. Raises NotFound for an undeclared series.
    """
    current_work()
    row = _take(series)
    if row is None and series in _defaults:
        declare_series(series, _defaults[series])
        row = _take(series)
    if row is None:
        raise NotFound(f"no number series {series!r}", field="series", value=series, expected="a declared series")
    pattern, number = row
    return pattern.format(n=number)


def _take(series: str) -> tuple[str, int] | None:
    with hot_cursor() as cursor:
        cursor.execute(
            "UPDATE numbers_numberseries SET next = next + 1 WHERE name = %s RETURNING pattern, next - 1", [series]
        )
        row: tuple[str, int] | None = cursor.fetchone()
    return row
