"""What customers are told, end to end: the desk writes the words, SMS go over SMPP to a centre and mail over SMTP to a
server, receipts and returned mails come back, and the law's notices get through where advertising does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from linehouse.customer import service as customers
from linehouse.edge.partner.mail import bounces
from linehouse.edge.partner.mail.address import SmtpAddress
from linehouse.edge.partner.mail.smtp import SmtpMailer
from linehouse.edge.partner.sms.address import SmppAddress
from linehouse.edge.partner.sms.centre import SmppCentre
from linehouse.edge.partner.sms.session import Session
from linehouse.notify import mailer, sms
from linehouse.notify import service as notify
from linehouse.notify.sms import Receipt
from linehouse.notify.values import Channel
from linehouse.platform.access.service import create_client
from linehouse.platform.advance import Advanced
from linehouse.platform.runner import drain
from linehouse.platform.work import Actor, unit_of_work
from linehouse.platform.worklist.reading import task_of
from linehouse.run.sms import take_receipt
from linehouse.simulators.mailbox.bounce import returned
from linehouse.simulators.mailbox.server import Mailbox, MailServer
from linehouse.simulators.sms_centre.faults import Fault
from linehouse.simulators.sms_centre.server import SmsCentre
from tests.conftest import ROBIN
from tests.edge.desk.conftest import Staff, text_of
from tests.notify.test_smpp import until

NIGHT = datetime(2026, 11, 2, 22, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
ROAMING = {"country": "Zwitserland", "data_price": "0.35 EUR", "call_price": "0.45 EUR"}
OFFER = {"offer": "10 GB voor 5", "link": "https://robin-mobile.example/offer"}


@dataclass
class World:
    """The servers of the outside world, and the receipts that have come in over the wire."""

    box: Mailbox
    smsc: SmsCentre
    inbox: Path
    came: list[Receipt] = field(default_factory=list)

    def receipts(self, count: int) -> None:
        """Wait for receipts, and take them as the worker does."""
        until(lambda: len(self.came) >= count)
        for receipt in self.came[:count]:
            assert take_receipt(receipt)
        del self.came[:count]
        drain()

    @property
    def handset(self) -> list[str]:
        """What arrived on telephones, the newest first."""
        return [one.text for one in self.smsc.handsets.texts()]


@pytest.fixture
def world(selling: str, tmp_path: Path) -> Iterator[World]:
    """A mail server and an SMS centre, and the ports of the notify room connected to them."""
    made = World(Mailbox(tmp_path / "box"), SmsCentre(tmp_path / "smsc", 0, "robin", "secret"), tmp_path / "inbox")
    mail = MailServer(made.box, 0)
    mail.start()
    made.smsc.start()

    def came(receipt: Receipt) -> bool:
        made.came.append(receipt)
        return True

    session = Session(SmppAddress.parse(f"smpp://robin:secret@127.0.0.1:{made.smsc.port}?timeout=5"), came)
    before = mailer.current_factory(), sms.current_factory()
    centre = SmppCentre(session)
    mailer.set_factory(lambda: SmtpMailer(SmtpAddress("127.0.0.1", mail.port)))
    sms.set_factory(lambda: centre)
    yield made
    mailer.set_factory(before[0])
    sms.set_factory(before[1])
    session.stop()
    made.smsc.stop()
    mail.stop()


@pytest.fixture
def ada(selling: str, log_in: Callable[..., Staff]) -> Staff:
    """An administrator of the brand."""
    assert selling
    return log_in("admin")


def register(ada: Staff, name: str, email: str, phone: str) -> UUID:
    """A customer of the brand; returns the id."""
    answer = ada.register(given_name=name, email=email, phone=phone, language="nl", birth_date="1990-01-01")
    return customers.customer_by_number(answer.headers["Location"].rstrip("/").rpartition("/")[2]).id


def say(actor: Actor, notice: str, customer: UUID, key: str, **variables: str) -> UUID:
    """What a room does when it has something to tell."""
    with unit_of_work(actor, "something happened"):
        made = notify.send_notice(notice, key=f"{customer}/{key}", customer_id=customer, variables=variables)
    assert made is not None
    drain()
    return made


def test_an_opted_out_customer_gets_what_the_law_demands_and_no_advertising(
    ada: Staff,
    log_in: Callable[..., Staff],
    world: World,
    advance: Callable[[datetime], Advanced],
    actor: Actor,
) -> None:
    fenna = register(ada, "Fenna", "fenna@mail.example", "+31612345678")
    joris = register(ada, "Joris", "joris@mail.example", "+31687654321")
    number = customers.customer_view(joris).number
    notify.apply_texts(ROBIN / "notices", actor=actor)

    # Marketing writes the words; an unknown variable is refused, a real customer shows in the preview.
    marketing = log_in("marketing", name="Mara Marketing")
    page = "messages/templates/offer/sms/nl"
    wrong = marketing.post(page, {"text": "{brand}: {ofer}"})
    assert "The notice declares no variable ofer" in text_of(wrong)
    seen = marketing.post(f"{page}/preview", {"text": "Hoi {name}: {offer} {link}", "as_customer": number})
    assert "Hoi Joris de Vries: 10 GB extra" in text_of(seen)
    assert "GSM 03.38: 1 segment" in text_of(seen)
    marketing.post(page, {"text": "Hoi {name}: {offer} {link}", "note": "friendlier", "publish": "1"})
    assert [one.number for one in notify.wording_versions("offer", Channel.SMS, "nl")] == [1, 0]

    # Joris agrees, at the desk; Fenna withdraws.
    care = log_in("care", name="Kim de Boer")
    agreed = {"purpose": "marketing", "channel": "", "given": "yes", "source": "paper", "evidence": "form 12"}
    care.post(f"customers/{number}/consent", agreed)
    withdrawn = {"purpose": "marketing", "given": "no", "source": "desk"}
    care.post(f"customers/{customers.customer_view(fenna).number}/consent", withdrawn)

    # At night: the roaming alert arrives at once, the offer to Fenna never, the one to Joris in the morning.
    advance(NIGHT)
    alert = say(actor, "roaming-welcome", fenna, "ch", **ROAMING)
    world.receipts(1)
    assert notify.message(alert).state == "completed"
    (arrived,) = world.handset
    assert arrived.startswith("Robin Mobile: welkom in Zwitserland. Internet € 0,35 per MB, bellen € 0,45 per minuut")
    never = say(actor, "offer", fenna, "1", **OFFER)
    held = say(actor, "offer", joris, "1", **OFFER)
    assert (notify.message(never).state, notify.message(never).evidence) == ("cancelled", "no consent")
    assert (notify.message(held).state, notify.message(held).held_until) == ("initial", MORNING)
    assert len(world.handset) == 1
    advance(MORNING)
    drain()
    world.receipts(1)
    assert world.handset[0] == "Hoi Joris de Vries: 10 GB voor 5 https://robin-mobile.example/offer"
    assert notify.message(held).state == "completed"

    # A second one goes; the third in a week is too much.
    say(actor, "offer", joris, "2", **OFFER)
    world.receipts(1)
    third = say(actor, "bring-a-friend", joris, "3", credit="10.00 EUR", until="2026-12-31", link=OFFER["link"])
    assert notify.message(third).state == "cancelled"
    assert notify.message(third).evidence.startswith("2 messages in 7 days were sent already")
    assert len(world.handset) == 3
    assert world.box.mails() == []

    # All of it stands on the screen, with the evidence.
    shown = text_of(care.get(f"messages/{held}"))
    for words in ("Held back", "quiet hours, until 2026-11-03 08:00 UTC", "stat:DELIVRD", "Marketing"):
        assert words in shown
    tab = text_of(care.get(f"customers/{number}?tab=reach"))
    for words in ("Advertising", "form 12", "Kim de Boer", "Agreed"):
        assert words in tab


def test_a_legal_notice_that_reaches_nobody_waits_for_a_person(
    ada: Staff, world: World, actor: Actor, selling: str
) -> None:
    fenna = register(ada, "Fenna", "fenna@mail.example", "+31612345678")
    world.smsc.faults.order(Fault.UNDELIVERED, 1)
    made = say(actor, "spending-limit", fenna, "80", percent="80", limit="50.00 EUR")
    world.receipts(1)

    # The handset could not be reached: the mail goes out, and is taken.
    (mail,) = world.box.mails()
    assert mail.subject == "80 % van je limiet is verbruikt"
    assert notify.message(made).state == "completed"

    # It comes back: nothing is left, somebody has to look.
    raw = world.box.raw(mail.key)
    assert raw is not None
    world.inbox.mkdir(parents=True, exist_ok=True)
    (world.inbox / "bounce.eml").write_bytes(returned(raw, mail.recipient))
    assert bounces.poll(world.inbox, stable_seconds=0) == 1
    drain()
    assert notify.message(made).state == "failed"
    task = task_of("notify.undelivered", str(made))
    assert task is not None
    assert (task.state, task.reason) == ("open", "came back: failed 5.1.1 smtp; 550 5.1.1 no such mailbox")

    # The desk sends it again; the handset is on this time, and the receipt settles the task.
    ada.post(f"messages/{made}/again", {})
    drain()
    world.receipts(1)
    assert notify.message(made).state == "completed"
    settled = task_of("notify.undelivered", str(made))
    assert settled is not None
    assert settled.state == "done"

    # A program sees the same by TMF681.
    token = create_client("crm", selling, frozenset({"message.read"}))
    client = Client(headers={"host": "robin.localhost", "authorization": f"Bearer {token}"})
    found = json.loads(client.get("/tmf-api/communicationManagement/v4/communicationMessage?state=completed").content)
    assert [(one["messageType"], one["state"]) for one in found] == [("SMS", "completed")]
