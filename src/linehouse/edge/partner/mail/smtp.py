"""The mailer that speaks SMTP (RFC 5321) and writes MIME (RFC 2045)."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

from linehouse.notify.mailer import Mail, Refusal, Unreachable

_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Hands mail to one server."""

    host: str
    port: int

    def send(self, mail: Mail) -> str:
        """Hand the mail over; returns the server's last reply. Raises Refusal (5xx) or Unreachable (may pass)."""
        try:
            with smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_SECONDS) as server:
                server.ehlo_or_helo_if_needed()
                self._require(server.mail(mail.sender))
                self._require(server.rcpt(mail.recipient))
                code, reply = server.data(compose(mail).as_bytes(policy=SMTP_POLICY))
                self._require((code, reply))
                return f"{code} {_text(reply)}"
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(f"{self.host}:{self.port}: {error}") from error

    @staticmethod
    def _require(answer: tuple[int, bytes]) -> None:
        code, reply = answer
        if 500 <= code < 600:
            raise Refusal(f"{code} {_text(reply)}")
        if code >= 400:
            raise Unreachable(f"{code} {_text(reply)}")


def _text(reply: bytes) -> str:
    return reply.decode("utf-8", "replace").replace("\n", " ")


def compose(mail: Mail) -> EmailMessage:
    """The mail in MIME, with its attachments."""
    message = EmailMessage()
    message["Message-ID"] = mail.message_id
    message["From"] = Address(mail.sender_name, addr_spec=mail.sender)
    message["To"] = Address(mail.recipient_name, addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    for attachment in mail.attachments:
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
    return message
