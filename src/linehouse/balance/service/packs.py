"""Packs bought from a balance: price taken, product alive, allowances granted, journal and event in one commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from linehouse.balance import store
from linehouse.balance.errors import MoneyShort, PackDiffers, PackNotPossible, PackUnknown
from linehouse.balance.events import PackBought
from linehouse.balance.granting import Granted, at_activation, for_period, of_period
from linehouse.balance.models import Pack, PackPayment
from linehouse.balance.pack_values import BuyPack, PackView, PaymentView, Renewing
from linehouse.balance.paying import pay, purses, transfers, with_tax
from linehouse.balance.ports import tax_rate
from linehouse.balance.service.earning import plan_earning
from linehouse.balance.service.grant import grant
from linehouse.balance.service.watching import look_at
from linehouse.balance.store import Moved
from linehouse.balance.values import Grant, MovementKind, Owner
from linehouse.catalog import service as catalog
from linehouse.catalog.values import OfferingKind, ProductOffering
from linehouse.customer import service as customers
from linehouse.customer.values import BillingAccountView
from linehouse.inventory import service as inventory
from linehouse.inventory.values import CreateProduct, ProductView, ServiceToCreate
from linehouse.kernel.money import Money
from linehouse.kernel.period import DatePeriod, Period, local_date
from linehouse.ledger import service as ledger
from linehouse.ledger.values import Entry
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor, Work, current_work, unit_of_work

RENEW = "balance.renew"
"""The job that pays the next period of a pack, or ends it."""
NOTICE = "balance.pack_notice"
"""The job that tells of a coming renewal."""
LIVE = ("active", "grace", "paused")
_ALIVE = ("pendingActive", "active", "suspended")


def buy_pack(new: BuyPack, *, actor: Actor) -> PackView:
    """Buy a pack for a line from its balance: all of it in one commit, or nothing.

    The same key again gives the same pack. Raises MoneyShort, PackNotPossible, PackDiffers, and what inventory raises.
    """
    with unit_of_work(actor, "pack bought") as work:
        _take_turns(f"balance/pack/{new.key}")
        known = Pack.objects.filter(once_key=new.key).first()
        if known is not None:
            if (known.subscription_id, known.offering_key) != (new.subscription_id, new.offering_key):
                raise PackDiffers(
                    "this was bought otherwise before", field="key", value=new.key, expected="another key"
                )
            return pack_view(known)
        plan, offering = _possible(new, work)
        made = inventory.create_product(
            CreateProduct(
                order_item=f"balance/{new.key}",
                kind=offering.kind,
                customer_id=plan.customer_id,
                billing_account_id=plan.billing_account_id,
                billing_account_number=plan.billing_account_number,
                offering_key=offering.key,
                offering_name=offering.name,
                catalog_version=catalog.published(work.now).version,
                tariff_key=None,
                billing_mode=offering.billing_mode,
                parent_product_id=plan.id,
            ),
            actor=actor,
        )
        return start_pack(made.id, once_key=new.key, renews=new.renews, actor=actor)


def buyable(subscription_id: UUID, at: datetime) -> Sequence[tuple[ProductOffering, Money]]:
    """The packs that the balance of a line may buy now, with what each takes from it; by name."""
    plan = inventory.find_product(id=subscription_id)
    account = customers.billing_account(plan.billing_account_id)
    others = _others(plan)
    found = [
        (offering, price_of(offering, account, at))
        for offering in catalog.published(at).orderable(at)
        if offering.paid_from_balance and not _why_not(offering, others, account.currency)
    ]
    return sorted(found, key=lambda pair: pair[0].name)


def price_of(offering: ProductOffering, account: BillingAccountView, at: datetime) -> Money:
    """What the balance of an account's line pays for one period of the offering."""
    total = Money.zero(account.currency)
    for price in offering.prices:
        rate = tax_rate(account.tax_country, price.tax_category, local_date(at, account.zone))
        total += with_tax(price.amount, price.tax_mode, rate.fraction)
    return total


def _possible(new: BuyPack, work: Work) -> tuple[ProductView, ProductOffering]:
    plan = inventory.find_product(id=new.subscription_id)
    if plan.kind is not OfferingKind.PLAN or plan.state != "active":
        raise PackNotPossible(
            f"{plan.number} is no line that works", field="subscription", value=plan.number, expected="an active plan"
        )
    published = catalog.published(work.now)
    offering = published.offerings.get(new.offering_key)
    if offering is None or not offering.paid_from_balance or not offering.orderable(work.now):
        on_sale = ", ".join(one.key for one in published.orderable(work.now) if one.paid_from_balance)
        raise PackNotPossible(
            "no balance can buy that",
            field="offering",
            value=new.offering_key,
            expected=on_sale or "nothing is on sale",
        )
    if offering.eligibility.channels and new.channel not in offering.eligibility.channels:
        raise PackNotPossible(f"{offering.name} is not sold here", field="channel", value=new.channel)
    currency = customers.billing_account(plan.billing_account_id).currency
    if why := _why_not(offering, _others(plan), currency):
        raise PackNotPossible(why, field="offering", value=offering.key)
    return plan, offering


def _others(plan: ProductView) -> list[tuple[str, OfferingKind]]:
    """The plan and what runs on it."""
    running = [one for one in inventory.add_ons_of(plan.id) if one.state in _ALIVE]
    return [(one.offering_key, one.kind) for one in (plan, *running)]


def _why_not(offering: ProductOffering, others: Iterable[tuple[str, OfferingKind]], currency: str) -> str:
    have = list(others)

    def there(key: str | None, kind: OfferingKind | None) -> bool:
        return any(other == key if key is not None else its is kind for other, its in have)

    if offering.requires and not any(there(match.offering, match.kind) for match in offering.requires):
        return f"{offering.name} needs {' or '.join(str(match) for match in offering.requires)}"
    for match in offering.excludes:
        if there(match.offering, match.kind):
            return f"{offering.name} cannot be had together with {match}"
    if offering.renewal is not None and there(offering.key, None):
        return f"{offering.name} runs on this line already"
    if any(price.amount.currency != currency for price in offering.prices):
        return f"{offering.name} is priced in another currency"
    return ""


def start_pack(
    product_id: UUID,
    services: Sequence[ServiceToCreate] = (),
    *,
    once_key: str = "",
    renews: bool | None = None,
    actor: Actor,
) -> PackView:
    """Pay for a pack that waits to be activated, and let it live. Paid already: nothing happens.

    Raises MoneyShort, and what inventory raises.
    """
    with unit_of_work(actor, "pack bought") as work:
        known = Pack.objects.filter(product_id=product_id).first()
        if known is not None:
            return pack_view(known)
        product = inventory.find_product(id=product_id)
        if product.parent_product_id is None:
            raise PackNotPossible("a pack runs on a plan", field="product", value=product.number)
        plan = inventory.find_product(id=product.parent_product_id)
        offering = catalog.version(product.catalog_version).offering(product.offering_key)
        account = customers.billing_account(product.billing_account_id)
        brings = granted_of(product, plan, offering, account, work.now)
        renewing = Renewing.NONE
        if offering.renewal is not None:
            wanted = not offering.renewal.asked if renews is None else renews
            renewing = Renewing.ON if wanted else Renewing.OFF
        grants, ends = _first(brings, offering)
        row = Pack(
            once_key=once_key or f"product/{product.number}",
            product_id=product.id,
            product_number=product.number,
            customer_id=product.customer_id,
            subscription_id=plan.id,
            subscription=plan.number,
            account_id=account.id,
            account=account.number,
            offering_key=offering.key,
            offering_name=offering.name,
            catalog_version=product.catalog_version,
            state="active",
            renewal=str(renewing),
            price_micros=price_of(offering, account, work.now).micros,
            currency=account.currency,
            periods=1,
            anchor_at=work.now,
            anchor_period=1,
            bought_at=work.now,
            paid_from=work.now,
            paid_until=ends,
            created_at=work.now,
            changed_at=work.now,
        )
        row.save(force_insert=True)
        take_price(row, offering, account, Period(work.now, ends))
        inventory.activate_product(product.id, services, actor=actor)
        grant(grants, actor=actor, reason=f"{offering.name} bought")
        look_at([plan.id])
        store.wish([plan.id], f"{offering.name} bought", work.now)
        plan_ahead(row, offering)
        view = pack_view(row)
        emit(
            PackBought(
                pack_id=row.id,
                product_id=row.product_id,
                customer_id=row.customer_id,
                subscription=row.subscription,
                offering_key=row.offering_key,
                offering_name=row.offering_name,
                micros=row.price_micros,
                currency=row.currency,
                paid_until=ends,
                renews_at=view.renews_at,
            )
        )
        return view


def _first(brings: Granted, offering: ProductOffering) -> tuple[list[Grant], datetime | None]:
    """What it brings at once, and when that is over; without end where something lasts from its first use."""
    price = offering.prices[0] if offering.prices else None
    if offering.renewal is not None and price is not None and price.period is not None:
        period = of_period(brings.activated_at, price.period, 1, brings.zone)
        return for_period(brings, 1, period), period.end
    grants, _ = at_activation(brings)
    ends = [one.valid.end if one.terms.lasts is None else None for one in grants]
    return grants, None if None in ends else max((end for end in ends if end is not None), default=None)


def granted_of(
    product: ProductView, plan: ProductView, offering: ProductOffering, account: BillingAccountView, at: datetime
) -> Granted:
    """The pack as something that brings allowances to its line."""
    return Granted(
        product_id=product.id,
        offering=offering,
        catalog_version=product.catalog_version,
        owner=Owner(
            customer_id=plan.customer_id,
            subscription_id=plan.id,
            subscription=plan.number,
            account_id=account.id,
            account=account.number,
        ),
        prefix=f"{plan.number}/{product.number}",
        cycle_day=account.cycle_day,
        zone=account.zone,
        currency=account.currency,
        activated_at=at,
    )


def take_price(row: Pack, offering: ProductOffering, account: BillingAccountView, covered: Period) -> None:
    """Take the price of a period from the line's balance, with movements and journal. Raises MoneyShort."""
    work = current_work()
    where = "subscription_id = %s AND kind = 'main' AND holder_id IS NULL AND closed_at IS NULL"
    purse = purses(store.buckets(where, [row.subscription_id], lock=True), row.currency, work.now)
    price = offering.prices[0]
    rate = tax_rate(account.tax_country, price.tax_category, local_date(work.now, account.zone))
    payment = pay(row.price_micros, purse, rate.fraction)
    if payment is None:
        has = Money(sum(bucket.left or 0 for bucket in purse), row.currency)
        raise MoneyShort(
            f"{row.offering_name} costs {Money(row.price_micros, row.currency)}, and the balance holds {has}",
            field="offering",
            value=row.offering_key,
            expected=f"a balance of at least {Money(row.price_micros, row.currency)}",
        )
    cause = f"pack:{row.product_number}/{row.periods}"
    # Net where it is earned at once, deferred where it is earned by day: as on a bill.
    deferred = price.recurring and covered.end is not None and payment.net > 0
    days = None
    if deferred and covered.end is not None:
        first, last = local_date(covered.start, account.zone), local_date(covered.end, account.zone)
        days = DatePeriod(first, max(last, first))
        deferred = days.days > 0
    if payment.parts:
        store.take({part.bucket.id: part.amount for part in payment.parts})
        store.insert_movements(
            [
                Moved(
                    part.bucket.id,
                    part.bucket.ref,
                    MovementKind.USE,
                    part.amount,
                    part.bucket.asset,
                    (part.bucket.left or 0) - part.amount,
                    cause,
                    f"{cause}:{part.bucket.ref}",
                )
                for part in payment.parts
            ],
            work.now,
            work.actor.name,
        )
        account_key = f"{'deferred' if deferred else 'revenue'}/{price.gl_code}"
        ledger.post(Entry(cause, transfers(payment, account_key, rate.code)))
    PackPayment.objects.create(
        pack=row,
        number=row.periods,
        gross_micros=payment.gross,
        net_micros=payment.net,
        tax_micros=payment.tax,
        tax_code=rate.code,
        sale_micros=payment.sale,
        currency=row.currency,
        gl=price.gl_code,
        paid_at=work.now,
        covered_start=days.start if days is not None and deferred else None,
        covered_end=days.end if days is not None and deferred else None,
        deferred=deferred,
        earned_micros=0 if deferred else payment.net,
        created_at=work.now,
        changed_at=work.now,
    )
    if deferred and days is not None:
        plan_earning(days, account.zone)


def plan_ahead(row: Pack, offering: ProductOffering) -> None:
    """See to what comes next: the notice, and the end of the paid period."""
    if row.paid_until is None:
        return
    renew_at(row, row.paid_until)
    if offering.renewal is not None and offering.renewal.notice and row.renewal == Renewing.ON:
        due = row.paid_until - offering.renewal.notice
        key = f"{row.id}/{row.periods}"
        enqueue(NOTICE, {"pack": str(row.id), "period": row.periods}, key=key, due=max(due, current_work().now))


def renew_at(row: Pack, instant: datetime) -> None:
    """Look at the pack again at that instant; one job for each."""
    payload = {"pack": str(row.id)}
    enqueue(RENEW, payload, key=f"{row.id}/{instant.isoformat()}", due=instant, serial=f"pack/{row.id}")


def packs_of(subscription_id: UUID) -> tuple[PackView, ...]:
    """The packs that a line's balance paid, those that live first, the latest first."""
    rows = Pack.objects.filter(subscription_id=subscription_id).order_by("-bought_at", "-product_number")
    return tuple(sorted((pack_view(row) for row in rows), key=lambda view: view.state == "ended"))


def pack_by_id(pack_id: UUID) -> PackView:
    """One pack. Raises PackUnknown."""
    return pack_view(pack_row(Q(id=pack_id), str(pack_id)))


def pack_of(product: str) -> PackView:
    """The pack of a product, by business number. Raises PackUnknown."""
    return pack_view(pack_row(Q(product_number=product), product))


def pack_row(where: Q, value: str, *, lock: bool = False) -> Pack:
    """The row that this room works on. Raises PackUnknown."""
    rows = Pack.objects.select_for_update() if lock else Pack.objects.all()
    row = rows.filter(where).first()
    if row is None:
        raise PackUnknown("there is no such pack", field="pack", value=value)
    return row


def payments_of(pack_id: UUID) -> tuple[PaymentView, ...]:
    """What was paid for it, the latest first."""
    return tuple(
        PaymentView(
            number=row.number,
            gross=Money(row.gross_micros, row.currency),
            net=Money(row.net_micros, row.currency),
            tax=Money(row.tax_micros, row.currency),
            paid_at=row.paid_at,
        )
        for row in PackPayment.objects.filter(pack_id=pack_id).order_by("-number")
    )


def paid_from_balance(product_id: UUID) -> bool:
    """Whether a balance paid for the product: then no bill does."""
    return Pack.objects.filter(product_id=product_id).exists()


def pack_view(row: Pack) -> PackView:
    """The row as a value."""
    return PackView(
        id=row.id,
        product_id=row.product_id,
        product_number=row.product_number,
        customer_id=row.customer_id,
        subscription_id=row.subscription_id,
        subscription=row.subscription,
        offering_key=row.offering_key,
        offering_name=row.offering_name,
        state=row.state,
        renewing=Renewing(row.renewal),
        price=Money(row.price_micros, row.currency),
        periods=row.periods,
        bought_at=row.bought_at,
        paid_from=row.paid_from,
        paid_until=row.paid_until,
        grace_until=row.grace_until,
        next_try_at=row.next_try_at,
        tries=row.tries,
        ended_at=row.ended_at,
        why_ended=row.why_ended,
    )


def _take_turns(name: str) -> None:
    with brand_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
