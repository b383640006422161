"""Kept files: shown in the browser or taken away, each by those who may see what it belongs to."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from linehouse.edge.desk.access import DeskRequest, desk_view, need
from linehouse.payment import service as payments
from linehouse.platform.documents.service import load
from linehouse.usage import service as usage

SHOWN: Final = frozenset({"application/pdf"})
"""Media types that a browser shows by itself without running anything; all others are downloaded."""
NEEDED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "usage.raw": "usage.read",
        "bank.statement": "payment.read",
        "refund.export": "refund.write",
        "voucher.pins": "voucher.write",
    }
)
"""Kinds of files that need another permission than those of bills."""


@desk_view("billing.read")
def document(request: DeskRequest, document_id: UUID) -> HttpResponse:
    """A kept file by its id: an invoice as PDF or XML, an attachment of a message."""
    return _answer(request, document_id)


@desk_view("usage.read", section="usage_files")
def usage_file(request: DeskRequest, file_id: UUID) -> HttpResponse:
    """A usage file as it came."""
    return _answer(request, usage.find_file(file_id).document_id)


@desk_view("payment.read", section="statements")
def bank_file(request: DeskRequest, statement_id: UUID) -> HttpResponse:
    """A bank's file as it came."""
    return _answer(request, payments.statement(statement_id).document_id)


def _answer(request: DeskRequest, document_id: UUID) -> HttpResponse:
    file = load(document_id)
    if file.kind in NEEDED:
        need(request, NEEDED[file.kind])
    inline = file.media_type in SHOWN and "download" not in request.GET
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(not inline, file.name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response
