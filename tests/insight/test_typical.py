"""Margins are judged by the brand's own usage where there is enough of it, else by what the product ships."""

from __future__ import annotations

import pytest

from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.insight.publication import advisable
from linehouse.insight.service import typical
from linehouse.rating.lint import Profile, usual
from linehouse.rating.values import UsageType
from tests.balance.house import ROBIN


@pytest.mark.usefixtures("brand")
def test_a_brand_without_usage_has_what_the_product_ships() -> None:
    assert typical.profiles() == usual()


def test_enough_usage_of_a_kind_replaces_what_is_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {UsageType.VOICE: (200, 20_000, 60_000), UsageType.DATA: (199, 1, 2)}
    monkeypatch.setattr(typical, "typical_usage", lambda: own)
    found = typical.profiles()
    assert found[UsageType.VOICE] == Profile(20_000, 60_000)
    assert found[UsageType.DATA] == usual()[UsageType.DATA]


def test_short_calls_that_bring_less_than_they_cost_are_seen_by_who_makes_them() -> None:
    files = dict(read_folder(ROBIN))
    # A connection fee of the host that only long calls earn back.
    wholesale = files["tariffs/host-wholesale.yaml"].replace(
        "        - {price: 0.011, unit: 1 min, block: 1 s}",
        "        - {price: 0.011, unit: 1 min, block: 1 s, flat: 0.20}",
        1,
    )
    catalogue = read_catalogue(files | {"tariffs/host-wholesale.yaml": wholesale}).catalogue

    def losses(voice: Profile) -> list[str]:
        found = advisable(catalogue, None, {**usual(), UsageType.VOICE: voice})
        return [one.field for one in found if one.code == "catalog.below-cost"]

    assert losses(Profile(75_000, 480_000)) == []
    assert losses(Profile(20_000, 50_000)) == ["tariffs.robin-standard.nl-calls"]
