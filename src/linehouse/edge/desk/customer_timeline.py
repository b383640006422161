"""The timeline of a customer: narrowed by kind, channel, who began it, text and days; paged, and taken away as CSV."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from linehouse.customer.values import CustomerView
from linehouse.edge.desk.access import DeskRequest
from linehouse.edge.desk.story import moments_of
from linehouse.edge.ui.status import readable
from linehouse.insight import service as insight
from linehouse.insight.kinds import INBOUND, OUTBOUND, EntryKind
from linehouse.insight.values import TimelineFilter
from linehouse.kernel.period import day_start

PAGE: Final = 50
EXPORT_LIMIT: Final = 50_000
"""Entries that one file may hold."""
_STEP: Final = 1_000
_NAMES: Final = ("kind", "channel", "direction", "q", "since", "until")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asked for, as the address has it."""

    kind: str
    channel: str
    direction: str
    q: str
    since: str
    until: str

    @classmethod
    def of(cls, values: QueryDict) -> "Asked":
        """Read the address."""
        return cls(*(values.get(name, "").strip()[:200] for name in _NAMES))

    def url(self, **more: object) -> str:
        """The address of this tab, narrowed as it is."""
        narrowed = {name: getattr(self, name) for name in _NAMES if getattr(self, name)}
        return "?" + urlencode({"tab": "timeline", **narrowed, **more})

    def wanted(self, zone: ZoneInfo) -> TimelineFilter:
        """The filter; a day that cannot be read does not narrow. Days are the brand's, the last one is included."""
        since, until = _day(self.since), _day(self.until)
        return TimelineFilter(
            kind=self.kind if self.kind in set(EntryKind) else "",
            channel=self.channel,
            direction=self.direction if self.direction in (INBOUND, OUTBOUND) else "",
            text=self.q,
            since=day_start(since, zone) if since else None,
            until=day_start(until + timedelta(days=1), zone) if until else None,
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def timeline_answer(request: DeskRequest, view: CustomerView, template: str, context: dict[str, Any]) -> HttpResponse:
    """The tab, or its CSV file."""
    asked = Asked.of(request.GET)
    wanted = asked.wanted(request.desk.zone)
    if request.GET.get("format") == "csv":
        return _file(view, wanted)
    text = request.GET.get("page", "1")
    page = max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    moments, total = moments_of(
        view.id,
        request.desk.brand.key,
        offset=(page - 1) * PAGE,
        limit=PAGE,
        wanted=wanted,
        contacts="interaction.read" in request.desk.permissions,
    )
    context |= {
        "moments": moments,
        "total": total,
        "asked": asked,
        "narrowed": wanted != TimelineFilter(),
        "kinds": [(kind.value, readable(kind).capitalize()) for kind in EntryKind],
        "channels": [(channel, readable(channel).capitalize()) for channel in insight.channels_of(view.id)],
        "directions": [(INBOUND, _("The customer")), (OUTBOUND, _("Us"))],
        "newer": asked.url(page=page - 1) if page > 1 else "",
        "older": asked.url(page=page + 1) if page * PAGE < total else "",
        "csv": asked.url(format="csv"),
    }
    return render(request, template, context)


def _file(view: CustomerView, wanted: TimelineFilter) -> HttpResponse:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("at", "kind", "channel", "direction", "title", "text", "subject", "actor", "event"))
    writer.writerows(_lines(view, wanted))
    # The byte order mark makes spreadsheets read UTF-8.
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="timeline-{view.number}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _lines(view: CustomerView, wanted: TimelineFilter) -> Iterator[tuple[str, ...]]:
    for offset in range(0, EXPORT_LIMIT, _STEP):
        rows = insight.timeline(view.id, offset=offset, limit=_STEP, wanted=wanted).rows
        for entry in rows:
            subject = f"{entry.subject.kind} {entry.subject.number or entry.subject.id}" if entry.subject else ""
            cells = (entry.kind, entry.channel, entry.direction, entry.title, entry.text, subject, entry.actor)
            yield (entry.at.isoformat(), *(plain(cell) for cell in cells), entry.event)
        if len(rows) < _STEP:
            return


def plain(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
