"""Screens that belong to no brand: choosing one, the language, and the colour scheme."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from linehouse.edge.desk.access import back, staff_view
from linehouse.edge.desk.nav import rail
from linehouse.edge.ui.context import THEME_COOKIE, THEMES
from linehouse.edge.web.language import LANGUAGE_COOKIE
from linehouse.platform.access import service as access
from linehouse.platform.access.models import User
from linehouse.platform.texts.languages import known

YEAR = 365 * 24 * 3600


@staff_view
def brands(request: HttpRequest) -> HttpResponse:
    """The brands one works for; with a single one, straight on to it."""
    reader = cast("User", request.user).id
    mine = [(brand, _entrance(reader, brand.key)) for brand in access.brands_of(reader)]
    if len(mine) == 1 and "choose" not in request.GET:
        return redirect(mine[0][1])
    return render(request, "desk/brands.html", {"brands": mine})


def _entrance(reader: UUID, brand: str) -> str:
    """The first screen of the rail that the reader may open: not every role has a dashboard."""
    shown = rail(brand, access.held_by(reader, brand), "")
    return shown[0][1][0].url if shown else reverse("desk:dashboard", args=(brand,))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language: with the log-in, and in a cookie for who has not logged in."""
    chosen = request.POST.get("language", "")
    response = back(request)
    if known(chosen):
        if request.user.is_authenticated:
            access.choose_language(request.user.id, chosen)
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True)
    return response


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
