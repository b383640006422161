"""`linehouse order`: place orders, see how far they are, help those that are stuck."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from linehouse.customer.values import CustomerView
from linehouse.kernel.outcome import Problem, RefusedError
from linehouse.ordering.values import CaptureOrder, ItemAction, OrderItemRequest, PricePreview
from linehouse.run.at_work import brand_at_work, brand_option, operator

CHANNEL = "cli"
_REFUSED = 2


@click.group("order")
def command() -> None:
    """Place orders, see how far they are, help those that are stuck."""


@command.command("place")
@click.argument("customer")
@click.argument("offerings", nargs=-1, metavar="OFFERING...")
@click.option("--account", default="", help="Billing account such as BA-000001; the customer's only one by default.")
@click.option(
    "--plan", default="", help="Product number of the plan that packs are for; the only active one by default."
)
@click.option("--end", "ended", multiple=True, metavar="PRODUCT", help="Number of a product to end; may be repeated.")
@click.option("--msisdn", default="", help="A number of the stock that is wished for, with its plus sign.")
@click.option("--iccid", default="", help="A SIM card of the stock that is wished for.")
@click.option("--external-id", default="", help="Your own key: the same key twice is the same order.")
@click.option("--note", default="")
@click.option("--price-only", is_flag=True, help="Check and price the order without placing it.")
@brand_option
def place(
    customer: str,
    offerings: tuple[str, ...],
    account: str,
    ended: tuple[str, ...],
    external_id: str,
    note: str,
    price_only: bool,
    brand: str,
    **wishes: str,
) -> None:
    """Order OFFERINGs for the customer of a number such as C-000001; prices contain tax.

    A plan among the OFFERINGs is the plan of the packs beside it.
    """
    with brand_at_work(brand):
        from linehouse.customer.service import customer_by_number
        from linehouse.ordering import service

        buyer = customer_by_number(customer)
        account_id = _account(buyer, account)
        items = (*_added(buyer.id, offerings, **wishes), *_ended(ended))
        order = CaptureOrder(buyer.id, account_id, items, external_id, CHANNEL, note)
        if problems := service.check_order(order, actor=operator()):
            _refuse(problems)
        _show_price(service.price(account_id, items))
        if price_only:
            return
        try:
            taken = service.capture_order(order, actor=operator())
        except RefusedError as refusal:
            _refuse(refusal.problems)
    click.echo(f"Order {taken.order_number} {'was taken before' if taken.repeated else 'is taken'}.")


def _account(customer: CustomerView, number: str) -> UUID:
    if number:
        from linehouse.customer.service import billing_account_by_number

        return billing_account_by_number(number).id
    open_ones = [account for account in customer.accounts if account.state == "active"]
    if len(open_ones) != 1:
        numbers = ", ".join(account.number for account in open_ones) or "none"
        raise click.ClickException(f"{customer.number} has not exactly one active account ({numbers}): use --account")
    return open_ones[0].id


def _added(
    customer_id: UUID, offerings: Sequence[str], *, plan: str, msisdn: str, iccid: str
) -> list[OrderItemRequest]:
    from linehouse.catalog.service import published
    from linehouse.catalog.values import OfferingKind

    known = published().offerings
    plans = [
        str(place)
        for place, key in enumerate(offerings, start=1)
        if key in known and known[key].kind is OfferingKind.PLAN
    ]
    found = []
    for place, key in enumerate(offerings, start=1):
        ref = str(place)
        if ref in plans or key not in known:
            found.append(OrderItemRequest(ref, offering_key=key, msisdn=msisdn, iccid=iccid))
        elif plans and not plan:
            found.append(OrderItemRequest(ref, offering_key=key, parent_item=plans[0]))
        else:
            found.append(OrderItemRequest(ref, offering_key=key, parent_product_id=_plan_of(customer_id, plan)))
    return found


def _plan_of(customer_id: UUID, number: str) -> UUID | None:
    from linehouse.catalog.values import OfferingKind
    from linehouse.inventory.service import find_product, products_of_customer

    if number:
        return find_product(number=number).id
    plans = [p for p in products_of_customer(customer_id) if p.kind is OfferingKind.PLAN and p.state == "active"]
    return plans[0].id if len(plans) == 1 else None


def _ended(numbers: Sequence[str]) -> list[OrderItemRequest]:
    from linehouse.inventory.service import find_product

    return [
        OrderItemRequest(f"end-{place}", ItemAction.DELETE, product_id=find_product(number=number).id)
        for place, number in enumerate(numbers, start=1)
    ]


def _show_price(price: PricePreview) -> None:
    table = Table("item", "what", "tax included", "of it tax")
    for line in price.lines:
        table.add_row(line.item, line.text, str(line.gross), str(line.tax))
    table.add_section()
    table.add_row("", "First bill", str(price.due_now), "")
    table.add_row("", "Every full period after", str(price.recurring), "")
    Console(highlight=False).print(table)


def _refuse(problems: Sequence[Problem]) -> NoReturn:
    for problem in problems:
        expected = f" (expected {problem.expected})" if problem.expected else ""
        click.echo(f"{problem.field}: {problem.message}{expected}", err=True)
    raise click.exceptions.Exit(_REFUSED)


@command.command("list")
@click.option("--state", default="", help="Such as inProgress, held, completed.")
@click.option("--customer", default="", help="Number of a customer.")
@click.option("--stuck", is_flag=True, help="Only what somebody must look at.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@brand_option
def list_orders(state: str, customer: str, stuck: bool, limit: int, brand: str) -> None:
    """List orders, newest first."""
    with brand_at_work(brand):
        if stuck:
            _list_stuck(limit)
            return
        from linehouse.customer.service import customer_by_number, customers
        from linehouse.ordering.service import search_orders

        owner = customer_by_number(customer).id if customer else None
        rows, total = search_orders(state=state, customer_id=owner, limit=limit)
        owners = customers(row.customer_id for row in rows)
    table = Table("order", "customer", "items", "state", "taken", "reason")
    for row in rows:
        items = ", ".join(f"{item.action} {item.offering_key}" for item in row.items)
        who = owners[row.customer_id].number if row.customer_id in owners else ""
        table.add_row(row.number, who, items, row.state, row.created_at.isoformat(timespec="minutes"), row.reason)
    Console(highlight=False).print(table)
    click.echo(f"{len(rows)} of {total}")


def _list_stuck(limit: int) -> None:
    from linehouse.ordering.service import fallout

    rows, total = fallout(limit=limit)
    table = Table("order", "step", "state", "since", "reason")
    for row in rows:
        table.add_row(row.order_number, row.step, row.state, row.since.isoformat(timespec="minutes"), row.reason)
    Console(highlight=False).print(table)
    click.echo(f"{len(rows)} of {total}")


@command.command("show")
@click.argument("number")
@brand_option
def show(number: str, brand: str) -> None:
    """Show the order of a number such as O-000001 with its items and steps."""
    with brand_at_work(brand):
        from linehouse.ordering.service import find_order

        order = find_order(number=number)
    click.echo(f"{order.number}  {order.state}" + (f": {order.reason}" if order.reason else ""))
    for item in order.items:
        reason = f": {item.reason}" if item.reason else ""
        click.echo(
            f"  {item.ref}  {item.action} {item.offering_name}, product {item.product_number}  {item.state}{reason}"
        )
    table = Table("step", "state", "tries", "promised", "settled", "reason")
    for step in order.steps:
        promised = step.promised_at.isoformat(timespec="minutes") if step.promised_at else ""
        settled = step.settled_at.isoformat(timespec="minutes") if step.settled_at else ""
        table.add_row(step.key, step.state, str(step.attempts), promised, settled, step.reason)
    Console(highlight=False).print(table)


@command.command("retry")
@click.argument("number")
@click.argument("step")
@click.option("--reason", required=True, help="Why it will work now.")
@brand_option
def retry(number: str, step: str, reason: str, brand: str) -> None:
    """Try a failed STEP, such as 1/provision_network, once more."""
    with brand_at_work(brand):
        from linehouse.ordering.service import find_order, retry_step

        retry_step(find_order(number=number).id, step, reason=reason, actor=operator())
    click.echo(f"{step} of {number} is tried again.")


@command.command("cancel")
@click.argument("number")
@click.option("--reason", required=True)
@brand_option
def cancel(number: str, reason: str, brand: str) -> None:
    """Cancel an order and give back what it had taken."""
    with brand_at_work(brand):
        from linehouse.ordering.service import cancel_order, find_order

        order_id = find_order(number=number).id
        cancel_order(order_id, reason=reason, actor=operator())
        state = find_order(id=order_id).state
    click.echo(f"{number} is {state}.")
