"""The structured invoice: valid against the published schema, sound by the rules, read alike by others."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from drafthorse.models.document import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from linehouse.billing.document import InvoiceDocument
from linehouse.billing.invoice import draft
from linehouse.catalog.values import TaxMode
from linehouse.edge.partner.einvoice.checks import broken_rules, rule_names, validate
from linehouse.edge.partner.einvoice.cii import NAMESPACES, cii_xml
from linehouse.edge.partner.einvoice.errors import NotWellFormed
from linehouse.kernel.money import Money
from tests.edge.documents.invoice_samples import ACCOUNT, credit_draft, document_of, draft_of, entries, usage_items


def document(mode: TaxMode = TaxMode.GROSS, records: int = 12) -> InvoiceDocument:
    return document_of(draft_of(mode, records))


@pytest.mark.parametrize(
    "made",
    [
        document(),
        document(TaxMode.NET),
        document_of(credit_draft()),
        replace(document(), prepaid=Money.of("10.00", "EUR")),
        replace(document(), refers_to="RM-2026-000000"),
        replace(document(), buyer=replace(document().buyer, vat_id="NL123456789B01", email="", reference="PO-1")),
    ],
    ids=["gross", "net", "credit-note", "prepaid", "refers", "business"],
)
def test_documents_are_valid_and_break_no_rule(made: InvoiceDocument) -> None:
    xml = cii_xml(made)
    validate(xml)
    assert broken_rules(xml) == ()
    assert cii_xml(made) == xml


def test_another_implementation_reads_the_same() -> None:
    made = document()
    read = Document.parse(cii_xml(made), strict=True)
    sums = read.trade.settlement.monetary_summation
    assert str(read.header.id) == made.number
    assert Decimal(str(sums.line_total._value)) == made.net.decimal
    assert sums.grand_total._amount == made.gross.decimal
    assert [
        Decimal(str(item.settlement.monetary_summation.total_amount._value)) for item in read.trade.items.children
    ] == [line.net.decimal for line in made.lines]


def test_what_breaks_the_schema_is_refused() -> None:
    xml = cii_xml(document())
    with pytest.raises(NotWellFormed, match="Oops"):
        validate(xml.replace(b"<ram:TypeCode>380</ram:TypeCode>", b"<ram:TypeCode/><ram:Oops/>"))
    with pytest.raises(NotWellFormed, match="no XML"):
        validate(b"<a>")
    with pytest.raises(NotWellFormed, match="no amount"):
        broken_rules(xml.replace(b"</ram:DuePayableAmount>", b"x</ram:DuePayableAmount>"))


def changed(path: str, value: str | None, made: InvoiceDocument | None = None) -> bytes:
    """The XML of an invoice with one text changed, or the element taken out."""
    root = etree.fromstring(cii_xml(made or document()))
    found = root.xpath(path, namespaces=NAMESPACES)
    assert isinstance(found, list)
    (node, *_) = [node for node in found if etree.iselement(node)]
    if value is None:
        parent = node.getparent()
        assert parent is not None
        parent.remove(node)
    else:
        node.text = value
    return etree.tostring(root)


_SUM = "//ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:"
_TAX = "//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:"


@pytest.mark.parametrize(
    ("path", "value", "rules"),
    [
        ("//rsm:ExchangedDocument/ram:ID", "", {"BR-02"}),
        (f"{_SUM}LineTotalAmount", "1.00", {"BR-CO-10", "BR-CO-13"}),
        (f"{_SUM}TaxBasisTotalAmount", "1.00", {"BR-CO-13", "BR-CO-15"}),
        (f"{_SUM}TaxTotalAmount", "1.00", {"BR-CO-14", "BR-CO-15"}),
        (f"{_SUM}GrandTotalAmount", "1.00", {"BR-CO-15", "BR-CO-16"}),
        (f"{_SUM}DuePayableAmount", "1.00", {"BR-CO-16"}),
        (f"{_TAX}CalculatedAmount", "1.00", {"BR-CO-14", "BR-CO-17"}),
        (f"{_TAX}BasisAmount", "1.00", {"BR-CO-17", "BR-S-08"}),
        (f"{_TAX}RateApplicablePercent", "20.00", {"BR-CO-17", "BR-S-08"}),
        ("//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax", None, {"BR-CO-14", "BR-CO-18", "BR-S-08"}),
        ("//ram:SpecifiedTradePaymentTerms", None, {"BR-CO-25"}),
        ("//ram:SellerTradeParty/ram:SpecifiedTaxRegistration", None, {"BR-S-02"}),
        ("//ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID", "001234567B01", {"BR-CO-09"}),
        ("//ram:NetPriceProductTradePrice/ram:ChargeAmount", "-8.22", {"BR-27", "BR-LINE"}),
        ("//ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode", "", {"BR-CO-04", "BR-S-08"}),
        (f"{_SUM}GrandTotalAmount", "1.001", {"BR-CO-15", "BR-CO-16", "BR-DEC"}),
    ],
)
def test_each_wrong_amount_breaks_its_rules(path: str, value: str | None, rules: set[str]) -> None:
    assert {problem.field for problem in broken_rules(changed(path, value))} == rules


def test_an_invoice_without_lines_or_identified_seller_is_refused() -> None:
    empty = replace(document(), lines=())
    assert "BR-16" in {problem.field for problem in broken_rules(cii_xml(empty))}
    seller = replace(empty.seller, registration="", vat_id="")
    assert "BR-CO-26" in {problem.field for problem in broken_rules(cii_xml(replace(empty, seller=seller)))}


def test_reverse_charge_has_no_tax_and_says_why() -> None:
    made = document(TaxMode.NET, 0)
    zero = Money.zero("EUR")
    lines = tuple(replace(line, tax_category="AE", tax_percent=Decimal(0)) for line in made.lines)
    taxes = (replace(made.taxes[0], category="AE", percent=Decimal(0), tax=zero),)
    reverse = replace(made, lines=lines, taxes=taxes, tax=zero, gross=made.net)
    xml = cii_xml(reverse)
    validate(xml)
    assert broken_rules(xml) == ()
    wrong = replace(reverse, taxes=(replace(taxes[0], tax=Money.of("1.00", "EUR")),))
    assert "BR-AE-10" in {problem.field for problem in broken_rules(cii_xml(wrong))}
    assert b"VATEX-EU-AE" in xml


def test_every_rule_has_been_seen_broken() -> None:
    assert len(rule_names()) == len(set(rule_names())) == 19


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 5_000_000), max_size=9),
    st.sampled_from(list(TaxMode)),
    st.integers(1, 28),
)
def test_whatever_was_used_the_rules_hold(micros: list[int], mode: TaxMode, start: int) -> None:
    items = [
        replace(item, amount=Money(amount, "EUR"), net=Money(amount, "EUR"))
        for item, amount in zip(usage_items(len(micros), mode), micros, strict=True)
    ]
    xml = cii_xml(document_of(draft(ACCOUNT, entries(mode, f"2026-11-{start:02d}"), items)))
    validate(xml)
    assert broken_rules(xml) == ()
