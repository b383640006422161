"""Values that the billing tests share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from linehouse.billing.charges import Entry, difference, due
from linehouse.billing.values import MONTHLY, AccountFacts, ChargeTerms, Cut, CutKind, SubscriptionCharge, UsageItem
from linehouse.catalog.values import FirstBill, Parts, PeriodLength, PriceKind, Prorate, TaxMode
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


def day(text: str) -> date:
    return date.fromisoformat(text)


def account(cycle_day: int = 1, currency: str = "EUR", country: str = "NL") -> AccountFacts:
    return AccountFacts("BA-000001", currency, AMSTERDAM, cycle_day, country)


def fee(
    price: str = "18.00",
    *,
    key: str = "monthly",
    mode: TaxMode = TaxMode.GROSS,
    length: PeriodLength = MONTHLY,
    in_advance: bool = True,
    prorate: Prorate = Prorate.DAY,
    first_bill: FirstBill = FirstBill.WITH_NEXT,
    parts: Parts = Parts.EACH,
    currency: str = "EUR",
) -> ChargeTerms:
    return ChargeTerms(
        key=key,
        label={"en": "Monthly fee", "nl": "Maandbedrag"},
        kind=PriceKind.RECURRING,
        price=Money.of(price, currency),
        mode=mode,
        tax_category="standard",
        clause="robin-sim-only-20/monthly@v1",
        gl="recurring",
        length=length,
        in_advance=in_advance,
        prorate=prorate,
        first_bill=first_bill,
        parts=parts,
    )


def once(
    price: str = "9.95",
    *,
    key: str = "activation",
    mode: TaxMode = TaxMode.GROSS,
    first_bill: FirstBill = FirstBill.WITH_NEXT,
) -> ChargeTerms:
    return ChargeTerms(
        key=key,
        label={"en": "Activation", "nl": "Aansluiting"},
        kind=PriceKind.ONE_TIME,
        price=eur(price),
        mode=mode,
        tax_category="standard",
        clause="robin-sim-only-20/activation@v1",
        gl="one-time",
        first_bill=first_bill,
    )


def usage(
    amount: str,
    *,
    number: int = 1,
    group: str = "voice-world",
    at: datetime | None = None,
    mode: TaxMode = TaxMode.GROSS,
) -> UsageItem:
    money = eur(amount)
    return UsageItem(
        record_id=UUID(int=number),
        subscription="P-1",
        group=group,
        label={"en": "Calls to the world"},
        usage_type="voice",
        started_at=at or datetime(2026, 11, 5, 12, number % 60, tzinfo=UTC),
        quantity=Quantity.parse("61 s"),
        amount=money,
        net=money,
        mode=mode,
        tax_category="standard",
        clause="world/voice-out@v1",
    )


def bill(
    charges: list[SubscriptionCharge],
    until: str,
    billed: list[Entry],
    facts: AccountFacts,
    kind: CutKind = CutKind.CYCLE,
) -> list[Entry]:
    """What one bill adds: the entries that are new at this cut."""
    owed = [item for charge in charges for item in due(charge, facts, Cut(day(until), kind))]
    return list(difference(owed, billed).entries)
