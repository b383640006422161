"""An invoice that nobody got: to try templates on, and to show how a document will look."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from linehouse.billing.document import (
    Buyer,
    DocumentLine,
    DocumentTax,
    InvoiceDocument,
    Seller,
    Subscription,
    UsageRow,
)
from linehouse.billing.invoice import DocumentKind
from linehouse.billing.reference import creditor_reference
from linehouse.billing.values import LineKind
from linehouse.catalog.values import TaxMode
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.quantity import Quantity

_NOVEMBER = DatePeriod(date(2026, 11, 1), date(2026, 12, 1))
_DECEMBER = DatePeriod(date(2026, 12, 1), date(2027, 1, 1))
_ZONE = ZoneInfo("Europe/Amsterdam")


def _eur(text: str) -> Money:
    return Money.of(text, "EUR")


def _line(
    number: int, kind: LineKind, text: str, period: DatePeriod, amount: str, net: str, **facts: str
) -> DocumentLine:
    usage = kind is LineKind.USAGE
    return DocumentLine(
        number=number,
        subscription="P-000000",
        kind=kind,
        text=text,
        period=period,
        amount=_eur(amount),
        net=_eur(net),
        tax_code="NL-21",
        tax_percent=Decimal(21),
        tax_category="S",
        clause="sample-plan/price, catalogue 1",
        quantity=Quantity.parse("61 s") if usage else None,
        records=1 if usage else 0,
        explanation=facts,
    )


_FEE = {"days": "30", "of_days": "30", "price": "18.00 EUR"}
_LINES = (
    _line(
        1,
        LineKind.ONE_TIME,
        "Activation fee",
        DatePeriod(date(2026, 11, 1), date(2026, 11, 2)),
        "9.95",
        "8.22",
        price="9.95 EUR",
    ),
    _line(2, LineKind.RECURRING, "Monthly fee", _NOVEMBER, "18.00", "14.88", **_FEE),
    _line(3, LineKind.RECURRING, "Monthly fee", _DECEMBER, "18.00", "14.88", **_FEE),
    _line(4, LineKind.USAGE, "Calls to the world", _NOVEMBER, "0.15", "0.12", exact="0.1525 EUR"),
)
_CREDIT = (
    _line(
        1, LineKind.REVERSAL, "Monthly fee", _DECEMBER, "-12.19", "-10.07", days="21", of_days="31", charged="18.00 EUR"
    ),
)


def sample_invoice(language: str = "en", *, credit: bool = False) -> InvoiceDocument:
    """A full invoice of a fictional customer, or a credit note; every part that a template can show is on it."""
    gross, tax = (_eur("-12.19"), _eur("-2.12")) if credit else (_eur("46.10"), _eur("8.00"))
    number = "CN-000000" if credit else "INV-000000"
    return InvoiceDocument(
        kind=DocumentKind.CREDIT_NOTE if credit else DocumentKind.INVOICE,
        number=number,
        issue_date=date(2026, 12, 1),
        due_date=date(2026, 12, 15),
        period=_NOVEMBER,
        currency="EUR",
        language=language,
        zone=_ZONE,
        mode=TaxMode.GROSS,
        seller=Seller(
            name="Sample Mobile B.V.",
            trade_name="sample",
            street="Voorbeeldkade 1",
            postcode="1000 AA",
            city="Amsterdam",
            country="NL",
            registration="KvK 00000000",
            vat_id="NL000000000B00",
            email="service@sample.example",
            phone="+31200000000",
            iban="NL91 ABNA 0417 1643 00",
            bic="ABNANL2A",
        ),
        buyer=Buyer(
            name="A. Customer",
            street="Street 1",
            postcode="1000 AB",
            city="Amsterdam",
            country="NL",
            customer_number="C-000000",
            account_number="BA-000000",
        ),
        subscriptions=(Subscription(reference="P-000000", product="Sample plan", number="31610200000"),),
        lines=_CREDIT if credit else _LINES,
        taxes=(
            DocumentTax(code="NL-21", percent=Decimal(21), category="S", mode=TaxMode.GROSS, net=gross - tax, tax=tax),
        ),
        net=gross - tax,
        tax=tax,
        gross=gross,
        payment_reference=creditor_reference(number),
        prepaid=Money.zero("EUR"),
        usage=() if credit else (_ROW,),
    )


_ROW = UsageRow(
    line=4,
    subscription="P-000000",
    at=datetime(2026, 11, 5, 14, 3, 9, tzinfo=_ZONE),
    usage_type="voice",
    direction="out",
    peer="+12125550123",
    place="NL",
    quantity=Quantity.parse("61 s"),
    amount=Money.of("0.1525", "EUR"),
    clause="sample-plan/world, catalogue 1",
)
