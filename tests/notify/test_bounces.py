"""Mails that come back, as different servers write them, and the folder in which they are left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from linehouse.edge.partner.mail.bounces import Bounce, poll, read_bounce
from linehouse.notify import service as notify
from linehouse.simulators.mailbox.bounce import returned
from tests.notify.conftest import FakeCentre, FakeMail, Say, kinds
from tests.notify.test_delivery import PRICE

MAIL = b"Message-ID: <abc@linehouse.invalid>\r\nFrom: a@b.example\r\nTo: c@d.example\r\nSubject: Hi\r\n\r\nHello\r\n"
HEADERS_ONLY = b"""From: postmaster@mx.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; c@d.example
Action: delayed
Status: 4.4.1 (no answer)

--x
Content-Type: text/rfc822-headers

Message-ID: <abc@linehouse.invalid>
Subject: Hi

--x--
"""


def test_a_bounce_is_read() -> None:
    assert read_bounce(returned(MAIL, "C <c@d.example>")) == Bounce(
        "<abc@linehouse.invalid>", "failed 5.1.1 smtp; 550 5.1.1 no such mailbox", for_good=True
    )
    assert read_bounce(HEADERS_ONLY) == Bounce("<abc@linehouse.invalid>", "delayed 4.4.1", for_good=False)


@pytest.mark.parametrize(
    "content",
    [b"", MAIL, b"\xff\xfe\x00", HEADERS_ONLY.replace(b"Message-ID", b"X-Other"), b"Content-Type: x;;\r\n\r\n"],
)
def test_other_mails_are_none(content: bytes) -> None:
    assert read_bounce(content) is None


def test_the_inbox_is_emptied(
    say: Say, mails: FakeMail, centre: FakeCentre, drain: Callable[[], int], tmp_path: Path
) -> None:
    made = say("price-change", variables=PRICE)
    drain()
    mail = MAIL.replace(b"<abc@linehouse.invalid>", mails.sent[0].message_id.encode())
    for name, content in (("ours", returned(mail, "x@y.example")), ("advert", MAIL), ("other", returned(MAIL, "x"))):
        (tmp_path / f"{name}.eml").write_bytes(content)
    (tmp_path / "growing.part").write_bytes(b"")
    assert poll(tmp_path) == 0
    assert poll(tmp_path, stable_seconds=0) == 3
    assert sorted(file.name for file in (tmp_path / "done").iterdir()) == ["ours.eml"]
    assert sorted(file.name for file in (tmp_path / "refused").iterdir()) == ["advert.eml", "other.eml"]
    drain()
    assert kinds(made)[2:5] == ["bounced", "failed", "fallback"]
    assert notify.message(made).channel == "sms"
    assert len(centre.sent) == 1
