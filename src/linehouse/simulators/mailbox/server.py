"""An SMTP server (aiosmtpd) and the folder of mails that it fills."""

from __future__ import annotations

import asyncio
import email
import hashlib
import socket
import threading
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path
from weakref import WeakSet

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A mail in the box."""

    key: str
    sender: str
    recipient: str
    subject: str
    text: str
    attachments: tuple[tuple[str, str, int], ...]


class Mailbox:
    """A folder of mails in their original form. A mail whose Message-ID is known already is kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, sender: str, recipients: list[str], content: bytes) -> str:
        """Keep a mail; returns its key."""
        message = email.message_from_bytes(content, policy=policy.default)
        identity = str(message.get("Message-ID", "")) or hashlib.sha256(content).hexdigest()
        key = hashlib.sha256(identity.encode()).hexdigest()[:16]
        place = self._folder / f"{key}.eml"
        if not place.exists():
            number = len(list(self._folder.glob("*.eml"))) + 1
            head = f"X-Received-Order: {number:06d}\r\nReturn-Path: <{sender}>\r\n"
            head += f"Delivered-To: {', '.join(recipients)}\r\n"
            draft = place.with_suffix(".part")
            draft.write_bytes(head.encode() + content)
            draft.rename(place)
        return key

    def mails(self) -> list[Received]:
        """All mails, the newest first."""
        found = [(self._message(place), place.stem) for place in self._folder.glob("*.eml")]
        found.sort(key=lambda pair: str(pair[0].get("X-Received-Order", "")), reverse=True)
        return [_received(key, message) for message, key in found]

    def raw(self, key: str) -> bytes | None:
        """The mail as it came, or None."""
        place = self._folder / f"{key}.eml"
        return place.read_bytes() if key.isalnum() and place.is_file() else None

    def attachment(self, key: str, number: int) -> tuple[str, str, bytes] | None:
        """Name, media type and content of an attachment, or None."""
        raw = self.raw(key)
        if raw is None:
            return None
        parts = list(email.message_from_bytes(raw, policy=policy.default).iter_attachments())
        if not 0 <= number < len(parts):
            return None
        content = parts[number].get_content()
        data = content.encode() if isinstance(content, str) else bytes(content)
        return parts[number].get_filename() or "file", parts[number].get_content_type(), data

    def _message(self, place: Path) -> EmailMessage:
        return email.message_from_bytes(place.read_bytes(), policy=policy.default)


def _received(key: str, message: EmailMessage) -> Received:
    body = message.get_body(("plain",))
    files = []
    for part in message.iter_attachments():
        content = part.get_content()
        files.append((part.get_filename() or "file", part.get_content_type(), len(content)))
    return Received(
        key,
        str(message.get("From", "")),
        str(message.get("To", "")),
        str(message.get("Subject", "")),
        body.get_content() if body is not None else "",
        tuple(files),
    )


@dataclass(slots=True)
class Faults:
    """What the server does wrong on purpose: refuse for good, or ask to come back, the next so many times."""

    refuse: int = 0
    busy: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> str | None:
        """The fault that is due now."""
        with self.lock:
            if self.refuse:
                self.refuse -= 1
                return "550 5.1.1 no such mailbox"
            if self.busy:
                self.busy -= 1
                return "451 4.3.0 try again later"
        return None


class _Handler:
    def __init__(self, mailbox: Mailbox, faults: Faults) -> None:
        self._mailbox = mailbox
        self._faults = faults

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if fault := self._faults.next():
            return fault
        content = envelope.content
        data = content if isinstance(content, bytes) else str(content or "").encode()
        key = self._mailbox.keep(envelope.mail_from or "", list(envelope.rcpt_tos), data)
        return f"250 2.0.0 kept as {key}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Listener(Controller):
    """aiosmtpd's server, which hangs up on whoever is still connected when it stops."""

    def __init__(self, handler: _Handler, port: int) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=port, data_size_limit=LARGEST)
        self._conversations: WeakSet[SMTP] = WeakSet()

    def factory(self) -> SMTP:
        conversation = SMTP(self.handler, **self.SMTP_kwargs)
        self._conversations.add(conversation)
        return conversation

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(10)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        for _ in range(3):  # a connection that was just taken has its transport some turns of the loop later
            await asyncio.sleep(0.01)
            for conversation in list(self._conversations):
                if conversation.transport is not None:
                    conversation.transport.close()


class MailServer:
    """The running server on the machine's own address; port 0 takes any that is free."""

    def __init__(self, mailbox: Mailbox, port: int, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.port = port or _free_port()
        self._controller = _Listener(_Handler(mailbox, self.faults), self.port)

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Listen no more; a second time changes nothing."""
        if self._controller.server is not None:
            self._controller.stop()
