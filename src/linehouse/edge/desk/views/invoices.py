"""Invoices, and the way from each amount down to its records and tariff clause."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linehouse.billing import service as billing
from linehouse.billing.service import InvoiceView
from linehouse.catalog.values import text_in
from linehouse.edge.desk.access import DeskRequest, back, desk_view
from linehouse.edge.desk.bill_rows import bill_url, invoice_source, invoices_table
from linehouse.edge.ui.listing import answer_list
from linehouse.kernel.period import local_date
from linehouse.payment import service as payments

PAGE: Final = 200


@desk_view("billing.read", section="invoices")
def invoices(request: DeskRequest) -> HttpResponse:
    """All issued invoices, newest first."""
    table = invoices_table(request.desk.brand.key)
    return answer_list(request, table, invoice_source(), context={"title": gettext("Invoices")})


@desk_view("billing.read", section="invoices")
def invoice(request: DeskRequest, number: str) -> HttpResponse:
    """One invoice with its lines."""
    return _page(request, billing.invoice_by_number(number))


@desk_view("billing.read", section="invoices")
def bill(request: DeskRequest, bill_id: UUID) -> HttpResponse:
    """One bill by id: also a draft of a run that is being reviewed."""
    return _page(request, billing.invoice(bill_id))


def _page(request: DeskRequest, view: InvoiceView) -> HttpResponse:
    detail = billing.invoice_detail(view.id)
    groups: dict[str, list[object]] = {}
    for line in detail.lines:
        groups.setdefault(line.subscription, []).append((line, text_in(line.label, "en")))
    context = {
        "invoice": view,
        "overdue": view.overdue(local_date(request.desk.clock.now, request.desk.zone)),
        "groups": list(groups.items()),
        "taxes": detail.taxes,
        "payments": payments.payments_of_invoice(view.id) if view.number else [],
        "settlements": detail.settlements,
        "run": billing.run(view.run_id) if view.run_id else None,
    }
    return render(request, "desk/invoice.html", context)


@require_POST
@desk_view("billing.read", section="invoices", write="billing.run")
def post_held(request: DeskRequest, bill_id: UUID) -> HttpResponse:
    """Post an invoice that was held, now that its cause is mended."""
    billing.post_held(bill_id, actor=request.desk.actor, reason="posted from the desk")
    messages.success(request, gettext("The invoice has been posted."))
    return back(request)


@desk_view("billing.read", section="invoices")
def line(request: DeskRequest, line_id: UUID) -> HttpResponse:
    """One line taken apart: what it rests on, down to records and clauses, adding up to the last micro-unit."""
    page = request.GET.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1
    explained = billing.explain_line(line_id, offset=(max(number, 1) - 1) * PAGE, limit=PAGE)
    view = billing.invoice(explained.line.invoice_id)
    context = {
        "explained": explained,
        "line": explained.line,
        "label": text_in(explained.line.label, "en"),
        "invoice": view,
        "invoice_url": bill_url(request.desk.brand.key, view),
        "page": number,
        "more": number * PAGE < explained.total,
        "shown_from": (number - 1) * PAGE + 1,
    }
    return render(request, "desk/invoice_line.html", context)
