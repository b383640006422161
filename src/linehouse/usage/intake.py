"""Whether a whole file may be taken in, judged before any of its records."""

from __future__ import annotations

from linehouse.usage.errors import FileRefused, Refusal
from linehouse.usage.feeds import Feed
from linehouse.usage.values import ParsedFile


def require_acceptable(parsed: ParsedFile, feed: Feed, earlier: str | None) -> None:
    """Raise FileRefused for a file that is not for us, from a stranger, numbered like an earlier one, or whose totals
    disagree; in this order, the first is told. ``earlier`` names the accepted file with the same sender and number."""
    if feed.recipients and parsed.recipient not in feed.recipients:
        raise FileRefused(
            Refusal.WRONG_RECIPIENT,
            f"the file is for {parsed.recipient or 'nobody'}",
            field="recipient",
            value=parsed.recipient,
            expected=" or ".join(sorted(feed.recipients)),
        )
    if feed.senders and parsed.sender not in feed.senders:
        raise FileRefused(
            Refusal.WRONG_SENDER,
            f"the file is from {parsed.sender or 'nobody'}",
            field="sender",
            value=parsed.sender,
            expected=" or ".join(sorted(feed.senders)),
        )
    if earlier is not None:
        raise FileRefused(
            Refusal.SEQUENCE_REPEATED,
            f"{parsed.sender} sent number {parsed.sequence} before, as {earlier}, with other content",
            field="sequence",
            value=parsed.sequence,
            expected="a number that was not used yet",
        )
    if parsed.disagreements:
        first = parsed.disagreements[0]
        raise FileRefused(
            Refusal.WRONG_TOTALS,
            "; ".join(problem.message for problem in parsed.disagreements),
            field=first.field,
            value=first.value,
            expected=first.expected,
        )
