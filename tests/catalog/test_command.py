"""The catalog at the command line."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linehouse.catalog.folder import write_folder
from linehouse.run.commands import catalog as module

pytestmark = pytest.mark.usefixtures("brand")
SIM_ONLY = "catalog/robin-sim-only-20.yaml"


@pytest.fixture
def folder(tmp_path: Path, robin_files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of Robin's files; commands find the test's brand open."""
    monkeypatch.setattr(module, "brand_at_work", lambda _key: nullcontext())
    write_folder(tmp_path, robin_files)
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(module.command, [str(argument) for argument in arguments])


def change(folder: Path, old: str, new: str) -> None:
    text = (folder / SIM_ONLY).read_text(encoding="utf-8")
    (folder / SIM_ONLY).write_text(text.replace(old, new), encoding="utf-8")


def test_plan_apply_export(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    planned = run("plan", folder)
    assert planned.exit_code == 0
    assert "added offering robin-sim-only-20" in planned.output
    applied = run("apply", folder, "--note", "the first")
    assert "Published version 1, in force from 2026-11-01T08:00:00+00:00." in applied.output
    assert "Nothing to publish" in run("apply", folder).output
    target = tmp_path_factory.mktemp("export") / "robin"
    assert run("export", target).output.startswith("Version 1 is in ")
    change(target, "name: Robin SIM Only 20 GB", "name: Robin SIM Only")
    planned = run("plan", target)
    assert "    name: Robin SIM Only 20 GB → Robin SIM Only" in planned.output
    assert "0 living products of robin-sim-only-20 stay" in planned.output
    assert "Published version 2" in run("apply", target).output
    listed = run("versions")
    assert "in force" in listed.output
    assert "the first" in listed.output


def test_files_that_do_not_say_their_base_are_in_conflict(folder: Path) -> None:
    run("apply", folder)
    change(folder, "name: Robin SIM Only 20 GB", "name: Robin SIM Only")
    planned = run("plan", folder)
    assert planned.exit_code == 1
    assert "In conflict: version 1 is the newest" in planned.output
    assert run("plan", folder, "--base", "1").exit_code == 0
    assert "Published version 2" in run("apply", folder, "--base", "1", "--from", "2026-12-01T00:00:00+01:00").output


def test_lint_and_test_name_every_problem(folder: Path) -> None:
    linted = run("lint", folder).output
    assert linted.endswith("5 offerings and 3 tariffs are in order.\n")
    assert "to look at: tariffs/robin-standard.yaml, line " in linted
    assert run("test", folder).output.endswith("All examples come out as they say.\n")
    change(folder, "is 12.60 + 18.00", "is 12.61 + 18.00")
    red = run("test", folder)
    assert red.exit_code == 1
    assert "but monthly-fee is 12.60 + 18.00" in red.output
    assert run("apply", folder).exit_code == 2
    change(folder, "billing: postpaid", "billing: postpayed")
    wrong = run("lint", folder)
    assert wrong.exit_code == 2
    assert "line 10, column 10: `billing` cannot be 'postpayed' (did you mean `postpaid`?)" in wrong.output
    assert run("apply", folder, "--from", "tomorrow").exit_code == 2


def test_a_red_example_names_itself_says_why_and_refuses_until_it_is_green(folder: Path) -> None:
    run("apply", folder)
    tariff = folder / "tariffs" / "robin-standard.yaml"
    text = tariff.read_text(encoding="utf-8")
    dearer = text.replace("{price: 0.15, unit: 1 min, block: 60 s}", "{price: 0.18, unit: 1 min, block: 60 s}", 1)
    tariff.write_text(dearer, encoding="utf-8")
    line = dearer.splitlines().index("  - 61 s to nl-mobile at 18:00 on Monday costs 0.1525") + 1
    red = run("test", folder)
    assert red.exit_code == 1
    assert (
        f"tariffs/robin-standard.yaml, line {line}: «61 s to nl-mobile at 18:00 on Monday costs 0.1525», "
        "but it costs 0.1825. Number zone nl-mobile (prefix 316), network zone home (204-04). "
        "0 s – 1 min: 1 × 1 min at 0.18 EUR per 1 min = 0.18 EUR, rule nl-calls (Calls to Dutch numbers)."
    ) in red.output
    refused = run("apply", folder, "--base", "1")
    assert refused.exit_code == 2
    assert "but it costs 0.1825" in refused.output
    for path in (tariff, folder / "tariffs" / "robin-sim-only.yaml"):
        mended = path.read_text(encoding="utf-8").replace("costs 0.1525", "costs 0.1825")
        path.write_text(mended.replace("nl-fixed costs 0.15", "nl-fixed costs 0.18"), encoding="utf-8")
    green = run("test", folder)
    assert green.exit_code == 0, green.output
    assert "Published version 2" in run("apply", folder, "--base", "1").output
