"""Colours are measured, not judged by eye: WCAG 2.1 AA in both schemes (success criteria 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

import linehouse.edge.ui as ui

TOKENS = (Path(ui.__file__).parent / "static" / "ui" / "tokens.css").read_text("utf-8")
PAIRS = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\);", TOKENS))
SURFACES = ("paper", "surface", "surface-2", "surface-3")
TEXT = [
    *((ink, surface) for ink in ("ink", "ink-2", "accent", "accent-hover") for surface in SURFACES),
    *(("ink-3", surface) for surface in ("paper", "surface", "surface-2", "surface-3")),
    ("accent", "accent-soft"),
    ("ink-2", "accent-soft"),
    ("on-accent", "accent-fill"),
    ("on-accent", "accent-fill-hover"),
    ("on-bad", "bad-fill"),
    ("on-bad", "bad-fill-hover"),
    *((tone, f"{tone}-soft") for tone in ("good", "warn", "bad", "info", "quiet")),
    ("bad", "surface"),
    ("rail-ink", "rail"),
    ("rail-heading", "rail"),
]
SHAPES = [
    *((f"c{number}", "surface") for number in range(1, 7)),
    ("control-line", "surface"),
    ("control-line", "paper"),
    ("focus", "surface"),
    ("focus", "paper"),
    ("accent-fill", "surface"),
]


def luminance(colour: str) -> Fraction:
    """Relative luminance (WCAG 2.1), near enough for a comparison to two decimals."""
    total = Fraction(0)
    for place, weight in ((1, "0.2126"), (3, "0.7152"), (5, "0.0722")):
        share = int(colour[place : place + 2], 16) / 255
        linear = share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4
        total += Fraction(weight) * Fraction(linear)
    return total


def contrast(one: str, other: str) -> Fraction:
    """The contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + Fraction("0.05")) / (dark + Fraction("0.05"))


def colour(token: str, scheme: int) -> str:
    return PAIRS[token].split(", ")[scheme]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "surface"), TEXT)
def test_text_can_be_read(ink: str, surface: str, scheme: int) -> None:
    assert contrast(colour(ink, scheme), colour(surface, scheme)) >= Fraction("4.5")


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "surface"), SHAPES)
def test_shapes_can_be_seen(shape: str, surface: str, scheme: int) -> None:
    assert contrast(colour(shape, scheme), colour(surface, scheme)) >= 3


def test_the_measure_is_right() -> None:
    assert contrast("#ffffff", "#000000") == 21
    assert Fraction("4.47") < contrast("#777777", "#ffffff") < Fraction("4.49")


def test_every_token_that_is_used_is_declared() -> None:
    folder = Path(ui.__file__).parent / "static" / "ui"
    declared = set(re.findall(r"--([\w-]+):", TOKENS))
    used = {name for file in folder.glob("*.css") for name in re.findall(r"var\(--([\w-]+)", file.read_text("utf-8"))}
    assert used - declared == set()
