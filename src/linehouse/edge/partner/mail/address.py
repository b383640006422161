"""Where the mail server is and how it wants to be spoken to, as one address."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from linehouse.kernel.error import Invalid

EXPECTED = "smtp://host:25, smtp+starttls://user:password@host:587 or smtps://user:password@host:465, and ?ca=FILE"


class Tls(StrEnum):
    """How the connection is encrypted."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    WHOLE = "smtps"


_PORTS = {Tls.NONE: 25, Tls.STARTTLS: 587, Tls.WHOLE: 465}


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """The server. Without ``user`` nobody logs in; ``ca_file`` replaces the machine's own authorities."""

    host: str
    port: int
    tls: Tls = Tls.NONE
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""

    @classmethod
    def parse(cls, url: str) -> SmtpAddress:
        """From ``smtp+starttls://user:password@host:587``. Raises Invalid, which never repeats the password."""
        try:
            parts = urlsplit(url)
            tls, port = Tls(parts.scheme), parts.port
        except ValueError:
            raise _wrong("the address of the mail server cannot be read") from None
        options = parse_qs(parts.query)
        if not parts.hostname or options.keys() - {"ca"}:
            raise _wrong("the address of the mail server cannot be read")
        if parts.username and tls is Tls.NONE and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise _wrong("a password is sent over an encrypted connection only")
        return cls(
            host=parts.hostname,
            port=port or _PORTS[tls],
            tls=tls,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            ca_file=options.get("ca", [""])[-1],
        )


def _wrong(message: str) -> Invalid:
    return Invalid(message, field="LINEHOUSE_SMTP_URL", expected=EXPECTED)
