"""ISO 20022 pain.001.001.09: credit transfers as the bank takes them (SEPA Credit Transfer)."""

from __future__ import annotations

import unicodedata
from uuid import UUID
from xml.etree import ElementTree as ET

from linehouse.catalog import service as catalog
from linehouse.payment import service as payments
from linehouse.payment.values import RefundExport, RefundOrder
from linehouse.platform.documents.service import SEALED_FOR_THE_HOUSE, store
from linehouse.platform.work import Actor

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_KEPT = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")
"""The characters that every bank of the SEPA scheme takes (EPC217-08, the Latin set)."""
KIND = "refund.export"
"""The kind of document of such a file."""


def export(*, actor: Actor) -> RefundExport:
    """Give every approved refund to the bank in one file, kept as a document. Raises NothingToExport."""

    def keep(made: RefundExport) -> UUID:
        return store(
            f"{made.number}.xml",
            "application/xml",
            write(made),
            kind=KIND,
            subject=made.number,
            sealing=SEALED_FOR_THE_HOUSE,
        )

    return payments.export_refunds(keep, actor=actor)


def write(batch: RefundExport) -> bytes:
    """The batch as a file: one payment information block, one transaction for each refund."""
    account = catalog.published().brand.bank_account
    root = ET.Element("Document", {"xmlns": _NAMESPACE})
    order = ET.SubElement(root, "CstmrCdtTrfInitn")
    head = ET.SubElement(order, "GrpHdr")
    _text(head, "MsgId", batch.number)
    _text(head, "CreDtTm", batch.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _text(head, "NbOfTxs", str(len(batch.orders)))
    _text(head, "CtrlSum", batch.total.text)
    _text(ET.SubElement(head, "InitgPty"), "Nm", _latin(account.holder))
    block = ET.SubElement(order, "PmtInf")
    _text(block, "PmtInfId", batch.number)
    _text(block, "PmtMtd", "TRF")
    _text(block, "NbOfTxs", str(len(batch.orders)))
    _text(block, "CtrlSum", batch.total.text)
    _text(ET.SubElement(ET.SubElement(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _text(ET.SubElement(block, "ReqdExctnDt"), "Dt", batch.made_at.date().isoformat())
    _text(ET.SubElement(block, "Dbtr"), "Nm", _latin(account.holder))
    _text(ET.SubElement(ET.SubElement(block, "DbtrAcct"), "Id"), "IBAN", account.iban.replace(" ", ""))
    agent = ET.SubElement(ET.SubElement(block, "DbtrAgt"), "FinInstnId")
    _text(agent, "BICFI", account.bic)
    _text(block, "ChrgBr", "SLEV")
    for one in batch.orders:
        _transaction(block, one)
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body


def _transaction(block: ET.Element, one: RefundOrder) -> None:
    made = ET.SubElement(block, "CdtTrfTxInf")
    _text(ET.SubElement(made, "PmtId"), "EndToEndId", one.number)
    amount = ET.SubElement(ET.SubElement(made, "Amt"), "InstdAmt", {"Ccy": one.amount.currency})
    amount.text = one.amount.text
    _text(ET.SubElement(made, "Cdtr"), "Nm", _latin(one.holder))
    _text(ET.SubElement(ET.SubElement(made, "CdtrAcct"), "Id"), "IBAN", one.iban)
    _text(ET.SubElement(made, "RmtInf"), "Ustrd", one.text)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _latin(text: str) -> str:
    """A name in the characters that every bank takes, at most 70 of them."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if c in _KEPT)[:70].strip() or "-"
