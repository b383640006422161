"""How much damage to a catalogue is noticed, and that nothing is told of one that is not damaged."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from linehouse.catalog.checks import advice, red
from linehouse.catalog.files import read_catalogue

FILE = Path(__file__).resolve().parents[2] / "benchmarks" / "lint_damages.py"
PASSES = {"price: five per cent more"}
"""What nobody but an example can tell: docs/explanation/what-lint-finds.md says why."""


@pytest.fixture(scope="module")
def damages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lint_damages", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lint_damages"] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.mark.usefixtures("brand")
def test_nineteen_of_twenty_damages_are_noticed(damages: ModuleType) -> None:
    found = damages.measure(places=2)
    passed = {kind for kind, nets in found.items() if nets.get("")}
    total = sum(sum(nets.values()) for nets in found.values())
    missed = sum(nets.get("", 0) for nets in found.values())
    assert len(found) >= 90
    assert missed * 20 <= total, passed
    assert passed <= PASSES


@pytest.mark.usefixtures("brand")
def test_files_that_are_not_damaged_are_not_refused_and_warned_of_only_what_is_so(damages: ModuleType) -> None:
    whole = read_catalogue(damages.undamaged())
    assert red(whole) == ()
    told = advice(whole, whole.catalogue, date(2026, 11, 25))
    codes = sorted({problem.code.removeprefix("catalog.") for problem in told.open})
    # The wholesale cap of data does fall in 2027, some rules have no example, and SMS to toll-free numbers has no rule.
    assert codes == ["cap-ahead", "gap", "no-example"]
    assert [(one.accepted.code, one.accepted.rule) for one in told.standing] == [("over-cap-unless", "nl-personal")]
