"""What every template knows: the colour scheme that the reader has chosen."""

from typing import Final

from django.http import HttpRequest

THEME_COOKIE: Final = "theme"
THEMES: Final = frozenset({"light", "dark"})


def shell(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Context processor: ``ui.theme`` is light, dark, or empty where the system decides."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {"ui": {"theme": chosen if chosen in THEMES else ""}}
