"""A plan with a minimum of usage: published, used by two people, billed, made smaller by late usage, and ended."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from linehouse.billing import service as billing
from linehouse.billing.errors import NothingToBill
from linehouse.billing.values import LineKind
from linehouse.catalog import service as catalog
from linehouse.catalog.errors import PublishRefused
from linehouse.catalog.folder import read_folder
from linehouse.edge.documents.view import invoice_view
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.kernel.money import money_sum
from linehouse.ledger import service as ledger
from linehouse.platform.advance import advance
from linehouse.platform.checks import verify
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.runner import drain
from linehouse.platform.work import Actor
from linehouse.resource import service as resources
from linehouse.usage import service as usage
from tests.balance.house import activate, register
from tests.charging.conftest import FEEDS
from tests.charging.host import Cdr, send
from tests.conftest import ROBIN

US = "0012125550123"
PLAN = "catalog/robin-sim-only-20.yaml"
MINIMUM = """prices:
  - price: minimum-use
    text: {nl: Minimaal verbruik, en: Minimum use}
    amount: 20.00
    every: 1 month
    due: in-arrears
    minimum-of: usage
    tax: standard
    ledger: minimum
"""
EXAMPLES = """examples:
  - "activated on 2026-11-01: minimum-use is 20.00, the first bill is 65.95"
  - "activated on 2026-11-16: minimum-use is 10.00, the first bill is 46.95"
"""


def publish(actor: Actor) -> None:
    """A red example first: without use the whole minimum is missing, half of it for half a month."""
    files = dict(read_folder(ROBIN))
    text = files[PLAN].replace("prices:\n", MINIMUM, 1)
    text = text.partition("examples:")[0]
    with pytest.raises(PublishRefused, match=r"the first bill is 65\.95"):
        catalog.apply_texts(files | {PLAN: text + EXAMPLES.replace("65.95", "45.95")}, actor=actor)
    catalog.apply_texts(files | {PLAN: text + EXAMPLES}, actor=actor)


@pytest.fixture
def two(brand: str, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> tuple[ProductView, ProductView]:
    """Sanne calls the United States 12 times, Piet 25 times; each call is 61 s, 2 started minutes, 1.00 with tax."""
    ours = ("balance.", "charging.", "billing.", "usage.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    publish(actor)
    resources.seed_stock(actor=actor)
    usage.apply_feeds(FEEDS, actor=actor)
    sanne = activate(actor, register(actor), "robin-sim-only-20")
    piet = activate(actor, register(actor, "Piet"), "robin-sim-only-20")
    drain()
    advance(datetime(2026, 11, 28, 8, tzinfo=UTC), actor=actor)
    send(calls(sanne, 12) + calls(piet, 25), actor)
    drain()
    return sanne, piet


def calls(who: ProductView, number: int, month: str = "2026-11") -> list[Cdr]:
    return [Cdr(who, "VOICE", 61, start=f"{month}-{day:02d} 12:00:00", party=US) for day in range(1, number + 1)]


def bill(actor: Actor, until: date) -> None:
    run = billing.start_run(until, actor=actor)
    drain()
    billing.approve(run, actor=actor)
    billing.post(run, actor=actor)
    drain()


def bill_of(who: ProductView) -> billing.InvoiceDetail:
    """The only bill of somebody."""
    (one,) = billing.search_invoices(account_id=who.billing_account_id)[0]
    return billing.invoice_detail(one.id)


def laws_hold() -> None:
    assert [(r.name, r.verdict.findings) for r in verify() if not r.holds] == []


def test_what_is_missing_to_the_minimum_is_billed(two: tuple[ProductView, ProductView], actor: Actor) -> None:
    sanne, piet = two
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC), actor=actor)
    shown = billing.preview(sanne.billing_account_id, date(2026, 12, 1))
    assert shown is not None
    bill(actor, date(2026, 12, 1))
    first, other = bill_of(sanne), bill_of(piet)

    # 12.00 of at least 20.00 were used: 8.00 are missing. The preview said the same.
    assert money_sum([line.amount for line in first.lines if line.kind is LineKind.USAGE], "EUR").text == "12.00"
    told = [(line.kind, line.key, line.amount) for line in first.lines]
    assert [(line.kind, line.key, line.amount) for line in shown.lines] == told
    (line,) = [line for line in first.lines if line.key == "minimum-use"]
    assert (line.kind, line.amount.text) == (LineKind.RECURRING, "8.00")
    assert (shown.gross, first.invoice.gross.text) == (first.invoice.gross, "65.95")
    # 25.00 were used: nothing is missing, and no line says so.
    assert [line for line in other.lines if line.key == "minimum-use"] == []
    assert other.invoice.gross.text == "70.95"

    # The line says which minimum, what was used and what is missing, at the desk and on paper.
    (child,) = billing.explain_line(line.id).children
    assert (child.clause, child.exact) == ("robin-sim-only-20/minimum-use, catalogue 1", Fraction(8_000_000))
    assert {"minimum": "20.00 EUR", "used": "12.00 EUR", "missing": "8.00 EUR"}.items() <= child.facts.items()
    paper = str(invoice_view(billing.document(first.invoice.id), "")).replace("\\xa0", " ")
    assert "€ 12.00 used of at least € 20.00" in paper

    # The month is over, so all of it is earned: 8.00 less 21 % tax.
    assert ledger.balance("deferred/minimum", "EUR") == 0
    assert ledger.balance("revenue/minimum", "EUR") == line.net.micros
    assert line.net.text == "6.61"
    assert ledger.balance(f"unbilled/{sanne.billing_account_number}", "EUR") == 0
    laws_hold()

    # Again: nothing.
    with pytest.raises(NothingToBill):
        billing.bill_now(sanne.billing_account_id, actor=actor, reason="asked")


def test_late_usage_makes_it_smaller_and_the_final_bill_asks_until_the_end(
    two: tuple[ProductView, ProductView], actor: Actor
) -> None:
    sanne, _ = two
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC), actor=actor)
    bill(actor, date(2026, 12, 1))
    advance(datetime(2026, 12, 16, 8, tzinfo=UTC), actor=actor)
    # Three more calls of November come in, and four of December.
    late = [Cdr(sanne, "VOICE", 61, start=f"2026-11-2{day} 13:00:00", party=US) for day in (1, 2, 3)]
    send([*late, *calls(sanne, 4, "2026-12")], actor, number=2)
    drain()
    inventory.terminate_product(sanne.id, actor=actor)
    drain()
    final = billing.bill_now(sanne.billing_account_id, actor=actor, reason="ended")
    drain()
    found = billing.invoice_detail(final).lines
    told = [(line.kind, line.amount.text, line.explanation.get("used")) for line in found if line.key == "minimum-use"]
    # November: 15.00 were used, 5.00 are missing, so 8.00 are taken back. December until the 15th: 15 of 31 days are
    # 9.68, 4.00 were used.
    assert told == [
        (LineKind.RECURRING, "5.00", "15.00 EUR"),
        (LineKind.RECURRING, "5.68", "4.00 EUR"),
        (LineKind.REVERSAL, "-8.00", None),
    ]
    laws_hold()
