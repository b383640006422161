"""The address of a mail server, as one setting."""

from __future__ import annotations

import pytest

from linehouse.edge.partner.mail.address import SmtpAddress, Tls
from linehouse.kernel.error import Invalid


def test_an_address_is_read_and_its_password_not_shown() -> None:
    found = SmtpAddress.parse("smtp+starttls://robin:s%40cret@mail.example?ca=/etc/ca.pem")
    assert (found.host, found.port, found.tls) == ("mail.example", 587, Tls.STARTTLS)
    assert (found.user, found.password, found.ca_file) == ("robin", "s@cret", "/etc/ca.pem")
    assert "cret" not in repr(found)
    assert SmtpAddress.parse("smtps://mail.example").port == 465
    assert SmtpAddress.parse("smtp://127.0.0.1:8083") == SmtpAddress("127.0.0.1", 8083)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://mail.example:x",
        "smtps://mail.example?tls=no",
        "smtp://robin:secret@mail.example",
    ],
)
def test_what_cannot_be_used_is_told_without_its_password(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        SmtpAddress.parse(url)
    assert "secret" not in str(refused.value)
    assert refused.value.expected.startswith("smtp://host:25")
