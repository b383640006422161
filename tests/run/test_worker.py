"""The worker's turns: every brand's jobs and inboxes, none held up by another's trouble."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from linehouse.platform.jobs import registry
from linehouse.platform.jobs.registry import job
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.scope import brand_scope, current_brand
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.run.worker import Turn, Worker, pollers


@pytest.fixture
def ran() -> Iterator[list[tuple[str, int]]]:
    """Which jobs ran, by brand."""
    before = dict(registry._kinds)
    found: list[tuple[str, int]] = []

    @job("test.counted")
    def counted(payload: dict[str, Any], work: Work) -> None:
        found.append((current_brand(), payload["number"]))

    yield found
    registry._kinds.clear()
    registry._kinds.update(before)


def add(brand: str, actor: Actor, numbers: range) -> None:
    with brand_scope(brand), unit_of_work(actor, "test"):
        for number in numbers:
            enqueue("test.counted", {"number": number}, key=str(number))


def test_every_brand_has_its_turn(
    brand: str, second_brand: str, actor: Actor, ran: list[tuple[str, int]], tmp_path: Path
) -> None:
    add(brand, actor, range(3))
    add(second_brand, actor, range(2))
    worker = Worker(tmp_path, lambda: [brand, second_brand], ())
    assert worker.turn() == Turn(done=5, failed=0)
    assert ran == [(brand, 0), (brand, 1), (brand, 2), (second_brand, 0), (second_brand, 1)]
    assert worker.turn() == Turn(done=0, failed=0)


@pytest.mark.parametrize("trouble", [DatabaseError("gone"), OSError("the inbox cannot be read")])
def test_a_brand_in_trouble_holds_up_no_other(
    brand: str,
    second_brand: str,
    actor: Actor,
    ran: list[tuple[str, int]],
    tmp_path: Path,
    trouble: Exception,
) -> None:
    def poll(_: Path) -> int:
        if current_brand() == brand:
            raise trouble
        return 1

    add(second_brand, actor, range(1))
    assert Worker(tmp_path, lambda: [brand, second_brand], (poll,)).turn() == Turn(done=2, failed=1)
    assert ran == [(second_brand, 0)]


def test_inboxes_have_a_rhythm_of_their_own(brand: str, tmp_path: Path) -> None:
    seen: list[Path] = []

    def poll(home: Path) -> int:
        seen.append(home)
        return 0

    worker = Worker(tmp_path, lambda: [brand], (poll,))
    for _ in range(3):
        worker.turn()
    assert seen == [tmp_path]


def test_the_real_inboxes_are_made_and_empty(brand: str, tmp_path: Path) -> None:
    worker = Worker(tmp_path, lambda: [brand], pollers())
    worker.turn()  # fills the work list
    assert worker.turn() == Turn(done=0, failed=0)
    assert {folder.name for folder in (tmp_path / "brands" / brand / "inbox").iterdir()} == {"bank", "mail", "usage"}
