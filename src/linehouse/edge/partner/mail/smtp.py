"""The mailer that speaks SMTP (RFC 5321), with TLS (RFC 3207) and log-in (RFC 4954), and writes MIME (RFC 2045)."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

from linehouse.edge.partner.mail.address import SmtpAddress, Tls
from linehouse.notify.mailer import Mail, Refusal, Unreachable

_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Hands mail to one server."""

    address: SmtpAddress

    def send(self, mail: Mail) -> str:
        """Hand the mail over; returns the server's last reply. Raises Refusal (5xx) or Unreachable (may pass)."""
        try:
            with self._connected() as server:
                server.ehlo_or_helo_if_needed()
                self._require(server.mail(mail.sender))
                self._require(server.rcpt(mail.recipient))
                code, reply = server.data(compose(mail).as_bytes(policy=SMTP_POLICY))
                self._require((code, reply))
                return f"{code} {_text(reply)}"
        except (OSError, smtplib.SMTPException) as error:
            # A refused log-in or certificate is the installation's trouble, never this mail's.
            raise Unreachable(f"{self.address.host}:{self.address.port}: {error}") from error

    def _connected(self) -> smtplib.SMTP:
        found = self.address
        context = ssl.create_default_context(cafile=found.ca_file or None) if found.tls is not Tls.NONE else None
        if found.tls is Tls.WHOLE:
            server: smtplib.SMTP = smtplib.SMTP_SSL(found.host, found.port, timeout=_TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(found.host, found.port, timeout=_TIMEOUT_SECONDS)
        try:
            if found.tls is Tls.STARTTLS:
                server.starttls(context=context)
            if found.user:
                server.login(found.user, found.password)
        except BaseException:
            server.close()
            raise
        return server

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
    """The mail in MIME: its text, the same as HTML where there is any, and its attachments."""
    message = EmailMessage()
    message["Message-ID"] = mail.message_id
    message["From"] = Address(mail.sender_name, addr_spec=mail.sender)
    message["To"] = Address(mail.recipient_name, addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
    return message
