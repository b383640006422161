"""A family's month: one allowance for two lines, a cap that is reached, a rest that moves on, and the bill, by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from linehouse.balance import service as balance
from linehouse.billing import service as billing
from linehouse.billing.values import LineKind
from linehouse.catalog import service as catalog
from linehouse.charging.ports import use_tax_rates
from linehouse.charging.values import Rate
from linehouse.platform.checks import verify
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.work import Actor
from linehouse.resource import service as resources
from linehouse.usage import service as usage
from tests.balance.house import ROBIN, activate, family_files, register
from tests.charging.host import Cdr, send
from tests.edge.desk.conftest import Staff, log_in, text_of

__all__ = ["log_in"]
GB = 10**9


@pytest.fixture(autouse=True)
def _a_charging_house(monkeypatch: pytest.MonkeyPatch):
    rooms = ("balance.", "charging.", "billing.", "documents.", "usage.")
    monkeypatch.setattr(
        outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(rooms)]
    )
    before = use_tax_rates(lambda country, _category, _day: Rate(Fraction(21, 100), f"{country}-21"))
    yield
    use_tax_rates(before)


def test_a_family_shares_a_month_and_keeps_a_rest(
    brand: str,
    actor: Actor,
    drain: Callable[[], int],
    advance: Callable[..., object],
    log_in: Callable[..., Staff],  # the fixture
) -> None:
    catalog.apply_texts(family_files(), actor=actor)
    resources.seed_stock(actor=actor)
    usage.apply_feeds(ROBIN / "feeds", actor=actor)
    who = register(actor)
    mother, child = activate(actor, who, "robin-family-50"), activate(actor, who, "robin-family-line")
    drain()
    advance(datetime(2026, 11, 20, 8, tzinfo=UTC))
    # 31 GB of the child: 30 GB up to its cap, and 1 GB at 0.004 for a MB. 5 GB of the mother.
    send(
        [
            Cdr(child, "DATA", 31 * GB, start="2026-11-02 12:00:00"),
            Cdr(mother, "DATA", 5 * GB, start="2026-11-03 12:00:00"),
        ],
        actor,
    )
    drain()
    november = f"{mother.number}/data/2026-11-01"
    advance(datetime(2026, 12, 1, 8, tzinfo=UTC))
    # 50 - 35 = 15 GB are left, less than the most that moves on; nothing expires.
    before = balance.bucket(november)
    assert (before.used, before.rolled, before.expired) == (35 * GB, 15 * GB, 0)
    # 16 GB in December: the rest of November first, then 1 GB of the new month.
    send([Cdr(mother, "DATA", 16 * GB, start="2026-12-01 08:30:00")], actor, 2)
    drain()
    assert balance.bucket(f"{november}/rollover").left == 0
    assert balance.bucket(f"{mother.number}/data/2026-12-01").used == GB
    run_id = billing.start_run(date(2026, 12, 1), actor=actor)
    drain()
    billing.approve(run_id, actor=actor)
    billing.post(run_id, actor=actor)
    drain()
    bill = billing.invoice_detail(billing.invoice_by_number("INV-000001").id)
    used = [str(line.amount) for line in bill.lines if line.kind is LineKind.USAGE and line.amount]
    assert used == ["4.00 EUR"]
    # Two months of 32.00 and of 6.00, and the gigabyte beyond the cap.
    assert sum(line.amount.micros for line in bill.lines) == 80_000_000
    assert [result for result in verify() if not result.holds] == []
    desk = log_in("admin")
    page = text_of(desk.get(f"allowances/{before.id}"))
    assert "Shared by the lines of the billing account, each at most 30 GB" in page
    assert f"Used by {child.number} 30 GB" in page
    assert f"Used by {mother.number} 5 GB" in page
    assert "Rolled over 15 GB" in page
    rest = text_of(desk.get(f"allowances/{balance.bucket(f'{november}/rollover').id}"))
    assert "Rest of the period from" in rest
