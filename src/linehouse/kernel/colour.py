"""Colours ``#rrggbb`` and whether they can be read on one another (WCAG 2.1, relative luminance and contrast ratio)."""

from __future__ import annotations

TEXT = 4.5
"""The least contrast of text and its background (WCAG 2.1 AA, success criterion 1.4.3)."""
SHAPE = 3
"""The least contrast of what is no text (success criterion 1.4.11)."""
_STEPS = 50


def contrast(one: str, other: str) -> float:
    """The contrast ratio, 1 to 21; the order does not matter."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, other: str, percent: int) -> str:
    """The colour with so many percent of the other in it."""
    pairs = zip(_octets(colour), _octets(other), strict=True)
    return "#" + "".join(f"{(a * (100 - percent) + b * percent) // 100:02x}" for a, b in pairs)


def towards(colour: str, other: str, *, on: tuple[str, ...], least: float = TEXT) -> str:
    """The colour, or the nearest mixture with the other one that can be read on all these backgrounds."""
    for step in range(_STEPS + 1):
        found = mixed(colour, other, step * 100 // _STEPS)
        if all(contrast(found, ground) >= least for ground in on):
            return found
    return other


def _octets(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def _luminance(colour: str) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4
        for share in (octet / 255 for octet in _octets(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
