"""A guide of the documentation, read beside the work."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.guides import guide_file, guide_page, guide_title
from linehouse.kernel.error import NotFound


@desk_view("clock.read", own=True)
def guide(request: DeskRequest, name: str) -> HttpResponse:
    """One guide."""
    file = guide_file(name)
    if file is None:
        raise NotFound(gettext("there is no such guide"), field="guide", value=name)
    page = guide_page(file, request.desk.brand.key)
    return render(request, "desk/guide.html", {"title": guide_title(name), "page": page})
