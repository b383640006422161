"""A wrong rate was published and charged for three days: seen, approved by a second person, put right, billed right."""

from __future__ import annotations

import csv
import io
from contextlib import nullcontext
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner

from linehouse.billing import service as billing
from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.charging import service as charging
from linehouse.charging.errors import RerateNotNow
from linehouse.inventory.values import ProductView
from linehouse.ledger import service as ledger
from linehouse.platform.advance import advance
from linehouse.platform.audit.service import history
from linehouse.platform.checks import verify
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.runner import drain
from linehouse.platform.work import Actor
from linehouse.run.commands import rerate as command
from linehouse.usage import service as usage
from tests.balance.house import activate, open_shop, register
from tests.charging.conftest import FEEDS
from tests.charging.host import Cdr, send
from tests.conftest import ROBIN
from tests.edge.desk.conftest import Staff, text_of

US = "0012125550123"
TARIFF = "tariffs/robin-standard.yaml"
WRONG = "- {price: 0.50, unit: 1 min, block: 60 s}"
"""Calls to the United States; right is € 0.40."""


@pytest.fixture
def plan(brand: str, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> ProductView:
    """One customer on a monthly plan calls the United States once a day, 61 s each: 2 started minutes, € 1.00."""
    ours = ("balance.", "charging.", "billing.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    usage.apply_feeds(FEEDS, actor=actor)
    made = activate(actor, register(actor), "robin-sim-only-20")
    advance(datetime(2026, 11, 8, 8, tzinfo=UTC), actor=actor)
    send([Cdr(made, "VOICE", 61, start=f"2026-11-0{day} 12:00:00", party=US) for day in (1, 2, 3, 4, 5)], actor)
    drain()
    return made


def right_prices(actor: Actor) -> int:
    files = dict(read_folder(ROBIN))
    files[TARIFF] = files[TARIFF].replace(WRONG, WRONG.replace("0.50", "0.40"), 1).partition("\nexamples:")[0] + "\n"
    return catalog.apply_texts(files, actor=actor, base_version=1).number


def ask(who: Staff, version: int, **more: str) -> Any:
    form = {"reason": "Calls to the US were too dear", "start": "2026-11-02", "last": "2026-11-04", "order": "sequence"}
    return who.post("usage/rerating/new", form | {"version": str(version)} | more)


def broken() -> list[Any]:
    return [(result.name, result.verdict.findings) for result in verify() if not result.holds]


def number_of(answer: Any) -> str:
    assert answer.status_code == 302, text_of(answer)
    return str(answer.headers["Location"].rpartition("/")[2])


def test_a_wrong_rate_is_put_right_by_two_people(plan: ProductView, log_in: Any, actor: Actor) -> None:
    priya, frans, carla = log_in("product", name="Priya"), log_in("finance", name="Frans"), log_in("care", name="Carla")
    assert "Nothing has been rated again yet" in text_of(priya.get("usage/rerating"))
    version = right_prices(actor)
    owed = f"unbilled/{plan.billing_account_number}"

    # The difference first. By hand: 3 calls × 2 minutes × (0.40 − 0.50) = −0.60.
    number = number_of(ask(priya, version))
    assert "Subscriptions rated again" in priya.get(f"usage/rerating/{number}").content.decode()
    drain()
    page = text_of(priya.get(f"usage/rerating/{number}"))
    for words in ("€ 3.0000", "€ 2.4000", "− € 0.6000", plan.number, "world-1-calls", "Have it approved"):
        assert words in page, words
    file = priya.get(f"usage/rerating/{number}/records?format=csv").content.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(file)))) == 3
    assert ledger.balance(owed, "EUR") == 4_132_230, "nothing has moved: 5 × 1.00 / 1.21"

    # Who only reads may not propose; who proposes may not approve; another does.
    assert carla.post(f"usage/rerating/{number}/propose", {}).status_code == 403
    proposed = priya.post(f"usage/rerating/{number}/propose", {"reason": "Marketing announced 0.40"})
    proposal = number_of(proposed)
    assert "− € 0.60" in text_of(frans.get(f"approvals/{proposal}"))
    priya.post(f"approvals/{proposal}/approve", {"note": ""})
    assert charging.rerate_view(number).state == "proposed"
    frans.post(f"approvals/{proposal}/approve", {"note": "as announced"})
    drain()
    assert "3 records were entered anew" in text_of(frans.get(f"usage/rerating/{number}"))
    assert ledger.balance(owed, "EUR") == 3_636_363, "2 × 0.826446 + 3 × 0.661157"
    assert [row.new for row in _states(number)] == ["planned", "proposed", "approved", "applying", "applied"]
    assert broken() == []

    # A record tells its entries; the customer's bill is the right one.
    record = charging.rerate_records(number)[0][0]
    told = text_of(priya.get(f"usage/records/{record.record_id}"))
    assert "taken back" in told
    assert "charged anew" in told
    invoice_id = billing.bill_now(plan.billing_account_id, actor=actor, reason="asked for")
    used = [line for line in billing.invoice_detail(invoice_id).lines if line.records]
    assert [(line.records, str(line.amount)) for line in used] == [(5, "4.40 EUR")]
    assert ledger.balance(owed, "EUR") == 0
    assert broken() == []

    # Again it changes nothing, and what stands on the invoice is named and left alone.
    again = number_of(ask(priya, version))
    drain()
    view = charging.rerate_view(again)
    assert (view.changed, view.billed_records) == (0, 3)
    assert "on invoice INV-000001" in text_of(priya.get(f"usage/rerating/{again}/records?which=billed"))
    assert "Nothing differs" in text_of(priya.get(f"usage/rerating/{again}"))
    priya.post(f"usage/rerating/{again}/discard", {"reason": "nothing to do"})
    assert charging.rerate_view(again).state == "discarded"


def _states(number: str) -> list[Any]:
    row = charging.rerate_view(number)
    found = []
    for change in reversed(history("charging.Rerate", row.id)):
        found += [_State(new) for name, _, new in change.fields if name == "state" and change.what == "update"]
    return found


class _State:
    def __init__(self, new: str) -> None:
        self.new = new


def test_a_bill_that_is_being_prepared_is_not_overtaken(plan: ProductView, actor: Actor) -> None:
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC), actor=actor)
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    request = charging.RerateRequest(
        start=date(2026, 11, 2), until=date(2026, 11, 5), reason="too dear", catalog_version=right_prices(actor)
    )
    number = charging.plan_rerate(request, actor=actor)
    charging.finish_rerate(number)
    view = charging.rerate_view(number)
    assert (view.changed, view.kept) == (0, 4)
    kept, _ = charging.rerate_records(number, kept=True)
    assert {row.kept for row in kept} == {"stands on a bill that is being prepared"}
    billing.cancel(run_id, actor=actor, reason="prices were wrong")
    again = charging.plan_rerate(request, actor=actor)
    charging.finish_rerate(again)
    assert charging.rerate_view(again).changed == 3
    # The draft comes back while the difference waits for approval: it is stale.
    billing.start_run(date(2026, 12, 1), actor=actor, reason="second try")
    drain()
    with pytest.raises(RerateNotNow, match="plan it again"):
        charging.propose_rerate(again, actor=actor)


def test_the_same_at_the_command_line(
    plan: ProductView, actor: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(command, "brand_at_work", nullcontext)
    monkeypatch.setattr(command, "operator", lambda: actor)
    version = right_prices(actor)

    def run(*words: str) -> str:
        done = CliRunner().invoke(command.command, list(words), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    planned = run(
        "plan", "--from", "2026-11-02", "--to", "2026-11-05", "--with-version", str(version), "--reason", "too dear"
    )
    assert "4 records rated again, 3 differ." in planned
    assert "Charged 3.00 EUR, now 2.40 EUR: -0.60 EUR." in planned
    file = tmp_path / "records.csv"
    run("show", "RR-0001", "--csv", str(file))
    assert len(file.read_text().splitlines()) == 4
    assert "waits for another person" in run("propose", "RR-0001")
    assert "RR-0001" in run("list")
    assert "is given up" in run("discard", "RR-0001", "--reason", "rehearsal")
