"""Mail over SMTP: what is sent arrives whole; what the server says is understood."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from linehouse.edge.partner.mail.address import SmtpAddress
from linehouse.edge.partner.mail.smtp import SmtpMailer
from linehouse.notify.mailer import Attachment, Mail, Refusal, Unreachable
from linehouse.simulators.mailbox.server import Faults, Mailbox, MailServer

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 400


def mail(message_id: str = "<1@linehouse.invalid>") -> Mail:
    return Mail(
        message_id,
        "Robin Mobile",
        "service@robin-mobile.example",
        "Jörg Müller",
        "joerg@mail.example",
        "Ihre Rechnung über 27,95 €",
        "Guten Tag,\n.\nein Punkt am Zeilenanfang bleibt.\n",
        "de",
        (
            Attachment("Rechnung Nº 1.pdf", "application/pdf", PDF),
            Attachment("invoice.xml", "application/xml", b"<a/>" * 500),
        ),
    )


@pytest.fixture
def box(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path)


@pytest.fixture
def server(box: Mailbox) -> Iterator[MailServer]:
    started = MailServer(box, 0, Faults())
    started.start()
    yield started
    started.stop()


def test_a_mail_arrives_whole(server: MailServer, box: Mailbox) -> None:
    said = SmtpMailer(SmtpAddress("127.0.0.1", server.port)).send(mail())
    (received,) = box.mails()
    assert said == f"250 2.0.0 kept as {received.key}"
    assert received.subject == "Ihre Rechnung über 27,95 €"
    assert received.recipient == "Jörg Müller <joerg@mail.example>"
    assert received.text.splitlines()[1] == "."
    assert [(name, media) for name, media, _ in received.attachments] == [
        ("Rechnung Nº 1.pdf", "application/pdf"),
        ("invoice.xml", "application/xml"),
    ]
    found = box.attachment(received.key, 0)
    assert found is not None
    assert found[2] == PDF


def test_the_same_message_sent_twice_is_one_mail(server: MailServer, box: Mailbox) -> None:
    mailer = SmtpMailer(SmtpAddress("127.0.0.1", server.port))
    mailer.send(mail())
    mailer.send(mail())
    mailer.send(mail("<2@linehouse.invalid>"))
    assert len(box.mails()) == 2


def test_a_refusal_is_final_and_a_busy_server_is_not(server: MailServer, box: Mailbox) -> None:
    mailer = SmtpMailer(SmtpAddress("127.0.0.1", server.port))
    server.faults.refuse = 1
    with pytest.raises(Refusal, match="550"):
        mailer.send(mail())
    server.faults.busy = 1
    with pytest.raises(Unreachable, match="451"):
        mailer.send(mail())
    assert box.mails() == []
    server.stop()
    with pytest.raises(Unreachable):
        mailer.send(mail())
