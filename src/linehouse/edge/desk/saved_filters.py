"""Saved filters as chips beside every list of the desk."""

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse

from linehouse.edge.desk.access import DeskRequest
from linehouse.edge.ui.listing import Chip, SavedFilters
from linehouse.edge.ui.table import BoundTable
from linehouse.platform.worktop.filters import saved_filters


def chips(request: HttpRequest, bound: BoundTable[Any]) -> SavedFilters | None:
    """The reader's and the shared filters of a list; lists outside the desk have none."""
    if not hasattr(request, "desk"):
        return None
    desk = cast("DeskRequest", request).desk
    here = reverse("desk:dashboard", args=(desk.brand.key,))
    screen = bound.path.removeprefix(here)
    _, _, query = bound.url(page=1).partition("?")
    found = saved_filters(str(desk.user.id), screen)
    return SavedFilters(
        tuple(
            Chip(
                one.name,
                f"{bound.path}?{one.query}" if one.query else bound.path,
                one.query == query,
                "" if one.owner_id == str(desk.user.id) else one.owner_name,
                reverse("desk:filter_delete", args=(desk.brand.key, one.id))
                if one.owner_id == str(desk.user.id)
                else "",
            )
            for one in found
        ),
        savable=bool(query) and query not in {one.query for one in found},
        screen=screen,
        query=query,
        save_url=reverse("desk:filter_save", args=(desk.brand.key,)),
    )
