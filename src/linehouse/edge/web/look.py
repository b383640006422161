"""Where a brand's stylesheet and logo are: for whoever works for it, and for everybody on its own host name."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from linehouse.catalog import service as catalog
from linehouse.catalog.errors import NothingPublished
from linehouse.catalog.values import Look
from linehouse.edge.ui.look import stylesheet
from linehouse.platform.access import service as access
from linehouse.platform.control.models import Brand
from linehouse.platform.postgres.databases import serves
from linehouse.platform.scope import brand_scope


@require_safe
def stylesheet_of(request: HttpRequest, brand: str) -> HttpResponse:
    """The brand's colours as design tokens."""
    return _answer(request, stylesheet(_look(request, brand).primary), "text/css; charset=utf-8")


@require_safe
def logo_of(request: HttpRequest, brand: str) -> HttpResponse:
    """The brand's logo. Opened by itself it may run and load nothing, either."""
    logo = _look(request, brand).logo
    if not logo:
        raise Http404
    response = _answer(request, logo, "image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _look(request: HttpRequest, brand: str) -> Look:
    host = getattr(request, "brand_host", None)
    if host is None:
        user = request.user
        known = Brand.objects.filter(key=brand).first() if user.is_authenticated else None
        if known is None or user.id is None or not serves(known) or not access.held_by(user.id, brand).permissions:
            raise Http404
    elif host != brand:
        raise Http404
    try:
        with brand_scope(brand):
            return catalog.published().brand.look
    except NothingPublished:
        raise Http404 from None


def _answer(request: HttpRequest, text: str, media_type: str) -> HttpResponse:
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    same = request.headers.get("If-None-Match", "") == tag
    response = HttpResponse(status=304) if same else HttpResponse(text, content_type=media_type)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response
