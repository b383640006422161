"""What every template knows: the colour scheme and the language that the reader has chosen."""

from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import get_language

from linehouse.platform.texts.languages import LANGUAGES, active

THEME_COOKIE: Final = "theme"
THEMES: Final = frozenset({"light", "dark"})


def shell(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """Context processor: ``ui.theme`` (light, dark, or empty: the system decides) and ``ui.language``."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "ui": {
            "theme": chosen if chosen in THEMES else "",
            "language": active(get_language()),
            "languages": LANGUAGES,
        }
    }
