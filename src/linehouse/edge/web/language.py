"""Whose language a page is in: the reader's choice, else the browser's, else English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from linehouse.platform.texts.languages import LANGUAGES, SOURCE, known

LANGUAGE_COOKIE: Final = "language"
FOR_MACHINES: Final = ("/tmf-api/", "/house/", "/oauth/", "/healthz", "/readyz", "/metrics", "/static/")
"""Addresses that programs call: they answer in English, whatever a header says."""


class ReaderLanguage:
    """Speaks the language that the reader has chosen; before the log-in, the one that the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(FOR_MACHINES):
            with translation.override(SOURCE.code):
                return self._get_response(request)
        code = language_of(request)
        with translation.override(code):
            response = self._get_response(request)
            response.headers.setdefault("Content-Language", code)
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
            return response


def language_of(request: HttpRequest) -> str:
    """The code of the reader's language."""
    user = getattr(request, "user", None)
    chosen = getattr(user, "language", "") if user is not None and user.is_authenticated else ""
    for code in (chosen, request.COOKIES.get(LANGUAGE_COOKIE, "")):
        if known(code):
            return code
    return _asked_for(request.headers.get("Accept-Language", ""))


def _asked_for(header: str) -> str:
    """The best of our languages for an Accept-Language header (RFC 9110, 12.5.4)."""
    for wanted, _ in parse_accept_lang_header(header.lower()):
        code = wanted.partition("-")[0]
        if known(code):
            return code
    return LANGUAGES[0].code
