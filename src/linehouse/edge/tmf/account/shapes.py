"""Parts of accounts, with the specification's attribute names, and what every kind of account says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from linehouse.customer.values import BillingAccountView, Delivery
from linehouse.edge.tmf.kit.declaration import Links
from linehouse.edge.tmf.kit.shapes import MoneyValue, Ref, RelatedParty, Shape, TimePeriod
from linehouse.kernel.money import Money
from linehouse.ledger import service as ledger

API_PATH = "accountManagement"
BALANCES = ("receivable", "credit", "unbilled")
"""What the journal has for an account: owed, paid and not used, used and not billed (without tax)."""

MEDIA = {Delivery.EMAIL: "E-mail", Delivery.PRINT: "Print"}


class BillingCycle(Shape):
    """`BillingCycleSpecificationRefOrValue`: a monthly cycle; `billingDateShift` is its day of the month less one."""

    name: str
    is_ref: bool
    id: str | None = None
    billing_period: str | None = None
    billing_date_shift: int | None = None
    payment_due_date_offset: int | None = None


class PresentationMedia(Shape):
    """`BillPresentationMediaRefOrValue`: how the bill arrives; `name` is email or print."""

    name: str
    is_ref: bool = False
    description: str | None = None


class BillStructure(Shape):
    """`BillStructure`: when bills are made and how they arrive."""

    cycle_specification: BillingCycle | None = None
    presentation_media: list[PresentationMedia] | None = None


class AccountBalance(Shape):
    """`AccountBalance`: what the journal has, as of now."""

    balance_type: str
    amount: MoneyValue
    valid_for: TimePeriod


Balances = Mapping[tuple[str, str], int]


def balances_of(views: Sequence[BillingAccountView]) -> Balances:
    """What the journal has for the accounts; one question for all of them."""
    return ledger.balances([f"{kind}/{view.number}" for view in views for kind in BALANCES])


def balance_list(view: BillingAccountView, found: Balances, kinds: Sequence[str] = BALANCES) -> list[AccountBalance]:
    """The balances of one account, as they stand: an instant of asking would make a new entity tag each time."""
    open_since = TimePeriod(start_date_time=view.created_at)
    return [
        AccountBalance(
            balance_type=kind, amount=MoneyValue.from_money(money_of(view, found, kind)), valid_for=open_since
        )
        for kind in kinds
    ]


def money_of(view: BillingAccountView, found: Balances, kind: str) -> Money:
    """One balance."""
    return Money(found.get((f"{kind}/{view.number}", view.currency), 0), view.currency)


def holder(view: BillingAccountView, links: Links) -> RelatedParty:
    """Whose account it is."""
    return RelatedParty(
        id=str(view.customer_id),
        href=links.to("customerManagement", "customer", view.customer_id),
        name=view.customer_number,
        role="customer",
        referred_type="Customer",
    )


def structure(view: BillingAccountView) -> BillStructure:
    """When bills are made and how they arrive; accounts with the same terms share one, which nobody changes."""
    return _structure(view.cycle_day, view.payment_terms_days, view.delivery)


@lru_cache(maxsize=512)
def _structure(cycle_day: int, payment_terms_days: int, delivery: tuple[Delivery, ...]) -> BillStructure:
    return BillStructure(
        cycle_specification=BillingCycle(
            name=f"Monthly on day {cycle_day}",
            is_ref=False,
            id=cycle_id(cycle_day),
            billing_period="month",
            billing_date_shift=cycle_day - 1,
            payment_due_date_offset=payment_terms_days,
        ),
        presentation_media=[
            PresentationMedia(name=way.value, is_ref=False, description=MEDIA[way]) for way in delivery
        ],
    )


def cycle_id(day: int) -> str:
    """The id of the cycle that begins on a day of the month."""
    return f"monthly-{day}"


def account_ref(account_id: UUID, number: str, links: Links, resource: str = "billingAccount") -> Ref:
    """A reference to an account."""
    kind = resource[:1].upper() + resource[1:]
    return Ref(id=str(account_id), href=links.to(API_PATH, resource, account_id), name=number, referred_type=kind)


PAYMENT_STATUS = {True: "due", False: "paidInFull"}
