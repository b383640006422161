"""What charts are made of: shapes in whole units, and the same drawing for who reads from right to left."""

import re
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import get_language

from linehouse.platform.texts.languages import active


@dataclass(frozen=True, slots=True)
class Rect:
    """A bar or a part of one; `title` is its tooltip."""

    x: int
    y: int
    width: int
    height: int
    classes: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line: grid or axis."""

    x1: int
    y1: int
    x2: int
    y2: int
    classes: str


@dataclass(frozen=True, slots=True)
class Label:
    """Text at a place; `anchor` is start, middle or end."""

    x: int
    y: int
    anchor: str
    text: str
    classes: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A curve or an area."""

    d: str
    classes: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a line chart."""

    x: int
    y: int
    classes: str
    title: str


@dataclass(frozen=True, slots=True)
class Ring:
    """A part of a donut, in ten-thousandths of the ring."""

    dash: str
    offset: int
    classes: str
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing in its own coordinates."""

    width: int
    height: int
    rects: tuple[Rect, ...] = ()
    lines: tuple[Line, ...] = ()
    labels: tuple[Label, ...] = ()
    paths: tuple[Path, ...] = ()
    dots: tuple[Dot, ...] = ()
    rings: tuple[Ring, ...] = ()


_OTHER_SIDE: Final = {"start": "end", "end": "start"}
_POINT: Final = re.compile(r"(\d+) (\d+)")


def for_the_reader(drawing: Drawing) -> Drawing:
    """The drawing as it is, or mirrored for a language that runs from right to left: time goes as the text goes."""
    return mirrored(drawing) if active(get_language()).right_to_left else drawing


def mirrored(drawing: Drawing) -> Drawing:
    """The drawing turned about its middle; what is written stays readable."""
    width = drawing.width
    return replace(
        drawing,
        rects=tuple(replace(one, x=width - one.x - one.width) for one in drawing.rects),
        lines=tuple(replace(one, x1=width - one.x1, x2=width - one.x2) for one in drawing.lines),
        labels=tuple(
            replace(one, x=width - one.x, anchor=_OTHER_SIDE.get(one.anchor, one.anchor)) for one in drawing.labels
        ),
        paths=tuple(
            replace(one, d=_POINT.sub(lambda point: f"{width - int(point[1])} {point[2]}", one.d))
            for one in drawing.paths
        ),
        dots=tuple(replace(one, x=width - one.x) for one in drawing.dots),
    )
