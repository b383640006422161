"""A brand with a customer, a mail server and an SMS centre that only remember and do what they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest

from linehouse.customer.service import register_customer
from linehouse.customer.values import CustomerRegistered, RegisterCustomer
from linehouse.notify import mailer, sms
from linehouse.notify import service as notify
from linehouse.notify.mailer import Mail
from linehouse.notify.sms import Segment, Taken
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.runner import run_ready
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, unit_of_work

OFFER = {"offer": "10 GB for 5", "link": "https://robin.example/offer"}
LIMIT = {"percent": "80", "limit": "50.00 EUR"}


@dataclass
class FakeMail:
    """Takes mail; raises what it is given first."""

    sent: list[Mail] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)

    def send(self, mail: Mail) -> str:
        if self.raises:
            raise self.raises.pop(0)
        self.sent.append(mail)
        return f"250 2.0.0 kept as {len(self.sent)}"


@dataclass
class FakeCentre:
    """Takes segments; raises what it is given first. ``numbered``: whether it gives numbers for receipts."""

    sent: list[Segment] = field(default_factory=list)
    raises: list[Exception | None] = field(default_factory=list)
    numbered: bool = True

    def submit(self, segment: Segment) -> Taken:
        if self.raises and (error := self.raises.pop(0)):
            raise error
        self.sent.append(segment)
        return Taken(f"c-{len(self.sent)}" if self.numbered else "", "ESME_ROK")


@pytest.fixture
def mails() -> Iterator[FakeMail]:
    """The mail server."""
    before, fake = mailer.current_factory(), FakeMail()
    mailer.set_factory(lambda: fake)
    yield fake
    mailer.set_factory(before)


@pytest.fixture
def centre() -> Iterator[FakeCentre]:
    """The SMS centre."""
    before, fake = sms.current_factory(), FakeCentre()
    sms.set_factory(lambda: fake)
    yield fake
    sms.set_factory(before)


@pytest.fixture
def jane(catalogue: str, actor: Actor) -> CustomerRegistered:
    """A customer who speaks Dutch, with an e-mail address and a mobile number."""
    address = PostalAddress(street1="Keizersgracht 1", postcode="1015 CJ", city="Amsterdam", country="NL")
    person = NewIndividual(
        given_name="Jane",
        family_name="Lamborgizzia",
        email="jane@mail.example",
        phone="+31612345678",
        birth_date=date(1967, 9, 26),
        language="nl",
        address=address,
    )
    return register_customer(RegisterCustomer(party=person), actor=actor)


Say = Callable[..., UUID]


@pytest.fixture
def say(jane: CustomerRegistered, actor: Actor) -> Say:
    """Sends a notice to Jane, in a transaction of its own."""

    def send(name: str, key: str = "1", **more: object) -> UUID:
        with unit_of_work(actor, "test"):
            made = notify.send_notice(name, key=key, customer_id=jane.customer_id, **more)  # type: ignore[arg-type]  # handed through
        assert made is not None
        return made

    return send


def try_all_again() -> None:
    """Let jobs that pause before another attempt run now."""
    with brand_cursor() as cursor:
        cursor.execute("UPDATE jobs_job SET not_before = NULL WHERE state = 'waiting'")
    run_ready(1000)


def kinds(message_id: UUID) -> list[str]:
    """What happened to a message."""
    return [line.kind for line in notify.evidence_of(message_id)]
