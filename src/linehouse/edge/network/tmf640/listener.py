"""Where the host network tells that a monitor moved. What it says is a hint to look, never a fact."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from linehouse.activation.service import monitor_changed
from linehouse.platform.scope import brand_or_none

_ID_LIMIT = 200


@csrf_exempt  # no browser posts here, and nothing is believed
@require_POST
def notified(request: HttpRequest) -> HttpResponse:
    """A MonitorStateChangeEvent for the brand of this host name. Whether the monitor is ours is not told."""
    if brand_or_none() is None:
        return _wrong(404, "there is no brand at this address")
    try:
        notice = msgspec.json.decode(request.body)
    except msgspec.DecodeError:
        return _wrong(400, "the body is no JSON")
    event, monitor = _id(notice, "eventId"), _id(notice, "event", "monitor", "id")
    if not event or not monitor:
        return _wrong(400, "eventId and event.monitor.id are needed")
    monitor_changed(monitor, event)
    return HttpResponse(status=204)


def _id(notice: Any, *path: str) -> str:
    for name in path:
        notice = notice.get(name) if isinstance(notice, dict) else None
    return notice if isinstance(notice, str) and len(notice) <= _ID_LIMIT else ""


def _wrong(status: int, reason: str) -> JsonResponse:
    return JsonResponse({"@type": "Error", "code": str(status), "reason": reason, "status": str(status)}, status=status)
