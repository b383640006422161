"""A brand's look on screens: its logo, and its colours as design tokens that can be read in both schemes."""

from __future__ import annotations

from dataclasses import dataclass

from linehouse.catalog import service as catalog
from linehouse.catalog.errors import NothingPublished
from linehouse.catalog.values import BrandProfile
from linehouse.kernel.colour import SHAPE, TEXT, contrast, mixed, towards

LIGHT = ("#f4f4f0", "#ffffff", "#f9f9f6", "#eeeee9")
"""The surfaces of the light scheme, as tokens.css has them."""
DARK = ("#111614", "#181f1d", "#1e2624", "#28322f")
RAIL = ("#10211d", "#0b100e")
ON_MARK = "#1a0d06"
"""The text on a mark in the rail."""
BLACK, WHITE = "#000000", "#ffffff"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of its brand. ``brand`` is its key."""

    brand: str
    name: str
    logo: bool
    company: str


def shown(brand: str, profile: BrandProfile) -> Shown:
    """The look of a brand whose pages are served."""
    return Shown(brand, profile.name, bool(profile.look.logo), profile.legal_entity.name)


def shown_now(brand: str) -> Shown | None:
    """The look of the current brand; None before it has published anything: then it is the house's own."""
    try:
        return shown(brand, catalog.published().brand)
    except NothingPublished:
        return None


def tokens(primary: str) -> dict[str, tuple[str, str]]:
    """The tokens that follow from a brand's primary colour, each for light and dark; all pass WCAG 2.1 AA."""
    soft = (mixed(WHITE, primary, 10), mixed(DARK[1], primary, 20))
    text = (towards(primary, BLACK, on=(*LIGHT, soft[0])), towards(primary, WHITE, on=(*DARK, soft[1])))
    fill = (towards(primary, BLACK, on=LIGHT, least=SHAPE), towards(primary, WHITE, on=DARK, least=SHAPE))
    found = {
        "accent": text,
        "accent-hover": (mixed(text[0], BLACK, 25), mixed(text[1], WHITE, 25)),
        "accent-soft": soft,
    }
    ons, fills, hovers = [], [], []
    for colour in fill:
        on = max((WHITE, BLACK), key=lambda one, ground=colour: contrast(one, ground))  # type: ignore[misc]  # bound now
        away = BLACK if on == WHITE else WHITE
        ons.append(on)
        fills.append(towards(colour, away, on=(on,), least=TEXT))
        hovers.append(mixed(fills[-1], away, 20))
    found["accent-fill"] = (fills[0], fills[1])
    found["accent-fill-hover"] = (hovers[0], hovers[1])
    found["on-accent"] = (ons[0], ons[1])
    mark = towards(primary, WHITE, on=(*RAIL, ON_MARK))
    found["rail-mark"] = (mark, mark)
    return found


def stylesheet(primary: str) -> str:
    """The brand's stylesheet: tokens only, so that every component keeps its shape."""
    lines = [f"  --{name}: light-dark({light}, {dark});" for name, (light, dark) in tokens(primary).items()]
    return "\n".join((":root {", *lines, "}", ""))
