"""Use cases of activation."""

from linehouse.activation.service.ask import monitor_changed, request
from linehouse.activation.service.compare import bring_in_line, check_line, check_lines, compare
from linehouse.activation.service.look import (
    exchanges_of,
    find_line,
    find_request,
    requests_of_line,
    search_requests,
)

__all__ = [
    "bring_in_line",
    "check_line",
    "check_lines",
    "compare",
    "exchanges_of",
    "find_line",
    "find_request",
    "monitor_changed",
    "request",
    "requests_of_line",
    "search_requests",
]
