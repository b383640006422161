"""The first page of a brand: the metrics of one's choice, what waits for somebody, what happened last."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from linehouse.catalog.errors import NothingPublished
from linehouse.edge.desk import metric_tiles
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.activity import latest
from linehouse.insight.service import Situation
from linehouse.platform.worktop.dashboards import choose_tiles, chosen_tiles, forget_tiles

MOST_TILES: Final = 16


@desk_view("customer.read", section="dashboard")
def dashboard(request: DeskRequest) -> HttpResponse:
    """Figures, work that waits, and the last things that happened."""
    desk, situation = request.desk, Situation()
    keys = metric_tiles.wanted(desk)
    try:
        context = {
            "tiles": metric_tiles.figures_of(desk, keys, situation),
            "drawings": metric_tiles.drawings_of(desk, keys, situation),
            "work": metric_tiles.waiting(desk, situation),
            "moments": latest(desk.brand.key),
        }
    except NothingPublished:
        return render(request, "desk/dashboard_new.html", {})
    return render(request, "desk/dashboard.html", context)


@desk_view("customer.read", section="dashboard")
def arrange(request: DeskRequest) -> HttpResponse:
    """Choose the tiles of one's own dashboard, or go back to that of one's role."""
    desk = request.desk
    may = metric_tiles.permitted(desk)
    if request.method == "POST":
        if "forget" in request.POST:
            forget_tiles(actor=desk.actor)
            messages.success(request, gettext("Your dashboard is that of your role again."))
            return redirect("desk:dashboard", brand=desk.brand.key)
        chosen = [key for key in may if f"tile-{key}" in request.POST]
        if 0 < len(chosen) <= MOST_TILES:
            choose_tiles(sorted(chosen, key=lambda key: _place(request, key)), actor=desk.actor)
            messages.success(request, gettext("Your dashboard is arranged."))
            return redirect("desk:dashboard", brand=desk.brand.key)
        messages.warning(request, gettext("Choose between 1 and %(most)s tiles.") % {"most": MOST_TILES})
    shown = metric_tiles.wanted(desk)
    rows = [(may[key], place + 1) for place, key in enumerate(shown)]
    rows += [(one, 0) for key, one in may.items() if key not in shown]
    context = {"rows": rows, "own": chosen_tiles(str(desk.user.id)) is not None}
    return render(request, "desk/dashboard_arrange.html", context)


def _place(request: DeskRequest, key: str) -> int:
    """Where a tile is to stand; what has no place comes last."""
    given = request.POST.get(f"place-{key}", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 and int(given) else 999
