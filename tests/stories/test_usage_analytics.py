"""Usage, what it was sold for and what it costs: the same figures by every grouping, down to the records."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from click.testing import CliRunner

from linehouse.catalog.folder import read_folder
from linehouse.charging import service as charging
from linehouse.charging.service import By, UsageSlice
from linehouse.platform.advance import advance
from linehouse.platform.checks import verify
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor
from linehouse.run.commands import usage as command
from tests.conftest import ROBIN
from tests.edge.desk.conftest import text_of
from tests.insight.months import DECEMBER, NOVEMBER, open_with, people, use_much


@pytest.fixture
def november(brand: str, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> str:
    """A month of use, rated; nobody writes mails."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_with(dict(read_folder(ROBIN)), actor)
    plans = people(actor)
    advance(DECEMBER, actor=actor)
    use_much(plans, actor)
    return brand


def raw() -> tuple[int, int, int, int]:
    """The grand total as the rated records say it."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*), sum(net), sum(gross), sum(cost) FROM charging_rated_usage")
        row = cursor.fetchone()
    assert row is not None
    return tuple(int(figure) for figure in row)  # type: ignore[return-value]  # four figures


def test_every_grouping_agrees_with_the_records_and_the_laws_hold(november: str) -> None:
    whole = UsageSlice(period=NOVEMBER, zone="Europe/Amsterdam")
    expected = raw()
    for by in By:
        found = charging.usage_totals(whole, [by])
        assert (
            sum(one.records for one in found),
            sum(one.retail for one in found),
            sum(one.gross for one in found),
            sum(one.cost for one in found),
        ) == expected, by
    hours = next(result for result in verify() if result.name == "charging.hours")
    assert hours.holds
    assert hours.verdict.examined > 100


def test_from_a_total_to_its_records(november: str, log_in: Any) -> None:
    frans = log_in("finance", name="Frans")
    days = "start=2026-11-01&last=2026-11-30"
    page = frans.get(f"usage/analytics?{days}&by=plan")
    shown = text_of(page)
    assert "robin-sim-only-20" in shown
    assert "robin-prepaid-start" in shown
    assert "<svg" in page.content.decode()
    links = r'href="[^"]*(usage/analytics/records\?[^"]*plan=robin-prepaid-start[^"]*)"'
    link = re.search(links, page.content.decode())
    assert link is not None
    behind = text_of(frans.get(link[1].replace("&amp;", "&")))
    assert "Plan: robin-prepaid-start" in behind
    assert "host-wholesale v2026-11" in behind

    file = frans.get(f"usage/analytics?{days}&by=type&then=network-zone&format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert sum(int(row["Records"]) for row in rows) == raw()[0]
    narrow = text_of(frans.get(f"usage/analytics?{days}&by=hour&type=data&plan=robin-sim-only-20"))
    assert "Hour of the day" in narrow
    assert "No rated usage in these days" in text_of(frans.get("usage/analytics?start=2026-01-01&last=2026-01-31"))
    assert text_of(frans.get("usage/analytics?start=nonsense&by=nothing"))
    devices = text_of(frans.get(f"usage/analytics?{days}&by=device"))
    assert "unknown" in devices
    assert log_in("care", name="Carla").get("usage/analytics").status_code == 403


def test_at_the_command_line(november: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(command, "brand_at_work", nullcontext)
    period = ["--from", "2026-11-01", "--until", "2026-12-01"]
    said = CliRunner().invoke(command.command, ["sums", *period, "--by", "type", "--by", "plan", "--csv", "-"])
    assert said.exit_code == 0, said.output
    rows = list(csv.DictReader(io.StringIO(said.output)))
    assert sum(int(row["records"]) for row in rows) == raw()[0]
    only = CliRunner().invoke(
        command.command, ["sums", *period, "--by", "day", "--only", "type=voice,sms", "--csv", "-"]
    )
    days = list(csv.DictReader(io.StringIO(only.output)))
    assert days[0]["day"] == "2026-11-02"
    assert all(row["quantity in octet"] == "0" for row in days)
    table = CliRunner().invoke(command.command, ["sums", *period, "--by", "type"])
    assert "voice" in table.output
    wrong = CliRunner().invoke(command.command, ["sums", *period, "--by", "colour"])
    assert "colour" in str(wrong.exception)
