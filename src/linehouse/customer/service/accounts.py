"""Billing accounts: opened, changed, found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from linehouse.catalog import service as catalog
from linehouse.customer import store
from linehouse.customer.errors import BillingAccountUnknown, CustomerClosed, CustomerUnknown
from linehouse.customer.events import BillingAccountChanged, BillingAccountCreated
from linehouse.customer.models import BillingAccount, Customer
from linehouse.customer.terms import AccountTerms, account_terms, check_changes
from linehouse.customer.values import AccountPage, AccountWishes, BillingAccountView
from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import InvalidFields
from linehouse.kernel.period import local_date
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.sql import insert_row
from linehouse.platform.work import Actor, Work, unit_of_work

SERIES = default_series("billing-account", "BA-{n:06d}")


def open_billing_account(customer_id: UUID, wishes: AccountWishes, *, actor: Actor) -> BillingAccountView:
    """Open a further account. Raises CustomerUnknown, CustomerClosed, InvalidFields."""
    with unit_of_work(actor) as work:
        customer = store.locked_customer(customer_id)
        if customer is None:
            raise CustomerUnknown("no such customer", field="customer_id", value=str(customer_id))
        if customer.state == "closed":
            raise CustomerClosed("the customer is closed", field="customer_id", value=str(customer_id))
        terms, problems = account_terms(wishes, catalog.published(work.now).brand)
        if terms is None:
            raise InvalidFields(problems)
        return store.account_view(create_account(customer, terms, wishes.name, work))


def create_account(customer: Customer, terms: AccountTerms, name: str, work: Work) -> BillingAccount:
    """The row, its number and its event, in the surrounding unit of work."""
    row = BillingAccount(
        id=new_id(),
        number=next_number(SERIES),
        customer=customer,
        name=name.strip() or customer.name,
        currency=terms.currency,
        cycle_day=terms.cycle_day,
        zone=terms.zone,
        payment_terms_days=terms.payment_terms_days,
        price_mode=terms.price_mode,
        tax_country=terms.tax_country,
        language=customer.language,
        delivery=list(terms.delivery),
        opened_on=local_date(work.now, ZoneInfo(terms.zone)),
        created_at=work.now,
        changed_at=work.now,
    )
    insert_row(row)
    emit(
        BillingAccountCreated(
            billing_account_id=row.id,
            customer_id=customer.id,
            number=row.number,
            currency=row.currency,
            cycle_day=row.cycle_day,
        ),
        begins=True,
    )
    return row


def update_billing_account(
    account_id: UUID, changes: Mapping[str, Any], *, actor: Actor, reason: str
) -> BillingAccountView:
    """Change name, language, delivery or payment terms. Raises BillingAccountUnknown, InvalidFields."""
    with unit_of_work(actor, reason) as work:
        rows = BillingAccount.objects.select_for_update(of=("self",)).select_related("customer")
        row = rows.filter(id=account_id).first()
        if row is None:
            raise _unknown("id", str(account_id))
        problems = check_changes(changes, catalog.published(work.now).brand.languages)
        if problems:
            raise InvalidFields(problems)
        wanted = {name: list(value) if name == "delivery" else value for name, value in changes.items()}
        changed = [name for name, value in wanted.items() if getattr(row, name) != value]
        if changed:
            for name in changed:
                setattr(row, name, wanted[name])
            row.changed_at = work.now
            row.save(update_fields=[*changed, "changed_at"])
            emit(BillingAccountChanged(billing_account_id=row.id, customer_id=row.customer_id, fields=tuple(changed)))
        return store.account_view(row)


def billing_account(account_id: UUID) -> BillingAccountView:
    """The account. Raises BillingAccountUnknown."""
    row = BillingAccount.objects.select_related("customer").filter(id=account_id).first()
    if row is None:
        raise _unknown("id", str(account_id))
    return store.account_view(row)


def billing_account_by_number(number: str) -> BillingAccountView:
    """The account of that number, such as ``BA-000001``. Raises BillingAccountUnknown."""
    row = BillingAccount.objects.select_related("customer").filter(number=number).first()
    if row is None:
        raise _unknown("number", number)
    return store.account_view(row)


def billing_accounts(ids: Iterable[UUID]) -> dict[UUID, BillingAccountView]:
    """Many accounts by id, in one query; unknown ids are left out."""
    rows = BillingAccount.objects.select_related("customer").filter(id__in=set(ids))
    return {row.id: store.account_view(row) for row in rows}


def billing_account_ids(*, states: tuple[str, ...] = ("active", "suspended")) -> list[UUID]:
    """Every account in one of the states, the oldest first: the population of a bill run."""
    return list(BillingAccount.objects.filter(state__in=states).order_by("id").values_list("id", flat=True))


def find_billing_accounts(
    *, customer_id: UUID | None = None, number: str = "", state: str = "", offset: int = 0, limit: int = 50
) -> AccountPage:
    """A page of accounts, newest first; every condition given must hold."""
    conditions = {"customer_id": customer_id, "number": number, "state": state}
    return AccountPage(
        *store.accounts_page({name: value for name, value in conditions.items() if value}, offset, limit)
    )


def _unknown(field: str, value: str) -> BillingAccountUnknown:
    return BillingAccountUnknown("no such billing account", field=field, value=value)
