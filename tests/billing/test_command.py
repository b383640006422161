"""The command line: a month from the run to the file, and what an amount rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linehouse.kernel.error import Invalid
from linehouse.platform.outbox import registry
from linehouse.platform.work import Actor
from linehouse.run.commands import bill as commands
from tests.billing.house import ROBIN, UsageShelf, customer, product, publish

Run = Callable[..., Result]


@contextmanager
def at_work(key: str) -> Iterator[str]:
    yield key


@pytest.fixture
def run(
    brand: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[[datetime], object],
    shelf: UsageShelf,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """The command in a brand with one customer, on the first of December."""
    rooms = ("billing.", "documents.")
    listening = {name: consumer for name, consumer in registry._consumers.items() if name.startswith(rooms)}
    monkeypatch.setattr(registry, "_consumers", listening)
    monkeypatch.setattr(commands, "brand_at_work", at_work)
    publish(actor)
    sanne = customer(actor)
    line = product(actor, sanne)
    drain()
    shelf.put(sanne.billing_account_id, line.number, "0.1525", datetime(2026, 11, 5, 12, tzinfo=UTC))
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(commands.command, arguments, env={"COLUMNS": "200"})

    return invoke


def test_a_month_from_the_run_to_the_file(run: Run, drain: Callable[[], int], tmp_path: Path) -> None:
    assert "45.95" not in run("list").output
    seen = run("preview", "BA-000001").output
    assert "net 38.10 EUR, tax 8.00 EUR, total 46.10 EUR" in seen
    made = run("run").output
    assert "BR-000001 (cycles until 2026-12-01): calculated, 46.10 EUR" in made
    assert "expected 1 = billed 1 + nothing due 0 + parked 0 + excluded 0" in made
    assert "approved" in run("approve", "BR-000001").output
    assert "posted" in run("post", "BR-000001").output
    assert "documents of INV-000001 are not made yet" in run("pdf", "INV-000001").output
    drain()
    target = tmp_path / "bill.pdf"
    assert run("pdf", "INV-000001", "-o", str(target)).exit_code == 0
    assert target.read_bytes().startswith(b"%PDF-1.7")
    run("pdf", "INV-000001", "--xml", "-o", str(target))
    assert b"CrossIndustryInvoice" in target.read_bytes()
    assert "INV-000001" in run("list").output
    assert "posted" in run("show", "BR-000001").output


def test_an_invoice_is_shown_and_taken_apart(run: Run) -> None:
    for step in (("run", "--until", "2026-12-01"), ("approve", "BR-000001"), ("post", "BR-000001")):
        assert run(*step).exit_code == 0
    shown = run("show", "INV-000001", "--explain").output
    assert "NL-21: net 38.10 EUR, tax 8.00 EUR, gross 46.10 EUR" in shown
    assert "152500 + rounding -2500 = 150000" in shown
    assert "robin-sim-only-20/monthly-fee, catalogue 1" in shown
    assert "price 18.00 EUR" in shown
    assert "of_days 30" in shown


def test_a_parked_account_is_named_and_tried_again(
    run: Run, shelf: UsageShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> object:
        raise Invalid("the usage is unreadable", field="usage")

    with monkeypatch.context() as broken:
        broken.setattr(shelf, "unbilled", fail)
        made = run("run")
    assert made.exit_code == commands.PARKED
    assert "the usage is unreadable" in made.output
    assert "1 accounts were calculated again" in run("retry", "BR-000001").output
    assert "cancelled" in run("cancel", "BR-000001", "--reason", "try out").output


def test_the_brands_template_is_taken_once(run: Run) -> None:
    assert "in force" in run("template", str(ROBIN)).output
    assert "Nothing is new" in run("template", str(ROBIN)).output
