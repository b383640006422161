"""Why a price is what it is: the desk tells it in the language of who asks, from what was kept in none."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from linehouse.charging import service as charging
from linehouse.charging.values import RatedUsage
from linehouse.inventory.values import ProductView
from linehouse.platform.advance import advance
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.runner import drain
from linehouse.platform.work import Actor
from linehouse.usage import service as usage
from tests.balance.house import activate, open_shop, register
from tests.charging.conftest import FEEDS
from tests.charging.host import Cdr, send
from tests.edge.desk.conftest import Staff

GB = 10**9


@pytest.fixture
def half_covered(brand: str, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> RatedUsage:
    """3 GB where 2 GB are left of the plan's 20 GB: the allowance pays a part, money the other."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    usage.apply_feeds(FEEDS, actor=actor)
    plan: ProductView = activate(actor, register(actor), "robin-sim-only-20")
    advance(datetime(2026, 11, 8, 8, tzinfo=UTC), actor=actor)
    send([Cdr(plan, "DATA", size * GB, start=f"2026-11-0{day} 12:00:00") for day, size in ((1, 18), (2, 3))], actor)
    drain()
    newest, _ = charging.rated_usage(subscription_id=plan.id)
    return newest[0]


def steps(staff: Staff, record: RatedUsage) -> list[str]:
    page = staff.get(f"usage/records/{record.record_id}").content.decode()
    return re.findall(r'<span class="trace-text">(.*?)</span>', page)


def test_each_reader_is_told_in_their_language(half_covered: RatedUsage, log_in: Callable[..., Staff]) -> None:
    reader = log_in("admin")
    english = steps(reader, half_covered)
    assert english == [str(line) for line in charging.explain(half_covered.record_id)]
    assert len(english) == 7
    said = {"en": english}
    for code in ("de", "fr", "nl", "es", "ar"):
        reader.client.post("/language", {"language": code})
        said[code] = steps(reader, half_covered)
        assert len(said[code]) == len(english)
        for line, before in zip(said[code], english, strict=True):
            assert line != before
            # The same figures, whatever stands between them.
            assert sorted(re.findall(r"\d[\d.]*\d|\d", line)) == sorted(re.findall(r"\d[\d.]*\d|\d", before))
    assert said["de"][-1] == "Fällig mit einer Rechnung: 4.00 EUR."
    assert said["ar"][-1] == "مستحق مع فاتورة: \u20684.00 EUR\u2069."
    assert "20 GB in the Netherlands and the EU" in said["de"][2]


def test_a_price_enquiry_is_answered_in_the_readers_language(selling: str, log_in: Callable[..., Staff]) -> None:
    reader = log_in("admin")
    reader.client.post("/language", {"language": "nl"})
    page = reader.get(
        "price?tariff=robin-standard&usage_type=voice&direction=out&quantity=61+s&other_party=%2B31612345678"
        "&plmn=204-04&day=2026-11-02&time=18%3A00"
    ).content.decode()
    assert "Totaal 0.1525 EUR (inclusief belasting)." in page
