"""Writing ISO 20022 camt.053.001.08."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from linehouse.kernel.money import Money, money_sum

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@dataclass(frozen=True, slots=True)
class BankTransfer:
    """A transfer to the brand's account as its sender wrote it; below zero it went out."""

    bank_ref: str
    amount: Money
    booked_on: date
    payer: str = ""
    payer_iban: str = ""
    reference: str = ""
    text: str = ""


def write(number: str, iban: str, opening: Money, transfers: Sequence[BankTransfer], made_at: datetime) -> bytes:
    """A statement of these transfers: the closing balance is the opening one and their sum."""
    root = etree.Element("Document", attrib={}, nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # None is the default namespace
    message = _add(root, "BkToCstmrStmt")
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", f"MSG-{number}")
    _add(header, "CreDtTm", made_at.isoformat())
    statement = _add(message, "Stmt")
    _add(statement, "Id", number)
    _add(statement, "CreDtTm", made_at.isoformat())
    _add(_add(_add(statement, "Acct"), "Id"), "IBAN", iban)
    closing = opening + money_sum((t.amount for t in transfers), opening.currency)
    _balance(statement, "OPBD", opening, made_at.date())
    _balance(statement, "CLBD", closing, made_at.date())
    for transfer in transfers:
        _entry(statement, transfer)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    node = etree.SubElement(parent, name)
    if text is not None:
        node.text = text
    return node


def _amount(parent: etree._Element, amount: Money) -> None:
    _add(parent, "Amt", abs(amount).text).set("Ccy", amount.currency)
    _add(parent, "CdtDbtInd", "CRDT" if amount.micros >= 0 else "DBIT")


def _balance(statement: etree._Element, code: str, amount: Money, day: date) -> None:
    node = _add(statement, "Bal")
    _add(_add(_add(node, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(node, amount)
    _add(_add(node, "Dt"), "Dt", day.isoformat())


def _entry(statement: etree._Element, transfer: BankTransfer) -> None:
    node = _add(statement, "Ntry")
    _amount(node, transfer.amount)
    _add(_add(node, "Sts"), "Cd", "BOOK")
    _add(_add(node, "BookgDt"), "Dt", transfer.booked_on.isoformat())
    _add(_add(node, "ValDt"), "Dt", transfer.booked_on.isoformat())
    _add(node, "AcctSvcrRef", transfer.bank_ref)
    code = _add(_add(node, "BkTxCd"), "Domn")
    _add(code, "Cd", "PMNT")
    details = _add(_add(node, "NtryDtls"), "TxDtls")
    _add(_add(details, "Refs"), "EndToEndId", "NOTPROVIDED")
    if transfer.payer:
        parties = _add(details, "RltdPties")
        _add(_add(_add(parties, "Dbtr"), "Pty"), "Nm", transfer.payer)
        if transfer.payer_iban:
            _add(_add(_add(parties, "DbtrAcct"), "Id"), "IBAN", transfer.payer_iban)
    if transfer.reference or transfer.text:
        remittance = _add(details, "RmtInf")
        if transfer.text:
            _add(remittance, "Ustrd", transfer.text)
        if transfer.reference:
            _add(_add(_add(remittance, "Strd"), "CdtrRefInf"), "Ref", transfer.reference)
