"""A product manager tries a draft on last month's usage before anybody is charged by it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.charging import service as charging
from linehouse.edge.desk.catalog_files import archive_of
from linehouse.insight import service as insight
from linehouse.ledger import service as ledger
from linehouse.platform.advance import advance
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.runner import drain
from linehouse.platform.work import Actor
from linehouse.run.commands import whatif as command
from tests.conftest import ROBIN
from tests.edge.desk.conftest import Staff, text_of
from tests.insight.months import DECEMBER, TARIFF, draft, open_with, people, use_much


@pytest.fixture
def november(brand: str, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> str:
    """A month of use under the published plans, over; nobody writes mails."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_with(dict(read_folder(ROBIN)), actor)
    plans = people(actor)
    advance(DECEMBER, actor=actor)
    use_much(plans, actor)
    return brand


def start(who: Staff, **more: Any) -> Any:
    form = {"name": "Dearer data", "plan": "version:1", "start": "2026-11-01", "last": "2026-11-30", **more}
    return who.post("catalog/what-if/new", form)


def test_a_draft_is_tried_and_shows_winners_and_losers(november: str, log_in: Any, actor: Actor) -> None:
    priya = log_in("product", name="Priya")
    assert "No plan has been tried yet" in text_of(priya.get("catalog/what-if"))
    made = catalog.open_draft("Dearer data", actor=actor)
    text = made.files[TARIFF].replace("price: 0.004,", "price: 0.009,").partition("\nexamples:")[0] + "\n"
    catalog.write_file(made.number, TARIFF, text, revision=made.revision, actor=actor)
    before = ledger.ledger_hash()

    assert f"what-if/new?plan=draft:{made.number}" in priya.get(f"catalog/drafts/{made.number}").content.decode()
    form = priya.get(f"catalog/what-if/new?plan=draft:{made.number}").content.decode()
    assert f'value="draft:{made.number}" selected' in form
    started = start(priya, plan=f"draft:{made.number}")
    assert started.status_code == 302
    number = started.headers["Location"].rpartition("/")[2]
    running = priya.get(f"catalog/what-if/{number}")
    assert "0 of 3" in text_of(running) or "Subscriptions tried" in running.content.decode()
    drain()

    page = priya.get(f"catalog/what-if/{number}")
    shown = text_of(page)
    view = insight.what_if(number)
    assert view.state == "done"
    assert (view.wins, view.loses, view.same) == (0, 1, 2)
    for words in ("Revenue, without tax", "Wholesale cost", "Margin", "Fee for a full period", "Winners and losers"):
        assert words in shown
    assert "<svg" in page.content.decode()
    assert ledger.ledger_hash() == before

    losers = text_of(priya.get(f"catalog/what-if/{number}?outcome=loses&sort=-difference"))
    (loser,) = insight.what_if_lines(number, outcome="loses")[0]
    assert loser.subscription in losers
    assert "S-000003" not in losers
    file = priya.get(f"catalog/what-if/{number}?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert len(rows) == 3

    one = insight.what_if_lines(number, search=loser.subscription)[0][0]
    detail = text_of(priya.get(f"catalog/what-if/{number}/subscriptions/{one.subscription_id}"))
    assert "monthly-fee" in detail
    assert "data-beyond-allowance" in detail

    raised = one.bill - one.bill_before
    assert raised.micros > 0
    assert view.after.usage_gross - view.before.usage_gross == sum(
        line.difference.micros for line in insight.what_if_lines(number)[0]
    )


def test_files_from_outside_can_be_tried(november: str, log_in: Any) -> None:
    frans = log_in("finance", name="Frans")
    archive = SimpleUploadedFile("plan.zip", archive_of(draft(), 1), "application/zip")
    started = start(frans, plan="upload", archive=archive)
    assert started.status_code == 302
    drain()
    number = started.headers["Location"].rpartition("/")[2]
    assert insight.what_if(number).origin == "upload plan.zip"
    assert "Only for an upload" in text_of(start(frans, plan="upload"))
    refused = text_of(start(frans, accounts="BA-999999"))
    assert "There is no billing account BA-999999" in refused
    assert "The period has not passed" in text_of(start(frans, last="2027-01-31"))


def test_who_may_not_see_margins_sees_no_trial(november: str, log_in: Any, actor: Actor) -> None:
    care = log_in("care", name="Carla")
    assert care.get("catalog/what-if").status_code == 403
    assert start(care).status_code == 403
    auditor = log_in("auditor", name="Auke")
    assert auditor.get("catalog/what-if").status_code == 200
    assert start(auditor).status_code == 403


def test_at_the_command_line(november: str, actor: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(command, "brand_at_work", nullcontext)
    monkeypatch.setattr(command, "operator", lambda: actor)
    folder = tmp_path / "plan"
    for path, text in draft().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    period = ["--from", "2026-11-01", "--until", "2026-12-01"]
    said = CliRunner().invoke(command.command, ["run", *period, "--folder", str(folder), "--name", "Cheaper"])
    assert said.exit_code == 0, said.output
    assert "WI-0001 Cheaper: done, 3 of 3 subscriptions" in said.output
    assert "would pay less" in said.output
    listed = CliRunner().invoke(command.command, ["list"])
    assert "WI-0001" in listed.output
    out = CliRunner().invoke(command.command, ["export", "WI-0001", "-"])
    assert out.stdout.startswith("subscription,account,plan before,plan after")
    assert CliRunner().invoke(command.command, ["run", *period]).exit_code == 2
    later = CliRunner().invoke(command.command, ["run", *period, "--version", "1", "--later"])
    assert "WI-0002 is under way" in later.output
    assert CliRunner().invoke(command.command, ["cancel", "WI-0002"]).exit_code == 0
    resumed = CliRunner().invoke(command.command, ["resume", "WI-0002"])
    assert "0 would pay less, 0 more, 3 the same." in resumed.output
    assert charging.cost_gaps() == []
