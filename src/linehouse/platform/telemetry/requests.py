"""One record, one measurement and one span for each HTTP request that Django answers."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from opentelemetry.trace import SpanKind, Status, StatusCode

from linehouse.kernel.ids import new_id
from linehouse.platform.telemetry import metrics, traces

_log = structlog.get_logger(__name__)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_tracer = traces.tracer("web")


class RequestTelemetry:
    """Django middleware, to stand first. Routes are named by their pattern: a path may hold a number or a name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Wrap the rest of the chain."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and tell how it went. The id of the request comes back in the header X-Request-ID."""
        request_id = str(new_id())
        began = time.monotonic()
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            _tracer.start_as_current_span("request", kind=SpanKind.SERVER) as span,
        ):
            response = self._get_response(request)
            seconds = time.monotonic() - began
            match = request.resolver_match
            route = request.path if request.path in _PROBES else (match.route if match else "") or "unknown"
            # A method is a caller's free text; each new one would be a time series for ever.
            method = request.method if request.method in _METHODS else "OTHER"
            metrics.requests.labels(method, route, str(response.status_code)).observe(seconds)
            span.update_name(f"{method} {route}")
            span.set_attributes({"http.request.method": method, "http.route": route})
            span.set_attribute("http.response.status_code", response.status_code)
            if response.status_code >= 500:
                span.set_status(Status(StatusCode.ERROR))
            level = _log.debug if route in _PROBES else _log.info
            milliseconds = int(seconds * 1000)
            level("request", method=method, route=route, status=response.status_code, milliseconds=milliseconds)
        response.headers["X-Request-ID"] = request_id
        return response
