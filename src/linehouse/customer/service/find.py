"""Finding customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from linehouse.customer import store
from linehouse.customer.characterised import CUSTOMER
from linehouse.customer.errors import CustomerUnknown
from linehouse.customer.models import Customer
from linehouse.customer.values import BillingAccountView, CustomerPage, CustomerSummary, CustomerView
from linehouse.party import service as party
from linehouse.party.values import IndividualView, OrganizationView
from linehouse.platform.access.ownership import bound_dealer
from linehouse.platform.characteristics import service as characteristics

CHARACTERISTIC = "characteristic."
"""Beginning of a filter on one of the brand's own characteristics."""


def customer_view(customer_id: UUID, *, at: datetime | None = None) -> CustomerView:
    """The customer with party and accounts; contact data as they are at the instant (now by default).

    Raises CustomerUnknown.
    """
    row = Customer.objects.filter(id=customer_id).first()
    if row is None:
        raise _unknown("id", str(customer_id))
    return _view(row, at)


def customer_views(ids: Sequence[UUID], *, at: datetime | None = None) -> list[CustomerView]:
    """Many customers in the order of their ids, in a fixed number of queries; unknown ids are left out."""
    rows = {row.id: row for row in Customer.objects.filter(id__in=set(ids))}
    parties = party.parties({row.party_id for row in rows.values()}, at=at)
    accounts = store.accounts_of_many(rows)
    return [
        _complete(rows[key], parties[rows[key].party_id], accounts.get(key, ()))
        for key in dict.fromkeys(ids)
        if key in rows
    ]


def customer_by_number(number: str) -> CustomerView:
    """The customer of that number, such as ``C-000001``. Raises CustomerUnknown."""
    row = Customer.objects.filter(number=number).first()
    if row is None:
        raise _unknown("number", number)
    return _view(row, None)


def customer_by_external_id(external_id: str) -> CustomerView | None:
    """The customer that another system registered by that key, or None."""
    row = Customer.objects.filter(external_id=external_id).first() if external_id else None
    return _view(row, None) if row else None


def customers(ids: Iterable[UUID]) -> dict[UUID, CustomerSummary]:
    """Many customers by id, in one query; unknown ids are left out."""
    return {row.id: store.summary(row) for row in Customer.objects.filter(id__in=set(ids))}


def customers_of_party(party_id: UUID) -> tuple[CustomerSummary, ...]:
    """The customers that this party is."""
    return tuple(store.summary(row) for row in Customer.objects.filter(party_id=party_id).order_by("id"))


def find_customers(
    *,
    search: str = "",
    filters: Mapping[str, str] | None = None,
    sort: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> CustomerPage:
    """A page of customers, newest first unless sorted.

    ``search`` is a number, an e-mail address, a telephone number with its plus, or the beginnings of words of a name.
    ``filters`` are equalities on state, kind, language, name, number, party_id or dealer, or on one of the
    brand's own characteristics as ``characteristic.<key>``; raises what ``characteristics.objects_with`` raises.
    ``sort`` is ``name`` or one of ``store.SORTS``.
    """
    rows = store.search(search)
    for field, value in (filters or {}).items():
        if field.startswith(CHARACTERISTIC):
            if value:
                key = field.removeprefix(CHARACTERISTIC)
                rows = rows.filter(id__in=characteristics.objects_with(CUSTOMER.key, key, value))
            continue
        if field not in {"state", "kind", "language", "name", "number", "party_id", "dealer"}:
            raise ValueError(f"customers are not filtered by {field!r}")
        if value:
            rows = rows.filter(store.named(value) if field == "name" else Q(**{field: value}))
    if sort == "name":
        page = store.by_name(rows, descending=descending, offset=offset, limit=limit)
        return CustomerPage(tuple(store.summary(row) for row in page), rows.count())
    column = store.SORTS.get(sort)
    rows = rows.order_by(f"{'-' if descending else ''}{column}", "id") if column else rows.order_by("-id")
    return CustomerPage(tuple(store.summary(row) for row in rows[offset : offset + limit]), rows.count())


def own_customer_ids() -> QuerySet[Customer, UUID] | None:
    """Ids of the customers that the running code may reach, for a condition of another room; None where all are."""
    return None if bound_dealer() is None else Customer.objects.values_list("id", flat=True)


def count_customers() -> dict[str, int]:
    """How many customers are in each state."""
    return dict(Customer.objects.order_by("state").values_list("state").annotate(number=Count("id")))


def _view(row: Customer, at: datetime | None) -> CustomerView:
    return _complete(row, party.party(row.party_id, at=at), store.accounts_of(row.id))


def _complete(
    row: Customer, known: IndividualView | OrganizationView, accounts: tuple[BillingAccountView, ...]
) -> CustomerView:
    base = store.summary(row)
    return CustomerView(
        id=base.id,
        number=base.number,
        name=base.name,
        kind=base.kind,
        state=base.state,
        party_id=base.party_id,
        language=base.language,
        created_at=base.created_at,
        changed_at=base.changed_at,
        dealer=base.dealer,
        state_reason=row.state_reason,
        external_id=row.external_id,
        party=known,
        accounts=accounts,
    )


def _unknown(field: str, value: str) -> CustomerUnknown:
    return CustomerUnknown("no such customer", field=field, value=value)
