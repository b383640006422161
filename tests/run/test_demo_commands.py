"""`linehouse demo brand` and `linehouse demo usage`: what a person rehearses with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linehouse.inventory import service as inventory
from linehouse.kernel.error import Invalid
from linehouse.platform.access.models import User
from linehouse.platform.access.service import brands_of
from linehouse.platform.advance import advance
from linehouse.platform.clock.service import business_now
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.scope import brand_scope
from linehouse.platform.work import Actor
from linehouse.run.commands import demo, demo_brand, demo_usage
from linehouse.run.founding import DEMO_START, found_brand
from linehouse.run.story import scenes
from linehouse.run.story.stage import PLAYER, stage
from linehouse.simulators.world.brands import known, usage_inbox
from linehouse.usage import service as usage

ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"
PLAYED = "robin"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(demo.command, arguments)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LINEHOUSE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def line(installation: Installation, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The number of a line that is active since 1 November 2026, 09:00 in Amsterdam."""
    monkeypatch.setattr(demo_usage, "brand_at_work", lambda _key: nullcontext())
    found_brand(installation, PLAYED, ROBIN, actor=PLAYER, home=home, clock=DEMO_START)
    with brand_scope(PLAYED), stage(PLAYED, home, ROBIN, DEMO_START, "2026") as place:
        play = scenes.Play(place)
        for scene in (scenes.stock, scenes.register, scenes.order_plans):
            scene(play)
        number = inventory.find_product(id=play.products["fenna"]).msisdn
        assert number is not None
        yield number.e164


def test_a_month_lies_in_the_inbox_day_by_day(line: str, home: Path, actor: Actor) -> None:
    advance(datetime(2026, 11, 30, 23, 0, tzinfo=UTC), actor=actor)
    done = run("usage", "--number", line)
    assert done.exit_code == 0, done.output
    inbox = usage_inbox(home, PLAYED)
    names = sorted(file.name for file in inbox.iterdir())
    assert names == [f"host-202611{day:02d}-001.csv" for day in range(2, 31)]
    assert done.output.splitlines()[-1].startswith("29 files lie in ")
    file_id = usage.receive_file(names[0], (inbox / names[0]).read_bytes(), actor=actor)
    usage.process_file(file_id, actor=actor)
    read = usage.find_file(file_id)
    assert read.records == read.normalised > 0


def test_the_same_again_is_a_file_of_its_own_with_the_same_records(line: str, home: Path, actor: Actor) -> None:
    advance(datetime(2026, 11, 10, 12, 0, tzinfo=UTC), actor=actor)
    run("usage", "--number", line, "--days", "1")
    run("usage", "--number", line, "--days", "1")
    run("usage", "--number", line, "--days", "1", "--seed", "another")
    first, second, third = ((usage_inbox(home, PLAYED) / f"host-20261109-{n:03d}.csv").read_bytes() for n in (1, 2, 3))
    assert first == second != third


def test_without_a_day_in_use_it_says_what_to_do(line: str) -> None:
    done = run("usage", "--number", line)
    assert isinstance(done.exception, Invalid)
    assert "no full day" in done.exception.message


def test_a_number_of_nobody_has_no_usage(line: str, home: Path, actor: Actor) -> None:
    advance(datetime(2026, 11, 3, 12, 0, tzinfo=UTC), actor=actor)
    assert isinstance(run("usage", "--number", "+31699999999").exception, Invalid)
    assert list(usage_inbox(home, PLAYED).iterdir()) == []


def test_a_brand_to_rehearse_with(installation: Installation, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def at_work() -> Iterator[Installation]:
        yield installation

    monkeypatch.setattr(demo_brand, "installation", at_work)
    done = run("brand", "wren", str(ROBIN), "--clock", "2027-03-01T09:00+01:00")
    assert done.exit_code == 0, done.output
    with brand_scope("wren"):
        assert business_now() == datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
    assert [brand.key for brand in known(home)] == ["wren"]
    admin = User.objects.get(email="admin@robin-mobile.example")
    assert [brand.key for brand in brands_of(admin.id)] == ["wren"]


@pytest.mark.parametrize("clock", ["tomorrow", "2027-03-01T09:00"])
def test_a_clock_is_an_instant(home: Path, clock: str) -> None:
    done = run("brand", "wren", str(ROBIN), "--clock", clock)
    assert done.exit_code == 2
    assert clock in done.output
