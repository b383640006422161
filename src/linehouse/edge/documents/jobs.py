"""The documents of an issued invoice: made after it was posted, checked, kept, and then it may be delivered."""

from __future__ import annotations

from linehouse.billing import service as billing
from linehouse.billing.errors import DocumentDoesNotAdd
from linehouse.billing.events import InvoiceIssued
from linehouse.catalog import service as catalog
from linehouse.edge.documents.brand_templates import invoice_template
from linehouse.edge.documents.invoice import invoice_pdf
from linehouse.edge.partner.einvoice.checks import broken_rules, validate
from linehouse.edge.partner.einvoice.cii import cii_xml
from linehouse.platform.documents.service import Sealing, store
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.work import Work


@consumer("documents.invoice", on=(InvoiceIssued,))
def make_documents(event: InvoiceIssued, work: Work) -> None:
    """PDF and XML of one invoice; what breaks a rule of EN 16931 is not kept and fails here, where a person sees it."""
    document = billing.document(event.invoice_id)
    xml = cii_xml(document)
    validate(xml)
    if problems := broken_rules(xml):
        raise DocumentDoesNotAdd(
            "; ".join(problem.message for problem in problems), field="invoice", value=document.number
        )
    sealing = Sealing(Purpose.LAW, event.customer_id)
    pdf = invoice_pdf(
        document, invoice_xml=xml, template=invoice_template(), logo_svg=catalog.published().brand.look.logo
    )
    billing.attach(
        event.invoice_id,
        pdf=store(
            f"{document.number}.pdf",
            "application/pdf",
            pdf,
            kind="invoice.pdf",
            subject=document.number,
            sealing=sealing,
        ),
        xml=store(
            f"{document.number}.xml",
            "application/xml",
            xml,
            kind="invoice.xml",
            subject=document.number,
            sealing=sealing,
        ),
        actor=work.actor,
    )
