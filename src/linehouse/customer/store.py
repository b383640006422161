"""Rows of customers and billing accounts to values, and searches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet

from linehouse.catalog.values import TaxMode
from linehouse.customer.models import BillingAccount, Customer
from linehouse.customer.values import BillingAccountView, CustomerSummary, Delivery
from linehouse.party import service as party
from linehouse.party.values import PartyKind, searchable

SORTS: Mapping[str, str] = {
    "number": "number",
    "name": "search_name",
    "state": "state",
    "kind": "kind",
    "created_at": "created_at",
    "changed_at": "changed_at",
}
"""Columns by which a list of customers can be sorted."""


def summary(row: Customer) -> CustomerSummary:
    """A row of a list."""
    return CustomerSummary(
        id=row.id,
        number=row.number,
        name=row.name,
        kind=PartyKind(row.kind),
        state=row.state,
        party_id=row.party_id,
        language=row.language,
        dealer=row.dealer,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def account_view(row: BillingAccount) -> BillingAccountView:
    """The account, from a row with its customer loaded."""
    return BillingAccountView(
        id=row.id,
        number=row.number,
        customer_id=row.customer_id,
        customer_number=row.customer.number,
        name=row.name,
        state=row.state,
        currency=row.currency,
        cycle_day=row.cycle_day,
        zone=ZoneInfo(row.zone),
        payment_terms_days=row.payment_terms_days,
        price_mode=TaxMode(row.price_mode),
        tax_country=row.tax_country,
        language=row.language,
        delivery=tuple(Delivery(way) for way in row.delivery),
        opened_on=row.opened_on,
        created_at=row.created_at.astimezone(UTC),
        changed_at=row.changed_at.astimezone(UTC),
    )


def search(text: str) -> QuerySet[Customer]:
    """Customers by number, by e-mail address or telephone number, or by the beginnings of the words of their name."""
    wanted = text.strip()
    if not wanted:
        return Customer.objects.all()
    if "@" in wanted or wanted.startswith("+"):
        return Customer.objects.filter(party_id__in=party.party_ids_by_contact(wanted))
    words = ["".join(filter(str.isalnum, word)) for word in searchable(wanted).split()]
    words = [word for word in words if word]
    found = Q(number__iexact=wanted) | Q(accounts__number__iexact=wanted)
    if words:
        # The vector is written as the index writes it, so that the index is used.
        named = Customer.objects.annotate(words=SearchVector("search_name", config="simple")).filter(
            words=SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="simple")
        )
        found |= Q(id__in=named.values("id"))
    return Customer.objects.filter(found).distinct()


def accounts_of(customer_id: UUID) -> tuple[BillingAccountView, ...]:
    """The customer's accounts, the oldest first."""
    rows = BillingAccount.objects.filter(customer_id=customer_id).select_related("customer").order_by("id")
    return tuple(account_view(row) for row in rows)
