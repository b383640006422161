"""The states of a proposal."""

from __future__ import annotations

from linehouse.kernel.lifecycle import Lifecycle

PROPOSAL = Lifecycle(
    "approval.proposal",
    states=("proposed", "approved", "applied", "refused", "expired", "withdrawn", "failed"),
    initial="proposed",
    transitions=(
        ("proposed", "approved"),
        ("proposed", "refused"),
        ("proposed", "expired"),
        ("proposed", "withdrawn"),
        ("approved", "applied"),
        ("approved", "failed"),
        ("approved", "refused"),
    ),
)
"""An approved proposal is applied in the same transaction, or by a job where that takes long. It is refused after all
when its object has changed since it was proposed, and fails when the change is refused by its room."""

TO_DECIDE = "approval.proposal"
FAILED = "approval.failed"
OUTCOME = "approval.outcome"
"""The kinds of tasks for people: proposals to decide, changes that could not be applied, and, for whoever proposed,
that nothing came of it."""
