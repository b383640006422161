"""Kept files: shown in the browser or taken away."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse

from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.platform.documents.service import load

SHOWN: Final = frozenset({"application/pdf"})
"""Media types that a browser shows by itself without running anything; all others are downloaded."""


@desk_view("billing.read")
def document(request: DeskRequest, document_id: UUID) -> HttpResponse:
    """A kept file."""
    file = load(document_id)
    inline = file.media_type in SHOWN and "download" not in request.GET
    response = HttpResponse(file.content, content_type=file.media_type)
    name = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in file.name)
    response.headers["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
