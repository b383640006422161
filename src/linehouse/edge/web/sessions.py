"""Where one is logged in, and how to end it there."""

from __future__ import annotations

from typing import cast

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linehouse.platform.access.models import User


def not_offered(request: HttpRequest) -> HttpResponse:
    """A page of the log-in library that this house does not have."""
    raise Http404


@login_required
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions of whoever asks, the latest first."""
    mine = UserSession.objects.purge_and_list(cast("User", request.user))
    rows = sorted(mine, key=lambda one: one.created_at, reverse=True)
    return render(
        request,
        "account/sessions.html",
        {"rows": [(one, device(one.user_agent), one.session_key == request.session.session_key) for one in rows]},
    )


@login_required
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all but this one."""
    mine = UserSession.objects.filter(user=request.user)
    wanted = request.POST.get("session", "")
    if wanted == "others":
        ended = [one for one in mine if one.session_key != request.session.session_key]
    else:
        ended = list(mine.filter(pk=int(wanted))) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else []
        if not ended:
            raise Http404
    for one in ended:
        one.end()
    messages.success(request, _("You have been logged out there."))
    return redirect("usersessions_list")


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """A browser's own description in two words; the beginning of it where neither is known."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    machine = next((name for sign, name in _MACHINES if sign in user_agent), "")
    return " · ".join(word for word in (browser, machine) if word) or user_agent[:60] or "—"
