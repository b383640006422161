"""Mails that came back: reading delivery status notifications (RFC 3464), and the folder in which they are left."""

from __future__ import annotations

import email
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from pathlib import Path

import structlog

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.ids import new_id
from linehouse.notify import service as notify
from linehouse.platform.scope import current_brand

STABLE_SECONDS = 2
"""A file that was written to more recently may still be growing."""
LARGEST = 32 * 1024 * 1024
_MARK = "__"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Bounce:
    """Which mail of ours it is about, in whose words, and whether that is the last word."""

    message_id: str
    words: str
    for_good: bool


def read_bounce(content: bytes) -> Bounce | None:
    """The notification; None for a mail that is none, or that does not say which mail came back."""
    message = email.message_from_bytes(content, policy=policy.default)
    status, identity = None, ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            status = status or _failed_recipient(part)
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            identity = identity or _identity(part)
    if status is None or not identity:
        return None
    action = str(status.get("Action", "")).strip().lower()
    if action not in ("failed", "delayed"):
        return None
    code = str(status.get("Status", "")).split("(")[0].strip()
    diagnostic = " ".join(str(status.get("Diagnostic-Code", "")).split())
    return Bounce(identity, f"{action} {code} {diagnostic}".strip(), action == "failed")


def _failed_recipient(part: Message) -> Message | None:
    # The first block of fields is about the whole mail, each further one about a recipient.
    blocks = part.get_payload()
    if not isinstance(blocks, list):
        return None
    found = [block for block in blocks if isinstance(block, Message) and block.get("Action")]
    return next((one for one in found if str(one["Action"]).strip().lower() == "failed"), found[0] if found else None)


def _identity(part: Message) -> str:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if inner is None and isinstance(part, EmailMessage):
        inner = email.message_from_string(part.get_content(), policy=policy.default)
    return str(inner.get("Message-ID", "")).strip() if isinstance(inner, Message) else ""


def poll_home(home: Path) -> int:
    """Look into the current brand's mail inbox below the home folder; returns how many files were put away."""
    return poll(home / "brands" / current_brand() / "inbox" / "mail")


def poll(folder: Path, stable_seconds: int = STABLE_SECONDS) -> int:
    """Take every mail (``*.eml``) in the folder: one that says that ours came back is told to the notify room, any
    other is put away as not understood. Taking one twice changes nothing but the evidence."""
    taking, done, refused = (folder / name for name in ("taking", "done", "refused"))
    for each in (taking, done, refused):
        each.mkdir(parents=True, exist_ok=True)
    now = MachineClock().now().timestamp()
    for file in sorted(folder.glob("*.eml")):
        if now - file.stat().st_mtime >= stable_seconds:
            file.rename(taking / f"{new_id()}{_MARK}{file.name}")
    put_away = 0
    for file in sorted(taking.glob(f"*{_MARK}*")):
        target = done if _take(file) else refused
        place = target / file.name.partition(_MARK)[2]
        file.rename(target / file.name if place.exists() else place)
        put_away += 1
    return put_away


def _take(file: Path) -> bool:
    if file.stat().st_size > LARGEST:
        return False
    found = read_bounce(file.read_bytes())
    if found is None:
        _log.info("a mail in the inbox is no delivery status notification")
        return False
    return notify.take_bounce(found.message_id, found.words, for_good=found.for_good)
