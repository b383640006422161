"""Metrics of the charging doors, beside the installation's others. Labels are doors, operations and codes: bounded."""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

answers = Histogram(
    "linehouse_charging_seconds",
    "Time from a charging request to its answer.",
    ("door", "operation", "result"),
    buckets=_SECONDS,
)
refusals = Counter("linehouse_charging_refused", "Charging requests that got nothing, by reason.", ("door", "reason"))
dropped = Counter("linehouse_charging_traces_dropped", "Messages that were not kept because there were too many.")
peers = Gauge(
    "linehouse_charging_peer_open",
    "Whether a peer's connection is open (1) or not (0).",
    ("door", "peer"),
    multiprocess_mode="mostrecent",
)


@cache
def _answered(door: str, operation: str, result: str) -> Histogram:
    return answers.labels(door, operation, result)


def observe(door: str, operation: str, result: str, refused: str, micros: int) -> None:
    """Count one answer that took so many microseconds."""
    _answered(door, operation, result).observe(micros / 1_000_000)
    if refused:
        refusals.labels(door, refused).inc()
