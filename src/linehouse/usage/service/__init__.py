"""Use cases of usage."""

from linehouse.usage.formats import install_format
from linehouse.usage.service.feeds import apply_feeds, feed_named, feeds, recognise_feed
from linehouse.usage.service.inbox import inbox_of, poll_home, poll_inbox
from linehouse.usage.service.look import (
    also_usage,
    duplicates_of,
    find_file,
    find_suspense,
    find_usage,
    history_of_usage,
    latest_received,
    list_files,
    list_suspense,
    list_usage,
    missing_numbers,
    normalised_by_id,
    normalised_record,
    normalised_records,
    reconcile,
    used_by,
)
from linehouse.usage.service.ported import load_ported, ported
from linehouse.usage.service.process import process_file
from linehouse.usage.service.rate import mark_billed, mark_rated, mark_rerated
from linehouse.usage.service.receive import receive_file
from linehouse.usage.service.suspend import correct, discard, resubmit, suspend

__all__ = [
    "also_usage",
    "apply_feeds",
    "correct",
    "discard",
    "duplicates_of",
    "feed_named",
    "feeds",
    "find_file",
    "find_suspense",
    "find_usage",
    "history_of_usage",
    "inbox_of",
    "install_format",
    "latest_received",
    "list_files",
    "list_suspense",
    "list_usage",
    "load_ported",
    "mark_billed",
    "mark_rated",
    "mark_rerated",
    "missing_numbers",
    "normalised_by_id",
    "normalised_record",
    "normalised_records",
    "poll_home",
    "poll_inbox",
    "ported",
    "process_file",
    "receive_file",
    "recognise_feed",
    "reconcile",
    "resubmit",
    "suspend",
    "used_by",
]
