"""Refusals as pages: each kind of domain error has its status and its words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from linehouse.kernel.error import Kind

_PAGES: Final[Mapping[Kind, tuple[int, StrOrPromise]]] = MappingProxyType(
    {
        Kind.INVALID: (400, gettext_lazy("That does not fit")),
        Kind.NOT_FOUND: (404, gettext_lazy("Not found")),
        Kind.CONFLICT: (409, gettext_lazy("That has changed in the meantime")),
        Kind.FORBIDDEN: (403, gettext_lazy("Not for you")),
        Kind.REFUSED: (422, gettext_lazy("That is refused")),
        Kind.UNAVAILABLE: (503, gettext_lazy("Not available right now")),
    }
)


def page_of(request: HttpRequest, kind: Kind, text: StrOrPromise, detail: str = "") -> HttpResponse:
    """The error page of a kind of refusal."""
    status, title = _PAGES[kind]
    return error_page(request, status, title, text, detail)


def error_page(
    request: HttpRequest, status: int, title: StrOrPromise, text: StrOrPromise, detail: str = ""
) -> HttpResponse:
    """A dressed error page."""
    return render(
        request, "ui/error.html", {"code": status, "title": title, "text": text, "detail": detail}, status=status
    )
