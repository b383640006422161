"""Prices that customers pay change with a second person's word, and their effect is worked out before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from linehouse.catalog import ports, service
from linehouse.kernel.money import Money
from linehouse.platform.approval import service as approval
from linehouse.platform.work import Actor
from tests.catalog.test_publish import dearer
from tests.conftest import colleague


@pytest.fixture
def many() -> Iterator[None]:
    """Two thousand active products of each offering."""
    before = list(ports._active)
    service.use_active_products(lambda _key: 2_000)
    yield
    ports._active[:] = before


def test_new_prices_of_what_many_have_wait_for_another(
    brand: str, actor: Actor, robin_files: dict[str, str], many: None
) -> None:
    service.apply_texts(robin_files, actor=actor)
    asked = service.apply_texts(dearer(robin_files), actor=actor, base_version=1, note="spring prices")
    assert (asked.number, asked.changes, asked.proposal) == (1, (), "AP-000001")
    assert service.apply_texts(dearer(robin_files), actor=actor, base_version=1).proposal == "AP-000001"
    found = approval.find_proposal("AP-000001")
    assert found.reason == "spring prices"
    assert found.changes
    assert found.effect is not None
    assert found.effect.micros % 2_000 == 0
    assert found.effect > Money.of("1000", "EUR")
    done = approval.approve("AP-000001", actor=colleague(brand, "product", "Pia Product"))
    assert (done.state, done.result) == ("applied", "version 2 is published")
    assert service.version_info(2).published_by == "Pia Product"


def test_a_proposal_made_on_an_older_version_is_refused(
    brand: str, actor: Actor, robin_files: dict[str, str], many: None
) -> None:
    service.apply_texts(robin_files, actor=actor)
    service.apply_texts(dearer(robin_files), actor=actor, base_version=1)
    service.use_active_products(lambda _key: 0)
    assert service.apply_texts(dearer(robin_files), actor=actor, base_version=1).number == 2
    stale = approval.approve("AP-000001", actor=colleague(brand, "product"))
    assert stale.state == "refused"
    assert service.versions(limit=10)[1] == 2


def test_prices_that_nobody_pays_yet_need_nobody(brand: str, actor: Actor, robin_files: dict[str, str]) -> None:
    service.apply_texts(robin_files, actor=actor)
    assert service.apply_texts(dearer(robin_files), actor=actor, base_version=1).number == 2
