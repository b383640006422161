"""Metrics of the whole installation, in the Prometheus text format.

Each process writes its numbers into files below a folder that they share (the supervisor names it in
PROMETHEUS_MULTIPROC_DIR); whichever process is asked answers for all. A process that runs alone answers for itself.
Labels never hold personal values or ids: their number is bounded.
"""

import os
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

requests = Histogram(
    "linehouse_request_seconds", "Time to answer a request.", ("method", "route", "status"), buckets=_SECONDS
)
jobs = Histogram("linehouse_job_seconds", "Time to run a job.", ("brand", "kind", "outcome"), buckets=_SECONDS)
jobs_due = Gauge("linehouse_jobs_due", "Jobs that are due and wait.", ("brand",), multiprocess_mode="mostrecent")
jobs_failed = Gauge(
    "linehouse_jobs_failed", "Jobs that gave up and need a person.", ("brand",), multiprocess_mode="mostrecent"
)


def exposition() -> tuple[bytes, str]:
    """The metrics as bytes, and their media type."""
    registry = REGISTRY
    if os.environ.get(SHARED_FOLDER):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library does not annotate it
    return generate_latest(registry), CONTENT_TYPE_LATEST


def clear(folder: Path) -> None:
    """Forget what earlier processes wrote; only while none of them runs."""
    for file in folder.glob("*.db"):
        file.unlink(missing_ok=True)
