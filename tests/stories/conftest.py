"""The stage of the stories: a founded brand with the outside world on real wires around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linehouse.platform.outbox.service import events_after, last_position
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.scope import brand_scope
from linehouse.run.founding import DEMO_START, found_brand
from linehouse.run.story.stage import PLAYER, Stage, stage
from tests.conftest import ROBIN
from tests.edge.desk.conftest import log_in, selling

__all__ = ["log_in", "selling"]
"""Fixtures of the desk that stories use, too."""


@pytest.fixture
def place(installation: Installation, tmp_path: Path) -> Iterator[Stage]:
    """Robin Mobile on the first of November 2026, with nobody in it yet."""
    found_brand(installation, "robin", ROBIN, actor=PLAYER, home=tmp_path, clock=DEMO_START)
    with brand_scope("robin"), stage("robin", tmp_path, ROBIN, DEMO_START, "2026") as made:
        yield made


@pytest.fixture
def told(place: Stage) -> Callable[[], list[str]]:
    """The names of the events since the last call, each once, in order of first appearance; tasks follow them."""
    seen = last_position()

    def names() -> list[str]:
        nonlocal seen
        found = events_after(seen, limit=100_000)
        if found:
            seen = found[-1].position
        return list(dict.fromkeys(event.name for event in found if not event.name.startswith("worklist.")))

    return names
