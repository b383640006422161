"""What a reader arranges: saved filters, and acts that are undone."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linehouse.edge.desk.access import DeskRequest, back, desk_view
from linehouse.edge.desk.undoable import FILTER_DELETED, done
from linehouse.platform.worktop import filters
from linehouse.platform.worktop.undo import offers_of
from linehouse.platform.worktop.undo import undo as undo_act


@require_POST
@desk_view("clock.read", own=True)
def filter_save(request: DeskRequest) -> HttpResponse:
    """Keep the filter of a list under a name."""
    screen, query = request.POST.get("screen", "")[:200], request.POST.get("query", "")
    kept = filters.save_filter(
        screen,
        request.POST.get("name", ""),
        query,
        shared=request.POST.get("shared") == "yes",
        actor=request.desk.actor,
    )
    messages.success(request, gettext("The filter is saved as “%(name)s”.") % {"name": kept.name})
    return redirect(f"{reverse('desk:dashboard', args=(request.desk.brand.key,))}{kept.screen}?{kept.query}")


@require_POST
@desk_view("clock.read", own=True)
def filter_delete(request: DeskRequest, filter_id: UUID) -> HttpResponse:
    """Remove one's own saved filter; it can be taken back."""
    was = filters.delete_filter(filter_id, actor=request.desk.actor)
    payload = {"screen": was.screen, "name": was.name, "query": was.query, "shared": was.shared}
    text = gettext("The saved filter “%(name)s” is removed.") % {"name": was.name}
    done(request, text, FILTER_DELETED, was.name, payload)
    return back(request)


@desk_view("clock.read", section="undo", own=True)
def recent(request: DeskRequest) -> HttpResponse:
    """What the reader did lately and can still undo."""
    return render(request, "desk/undo.html", {"offers": offers_of(request.desk.actor.id)})


@require_POST
@desk_view("clock.read", own=True)
def undo(request: DeskRequest, offer_id: UUID) -> HttpResponse:
    """Undo one's own act."""
    what = undo_act(offer_id, actor=request.desk.actor, permissions=request.desk.permissions)
    messages.success(request, gettext("Undone: %(what)s.") % {"what": what})
    return back(request)
