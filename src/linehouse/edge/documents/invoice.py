"""The invoice as a PDF, from its frozen document value."""

from __future__ import annotations

from linehouse.billing.document import InvoiceDocument
from linehouse.edge.documents.epc import epc_payload, epc_svg
from linehouse.edge.documents.pdf import DEFAULT_INVOICE, Template, typeset
from linehouse.edge.documents.view import invoice_view


def invoice_pdf(
    document: InvoiceDocument,
    *,
    invoice_xml: bytes | None = None,
    template: Template | None = None,
    wordmark: str | None = None,
    logo_svg: str = "",
) -> bytes:
    """The accessible PDF/A-3; the same document, template and logo give the same bytes. Raises TemplateRefused."""
    seller = document.seller
    qr = ""
    if document.payable.micros > 0 and document.currency == "EUR" and seller.iban:
        qr = epc_svg(
            epc_payload(
                holder=seller.account_holder or seller.name,
                iban=seller.iban,
                bic=seller.bic,
                amount=document.payable,
                reference=document.payment_reference,
            )
        )
    view = invoice_view(document, wordmark or seller.trade_name)
    return typeset(
        template or DEFAULT_INVOICE, view, on=document.issue_date, qr_svg=qr, invoice_xml=invoice_xml, logo_svg=logo_svg
    )
