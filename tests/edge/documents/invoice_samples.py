"""Invoices for the tests of documents and structured invoices, made by billing's own functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from linehouse.billing.charges import Entry, difference, due
from linehouse.billing.document import (
    Buyer,
    DocumentLine,
    DocumentTax,
    InvoiceDocument,
    Seller,
    Subscription,
    UsageRow,
)
from linehouse.billing.invoice import Draft, DraftLine, draft
from linehouse.billing.reference import creditor_reference
from linehouse.billing.values import MONTHLY, AccountFacts, ChargeTerms, Cut, SubscriptionCharge, UsageItem
from linehouse.catalog.values import PriceKind, TaxMode, text_in
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.quantity import Quantity

ZONE = ZoneInfo("Europe/Amsterdam")
ACCOUNT = AccountFacts("BA-000001", "EUR", ZONE, 1, "NL")
SELLER = Seller(
    name="Robin Mobile B.V.",
    trade_name="robin",
    street="Keizersgracht 1",
    postcode="1015 CN",
    city="Amsterdam",
    country="NL",
    registration="KvK 12345678",
    vat_id="NL001234567B01",
    email="help@robin.example",
    phone="+31 20 123 4567",
    website="robin.example",
    iban="NL91ABNA0417164300",
    bic="ABNANL2A",
    account_holder="Robin Mobile B.V.",
)
BUYER = Buyer(
    name="Sanne de Vries",
    street="Oudegracht 12",
    postcode="3511 AB",
    city="Utrecht",
    country="NL",
    email="sanne@example.org",
    customer_number="C-000001",
    account_number="BA-000001",
)


def terms(key: str, price: str, mode: TaxMode, texts: dict[str, str], *, recurring: bool) -> ChargeTerms:
    return ChargeTerms(
        key=key,
        label=texts,
        kind=PriceKind.RECURRING if recurring else PriceKind.ONE_TIME,
        price=Money.of(price, "EUR"),
        mode=mode,
        tax_category="standard",
        clause=f"robin-sim-only-20/{key}, catalogue 1",
        gl="recurring",
        length=MONTHLY if recurring else None,
    )


_CALLS = (
    ("voice", "eu", {"en": "Calls and texts in the EU", "nl": "Bellen en sms in de EU"}, "+31612345678", "NL", "0"),
    ("sms", "eu", {"en": "Calls and texts in the EU", "nl": "Bellen en sms in de EU"}, "+4915112345678", "NL", "0"),
    ("data", "home", {"en": "Data in the EU", "nl": "Data in de EU"}, "internet", "NL", "0"),
    ("voice", "us", {"en": "Calls to the United States", "nl": "Bellen naar de VS"}, "+12125550123", "NL", "0.1525"),
    ("voice", "ch", {"en": "Roaming in Switzerland", "nl": "Roaming in Zwitserland"}, "+41446681800", "CH", "0.4575"),
    ("data", "ch", {"en": "Roaming in Switzerland", "nl": "Roaming in Zwitserland"}, "internet", "CH", "1.203377"),
)


def usage_items(count: int, mode: TaxMode) -> list[UsageItem]:
    items = []
    for n in range(count):
        kind, group, label, peer, place, amount = _CALLS[n % len(_CALLS)]
        quantity = {"voice": f"{37 + 13 * n} s", "sms": "1 sms", "data": f"{1_203_377 * (n + 1)} B"}[kind]
        money = Money.of(amount, "EUR")
        items.append(
            UsageItem(
                record_id=UUID(int=n + 1),
                subscription="P-000001",
                group=f"{kind}-{group}",
                label=label,
                usage_type=kind,
                started_at=datetime(2026, 11, 1, 9, tzinfo=UTC) + timedelta(hours=7 * n, seconds=37 * n),
                quantity=Quantity.parse(quantity),
                amount=money,
                net=money,
                mode=mode,
                tax_category="standard",
                clause=f"robin-home/{group}-{kind}, catalogue 1",
                direction="out",
                peer=peer,
                network=place,
                covered_by="" if money else "bundle",
            )
        )
    return items


def entries(mode: TaxMode = TaxMode.GROSS, start: str = "2026-11-10", end: str | None = None) -> list[Entry]:
    begin = date.fromisoformat(start)
    finish = date.fromisoformat(end) if end else None
    fee = terms(
        "monthly", "18.00", mode, {"en": "Monthly fee", "nl": "Maandbedrag", "de": "Monatspreis"}, recurring=True
    )
    once = terms("activation", "9.95", mode, {"en": "Activation", "nl": "Aansluiting"}, recurring=False)
    owed = [
        item
        for charge in (fee, once)
        for item in due(SubscriptionCharge("P-000001", charge, begin, finish), ACCOUNT, Cut(date(2026, 12, 1)))
    ]
    return list(difference(owed, ()).entries)


def draft_of(mode: TaxMode = TaxMode.GROSS, records: int = 30) -> Draft:
    return draft(ACCOUNT, entries(mode), usage_items(records, mode))


def credit_draft() -> Draft:
    first = [replace(entry, tax_code="NL-21") for entry in entries()]
    ended = SubscriptionCharge("P-000001", first[0].terms, date(2026, 11, 10), date(2026, 11, 20))
    charges = [e for e in first if e.terms.kind is PriceKind.RECURRING]
    owed = list(due(ended, ACCOUNT, Cut(date(2026, 12, 15))))
    return draft(ACCOUNT, difference(owed, charges).entries)


def document_of(made: Draft, *, language: str = "en", number: str = "RM-2026-000001") -> InvoiceDocument:
    lines = tuple(_line(line, language) for line in made.lines)
    return InvoiceDocument(
        kind=made.kind,
        number=number,
        issue_date=date(2026, 12, 1),
        due_date=date(2026, 12, 15),
        period=DatePeriod(date(2026, 11, 1), date(2026, 12, 1)),
        currency="EUR",
        language=language,
        zone=ZONE,
        mode=made.lines[0].mode,
        seller=SELLER,
        buyer=BUYER,
        subscriptions=(Subscription(reference="P-000001", product="Robin SIM Only 20 GB", number="31612345678"),),
        lines=lines,
        taxes=tuple(
            DocumentTax(
                code=total.rate.code,
                percent=_decimal(total.rate.percent.numerator, total.rate.percent.denominator),
                category=total.rate.en16931_category,
                mode=total.mode,
                net=total.net,
                tax=total.tax,
            )
            for total in made.totals
        ),
        net=made.net,
        tax=made.tax,
        gross=made.gross,
        payment_reference=creditor_reference(number),
        prepaid=Money.zero("EUR"),
        usage=tuple(_row(line, item) for line in made.lines for item in line.usage),
    )


def _decimal(numerator: int, denominator: int) -> Decimal:
    return Decimal(numerator) / Decimal(denominator)


def _line(line: DraftLine, language: str) -> DocumentLine:
    explanation = dict(line.basis[0].explanation)
    if line.usage:
        explanation = {"exact": str(Money(int(line.exact), "EUR"))}
    return DocumentLine(
        number=line.number,
        subscription=line.subscription,
        kind=line.kind,
        text=text_in(line.label, language),
        period=line.covered,
        amount=line.amount,
        net=line.net,
        tax_code=line.rate.code,
        tax_percent=_decimal(line.rate.percent.numerator, line.rate.percent.denominator),
        tax_category=line.rate.en16931_category,
        clause=line.clause,
        quantity=line.quantity,
        records=len(line.usage),
        explanation=explanation,
    )


def _row(line: DraftLine, item: UsageItem) -> UsageRow:
    return UsageRow(
        line=line.number,
        subscription=item.subscription,
        at=item.started_at.astimezone(ZONE),
        usage_type=item.usage_type,
        direction=item.direction,
        peer=item.peer,
        place=item.network,
        quantity=item.quantity,
        amount=item.amount,
        clause=item.clause,
        covered_by=item.covered_by,
    )
