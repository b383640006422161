"""ISO 20022 camt.053 (bank-to-customer statement), versions .001.02 to .001.13: from XML to the payment room's values.

Only what matching needs is read; the file itself is kept whole. Elements are found by local name, since the versions
differ in their namespace and hardly in these elements.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from lxml import etree

from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money
from linehouse.payment.errors import StatementRefused
from linehouse.payment.values import Statement, StatementEntry

_NAMESPACE = re.compile(r"^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d{2})$")
_VERSIONS = range(2, 14)


def read(data: bytes) -> tuple[Statement, ...]:
    """The statements of a file. Raises StatementRefused naming the element that is missing or wrong."""
    # A bank's file is foreign input: no entities, no network, no huge trees.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise StatementRefused("the file is no XML", field="file", expected=f"camt.053; {error.msg}") from None
    namespace = etree.QName(root).namespace or ""
    version = _NAMESPACE.match(namespace)
    if version is None or int(version.group(1)) not in _VERSIONS:
        raise StatementRefused(
            "the file is no camt.053", field="xmlns", value=namespace, expected="camt.053.001.02 to .13"
        )
    found = _all(root, "BkToCstmrStmt/Stmt")
    if not found:
        raise StatementRefused("the file holds no statement", field="Stmt", expected="at least one")
    return tuple(_statement(node) for node in found)


def _path(steps: str) -> str:
    return "/".join(f"*[local-name()='{step}']" for step in steps.split("/"))


def _all(node: etree._Element, steps: str) -> list[etree._Element]:
    found = node.xpath(_path(steps))
    return [item for item in found if isinstance(item, etree._Element)] if isinstance(found, list) else []


def _text(node: etree._Element, *choices: str) -> str:
    for steps in choices:
        for item in _all(node, steps):
            if text := " ".join((item.text or "").split()):
                return text
    return ""


def _need(node: etree._Element, *choices: str) -> str:
    if text := _text(node, *choices):
        return text
    raise StatementRefused(f"{choices[0]} is missing", field=choices[0], expected="a value")


def _money(node: etree._Element, field: str) -> Money:
    amounts = _all(node, "Amt")
    if not amounts:
        raise StatementRefused(f"{field} has no amount", field=field, expected="Amt with Ccy")
    text = (amounts[0].text or "").strip()
    try:
        amount = Money.of(Decimal(text), str(amounts[0].get("Ccy", "")))
    except (InvalidOperation, Invalid):
        raise StatementRefused(
            f"{field} is no amount", field=field, value=text, expected="a decimal and a currency"
        ) from None
    direction = _need(node, "CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise StatementRefused("neither credit nor debit", field="CdtDbtInd", value=direction, expected="CRDT or DBIT")
    return amount if direction == "CRDT" else -amount


def _day(node: etree._Element, steps: str) -> date | None:
    text = _text(node, f"{steps}/Dt", f"{steps}/DtTm")
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise StatementRefused("no date", field=steps, value=text, expected="YYYY-MM-DD") from None


def _statement(node: etree._Element) -> Statement:
    balances = {_text(b, "Tp/CdOrPrtry/Cd"): _money(b, "Bal") for b in _all(node, "Bal")}
    opening = balances.get("OPBD", balances.get("PRCD"))
    closing = balances.get("CLBD")
    if opening is None or closing is None:
        raise StatementRefused(
            "a balance is missing", field="Bal", value=", ".join(balances), expected="OPBD or PRCD, and CLBD"
        )
    made = _need(node, "CreDtTm")
    try:
        made_at = datetime.fromisoformat(made)
    except ValueError:
        raise StatementRefused("no instant", field="CreDtTm", value=made, expected="an ISO 8601 instant") from None
    if made_at.tzinfo is None:
        made_at = made_at.replace(tzinfo=UTC)
    entries: list[StatementEntry] = []
    for ntry in _all(node, "Ntry"):
        if _text(ntry, "Sts/Cd", "Sts") in ("PDNG", "INFO"):
            continue  # announced, not booked
        entries.extend(_bookings(ntry))
    return Statement(
        number=_need(node, "Id"),
        iban=_need(node, "Acct/Id/IBAN", "Acct/Id/Othr/Id").replace(" ", ""),
        opening=opening,
        closing=closing,
        entries=tuple(entries),
        made_at=made_at,
    )


def _bookings(ntry: etree._Element) -> list[StatementEntry]:
    """One booking, or the transactions of which the bank booked only the sum."""
    total = _money(ntry, "Ntry")
    booked = _day(ntry, "BookgDt")
    if booked is None:
        raise StatementRefused("a booking has no date", field="BookgDt", expected="a date")
    value = _day(ntry, "ValDt") or booked
    reference = _text(ntry, "AcctSvcrRef", "NtryRef")
    details = _all(ntry, "NtryDtls/TxDtls")
    if len(details) <= 1:
        node = details[0] if details else ntry
        reference = reference or _text(node, "Refs/AcctSvcrRef", "Refs/TxId")
        return [_booking(node, _require_reference(reference), total, booked, value)]
    found = []
    for place, node in enumerate(details, 1):
        own = _text(node, "Refs/AcctSvcrRef", "Refs/TxId") or f"{_require_reference(reference)}/{place}"
        found.append(_booking(node, own, _part(node, total), booked, value))
    if sum(entry.amount.micros for entry in found) != total.micros:
        raise StatementRefused(
            "the transactions do not add up to their booking", field="TxDtls", value=reference, expected=str(total)
        )
    return found


def _require_reference(reference: str) -> str:
    if not reference:
        raise StatementRefused("a booking has no reference of the bank", field="AcctSvcrRef", expected="the bank's key")
    return reference


def _part(node: etree._Element, total: Money) -> Money:
    amounts = _all(node, "Amt") or _all(node, "AmtDtls/TxAmt/Amt")
    if not amounts:
        raise StatementRefused("a transaction of a sum has no amount", field="TxDtls/Amt", expected="Amt with Ccy")
    try:
        amount = Money.of(Decimal((amounts[0].text or "").strip()), str(amounts[0].get("Ccy", "")))
    except (InvalidOperation, Invalid):
        raise StatementRefused("no amount", field="TxDtls/Amt", value=amounts[0].text, expected="a decimal") from None
    direction = _text(node, "CdtDbtInd") or ("CRDT" if total.micros >= 0 else "DBIT")
    return amount if direction == "CRDT" else -amount


def _booking(node: etree._Element, bank_ref: str, amount: Money, booked: date, value: date) -> StatementEntry:
    texts = [" ".join((item.text or "").split()) for item in _all(node, "RmtInf/Ustrd")]
    side = "Dbtr" if amount.micros >= 0 else "Cdtr"
    return StatementEntry(
        bank_ref=bank_ref[:140],
        amount=amount,
        booked_on=booked,
        value_on=value,
        reference=_text(node, "RmtInf/Strd/CdtrRefInf/Ref")[:140],
        text=" ".join(text for text in texts if text)[:1000],
        payer=_text(node, f"RltdPties/{side}/Pty/Nm", f"RltdPties/{side}/Nm")[:140],
        payer_account=_text(node, f"RltdPties/{side}Acct/Id/IBAN")[:34],
        end_to_end=_without_placeholder(_text(node, "Refs/EndToEndId"))[:140],
    )


def _without_placeholder(reference: str) -> str:
    return "" if reference in ("NOTPROVIDED", "NONREF") else reference
