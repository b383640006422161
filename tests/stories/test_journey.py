"""One customer the whole way, played twice: the same seed and clock give the same books."""

from __future__ import annotations

from pathlib import Path

from linehouse.ledger.service import ledger_hash
from linehouse.platform.checks import verify
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.scope import brand_scope
from linehouse.run.founding import DEMO_START, found_brand
from linehouse.run.story.scenes import SCENES, Play
from linehouse.run.story.stage import PLAYER, stage

ROOT = Path(__file__).resolve().parents[2]


def play(installation: Installation, brand: str, home: Path, seed: str = "2026") -> str:
    found_brand(installation, brand, ROOT / "brands" / "robin", actor=PLAYER, home=home, clock=DEMO_START)
    with brand_scope(brand), stage(brand, home, ROOT / "brands" / "robin", DEMO_START, seed) as place:
        story = Play(place)
        for scene in SCENES:
            scene.act(story)
        broken = [(r.name, r.verdict.findings[:3]) for r in verify() if not r.holds]
        assert broken == []
        return ledger_hash()


def test_two_equal_plays_have_equal_books(installation: Installation, tmp_path: Path) -> None:
    first = play(installation, "one", tmp_path / "one")
    assert play(installation, "two", tmp_path / "two") == first
