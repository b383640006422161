"""The icon set: strokes on a 20 × 20 grid, drawn inline so that they take the colour of the text around them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

ICONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alert": "M10 3.2 17.8 16.6H2.2zM10 8v4M10 14.3v.1",
        "allowance": "M10 3a7 7 0 1 0 7 7h-7z M12.6 2.6a7 7 0 0 1 4.8 4.8h-4.8z",
        "arrow-down": "M10 4v12M5 11l5 5 5-5",
        "arrow-left": "M16 10H4M9 5l-5 5 5 5",
        "arrow-right": "M4 10h12M11 5l5 5-5 5",
        "bank": "M3 8 10 3.5 17 8M4 8h12M5.5 8v6.5M10 8v6.5M14.5 8v6.5M3 16.5h14",
        "bill": "M5 2.8h10v14.4l-2.5-1.6-2.5 1.6-2.5-1.6L5 17.2zM7.8 7h4.4M7.8 10.2h4.4",
        "book": "M4 4.2c2.3-.9 4.3-.7 6 .7 1.7-1.4 3.7-1.6 6-.7v11.4c-2.3-.9-4.3-.7-6 .7-1.7-1.4-3.7-1.6-6-.7z"
        "M10 4.9v11.4",
        "box": "M3.2 6.2 10 2.6l6.8 3.6v7.6L10 17.4l-6.8-3.6zM3.2 6.2 10 9.8l6.8-3.6M10 9.8v7.6",
        "calculator": "M5 2.8h10v14.4H5zM7.6 5.6h4.8v2.2H7.6zM7.7 11h.1M10 11h.1M12.3 11h.1M7.7 14h.1M10 14h.1"
        "M12.3 14h.1",
        "calendar": "M3.5 4.8h13v12h-13zM3.5 8.6h13M7 3v3.2M13 3v3.2",
        "chat": "M3.4 4.2h13.2v9H9l-3.6 3.2v-3.2h-2zM6.4 7.4h7.2M6.4 10h4.8",
        "check": "m4 10.6 4 4L16 6",
        "check-circle": "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM6.8 10.3l2.2 2.2 4.2-4.6",
        "chevron-down": "m5 7.6 5 5 5-5",
        "chevron-left": "m12.4 5-5 5 5 5",
        "chevron-right": "m7.6 5 5 5-5 5",
        "clock": "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM10 6v4.2l2.8 1.8",
        "close": "m5 5 10 10M15 5 5 15",
        "copy": "M7.2 7.2h9.3v9.3H7.2zM12.8 7.2V3.5H3.5v9.3h3.7",
        "dashboard": "M3.2 3.2h5.6v7H3.2zM11.2 3.2h5.6v4h-5.6zM11.2 9.8h5.6v7h-5.6zM3.2 12.8h5.6v4H3.2z",
        "document": "M5 2.8h6.6L15 6.2v11H5zM11.4 2.8v3.6H15M7.6 10h4.8M7.6 13.2h4.8",
        "download": "M10 3v9.4M6 8.8l4 4 4-4M3.5 16.6h13",
        "event": "m11 2.6-6.6 8.8h4.6L8.4 17.4l7-9.2h-4.8z",
        "file": "M5 2.8h6.6L15 6.2v11H5zM11.4 2.8v3.6H15",
        "filter": "M3 4.4h14l-5.4 6.4v5l-3.2-1.6v-3.4z",
        "gear": "M10 7.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM10 2.6v2M10 15.4v2M2.6 10h2M15.4 10h2M4.8 4.8l1.4 1.4"
        "M13.8 13.8l1.4 1.4M15.2 4.8l-1.4 1.4M6.2 13.8l-1.4 1.4",
        "history": "M3.4 10a6.8 6.8 0 1 0 2-4.8L3.2 7.4M3.2 3.6v3.8H7M10 6.4v4l2.8 1.6",
        "home": "M3 9.2 10 3.4l7 5.8M5 8v8.6h10V8M8.4 16.6v-4.4h3.2v4.4",
        "info": "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM10 9.2v4.4M10 6.4v.1",
        "job": "M10 3.2v2.2M10 14.6v2.2M3.2 10h2.2M14.6 10h2.2M5.2 5.2l1.6 1.6M13.2 13.2l1.6 1.6"
        "M14.8 5.2l-1.6 1.6M6.8 13.2l-1.6 1.6",
        "key": "M7 8.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8zM9.4 9.6l6.2-6.2M13 6l2.4 2.4",
        "ledger": "M4 3.2h12v13.6H4zM10 3.2v13.6M6 6.6h2M12 6.6h2M6 9.8h2M12 9.8h2M6 13h2M12 13h2",
        "mail": "M3 4.8h14v10.4H3zM3.2 5.2 10 10.8l6.8-5.6",
        "menu": "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
        "minus": "M4.5 10h11",
        "moon": "M15.8 12.2A6.6 6.6 0 0 1 7.8 4.2a6.6 6.6 0 1 0 8 8z",
        "network": "M10 11.2v6M6.8 17.2h6.4M10 8.2a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM6.4 13.2a5 5 0 0 1 0-7"
        "M13.6 13.2a5 5 0 0 0 0-7M4 15.4a8 8 0 0 1 0-11.2M16 15.4a8 8 0 0 0 0-11.2",
        "order": "M2.8 3.6h2.4l2 9h7.6l1.8-6.4H6M8 16.2h.1M14 16.2h.1",
        "pause": "M7 4.4v11.2M13 4.4v11.2",
        "payment": "M2.8 5h14.4v10.4H2.8zM2.8 8.4h14.4M5.6 12.4h3",
        "phone": "M6 2.8h8v14.4H6zM9 14.8h2",
        "play": "M6.4 4v12l9-6z",
        "plus": "M10 4v12M4 10h12",
        "question": "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM8 8.2a2 2 0 1 1 2.8 1.9c-.6.3-.8.7-.8 1.4"
        "M10 13.8v.1",
        "undo": "M4 8.2h8a4.4 4.4 0 0 1 0 8.8H7.4M7.2 4.8 3.8 8.2l3.4 3.4",
        "retry": "M16.4 10a6.4 6.4 0 1 1-1.9-4.6l2 2M16.6 3.4v4h-4",
        "run": "M3.4 3.4h13.2v13.2H3.4zM6.4 12.8V10M10 12.8V6.6M13.6 12.8V8.4",
        "search": "M9 3.6a5.4 5.4 0 1 0 0 10.8A5.4 5.4 0 0 0 9 3.6zM13 13l3.8 3.8",
        "shield": "M10 2.6 16 5v4.6c0 3.6-2.4 6.4-6 7.8-3.6-1.4-6-4.2-6-7.8V5zM7.4 10l1.9 1.9 3.4-3.7",
        "sign-out": "M8.4 3.4H4v13.2h4.4M8 10h9M13.4 6.4 17 10l-3.6 3.6",
        "sim": "M5.4 2.8h6L15 6.4v10.8H5.4zM7.8 9.4h4.8v5H7.8zM7.8 11.9h4.8M10.2 9.4v5",
        "staff": "M10 3a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM3.8 17c.4-3.4 2.8-5.4 6.2-5.4s5.8 2 6.2 5.4z",
        "sun": "M10 6.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4zM10 2.4v1.4M10 16.2v1.4M2.4 10h1.4M16.2 10h1.4"
        "M4.6 4.6l1 1M14.4 14.4l1 1M15.4 4.6l-1 1M5.6 14.4l-1 1",
        "tag": "M3 3h7l7 7-7 7-7-7zM6.6 6.6v.1",
        "timeline": "M5 3v14M5 6h10M5 10h7M5 14h10",
        "upload": "M10 13V3.6M6 7.4l4-4 4 4M3.5 16.6h13",
        "usage": "M3 14.2h2.4l2-8 3 10.4 2.6-7.4 1.2 5H17",
        "users": "M7.4 4a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM2.4 16c.3-2.8 2.2-4.4 5-4.4s4.7 1.6 5 4.4z"
        "M13 4.3a2.5 2.5 0 0 1 0 4.8M14 11.8c2 .4 3.2 1.9 3.6 4.2H15",
    }
)


DIRECTIONAL: Final = frozenset(
    {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "sign-out", "play", "undo", "list"}
)
"""Icons that point along the line of reading; they are mirrored where it runs from right to left."""


class UnknownIcon(LookupError):
    """A template asked for an icon that the set does not have."""


def icon(name: str, label: str = "") -> SafeString:
    """Return the icon as inline SVG; without `label` it is decoration and hidden from assistive technology.

    Raises UnknownIcon: a misspelt name is found when the template is first rendered, not by a user.
    """
    path = ICONS.get(name)
    if path is None:
        raise UnknownIcon(name)
    drawn = SafeString(path)
    classes = "icon flips" if name in DIRECTIONAL else "icon"
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 20 20" role="img" aria-label="{}"><path d="{}"/></svg>', classes, label, drawn
        )
    return format_html('<svg class="{}" viewBox="0 0 20 20" aria-hidden="true"><path d="{}"/></svg>', classes, drawn)
