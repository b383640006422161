"""A mail as a server sends it back: a delivery status notification (RFC 3464) with the mail in it."""

from __future__ import annotations

import re

_HEAD = """From: Mail Delivery System <MAILER-DAEMON@mailbox.invalid>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="--back"

----back
Content-Type: text/plain

The mailbox was closed.
----back
Content-Type: message/delivery-status

Reporting-MTA: dns; mailbox.invalid

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such mailbox

----back
Content-Type: message/rfc822

"""


def returned(raw: bytes, recipient: str) -> bytes:
    """The notification about a mail that was sent to the recipient."""
    found = re.search(r"[^<>\s]+@[^<>\s]+", recipient)
    head = _HEAD.format(address=found[0] if found else "nobody@mailbox.invalid")
    return head.replace("\n", "\r\n").encode() + raw + b"\r\n----back--\r\n"
