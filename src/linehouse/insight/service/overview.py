"""The 360° view: everything about a customer on one screen, each part read from the room that owns it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from linehouse.balance import service as balances
from linehouse.balance.values import BucketView
from linehouse.billing import service as billing
from linehouse.billing.service import InvoiceView
from linehouse.customer import service as customers
from linehouse.customer.values import BillingAccountView, CustomerView
from linehouse.insight.service.timeline import timeline
from linehouse.insight.values import TimelinePage
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.kernel.money import Money
from linehouse.kernel.period import local_date
from linehouse.ledger import service as ledger
from linehouse.ordering import service as ordering
from linehouse.ordering.values import OrderView
from linehouse.payment import service as payments
from linehouse.payment.values import PaymentView
from linehouse.platform.clock.service import business_now

_LAST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOverview:
    """An account and its money.

    ``open`` is invoiced and unpaid, ``overdue`` the part past its due date, ``credit`` paid and not used, ``unbilled``
    used and not invoiced (without tax).
    """

    account: BillingAccountView
    open: Money
    overdue: Money
    credit: Money
    unbilled: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer360:
    """A customer with everything that belongs to it; the lists of bills, payments and orders hold the last few."""

    customer: CustomerView
    accounts: tuple[AccountOverview, ...]
    products: tuple[ProductView, ...]
    buckets: tuple[BucketView, ...]
    orders: Sequence[OrderView]
    invoices: Sequence[InvoiceView]
    payments: Sequence[PaymentView]
    timeline: TimelinePage

    @property
    def active_products(self) -> int:
        """How many products work now."""
        return sum(1 for product in self.products if product.state == "active")


def customer_360(customer_id: UUID) -> Customer360:
    """Everything about a customer now. Raises CustomerUnknown."""
    view = customers.customer_view(customer_id)
    return Customer360(
        customer=view,
        accounts=tuple(_account(account) for account in view.accounts),
        products=inventory.products_of_customer(customer_id),
        buckets=balances.buckets_of_customer(customer_id, business_now()),
        orders=ordering.search_orders(customer_id=customer_id, limit=_LAST)[0],
        invoices=billing.search_invoices(customer_id=customer_id, limit=_LAST)[0],
        payments=payments.payments(customer_id=customer_id, limit=_LAST)[0],
        timeline=timeline(customer_id, limit=20),
    )


def _account(account: BillingAccountView) -> AccountOverview:
    currency = account.currency
    today = local_date(business_now(), account.zone)
    late = Money.zero(currency)
    for owed in billing.open_invoices(account.id):
        if owed.due_date < today:
            late += owed.open
    return AccountOverview(
        account=account,
        open=Money(ledger.balance(f"receivable/{account.number}", currency), currency),
        overdue=late,
        credit=payments.credit_of(account.id, currency),
        unbilled=Money(ledger.balance(f"unbilled/{account.number}", currency), currency),
    )
