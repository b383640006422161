"""What every template knows: the colour scheme and the language that the reader has chosen."""

from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import get_language

from linehouse.edge.ui.look import Shown, shown_now
from linehouse.platform.texts.languages import LANGUAGES, active

THEME_COOKIE: Final = "theme"
THEMES: Final = frozenset({"light", "dark"})


def shell(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """Context processor: ``ui.theme`` (light, dark, or empty: the system decides), ``ui.language`` and
    ``ui.look``, the brand whose page it is, or None: the house's own."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "ui": {
            "theme": chosen if chosen in THEMES else "",
            "language": active(get_language()),
            "languages": LANGUAGES,
            "look": _look(request),
        }
    }


def _look(request: HttpRequest) -> Shown | None:
    desk, host = getattr(request, "desk", None), getattr(request, "brand_host", None)
    if desk is not None:
        found: Shown | None = desk.look
        return found
    return shown_now(host) if host is not None else None
