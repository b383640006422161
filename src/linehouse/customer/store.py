"""Rows of customers and billing accounts to values, and searches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery

from linehouse.catalog.values import TaxMode
from linehouse.customer.models import ERASED, BillingAccount, Customer
from linehouse.customer.values import BillingAccountView, CustomerSummary, Delivery
from linehouse.party import service as party
from linehouse.party.values import PartyKind
from linehouse.platform.access.ownership import bound_dealer
from linehouse.platform.personal import names
from linehouse.platform.personal.fields import EncryptedTextField
from linehouse.platform.personal.models import NameSearch
from linehouse.platform.personal.seal import unseal_column
from linehouse.platform.scope import current_brand
from linehouse.platform.sql import hot_cursor

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


_ACCOUNTS = """
SELECT a.id, a.number, a.customer_id, c.number, c.party_id, a.name, a.state, a.currency, a.cycle_day, a.zone,
       a.payment_terms_days, a.price_mode, a.tax_country, a.language, a.delivery, a.opened_on, a.created_at,
       a.changed_at, (SELECT count(*) {source} {where})
FROM customer_billingaccount a JOIN customer_customer c ON c.id = a.customer_id
{where} ORDER BY a.id DESC OFFSET %s LIMIT %s
"""
_ALL = "FROM customer_billingaccount a"
_OF_DEALER = f"{_ALL} JOIN customer_customer c ON c.id = a.customer_id"


def accounts_page(
    equal: Mapping[str, str | UUID], offset: int, limit: int
) -> tuple[tuple[BillingAccountView, ...], int]:
    """A page of the accounts that the running code may reach, the newest first, and how many there are, in one
    statement without rows of models: lists of it are asked for more than anything else.

    ``equal`` holds columns of the account, named by this room, and the values they must have.
    """
    conditions, source = [f"a.{column} = %s" for column in equal], _ALL
    params: list[Any] = list(equal.values())
    dealer = bound_dealer()
    if dealer is not None:
        if not dealer:
            return (), 0
        source = _OF_DEALER
        conditions.append("c.dealer = %s")
        params.append(dealer)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    with hot_cursor() as cursor:
        cursor.execute(_ACCOUNTS.format(source=source, where=where), [*params, *params, offset, limit])
        rows = cursor.fetchall()
        if not rows and offset:
            cursor.execute(f"SELECT count(*) {source} {where}", params)
            return (), int(cursor.fetchone()[0])
    names_of = unseal_column([(row[5], row[4]) for row in rows], "customer_billingaccount.name", erased=ERASED)
    views = tuple(_read_account(row, name) for row, name in zip(rows, names_of, strict=True))
    return views, rows[0][-1] if rows else 0


def _read_account(row: Sequence[Any], name: str) -> BillingAccountView:
    return BillingAccountView(
        id=row[0],
        number=row[1],
        customer_id=row[2],
        customer_number=row[3],
        name=name,
        state=row[6],
        currency=row[7],
        cycle_day=row[8],
        zone=ZoneInfo(row[9]),
        payment_terms_days=row[10],
        price_mode=TaxMode(row[11]),
        tax_country=row[12],
        language=row[13],
        delivery=tuple(Delivery(way) for way in row[14]),
        opened_on=row[15],
        created_at=row[16].astimezone(UTC),
        changed_at=row[17].astimezone(UTC),
    )


_FIELDS = Customer._meta.concrete_fields
_COLUMNS = ", ".join(str(field.column) for field in _FIELDS)
_LOCKED = "SELECT {columns} FROM customer_customer WHERE id = %s FOR UPDATE"


def locked_customer(customer_id: UUID) -> Customer | None:
    """The customer's row, locked until the transaction ends, if the running code may reach it."""
    with hot_cursor() as cursor:
        cursor.execute(_LOCKED.format(columns=_COLUMNS), [customer_id])
        values = cursor.fetchone()
    if values is None:
        return None
    opened = [
        field.from_db_value(value, None, None) if isinstance(field, EncryptedTextField) else value
        for field, value in zip(_FIELDS, values, strict=True)
    ]
    row = Customer.from_db(current_brand(), [field.attname for field in _FIELDS], opened)
    dealer = bound_dealer()
    return row if dealer is None or (dealer and row.dealer == dealer) else None


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
