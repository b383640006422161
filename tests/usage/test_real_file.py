"""A real roaming file through the whole intake: five events, nothing lost, 0.021 special drawing rights."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from linehouse.platform.work import Actor
from linehouse.simulators.cdr_feed.usage import Subscriber
from linehouse.usage import service
from linehouse.usage.values import PartyKind
from tests.usage.conftest import FEEDS, People

pytestmark = pytest.mark.specs

NAME = "CDDNKTDSWETR90904"
TRAVELLERS = {
    "240015295183690": "46707234787",
    "240010778029641": "4609402596",
    "240012123625410": "4611079852",
    "24001108133957": "4672619149",
}


@pytest.fixture
def swedish(people: People, brand: str, actor: Actor, feeds: None, tmp_path: Path) -> str:
    """The feed of the file's recipient, for whom events of 2015 are not too old."""
    described = yaml.safe_load((FEEDS / "roaming-tap.yaml").read_text())
    described |= {
        "key": "swedish-tap",
        "files": ["*SWETR*"],
        "country": "SE",
        "recipients": ["SWETR"],
        "home-networks": ["240-01"],
        "home-codes": ["SWETR"],
        "maximum-age-days": 10_000,
    }
    (tmp_path / "feed.yaml").write_text(yaml.safe_dump(described))
    service.apply_feeds(tmp_path, actor=actor)
    return "swedish-tap"


def test_every_event_reaches_its_subscriber(
    specs_dir: Path, swedish: str, people: People, actor: Actor, drain: Callable[[], int]
) -> None:
    for imsi in TRAVELLERS:
        people.add(Subscriber(imsi, f"46700{imsi[-6:]}"))
    data = (specs_dir.parent / "data" / "tap" / NAME).read_bytes()
    file_id = service.receive_file(NAME, data, swedish, actor=actor)
    drain()
    file = service.find_file(file_id)
    assert (file.state, file.records, file.normalised, file.version) == ("processed", 5, 5, "3.12")
    assert file.notes == ("local currency DKK, 1 XDR = 9.42498 DKK (code 1)",)
    found = service.reconcile(file_id)
    assert (found.currency, found.declared, found.summed) == ("XDR", Fraction(21, 1000), Fraction(21, 1000))
    assert found.counts_add_up
    records = service.normalised_records(file_id)
    assert [record.position for record in records] == [5, 3, 1, 2, 4], "in the order in which it happened"
    assert {(str(record.serving), record.serving.country, record.visited) for record in records} == {
        ("238-01", "DK", True)
    }
    assert [(record.other_party, record.party_kind) for record in records] == [
        ("", PartyKind.NONE),
        ("+46467428510", PartyKind.E164),
        ("", PartyKind.NONE),
        ("", PartyKind.NONE),
        ("+4613325829", PartyKind.E164),
    ]


def test_strangers_wait_and_nothing_is_lost(
    specs_dir: Path, swedish: str, actor: Actor, drain: Callable[[], int]
) -> None:
    data = (specs_dir.parent / "data" / "tap" / NAME).read_bytes()
    file_id = service.receive_file(NAME, data, swedish, actor=actor)
    drain()
    found = service.reconcile(file_id)
    assert (found.suspended, found.counts_add_up, found.charges_agree) == (5, True, True)


def test_robin_refuses_what_is_not_for_robin(
    specs_dir: Path, feeds: None, actor: Actor, drain: Callable[[], int]
) -> None:
    data = (specs_dir.parent / "data" / "tap" / NAME).read_bytes()
    file_id = service.receive_file(NAME, data, actor=actor)
    drain()
    assert service.find_file(file_id).reason == "wrong_recipient"
