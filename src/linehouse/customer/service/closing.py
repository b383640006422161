"""Suspending and closing customers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from linehouse.customer.errors import BillingAccountUnknown, CustomerUnknown
from linehouse.customer.events import BillingAccountStateChanged, CustomerStateChanged
from linehouse.customer.lifecycle import BILLING_ACCOUNT, CUSTOMER
from linehouse.customer.models import BillingAccount, Customer
from linehouse.customer.service.update import require_reason
from linehouse.kernel.outcome import Problem, RefusedError
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work

ClosingCheck = Callable[[UUID], Iterable[Problem]]
"""Asked for a customer id: what still stands in the way of closing it."""

_checks: dict[str, ClosingCheck] = {}
_account_checks: dict[str, ClosingCheck] = {}


def closing_check(name: str) -> Callable[[ClosingCheck], ClosingCheck]:
    """Register a check under a name. Rooms above know what a customer still has; this room does not."""

    def register(check: ClosingCheck) -> ClosingCheck:
        _checks[name] = check
        return check

    return register


def account_closing_check(name: str) -> Callable[[ClosingCheck], ClosingCheck]:
    """Register a check of a billing account under a name; it is asked for the account's id."""

    def register(check: ClosingCheck) -> ClosingCheck:
        _account_checks[name] = check
        return check

    return register


def close_billing_account(account_id: UUID, *, actor: Actor, reason: str) -> None:
    """Close one billing account for good; its customer stays.

    Raises BillingAccountUnknown, IllegalTransition, ReasonMissing, and RefusedError naming everything that is still
    alive on it; a customer's last account is closed with the customer.
    """
    require_reason(reason)
    with unit_of_work(actor, reason) as work:
        row = BillingAccount.objects.select_for_update().filter(id=account_id).first()
        if row is None:
            raise BillingAccountUnknown("no such billing account", field="id", value=str(account_id))
        BILLING_ACCOUNT.require(row.state, "closed")
        problems = [problem for _, check in sorted(_account_checks.items()) for problem in check(account_id)]
        if not BillingAccount.objects.filter(customer_id=row.customer_id).exclude(id=row.id).exclude(state="closed"):
            message = f"{row.number} is the customer's last account"
            problems.append(
                Problem("customer.last_account", message, "account", row.number, "the customer to be closed")
            )
        if problems:
            raise RefusedError(tuple(problems))
        old, row.state = row.state, "closed"
        row.changed_at = work.now
        row.save(update_fields=["state", "changed_at"])
        emit(BillingAccountStateChanged(billing_account_id=row.id, customer_id=row.customer_id, old=old, new=row.state))


def still_open(customer_id: UUID) -> tuple[Problem, ...]:
    """Everything that stands in the way of closing the customer: products, orders, open money."""
    return tuple(problem for _, check in sorted(_checks.items()) for problem in check(customer_id))


def suspend_customer(customer_id: UUID, *, actor: Actor, reason: str) -> None:
    """No new orders until resumed. Raises CustomerUnknown, IllegalTransition, ReasonMissing."""
    _move(customer_id, "suspended", actor, reason)


def resume_customer(customer_id: UUID, *, actor: Actor, reason: str) -> None:
    """Active again. Raises CustomerUnknown, IllegalTransition, ReasonMissing."""
    _move(customer_id, "active", actor, reason)


def close_customer(customer_id: UUID, *, actor: Actor, reason: str) -> None:
    """Close the customer and its accounts, for good.

    Raises CustomerUnknown, IllegalTransition, ReasonMissing, and RefusedError naming everything that is still alive:
    products, orders, open money.
    """
    with unit_of_work(actor, reason):
        problems = still_open(customer_id)
        if problems:
            raise RefusedError(problems)
        _move(customer_id, "closed", actor, reason)


def withdraw_customer(customer_id: UUID, *, actor: Actor, reason: str) -> None:
    """Take a registration back that was a mistake: the customer is closed, and its external key is free again.

    Raises what ``close_customer`` raises.
    """
    with unit_of_work(actor, reason) as work:
        close_customer(customer_id, actor=actor, reason=reason)
        Customer.objects.filter(id=customer_id).update(external_id="", changed_at=work.now)


def _move(customer_id: UUID, state: str, actor: Actor, reason: str) -> None:
    require_reason(reason)
    with unit_of_work(actor, reason) as work:
        row = Customer.objects.select_for_update().filter(id=customer_id).first()
        if row is None:
            raise CustomerUnknown("no such customer", field="id", value=str(customer_id))
        old, row.state = row.state, CUSTOMER.require(row.state, state)
        row.state_reason, row.changed_at = reason[:300], work.now
        row.save(update_fields=["state", "state_reason", "changed_at"])
        emit(CustomerStateChanged(customer_id=row.id, old=old, new=state))
        # An account closed before its customer stays closed.
        accounts = BillingAccount.objects.select_for_update().filter(customer=row).exclude(state__in=(state, "closed"))
        for account in accounts.order_by("id"):
            was, account.state = account.state, BILLING_ACCOUNT.require(account.state, state)
            account.changed_at = work.now
            account.save(update_fields=["state", "changed_at"])
            emit(
                BillingAccountStateChanged(
                    billing_account_id=account.id, customer_id=row.id, old=was, new=account.state
                )
            )
