"""Screens that belong to no brand: choosing one, and the colour scheme."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from linehouse.edge.desk.access import back, staff_view
from linehouse.edge.ui.context import THEME_COOKIE, THEMES
from linehouse.platform.access import service as access
from linehouse.platform.access.models import User

YEAR = 365 * 24 * 3600


@staff_view
def brands(request: HttpRequest) -> HttpResponse:
    """The brands one works for; with a single one, straight on to it."""
    mine = access.brands_of(cast("User", request.user).id)
    if len(mine) == 1 and "choose" not in request.GET:
        return redirect("desk:dashboard", brand=mine[0].key)
    return render(
        request,
        "desk/brands.html",
        {"brands": [(brand, reverse("desk:dashboard", args=(brand.key,))) for brand in mine]},
    )


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the colour scheme in a cookie; also for somebody who has not logged in."""
    chosen = request.POST.get("theme", "")
    response: HttpResponse = (
        HttpResponse(status=204) if request.headers.get("X-Requested-With") == "fetch" else back(request)
    )
    if chosen in THEMES:
        response.set_cookie(THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response
