"""The palette's answers, and the same as a page for browsers without the script."""

from django.http import HttpResponse
from django.shortcuts import render

from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.finders import FINDERS
from linehouse.edge.desk.palette import search as find


@desk_view("clock.read")
def palette(request: DeskRequest) -> HttpResponse:
    """The options of the palette for what was typed so far."""
    text = request.GET.get("q", "")[:100]
    return render(request, "desk/palette_results.html", {"text": text, "groups": find(request.desk, text, FINDERS)})


@desk_view("clock.read")
def page(request: DeskRequest) -> HttpResponse:
    """The search as a page of its own."""
    text = request.GET.get("q", "")[:100]
    return render(request, "desk/search.html", {"text": text, "groups": find(request.desk, text, FINDERS)})
