"""One customer the whole way, played twice: the same seed and clock give the same books."""

from __future__ import annotations

from pathlib import Path

from linehouse.platform.postgres.databases import Installation
from linehouse.platform.scope import brand_scope
from linehouse.run.founding import DEMO_START, found_brand
from linehouse.run.story.scenes import SCENES, Play
from linehouse.run.story.stage import PLAYER, stage
from linehouse.run.story.summary import summarise

ROOT = Path(__file__).resolve().parents[2]


def play(installation: Installation, brand: str, home: Path, seed: str = "2026") -> str:
    found_brand(installation, brand, ROOT / "brands" / "robin", actor=PLAYER, home=home, clock=DEMO_START)
    with brand_scope(brand), stage(brand, home, ROOT / "brands" / "robin", DEMO_START, seed) as place:
        story = Play(place)
        for scene in SCENES:
            scene.act(story)
        told = summarise()
        assert [figure for figure in told.figures if not figure.agrees] == []
        assert [(law.name, law.verdict.findings[:3]) for law in told.laws if not law.holds] == []
        return told.ledger_hash


def test_two_equal_plays_have_equal_books(installation: Installation, tmp_path: Path) -> None:
    first = play(installation, "one", tmp_path / "one")
    assert play(installation, "two", tmp_path / "two") == first
