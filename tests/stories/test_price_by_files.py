"""A product manager changes a price with files: the law, a warning, a red example, the difference, published."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder, write_folder
from linehouse.rating.service import price
from linehouse.rating.values import UsageEvent, UsageType
from linehouse.run.commands import catalog as module
from tests.balance.house import ROBIN

pytestmark = pytest.mark.usefixtures("brand")
TARIFF = Path("tariffs/robin-standard.yaml")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(module.command, [str(argument) for argument in arguments])


def change(folder: Path, *pairs: tuple[str, str]) -> None:
    text = (folder / TARIFF).read_text(encoding="utf-8")
    for was, becomes in pairs:
        assert was in text, was
        text = text.replace(was, becomes)
    (folder / TARIFF).write_text(text, encoding="utf-8")


def line_of(folder: Path, text: str) -> int:
    lines = (folder / TARIFF).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_from_a_price_in_a_file_to_a_charge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "brand_at_work", lambda _key: nullcontext())
    write_folder(tmp_path / "first", read_folder(ROBIN))
    assert "Published version 1" in run("apply", tmp_path / "first").output
    folder = tmp_path / "robin"
    assert run("export", folder).exit_code == 0

    # A price beyond the law is refused before anything else is looked at.
    change(folder, ("price: 0.22, unit: 1 min", "price: 0.24, unit: 1 min"))
    unlawful = run("lint", folder)
    assert unlawful.exit_code == 1
    rule = line_of(folder, "- rule: eu-calls")
    assert f"tariffs/robin-standard.yaml, line {rule}: Calls to the EU: 0.24 EUR for 1 min, the law allows" in (
        unlawful.output
    )
    assert "Regulation (EU) 2015/2120 Art. 5a(1)" in unlawful.output
    assert run("apply", folder).exit_code == 2

    # A lawful one that is ten times what it was, by a slip: asked about, and an example is red.
    change(folder, ("price: 0.24, unit: 1 min", "price: 0.22, unit: 1 min"))
    change(folder, ("{price: 0.50, unit: 1 min, block: 60 s}", "{price: 5.50, unit: 1 min, block: 60 s}"))
    planned = run("plan", folder)
    assert planned.exit_code == 1
    assert "Calls to world zone 1: price of step 1: 0.50 EUR becomes 5.50 EUR" in planned.output
    assert "«1 min to +14165550123 costs 0.50», but it costs 5.50" in planned.output

    # What was meant: 0.55. The warning is gone, the example is still red until it says so.
    change(folder, ("{price: 5.50, unit: 1 min, block: 60 s}", "{price: 0.55, unit: 1 min, block: 60 s}"))
    planned = run("plan", folder)
    assert "becomes" not in planned.output
    assert "«1 min to +14165550123 costs 0.50», but it costs 0.55" in planned.output
    assert run("apply", folder).exit_code == 2
    change(
        folder,
        ("  - 61 s to +447400123456 costs 1.00\n", "  - 61 s to +447400123456 costs 1.10\n"),
        ("  - 61 s to +12125550123 costs 1.00\n", "  - 61 s to +12125550123 costs 1.10\n"),
        ("  - 1 min to +14165550123 costs 0.50\n", "  - 1 min to +14165550123 costs 0.55\n"),
    )

    # A rule without an example is let stand, with a reason and an end.
    change(
        folder,
        (
            "accepted:\n",
            "accepted:\n  - {warning: no-example, rule: picture-messages, reason: not sent, until: 2027-06-30}\n",
        ),
    )
    tested = json.loads(run("test", folder, "--json").output)
    assert [one for one in tested if one["severity"] == "error"] == []
    assert "tariffs.robin-standard.picture-messages" in [
        one["where"] for one in tested if one["severity"] == "accepted"
    ]

    # The difference, and published.
    planned = run("plan", folder)
    assert planned.exit_code == 0, planned.output
    assert "    rules.world-1-calls.price.steps.1.price: 0.50 → 0.55" in planned.output
    assert "accepted until 2027-06-30" in planned.output
    assert "(because: not sent)" in planned.output
    assert "Published version 2" in run("apply", folder, "--note", "dearer world zone 1").output
    assert "Nothing to publish" in run("plan", folder).output

    call = UsageEvent(
        usage_type=UsageType.VOICE,
        started_at=datetime(2026, 11, 2, 12, tzinfo=UTC),
        quantity=61_000,
        other_party="+447400123456",
        serving_plmn=catalog.published().brand.home_network,
    )
    assert str(price(catalog.published().tariffs["robin-standard"], call).total) == "1.10 EUR"
