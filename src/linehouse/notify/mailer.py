"""The port to a mail server, and where the process says which one it uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from linehouse.notify.errors import NoMailer


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to be sent. ``message_id`` is the same for every attempt at the same message."""

    message_id: str
    sender_name: str
    sender: str
    recipient_name: str
    recipient: str
    subject: str
    text: str
    language: str
    attachments: tuple[Attachment, ...] = ()
    html: str = ""


class Refusal(Exception):
    """The receiving server refused the mail for good; trying again will not help."""


class Unreachable(Exception):
    """The mail server did not answer or asked to come back."""


class Mailer(Protocol):
    """Sends mail."""

    def send(self, mail: Mail) -> str:
        """Hand the mail over; returns the server's own words as evidence. Raises Refusal, Unreachable."""
        ...


_wired: list[Callable[[], Mailer]] = []


def set_factory(factory: Callable[[], Mailer] | None) -> None:
    """Say how to make a mailer; called once by the process that wires things."""
    _wired[:] = [factory] if factory is not None else []


def current_factory() -> Callable[[], Mailer] | None:
    """What was set, for somebody who replaces it for a while."""
    return _wired[0] if _wired else None


def mailer() -> Mailer:
    """A mailer. Raises NoMailer."""
    if not _wired:
        raise NoMailer("no mail server is configured", expected="a mailer set at start")
    return _wired[0]()
