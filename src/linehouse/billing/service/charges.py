"""Charges begin when a product is activated and end when it is terminated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from linehouse.billing.frozen_terms import from_plain, to_plain
from linehouse.billing.models import Charge
from linehouse.billing.values import ChargeTerms, terms_of
from linehouse.catalog import service as catalog
from linehouse.catalog.values import DueOn, FirstBill, ProductOffering
from linehouse.customer import service as customers
from linehouse.kernel.ids import new_id
from linehouse.kernel.period import local_date
from linehouse.platform.work import current_work


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A product that came alive: who pays for it, and what was sold."""

    product_id: UUID
    product_number: str
    customer_id: UUID
    billing_account_id: UUID
    offering_key: str
    catalog_version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ChargeView:
    """A charge as screens show it."""

    id: UUID
    product_id: UUID
    product_number: str
    offering_key: str
    terms: ChargeTerms
    start: date
    end: date | None


def clause(offering: ProductOffering, price_key: str, catalog_version: int) -> str:
    """How an invoice line cites a price: offering, price, and the catalogue in which it was published."""
    return f"{offering.key}/{price_key}, catalogue {catalog_version}"


def terms_by_offering(offering: ProductOffering, catalog_version: int) -> tuple[ChargeTerms, ...]:
    """The terms of everything that the offering charges by itself (usage is priced by its tariff)."""
    return tuple(terms_of(price, clause(offering, price.key, catalog_version)) for price in offering.prices)


def start_charges(started: Started) -> list[Charge]:
    """Charge the product's prices from the local day of its activation; again changes nothing.

    Prices due on termination begin when the product ends. Returns the new rows. In the surrounding unit of work.
    """
    offering = catalog.version(started.catalog_version).offering(started.offering_key)
    terms = terms_by_offering(offering, started.catalog_version)
    return _begin([item for item in terms if item.due_on is not DueOn.TERMINATION], started)


def end_charges(ended: Started) -> None:
    """Stop charging at the local day of the end; charge what is due on termination. In the surrounding unit of work."""
    work = current_work()
    day = local_date(ended.at, customers.billing_account(ended.billing_account_id).zone)
    for row in Charge.objects.select_for_update().filter(product_id=ended.product_id, end__isnull=True):
        if from_plain(row.terms).length is not None:
            row.end = max(day, row.start)
            row.changed_at = work.now
            row.save(update_fields=["end", "changed_at"])
    offering = catalog.version(ended.catalog_version).offering(ended.offering_key)
    terms = terms_by_offering(offering, ended.catalog_version)
    _begin([item for item in terms if item.due_on is DueOn.TERMINATION], ended)


def _begin(terms: Sequence[ChargeTerms], started: Started) -> list[Charge]:
    work = current_work()
    account = customers.billing_account(started.billing_account_id)
    day = local_date(started.at, account.zone)
    known = set(
        Charge.objects.filter(product_id=started.product_id, start=day).values_list("price_key", flat=True),
    )
    rows = [
        Charge(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            account_id=account.id,
            account_number=account.number,
            customer_id=started.customer_id,
            product_id=started.product_id,
            product_number=started.product_number,
            offering_key=started.offering_key,
            price_key=item.key,
            catalog_version=started.catalog_version,
            terms=to_plain(item),
            first_bill=item.first_bill.value,
            start=day,
        )
        for item in terms
        if item.key not in known
    ]
    return list(Charge.objects.bulk_create(rows))


def billed_at_start(rows: Sequence[Charge]) -> bool:
    """Whether any of these charges asks for a bill of its own as soon as it begins."""
    return any(row.first_bill == FirstBill.AT_START for row in rows)


def charges_of_product(product_id: UUID) -> tuple[ChargeView, ...]:
    """What the product costs and has cost, in order."""
    return tuple(_view(row) for row in Charge.objects.filter(product_id=product_id).order_by("start", "price_key"))


def charges_of_account(account_id: UUID) -> tuple[ChargeView, ...]:
    """What the account is charged and was charged, by product."""
    rows = Charge.objects.filter(account_id=account_id).order_by("product_number", "start", "price_key")
    return tuple(_view(row) for row in rows)


def _view(row: Charge) -> ChargeView:
    terms = from_plain(row.terms)
    return ChargeView(row.id, row.product_id, row.product_number, row.offering_key, terms, row.start, row.end)
