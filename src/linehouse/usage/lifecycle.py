"""The lives of a usage file, of a usage record and of an entry in suspense."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

USAGE_FILE = Lifecycle(
    "usage file",
    states=("received", "parsed", "processed", "refused"),
    initial=("received", "refused"),
    transitions=(
        ("received", "parsed"),
        ("received", "refused"),
        ("parsed", "processed"),
        ("parsed", "refused"),
    ),
)
"""A file is kept whole before it is read; a repeated file is refused as it arrives, and kept all the same."""

USAGE_RECORD = Lifecycle(
    "usage record",
    states=("received", "guided", "rejected", "recycled", "rated", "rerated", "billed"),
    initial=("received", "guided", "rejected"),
    transitions=(
        ("received", "guided"),
        ("received", "rejected"),
        ("guided", "rated"),
        ("guided", "rejected"),
        ("rejected", "recycled"),
        ("recycled", "guided"),
        ("recycled", "rejected"),
        ("rated", "rerated"),
        ("rerated", "rated"),
        ("rerated", "rejected"),
        ("rated", "billed"),
    ),
)
"""The states of TMF635; ``guided`` means that the subscriber is known and the record can be priced."""

USAGE_SUSPENSE = Lifecycle(
    "usage suspense",
    states=("open", "corrected", "resubmitted", "resolved", "discarded"),
    initial="open",
    transitions=(
        ("open", "corrected"),
        ("open", "resubmitted"),
        ("open", "discarded"),
        ("corrected", "corrected"),
        ("corrected", "resubmitted"),
        ("corrected", "discarded"),
        ("resubmitted", "resolved"),
        ("resubmitted", "open"),
        ("resolved", "open"),
    ),
)
"""A record waits here with its reason; resubmitted, it is taken in (resolved) or comes back with a reason (open);
a resolved one opens again when charging cannot price it."""

SUSPENSE = "usage.suspense"
REFUSED_FILE = "usage.refused_file"
FILE_GAP = "usage.file_gap"
"""The kinds of tasks that waiting records, refused files and missing file numbers are for people."""
