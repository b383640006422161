"""Bank statements: what the simulated bank writes is read back; what is wrong is named."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from linehouse.edge.partner.bank import camt053
from linehouse.kernel.money import Money
from linehouse.payment.errors import StatementRefused
from linehouse.simulators.bank.statement import NAMESPACE, BankTransfer, write

MADE = datetime(2026, 12, 10, 5, 0, tzinfo=UTC)


def sample() -> bytes:
    return write(
        "2026-344",
        "NL91ROBI0417164300",
        Money.of("100.00", "EUR"),
        [
            BankTransfer(
                "B1", Money.of("27.95", "EUR"), date(2026, 12, 9), "A. Jansen", "NL02ABNA0123456789", "RF18R2026000001"
            ),
            BankTransfer("B2", Money.of("-3.50", "EUR"), date(2026, 12, 9), text="bank fee"),
        ],
        MADE,
    )


def test_what_the_bank_writes_is_read_back() -> None:
    (statement,) = camt053.read(sample())
    assert (statement.number, statement.iban, statement.made_at) == ("2026-344", "NL91ROBI0417164300", MADE)
    assert (str(statement.opening), str(statement.closing)) == ("100.00 EUR", "124.45 EUR")
    first, second = statement.entries
    assert (first.bank_ref, str(first.amount), first.reference, first.payer) == (
        "B1",
        "27.95 EUR",
        "RF18R2026000001",
        "A. Jansen",
    )
    assert (first.payer_account, first.end_to_end, first.booked_on) == ("NL02ABNA0123456789", "", date(2026, 12, 9))
    assert (str(second.amount), second.text) == ("-3.50 EUR", "bank fee")


def test_an_older_version_is_read_as_well() -> None:
    old = sample().replace(b"camt.053.001.08", b"camt.053.001.02").replace(b"<Pty>", b"").replace(b"</Pty>", b"")
    assert camt053.read(old)[0].entries[0].payer == "A. Jansen"


def test_transactions_of_a_summed_booking_are_taken_one_by_one() -> None:
    text = sample().decode()
    one = "<TxDtls><Refs><TxId>T1</TxId></Refs><Amt Ccy='EUR'>20.00</Amt></TxDtls>"
    two = "<TxDtls><Amt Ccy='EUR'>7.95</Amt></TxDtls>"
    start, end = text.index("<TxDtls>"), text.index("</TxDtls>") + len("</TxDtls>")
    (statement,) = camt053.read((text[:start] + one + two + text[end:]).encode())
    assert [(e.bank_ref, str(e.amount)) for e in statement.entries[:2]] == [("T1", "20.00 EUR"), ("B1/2", "7.95 EUR")]
    with pytest.raises(StatementRefused, match="do not add up"):
        camt053.read((text[:start] + one + two.replace("7.95", "7.94") + text[end:]).encode())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d[:200], "no XML"),
        (lambda d: d.replace(NAMESPACE.encode(), b"urn:iso:std:iso:20022:tech:xsd:pain.008.001.02"), "no camt.053"),
        (lambda d: d.replace(b"CLBD", b"OTHR"), "balance is missing"),
        (lambda d: d.replace(b"27.95", b"27,95"), "no amount"),
        (lambda d: d.replace(b'Ccy="EUR">27.95', b'Ccy="EUX">27.95'), "no amount"),
        (lambda d: d.replace(b"<AcctSvcrRef>B1</AcctSvcrRef>", b""), "no reference of the bank"),
        (lambda d: d.replace(b"CRDT", b"PLUS"), "neither credit nor debit"),
        (lambda d: d.replace(b"2026-12-09", b"09.12.2026"), "no date"),
    ],
)
def test_a_wrong_file_is_refused_by_name(change: object, said: str) -> None:
    with pytest.raises(StatementRefused, match=said):
        camt053.read(change(sample()))  # type: ignore[operator]  # a lambda of the table above


def test_entities_are_not_resolved() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + sample().split(b"?>", 1)[
        1
    ].replace(b"A. Jansen", b"&a;")
    (statement,) = camt053.read(bomb)
    assert "root" not in statement.entries[0].payer
