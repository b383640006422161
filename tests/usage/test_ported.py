"""Ported numbers as the brand keeps them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linehouse.kernel.numbering import Plmn
from linehouse.platform.work import Actor
from linehouse.rating.errors import SourceTextInvalid
from linehouse.usage import service

HEAD = "number,network,since\n"
JULY = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def load(catalogue: str, actor: Actor, tmp_path: Path) -> Callable[[str], int]:
    def take_in(lines: str) -> int:
        file = tmp_path / "ported.csv"
        file.write_text(HEAD + lines, encoding="utf-8")
        return service.load_ported(file, actor=actor)

    return take_in


def test_moves_are_kept_and_loading_them_again_changes_nothing(load) -> None:
    lines = "0611111111,204-08,2026-03-01\n0622222222,204-16,2026-03-01\n0611111111,204-16,2026-06-01\n"
    assert load(lines) == 3
    assert load(lines) == 0
    assert load("0611111111,204-08,2026-06-01\n") == 1
    known = service.ported([("+31611111111", JULY), ("31622222222", JULY), ("+31633333333", JULY)])
    assert known.network_of("31611111111", JULY) == Plmn("204", "08")
    assert known.network_of("+31622222222", JULY) == Plmn("204", "16")
    assert known.network_of("+31633333333", JULY) is None


def test_a_file_is_taken_in_whole_or_not_at_all(load) -> None:
    with pytest.raises(SourceTextInvalid, match="line 3"):
        load("0611111111,204-08,2026-03-01\n0622222222,nowhere,2026-03-01\n")
    assert service.ported([("31611111111", JULY)]).network_of("31611111111", JULY) is None
