"""Feeds, subscribers and files for the tests of usage."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from linehouse.catalog.values import BillingMode
from linehouse.edge.network.usage_formats import install_formats
from linehouse.inventory.values import IdentityKind, IdentityQuery
from linehouse.inventory.values import Subscriber as Found
from linehouse.kernel.ids import new_id
from linehouse.kernel.numbering import Imsi, Msisdn
from linehouse.platform.work import Actor
from linehouse.simulators.cdr_feed.files import Fault, MadeFile
from linehouse.simulators.cdr_feed.host_csv import host_csv
from linehouse.simulators.cdr_feed.roaming_tap import roaming_tap
from linehouse.simulators.cdr_feed.usage import Subscriber, Use, make_usage
from linehouse.usage import service

FEEDS = Path(__file__).resolve().parents[2] / "brands" / "robin" / "feeds"
AMSTERDAM, BERLIN = ZoneInfo("Europe/Amsterdam"), ZoneInfo("Europe/Berlin")
ADA = Subscriber("204041234567890", "31612345678")
BOB = Subscriber("204041234567891", "31612345679")


@dataclass(slots=True)
class People:
    """Who has which IMSI and MSISDN, in place of inventory."""

    known: dict[str, Found] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)
    asked: int = 0

    def add(self, who: Subscriber, since: datetime = datetime(2015, 1, 1, tzinfo=UTC)) -> Found:
        """Make somebody known from an instant on."""
        found = Found(
            product_id=new_id(),
            product_number="P-000001",
            customer_id=new_id(),
            billing_account_id=new_id(),
            billing_account_number="BA-000001",
            offering_key="robin-sim-only-20",
            catalog_version=1,
            tariff_key=None,
            billing_mode=BillingMode.POSTPAID,
            msisdn=Msisdn(who.msisdn),
            imsi=Imsi(who.imsi),
        )
        for digits in (who.imsi, who.msisdn):
            self.known[digits], self.since[digits] = found, since
        return found

    def identify_many(self, questions: Iterable[IdentityQuery]) -> dict[int, Found]:
        """As inventory answers."""
        self.asked += 1
        answers = {}
        for question in questions:
            assert question.kind in IdentityKind
            found = self.known.get(question.digits)
            if found is not None and self.since[question.digits] <= question.at:
                answers[question.ref] = found
        return answers


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> People:
    """Ada and Bob are subscribers."""
    known = People()
    known.add(ADA)
    known.add(BOB)
    monkeypatch.setattr("linehouse.inventory.service.identify_many", known.identify_many)
    return known


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other room listens: what usage does is seen before charging takes it further."""
    monkeypatch.setattr("linehouse.platform.outbox.service.consumers_of", lambda _: [])


@pytest.fixture
def feeds(brand: str, actor: Actor, people: People, alone: None) -> None:
    """Robin's feeds."""
    install_formats()
    service.apply_feeds(FEEDS, actor=actor)


@pytest.fixture
def take(feeds: None, actor: Actor, drain: Callable[[], int]) -> Callable[[MadeFile], UUID]:
    """Receives a file and lets it be read."""

    def receive(made: MadeFile) -> UUID:
        file_id = service.receive_file(made.name, made.data, actor=actor)
        drain()
        return file_id

    return receive


def uses(*subscribers: Subscriber, seed: str = "seed", days: int = 2) -> tuple[Use, ...]:
    """Usage in the last days of October 2026, before the clock at which tests stand."""
    return make_usage(seed, subscribers or (ADA, BOB), date(2026, 10, 29), days, AMSTERDAM)


def host_file(*faults: Fault, number: int = 1, of: tuple[Use, ...] | None = None) -> MadeFile:
    """The host's file of a day."""
    return host_csv(of or uses(), date(2026, 10, 31), zone=AMSTERDAM, number=number, faults=frozenset(faults))


def tap_file(
    *faults: Fault, number: int = 1, of: tuple[Use, ...] | None = None, recipient: str = "NLDRM", sender: str = "DEUD2"
) -> MadeFile:
    """A German partner's file."""
    return roaming_tap(
        of or uses(),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
        sender=sender,
        recipient=recipient,
        number=number,
        zone=BERLIN,
        faults=frozenset(faults),
    )
