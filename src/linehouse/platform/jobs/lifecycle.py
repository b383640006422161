"""The life of a job."""

from linehouse.kernel.lifecycle import Lifecycle

JOB = Lifecycle(
    "job",
    states=("waiting", "running", "done", "failed", "discarded"),
    initial="waiting",
    transitions=(
        ("waiting", "running"),
        ("waiting", "done"),
        ("waiting", "failed"),
        ("waiting", "discarded"),
        ("running", "done"),
        ("running", "waiting"),
        ("running", "failed"),
        ("failed", "waiting"),
        ("failed", "discarded"),
    ),
)
"""A job inside a transaction goes from waiting to done at once; one with an outside call is leased while running."""

FAILED_JOB = "platform.job"
"""The kind of task that a job which has failed for good is for people."""
