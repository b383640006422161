"""From an issued invoice to kept documents, and a brand's own template."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from linehouse.billing import service as billing
from linehouse.catalog import service as catalog
from linehouse.edge.documents.brand_templates import (
    invoice_template,
    keep_invoice_template,
    keep_templates,
)
from linehouse.edge.documents.errors import TemplateRefused
from linehouse.edge.documents.invoice import invoice_pdf
from linehouse.edge.documents.pdf import DEFAULT_INVOICE, Template
from linehouse.edge.documents.sample import sample_invoice
from linehouse.edge.partner.einvoice.checks import broken_rules, validate
from linehouse.edge.partner.einvoice.cii import cii_xml
from linehouse.platform.documents.service import load
from linehouse.platform.outbox import registry
from linehouse.platform.work import Actor
from tests.billing.house import ROBIN, customer, product, publish


@pytest.fixture
def pack(brand: str, actor: Actor, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> billing.InvoiceView:
    """The invoice of a prepaid pack with its documents; nobody else listens."""
    listening = {
        name: consumer for name, consumer in registry._consumers.items() if name.startswith(("billing.", "documents."))
    }
    monkeypatch.setattr(registry, "_consumers", listening)
    publish(actor)
    product(actor, customer(actor), "robin-prepaid-start")
    drain()
    (made,), _ = billing.search_invoices()
    return made


def test_the_documents_are_kept_after_posting_and_told(
    pack: billing.InvoiceView, events: Callable[[], list[str]]
) -> None:
    assert pack.pdf_document_id is not None
    assert pack.xml_document_id is not None
    pdf, xml = load(pack.pdf_document_id), load(pack.xml_document_id)
    assert (pdf.name, pdf.media_type, pdf.subject) == ("INV-000001.pdf", "application/pdf", "INV-000001")
    validate(xml.content)
    assert broken_rules(xml.content) == ()
    reader = PdfReader(io.BytesIO(pdf.content))
    assert reader.attachments["factur-x.xml"] == [xml.content]
    text = reader.pages[0].extract_text().replace("\u00a0", " ")
    for words in ("Sanne de Vries", "Starter pack", "€ 15.00", "Robin Mobile B.V.", "INV-000001"):
        assert words in text


def test_printing_again_gives_the_same_bytes(pack: billing.InvoiceView) -> None:
    assert pack.pdf_document_id is not None
    document = billing.document(pack.id)
    logo = catalog.published().brand.look.logo
    again = invoice_pdf(document, invoice_xml=cii_xml(document), template=invoice_template(), logo_svg=logo)
    assert again == load(pack.pdf_document_id).content


def test_documents_are_attached_once(pack: billing.InvoiceView, actor: Actor, events: Callable[[], list[str]]) -> None:
    assert pack.pdf_document_id is not None
    events()
    billing.attach(pack.id, pdf=pack.id, xml=pack.id, actor=actor)
    assert events() == []
    assert billing.invoice(pack.id).pdf_document_id == pack.pdf_document_id


def test_the_brands_own_template_is_used_once_it_is_kept(pack: billing.InvoiceView, actor: Actor) -> None:
    assert invoice_template() == DEFAULT_INVOICE
    assert keep_templates(ROBIN, actor=actor) == 1
    assert keep_templates(ROBIN, actor=actor) == 0
    assert invoice_template().source == (ROBIN / "templates" / "invoice.typ").read_text(encoding="utf-8")


def test_a_template_that_does_not_compile_is_never_kept(brand: str, actor: Actor) -> None:
    with pytest.raises(TemplateRefused, match=r"own\.typ"):
        keep_invoice_template(Template("own.typ", '#import "/invoice.typ": invoice\n#invoice(mark: 3)'), actor=actor)
    assert invoice_template() == DEFAULT_INVOICE


def test_a_folder_without_templates_has_nothing_to_keep(brand: str, actor: Actor, tmp_path: Path) -> None:
    assert keep_templates(tmp_path, actor=actor) == 0


@pytest.mark.parametrize("credit", [False, True])
def test_the_sample_is_a_sound_invoice(credit: bool) -> None:
    document = sample_invoice("nl", credit=credit)
    xml = cii_xml(document)
    validate(xml)
    assert broken_rules(xml) == ()
    assert invoice_pdf(document, invoice_xml=xml).startswith(b"%PDF-1.7")
