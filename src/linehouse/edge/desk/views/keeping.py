"""What keeps the brand: whether it is open, its host names, backups and drills, and everything to take along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from linehouse.edge.desk.access import DeskRequest, desk_view, sentence
from linehouse.edge.web.middleware import forget_hosts
from linehouse.insight.service import exports as exporting
from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import DomainError, NotFound
from linehouse.platform.access.clients import forget_identities
from linehouse.platform.backup import wal
from linehouse.platform.backup.drills import STALE_DAYS, Drill, reports
from linehouse.platform.backup.manifest import Manifest
from linehouse.platform.backup.shelf import Shelf
from linehouse.platform.postgres.brands import hosts_of, set_frozen

_LATE = 2
"""A backup is late when as many intervals have passed without one."""
_ARCHIVE_SILENT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _DrillRow:
    """A drill as the brand's staff see it: of the brands only their own."""

    began: datetime
    backup: str
    lost: timedelta
    took: timedelta
    well: bool
    same: bool


@desk_view("operations.read", section="brand", write="brand.write", while_frozen=True)
def brand_page(request: DeskRequest) -> HttpResponse:
    """Whether the brand is open, where it answers; freeze it and open it again."""
    brand = request.desk.brand
    if request.method == "POST":
        wanted = request.POST.get("move", "")
        if wanted not in {"freeze", "unfreeze"}:
            messages.error(request, _("Choose whether the brand is to be frozen or opened."))
        elif set_frozen(brand.key, frozen=wanted == "freeze"):
            forget_hosts()
            forget_identities()
            words = _("%(brand)s is frozen.") if wanted == "freeze" else _("%(brand)s is open again.")
            messages.success(request, words % {"brand": brand.name})
        return redirect("desk:brand_page", brand.key)
    facts = {"hosts": hosts_of(brand.key), "version": brand.schema_version}
    return render(request, "desk/brand.html", facts)


@desk_view("operations.read", section="backups")
def backups(request: DeskRequest) -> HttpResponse:
    """The last backups that hold this brand, how far the archived log is, and what drills have shown."""
    chosen, key = settings.SETTINGS, request.desk.brand.key
    now = MachineClock().now()
    shelf = Shelf(chosen.backups)
    mine = [each for each in shelf.all() if not each.brands or any(figures.key == key for figures in each.brands)]
    newest = mine[0] if mine else None
    archive = wal.Archive(shelf.root, newest.incarnation) if newest is not None and newest.incarnation else None
    archived = archive.status() if archive is not None else None
    drills = reports(shelf.root)
    context = {
        "newest": newest,
        "backups": mine[:20],
        "archived": archived,
        "archive_age": now - archived.seen_at if archived else None,
        "drills": [_row(each, key) for each in drills[:10]],
        "last_drill": _row(drills[0], key) if drills else None,
        "warnings": _warnings(newest, archived, drills, now, chosen.backup_hours, archives=chosen.wal_archive),
        "hours": chosen.backup_hours,
        "keep": chosen.backup_keep,
    }
    return render(request, "desk/backups.html", context)


def _row(drill: Drill, key: str) -> _DrillRow:
    mine = next((each for each in drill.brands if each.key == key), None)
    well = not drill.failure and (mine is None or mine.well)
    lost, took = timedelta(milliseconds=drill.lost_ms), timedelta(milliseconds=drill.verified_ms)
    return _DrillRow(drill.began, drill.backup, lost, took, well, drill.exact)


def _warnings(
    newest: Manifest | None,
    archived: wal.Status | None,
    drills: list[Drill],
    now: datetime,
    hours: int,
    *,
    archives: bool,
) -> list[str]:
    found = []
    if newest is None:
        found.append(_("There is no backup yet. Whatever is lost now is lost."))
    elif not hours:
        found.append(_("Backups are not made by themselves: LINEHOUSE_BACKUP_HOURS is 0."))
    elif now - newest.began > _LATE * timedelta(hours=hours):
        found.append(_("The last backup is older than it should be. See the work list and the log of the keeper."))
    silent = archived is None or now - archived.seen_at > _ARCHIVE_SILENT
    if silent and archives and newest is not None and newest.kind == "physical":
        found.append(_("The log of the database is not being archived: what was written since is in no backup."))
    if newest is not None and (not drills or now - drills[0].began > timedelta(days=STALE_DAYS)):
        found.append(_("Nobody has tried lately whether a backup brings everything back: `linehouse drill`."))
    return found


@desk_view("export.run", section="brand")
def exports(request: DeskRequest) -> HttpResponse:
    """Take everything along: exports in open formats, made by the worker."""
    home = settings.SETTINGS.home
    if request.method == "POST":
        if request.POST.get("go") != "yes":
            messages.error(request, _("Confirm that everything is to be exported."))
        else:
            personal = request.POST.get("personal") == "on"
            try:
                exporting.ask_for_export(
                    home, actor=request.desk.actor, personal=personal, reason=request.POST.get("reason", "")
                )
                messages.success(request, _("The export has begun."))
            except DomainError as refusal:
                messages.error(request, sentence(refusal))
        return redirect("desk:exports", request.desk.brand.key)
    listed = exporting.exports(home)
    context = {"exports": listed, "running": any(each.running for each in listed)}
    part = request.headers.get("HX-Request") == "true" and request.GET.get("part") == "list"
    return render(request, "desk/exports_list.html" if part else "desk/exports.html", context)


@desk_view("export.run", section="brand")  # type: ignore[arg-type]  # a stream is an answer, too
def export_file(request: DeskRequest) -> HttpResponseBase:
    """The file of a finished export."""
    try:
        file = exporting.file_of(settings.SETTINGS.home, request.GET.get("export", ""))
    except NotFound as refusal:
        messages.error(request, sentence(refusal))
        return redirect("desk:exports", request.desk.brand.key)
    return FileResponse(file.open("rb"), as_attachment=True, filename=f"{request.desk.brand.key}-{file.name}")
