"""The tabs that the catalogue's lists share."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext

from linehouse.edge.desk.access import DeskRequest


def catalog_tabs(request: DeskRequest, current: str) -> list[dict[str, object]]:
    """Offerings, tariffs, drafts, rate decks, versions."""
    places = (
        ("", gettext("Offerings"), "offerings"),
        ("tariffs", gettext("Tariffs"), "tariffs"),
        ("drafts", gettext("Drafts"), "drafts"),
        ("decks", gettext("Rate decks"), "decks"),
        ("versions", gettext("Versions"), "catalog_versions"),
    )
    return [
        {
            "key": key,
            "label": label,
            "url": reverse(f"desk:{name}", args=(request.desk.brand.key,)),
            "current": key == current,
            "count": None,
        }
        for key, label, name in places
    ]
