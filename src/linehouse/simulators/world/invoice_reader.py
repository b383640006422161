"""What a customer's banking app reads from an invoice: amount, account and reference out of its EN 16931 XML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lxml import etree

from linehouse.kernel.money import Money

_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
_UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
_NAMES = {"ram": _RAM, "udt": _UDT}


@dataclass(frozen=True, slots=True)
class Payable:
    """What is asked for."""

    number: str
    amount: Money
    iban: str
    reference: str
    due_on: date
    buyer: str


def read(xml: bytes) -> Payable | None:
    """Read a Cross Industry Invoice; None when it asks for no payment to a bank account."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))

    def text(path: str) -> str:
        found = root.xpath(f"string({path})", namespaces=_NAMES)
        return " ".join(str(found).split())

    settlement = "//ram:ApplicableHeaderTradeSettlement"
    iban = text(f"{settlement}//ram:PayeePartyCreditorFinancialAccount/ram:IBANID")
    amount = text(f"{settlement}//ram:DuePayableAmount")
    if not iban or not amount:
        return None
    due = text(f"{settlement}//ram:DueDateDateTime/udt:DateTimeString")
    issued = text("//*[local-name()='ExchangedDocument']/ram:IssueDateTime/udt:DateTimeString")
    day = due or issued
    number = text("//*[local-name()='ExchangedDocument']/ram:ID")
    return Payable(
        number,
        Money.of(amount, text(f"{settlement}/ram:InvoiceCurrencyCode")),
        iban,
        text(f"{settlement}/ram:PaymentReference") or number,
        date(int(day[:4]), int(day[4:6]), int(day[6:8])),
        text("//ram:BuyerTradeParty/ram:Name"),
    )
