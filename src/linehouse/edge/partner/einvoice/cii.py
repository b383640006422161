"""An invoice document as UN/CEFACT Cross Industry Invoice, EN 16931 profile (CEN/TS 16931-3-3 binds terms to elements).

Amounts are net, as EN 16931 asks, also where the customer's prices contain tax. A credit note (type 381) has positive
amounts; its document's are negative. Business terms (BT) and groups (BG) stand beside the elements that carry them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from lxml import etree

from linehouse.billing.document import Buyer, DocumentLine, DocumentTax, InvoiceDocument, Seller
from linehouse.billing.invoice import DocumentKind
from linehouse.kernel.money import Money

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
QDT = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
NAMESPACES = {"rsm": RSM, "ram": RAM, "udt": UDT, "qdt": QDT}

GUIDELINE = "urn:cen.eu:en16931:2017"
_TYPE = {DocumentKind.INVOICE: "380", DocumentKind.CREDIT_NOTE: "381"}
_SEPA_CREDIT_TRANSFER = "58"
_ONE = "C62"
_REVERSE_CHARGE = ("Reverse charge", "VATEX-EU-AE")
_REASONS = {"AE": _REVERSE_CHARGE, "E": ("Exempt from tax", ""), "O": ("Not subject to VAT", "VATEX-EU-O")}


def cii_xml(document: InvoiceDocument) -> bytes:
    """The invoice as XML in UTF-8; the same document gives the same bytes."""
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    root = etree.Element(f"{{{RSM}}}CrossIndustryInvoice", nsmap=NAMESPACES)
    context = _rsm(root, "ExchangedDocumentContext")
    _text(_ram(context, "GuidelineSpecifiedDocumentContextParameter"), "ID", GUIDELINE)  # BT-24
    header = _rsm(root, "ExchangedDocument")
    _text(header, "ID", document.number)  # BT-1
    _text(header, "TypeCode", _TYPE[document.kind])  # BT-3
    _date(header, "IssueDateTime", document.issue_date)  # BT-2
    trade = _rsm(root, "SupplyChainTradeTransaction")
    for line in document.lines:
        _line(trade, line, sign)
    agreement = _ram(trade, "ApplicableHeaderTradeAgreement")
    if document.buyer.reference:
        _text(agreement, "BuyerReference", document.buyer.reference)  # BT-10
    _seller(agreement, document.seller)
    _buyer(agreement, document.buyer)
    event = _ram(_ram(trade, "ApplicableHeaderTradeDelivery"), "ActualDeliverySupplyChainEvent")
    _date(event, "OccurrenceDateTime", document.period.last)  # BT-72
    _settlement(trade, document, sign)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _line(trade: Element, line: DocumentLine, sign: int) -> None:
    """BG-25. A line that takes back has a quantity below zero, because a price may not be (BR-27)."""
    net = line.net * sign
    item = _ram(trade, "IncludedSupplyChainTradeLineItem")
    head = _ram(item, "AssociatedDocumentLineDocument")
    _text(head, "LineID", str(line.number))  # BT-126
    if line.clause:
        _text(_ram(head, "IncludedNote"), "Content", line.clause)  # BT-127
    _text(_ram(item, "SpecifiedTradeProduct"), "Name", line.text)  # BT-153
    price = _ram(_ram(item, "SpecifiedLineTradeAgreement"), "NetPriceProductTradePrice")
    _text(price, "ChargeAmount", _amount(abs(net)))  # BT-146
    quantity = _text(
        _ram(item, "SpecifiedLineTradeDelivery"), "BilledQuantity", "-1" if net.micros < 0 else "1"
    )  # BT-129
    quantity.set("unitCode", _ONE)  # BT-130
    settlement = _ram(item, "SpecifiedLineTradeSettlement")
    tax = _ram(settlement, "ApplicableTradeTax")
    _text(tax, "TypeCode", "VAT")
    _text(tax, "CategoryCode", line.tax_category)  # BT-151
    if line.tax_category != "O":
        _text(tax, "RateApplicablePercent", _percent(line.tax_percent))  # BT-152
    if line.period is not None:
        period = _ram(settlement, "BillingSpecifiedPeriod")
        _date(period, "StartDateTime", line.period.start)  # BT-134
        _date(period, "EndDateTime", line.period.last)  # BT-135
    total = _ram(settlement, "SpecifiedTradeSettlementLineMonetarySummation")
    _text(total, "LineTotalAmount", _amount(net))  # BT-131


def _seller(agreement: Element, seller: Seller) -> None:
    party = _ram(agreement, "SellerTradeParty")
    _text(party, "Name", seller.name)  # BT-27
    if seller.registration:
        legal = _ram(party, "SpecifiedLegalOrganization")
        _text(legal, "ID", seller.registration)  # BT-30
        if seller.trade_name:
            _text(legal, "TradingBusinessName", seller.trade_name)  # BT-28
    contact = _ram(party, "DefinedTradeContact")
    _text(contact, "DepartmentName", seller.trade_name or seller.name)  # BT-41
    _text(_ram(contact, "TelephoneUniversalCommunication"), "CompleteNumber", seller.phone)  # BT-42
    _text(_ram(contact, "EmailURIUniversalCommunication"), "URIID", seller.email)  # BT-43
    _address(party, seller.postcode, seller.street, seller.city, seller.country)  # BG-5
    _electronic(party, seller.email)  # BT-34
    _tax_id(party, seller.vat_id)  # BT-31


def _buyer(agreement: Element, buyer: Buyer) -> None:
    party = _ram(agreement, "BuyerTradeParty")
    if buyer.customer_number:
        _text(party, "ID", buyer.customer_number)  # BT-46
    _text(party, "Name", buyer.name)  # BT-44
    _address(party, buyer.postcode, buyer.street, buyer.city, buyer.country)  # BG-8
    _electronic(party, buyer.email)  # BT-49
    _tax_id(party, buyer.vat_id)  # BT-48


def _address(party: Element, postcode: str, street: str, city: str, country: str) -> None:
    address = _ram(party, "PostalTradeAddress")
    for tag, value in (("PostcodeCode", postcode), ("LineOne", street), ("CityName", city)):
        if value:
            _text(address, tag, value)
    _text(address, "CountryID", country)


def _electronic(party: Element, email: str) -> None:
    if email:
        _text(_ram(party, "URIUniversalCommunication"), "URIID", email).set("schemeID", "EM")


def _tax_id(party: Element, vat_id: str) -> None:
    if vat_id:
        _text(_ram(party, "SpecifiedTaxRegistration"), "ID", vat_id).set("schemeID", "VA")


def _settlement(trade: Element, document: InvoiceDocument, sign: int) -> None:
    settlement = _ram(trade, "ApplicableHeaderTradeSettlement")
    _text(settlement, "PaymentReference", document.payment_reference)  # BT-83
    _text(settlement, "InvoiceCurrencyCode", document.currency)  # BT-5
    credit = document.kind is DocumentKind.CREDIT_NOTE
    seller = document.seller
    if seller.iban and not credit:
        means = _ram(settlement, "SpecifiedTradeSettlementPaymentMeans")
        _text(means, "TypeCode", _SEPA_CREDIT_TRANSFER)  # BT-81
        account = _ram(means, "PayeePartyCreditorFinancialAccount")
        _text(account, "IBANID", seller.iban.replace(" ", ""))  # BT-84
        _text(account, "AccountName", seller.account_holder or seller.name)  # BT-85
        if seller.bic:
            _text(_ram(means, "PayeeSpecifiedCreditorFinancialInstitution"), "BICID", seller.bic)  # BT-86
    for tax in document.taxes:
        _tax(settlement, tax, sign)
    period = _ram(settlement, "BillingSpecifiedPeriod")
    _date(period, "StartDateTime", document.period.start)  # BT-73
    _date(period, "EndDateTime", document.period.last)  # BT-74
    terms = _ram(settlement, "SpecifiedTradePaymentTerms")
    if credit:
        _text(terms, "Description", "Kept as credit and used for the next invoice")  # BT-20
    else:
        _date(terms, "DueDateDateTime", document.due_date)  # BT-9
    sums = _ram(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation")
    _text(sums, "LineTotalAmount", _amount(document.net * sign))  # BT-106
    _text(sums, "TaxBasisTotalAmount", _amount(document.net * sign))  # BT-109
    _text(sums, "TaxTotalAmount", _amount(document.tax * sign)).set("currencyID", document.currency)  # BT-110
    _text(sums, "GrandTotalAmount", _amount(document.gross * sign))  # BT-112
    if document.prepaid:
        _text(sums, "TotalPrepaidAmount", _amount(document.prepaid * sign))  # BT-113
    _text(sums, "DuePayableAmount", _amount(document.payable * sign))  # BT-115
    if document.refers_to:
        _text(_ram(settlement, "InvoiceReferencedDocument"), "IssuerAssignedID", document.refers_to)  # BT-25


def _tax(settlement: Element, tax: DocumentTax, sign: int) -> None:
    """BG-23."""
    reason, code = _REASONS.get(tax.category, ("", ""))
    element = _ram(settlement, "ApplicableTradeTax")
    _text(element, "CalculatedAmount", _amount(tax.tax * sign))  # BT-117
    _text(element, "TypeCode", "VAT")
    if reason:
        _text(element, "ExemptionReason", reason)  # BT-120
    _text(element, "BasisAmount", _amount(tax.net * sign))  # BT-116
    _text(element, "CategoryCode", tax.category)  # BT-118
    if code:
        _text(element, "ExemptionReasonCode", code)  # BT-121
    if tax.category != "O":
        _text(element, "RateApplicablePercent", _percent(tax.percent))  # BT-119


def _rsm(parent: Element, tag: str) -> Element:
    return etree.SubElement(parent, f"{{{RSM}}}{tag}")


def _ram(parent: Element, tag: str) -> Element:
    return etree.SubElement(parent, f"{{{RAM}}}{tag}")


def _text(parent: Element, tag: str, value: str) -> Element:
    element = _ram(parent, tag)
    element.text = value
    return element


def _date(parent: Element, tag: str, day: date) -> None:
    text = etree.SubElement(_ram(parent, tag), f"{{{UDT}}}DateTimeString", format="102")
    text.text = day.strftime("%Y%m%d")


def _amount(money: Money) -> str:
    """Minor digits always: document amounts are rounded, so nothing is cut off here."""
    return f"{money.decimal:.{money.minor_digits}f}"


def _percent(percent: Decimal) -> str:
    return f"{percent:.2f}"
