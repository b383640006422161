"""Who takes part in a trial: subscriptions as they are, with what they have, had and pay for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from linehouse.balance import service as balance
from linehouse.balance.granting import Granted
from linehouse.balance.values import BucketView, Owner
from linehouse.billing.values import AccountFacts
from linehouse.catalog import service as catalog
from linehouse.catalog.values import Catalogue
from linehouse.charging import service as charging
from linehouse.charging.values import Line
from linehouse.customer import service as customers
from linehouse.customer.values import BillingAccountView
from linehouse.insight.what_if import Held, Subscriber
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.kernel.period import Period

Versions = dict[int, Catalogue]
"""Published catalogues by number, each read once."""


@dataclass(frozen=True, slots=True)
class Population:
    """Plans that lived in a period: all, of an offering, or of billing accounts by number."""

    period: Period
    offering: str = ""
    accounts: tuple[str, ...] = ()


def subscribers(plan_ids: Sequence[UUID]) -> list[Subscriber]:
    """The subscriptions of these plan products, in the order given; set-based."""
    products = inventory.products_by_id(plan_ids)
    add_ons = inventory.add_ons_of_many(plan_ids)
    lines = charging.lines_of(plan_ids)
    money = balance.money_of_many(plan_ids)
    versions: Versions = {}
    accounts = customers.billing_accounts(product.billing_account_id for product in products.values())
    found = []
    for one in plan_ids:
        if one in lines and products[one].activated_at is not None:
            account = accounts[products[one].billing_account_id]
            made = _subscriber(products[one], add_ons.get(one, ()), lines[one], account, versions)
            found.append(replace(made, money=_own_money(made, money.get(one, ()))))
    return found


def _own_money(subscriber: Subscriber, money: Sequence[BucketView]) -> tuple[BucketView, ...]:
    """Without the credit that products brought: a plan that is tried brings its own."""
    held = (subscriber.plan, *subscriber.add_ons)
    brought = {f"{one.brings.prefix}/{credit.key}" for one in held for credit in one.brings.offering.credits}
    return tuple(one for one in money if one.ref not in brought)


def _subscriber(
    plan: ProductView,
    add_ons: Sequence[ProductView],
    line: Line,
    account: BillingAccountView,
    versions: Versions,
) -> Subscriber:
    owner = Owner(
        customer_id=plan.customer_id,
        subscription_id=plan.id,
        subscription=plan.number,
        account_id=account.id,
        account=account.number,
    )
    return Subscriber(
        line=line,
        plan=_held(plan, plan, owner, account, versions),
        add_ons=tuple(_held(one, plan, owner, account, versions) for one in add_ons if one.activated_at is not None),
        account=AccountFacts(
            account=account.number,
            currency=account.currency,
            zone=account.zone,
            cycle_day=account.cycle_day,
            tax_country=account.tax_country,
        ),
    )


def _held(
    product: ProductView, plan: ProductView, owner: Owner, account: BillingAccountView, versions: Versions
) -> Held:
    if product.activated_at is None:
        raise ValueError(f"{product.number} was never active")
    if product.catalog_version not in versions:
        versions[product.catalog_version] = catalog.version(product.catalog_version)
    offering = versions[product.catalog_version].offering(product.offering_key)
    return Held(
        number=product.number,
        brings=Granted(
            product_id=product.id,
            offering=offering,
            catalog_version=product.catalog_version,
            owner=owner,
            prefix=plan.number if plan.id == product.id else f"{plan.number}/{product.number}",
            cycle_day=account.cycle_day,
            zone=account.zone,
            currency=account.currency,
            activated_at=product.activated_at,
        ),
        ended_at=product.terminated_at,
    )
