"""A person's own page: who looked at their data, and their export, by a signed link that expires.

The link needs no log-in: whoever has it is taken for the person, so it is made only after the identity was checked.
"""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linehouse.edge.desk.privacy_rows import THROUGH
from linehouse.kernel.error import DomainError
from linehouse.party import subject_requests
from linehouse.platform.control.models import Brand
from linehouse.platform.documents.service import load
from linehouse.platform.personal.access_log import looks_at, note_access
from linehouse.platform.scope import brand_scope
from linehouse.platform.work import Actor

SALT = "linehouse.own-data"
LASTS_SECONDS = 7 * 24 * 3600
"""How long a link opens the page, by the machine clock."""


def own_data_link(brand: str, number: str) -> str:
    """The address of the person's page for an answered request."""
    return reverse("desk:own_data", args=(signing.dumps({"brand": brand, "request": number}, salt=SALT),))


def own_data(request: HttpRequest, token: str) -> HttpResponse:
    """The page, or with ``?file`` the export itself."""
    try:
        told = signing.loads(token, salt=SALT, max_age=LASTS_SECONDS)
    except signing.BadSignature:
        return _gone(request)
    brand = Brand.objects.filter(key=told["brand"], frozen=False).first()
    if brand is None or getattr(request, "brand_host", brand.key) != brand.key:
        return _gone(request)
    with brand_scope(brand.key):
        try:
            asked = subject_requests.request(told["request"])
            file = load(asked.document_id) if asked.document_id else None
        except DomainError:
            return _gone(request)
        if file is None:
            return _gone(request)
        note_access([asked.party_id], Actor("subscriber", str(asked.party_id), "the person"), "own", asked.number)
        if "file" in request.GET:
            response = HttpResponse(file.content, content_type=file.media_type)
            response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
        else:
            looks, total = looks_at(asked.party_id, limit=500)
            context = {
                "brand": brand,
                "asked": asked,
                "looks": [(look, THROUGH.get(look.through, look.through)) for look in looks],
                "total": total,
            }
            response = render(request, "desk/own_data.html", context)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/own_data.html", {"gone": True}, status=404)
