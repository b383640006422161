"""Rows of customers and billing accounts to values, and searches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery

from linehouse.catalog.values import TaxMode
from linehouse.customer.models import BillingAccount, Customer
from linehouse.customer.values import BillingAccountView, CustomerSummary, Delivery
from linehouse.party import service as party
from linehouse.party.values import PartyKind
from linehouse.platform.personal import names
from linehouse.platform.personal.models import NameSearch

SORTS: Mapping[str, str] = {
    "number": "number",
    "state": "state",
    "kind": "kind",
    "created_at": "created_at",
    "changed_at": "changed_at",
}
"""Columns by which a list of customers can be sorted."""
SORTED_EXACTLY = 2000
"""Up to so many customers a list is sorted by whole names, which are opened for it; a longer one by two letters."""


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
    found = Q(number__iexact=wanted) | Q(accounts__number__iexact=wanted)
    found |= Q(party_id__in=names.beginning_with(wanted).values("subject"))
    return Customer.objects.filter(found).distinct()


def named(name: str) -> Q:
    """Who is called exactly so, in whatever case."""
    return Q(party_id__in=names.exactly("full", name).values("subject"))


def by_name(rows: QuerySet[Customer], *, descending: bool, offset: int, limit: int) -> list[Customer]:
    """A page of the customers sorted by name: the database sees no names, so up to ``SORTED_EXACTLY`` of them are
    opened and sorted here, and a longer list by the first two letters and then by age."""
    keys = list(rows.only("id", "name", "party_id")[: SORTED_EXACTLY + 1])
    if len(keys) > SORTED_EXACTLY:
        initials = NameSearch.objects.filter(subject=OuterRef("party_id")).values("initials")
        column = "-initials" if descending else "initials"
        return list(rows.annotate(initials=Subquery(initials)).order_by(column, "id")[offset : offset + limit])
    ordered = sorted(keys, key=lambda row: (names.searchable(row.name), row.id), reverse=descending)
    wanted = [row.id for row in ordered[offset : offset + limit]]
    found = Customer.objects.in_bulk(wanted)
    return [found[key] for key in wanted]


def accounts_of_many(customer_ids: Iterable[UUID]) -> dict[UUID, tuple[BillingAccountView, ...]]:
    """The accounts of many customers, the oldest first; customers without one are left out."""
    rows = BillingAccount.objects.filter(customer_id__in=set(customer_ids)).select_related("customer").order_by("id")
    found: dict[UUID, list[BillingAccountView]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(account_view(row))
    return {key: tuple(views) for key, views in found.items()}


def accounts_of(customer_id: UUID) -> tuple[BillingAccountView, ...]:
    """The customer's accounts, the oldest first."""
    rows = BillingAccount.objects.filter(customer_id=customer_id).select_related("customer").order_by("id")
    return tuple(account_view(row) for row in rows)
