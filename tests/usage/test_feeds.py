"""Feeds are described in YAML; every mistake names its word, and a file finds its feed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from linehouse.kernel.numbering import Plmn
from linehouse.usage.errors import FeedInvalid
from linehouse.usage.feeds import Feed, feed_for, parse_feed

GOOD: dict[str, Any] = {"key": "host", "format": "csv", "files": ["host-*.csv"], "country": "NL"}


def test_a_feed() -> None:
    feed = parse_feed(
        GOOD
        | {
            "home-networks": ["204-04"],
            "networks": {"DEUD2": "262-02"},
            "corrections": True,
            "maximum-age-days": 30,
            "settings": {"delimiter": ";"},
        }
    )
    assert feed.home_networks == {Plmn("204", "04")}
    assert feed.networks == {"DEUD2": Plmn("262", "02")}
    assert (feed.corrections, feed.chargeable, feed.maximum_age) == (True, True, timedelta(days=30))
    assert feed.takes("HOST-20261031-001.CSV")
    assert not feed.takes("CDDEUD2NLDRM00001")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"key": ""}, "key"),
        ({"files": []}, "files"),
        ({"files": "x"}, "files"),
        ({"country": "nl"}, "country"),
        ({"home-networks": ["2"]}, "home-networks"),
        ({"networks": {"DEUD2": "x"}}, "networks.DEUD2"),
        ({"networks": ["DEUD2"]}, "networks"),
        ({"corrections": "yes"}, "corrections"),
        ({"maximum-age-days": -1}, "maximum-age-days"),
        ({"settings": "x"}, "settings"),
    ],
)
def test_a_mistake_names_its_word(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(FeedInvalid) as caught:
        parse_feed(GOOD | changes)
    assert caught.value.field == field


def test_a_file_finds_its_feed_by_name_then_by_content() -> None:
    host = parse_feed(GOOD)
    tap = Feed("tap", "TAP", "tap3", ("CD*",), "NL")
    everything = Feed("all", "All", "nrtrde", ("CD*",), "NL")
    assert feed_for("host-1.csv", b"", (host, tap), lambda _: None) is host
    assert feed_for("CD1", b"", (tap, everything), lambda _: "nrtrde") is everything
    assert feed_for("unnamed", b"", (host, tap), lambda _: "tap3") is tap
    assert feed_for("unnamed", b"", (host, tap), lambda _: None) is None
    assert feed_for("CD1", b"", (tap, tap), lambda _: "tap3") is None
