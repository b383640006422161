"""The invoice as a PDF: accessible, archivable, the same bytes each time, and saying what the document says."""

from __future__ import annotations

import io
import string
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from facturx import get_facturx_xml_from_pdf
from pypdf import PdfReader

from linehouse.catalog.values import TaxMode
from linehouse.edge.documents.errors import TemplateRefused
from linehouse.edge.documents.invoice import invoice_pdf
from linehouse.edge.documents.pdf import DEFAULT_INVOICE, Template, typeset
from linehouse.edge.documents.view import Formatter, invoice_view, languages, words_of
from linehouse.edge.partner.einvoice.cii import cii_xml
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.quantity import Quantity
from tests.edge.documents.invoice_samples import credit_draft, document_of, draft_of

XML = b"<?xml version='1.0' encoding='UTF-8'?><invoice/>"


def text_of_pdf(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\u00a0", " ")


def test_the_same_document_gives_the_same_bytes() -> None:
    document = document_of(draft_of())
    assert invoice_pdf(document, invoice_xml=XML) == invoice_pdf(document, invoice_xml=XML)


def test_it_is_pdf_a_3_and_tagged_and_has_its_fonts_inside() -> None:
    pdf = invoice_pdf(document_of(draft_of()), invoice_xml=XML)
    reader = PdfReader(io.BytesIO(pdf))
    catalog: Any = reader.root_object
    assert b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert catalog["/MarkInfo"]["/Marked"] is not None
    assert catalog["/Lang"] == "en"
    page: Any
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert any(key.startswith("/FontFile") for key in inner)
            assert "SourceSansPro" in inner["/FontName"]


def test_the_structured_invoice_is_inside_as_an_alternative() -> None:
    pdf = invoice_pdf(document_of(draft_of()), invoice_xml=XML)
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.attachments == {"factur-x.xml": [XML]}
    catalog: Any = reader.root_object
    (associated,) = catalog["/AF"]
    assert associated.get_object()["/AFRelationship"] == "/Alternative"
    xmp = catalog["/Metadata"].get_object().get_data().decode()
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in xmp
    assert "<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>" in xmp
    assert xmp.count("urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#") == 2


def test_a_foreign_reader_finds_the_structured_invoice() -> None:
    document = document_of(draft_of())
    xml = cii_xml(document)
    name, found = get_facturx_xml_from_pdf(invoice_pdf(document, invoice_xml=xml), check_xsd=True)
    assert (name, found) == ("factur-x.xml", xml)


@pytest.mark.parametrize("language", languages())
def test_the_page_says_what_the_document_says(language: str) -> None:
    document = document_of(draft_of(), language=language)
    form = Formatter(language)
    text = text_of_pdf(invoice_pdf(document))
    for part in (document.number, form.money(document.gross), form.money(document.tax), form.day(document.due_date)):
        assert part.replace("\u00a0", " ") in text
    assert "RF58 RM20 2600 0001" in text
    assert "NL91 ABNA 0417 1643 00" in text
    for line in document.lines:
        assert line.text in text
        assert line.clause.partition(",")[0] in text


def test_languages_have_the_same_words_and_placeholders() -> None:
    def holes(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english = words_of("en")
    for language in languages():
        words = words_of(language)
        assert words.keys() == english.keys()
        assert {key for key in words if holes(words[key]) != holes(english[key])} == set()
    assert words_of("xx") == english


def test_a_credit_note_asks_for_nothing() -> None:
    document = document_of(credit_draft(), language="nl")
    text = text_of_pdf(invoice_pdf(document, invoice_xml=XML))
    assert "Creditnota" in text
    assert "€ 24,60" in text
    assert "IBAN NL91" in text  # the footer names the account
    assert invoice_view(document, "robin")["payment"] is None


def test_what_is_paid_already_is_shown_and_not_asked_for() -> None:
    document = document_of(draft_of())
    paid = replace(document, prepaid=document.gross)
    view = invoice_view(paid, "robin")
    assert view["due"]["label"] == "Nothing to pay"
    assert [row["label"] for row in view["totals"]][-2:] == ["Already paid", "To be paid"]
    assert view["payment"] is None
    invoice_pdf(paid)


def test_net_prices_are_shown_net() -> None:
    view = invoice_view(document_of(draft_of(TaxMode.NET)), "robin")
    assert view["amount_heading"] == "Amount excl. VAT"


def test_text_is_never_markup() -> None:
    document = document_of(draft_of(records=0))
    nasty = replace(document, buyer=replace(document.buyer, name="#panic[x] *Bold* $x$ <label>"))
    assert "#panic[x] *Bold* $x$ <label>" in text_of_pdf(invoice_pdf(nasty))


def test_a_brand_template_builds_on_the_default() -> None:
    source = '#import "/invoice.typ": invoice\n#invoice(logo: size => text(size: size)[HELLO], closing: [Goodbye])'
    text = text_of_pdf(invoice_pdf(document_of(draft_of()), template=Template("own.typ", source)))
    assert "HELLO" in text
    assert "Goodbye" in text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("#nonsense", "unknown variable"),
        ('#set document(title: "x")\n#set text(font: "No Such Font", lang: "en")\nHello', "unknown font family"),
        ('#read("/../pdf.py")', "outside"),
    ],
)
def test_a_template_that_errs_or_warns_is_refused(source: str, said: str) -> None:
    with pytest.raises(TemplateRefused, match=said):
        typeset(Template("bad.typ", source), {}, on=date(2026, 12, 1))


def test_formatting_in_three_languages() -> None:
    amount = Money.of("-1234.5", "EUR")
    assert [Formatter(x).money(amount).replace("\u00a0", " ") for x in ("en", "nl", "de")] == [
        "−€ 1,234.50",
        "−€ 1.234,50",
        "−€ 1.234,50",
    ]
    form = Formatter("en")
    assert form.money(Money.of("0.1525", "EUR")) == "€\u00a00.1525"
    assert form.money(Money.of("100", "JPY")) == "¥\u00a0100"
    assert form.period(DatePeriod(date(2026, 12, 1), date(2027, 1, 1))) == "1 Dec – 31 Dec 2026"
    assert form.period(DatePeriod(date(2026, 12, 20), date(2027, 1, 20))) == "20 Dec 2026 – 19 Jan 2027"
    assert form.period(DatePeriod(date(2026, 12, 20), date(2026, 12, 21))) == "20 Dec 2026"
    assert form.quantity(Quantity.parse("61 s")) == "1:01"
    assert form.quantity(Quantity.parse("3723 s")) == "1:02:03"
    assert form.quantity(Quantity.parse("1500 ms")) == "0:02"
    assert form.quantity(Quantity.parse("1523456789 B")) == "1.523 GB"
    assert form.quantity(Quantity.parse("3 sms")) == "3"
    assert [form.place(text) for text in ("228-01", "CH", "999-99", "at sea", "")] == [
        "Switzerland",
        "Switzerland",
        "999-99",
        "at sea",
        "",
    ]
    assert Formatter("nl").place("228-01") == "Zwitserland"


def test_many_records_flow_over_pages_under_repeated_heads() -> None:
    pages = PdfReader(io.BytesIO(invoice_pdf(document_of(draft_of(records=150))))).pages
    assert len(pages) >= 5
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page.extract_text()
    for page in pages[2:-1]:
        assert "Quantity" in page.extract_text()


def test_the_default_template_is_short_enough_to_read() -> None:
    assert len(DEFAULT_INVOICE.source.splitlines()) == 2
