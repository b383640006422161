"""What insight listens to, and what it hands down to rooms that may not ask upwards."""

from __future__ import annotations

from linehouse.catalog.service import publication_advice, publication_check
from linehouse.customer.service import account_closing_check, closing_check
from linehouse.insight import publication
from linehouse.insight.service import closing, exports, typical
from linehouse.insight.service.in_use import in_use
from linehouse.insight.service.timeline import OF_PARTIES, record
from linehouse.insight.service.what_if_run import JOB
from linehouse.kernel.event import Event, all_event_types
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.outbox.service import recorded
from linehouse.platform.work import Work

publication_check("billing.taxable")(publication.taxable)
publication_advice("rating.lint")(typical.advisable)
publication_check("inventory.in_use")(in_use)
publication_check("rating.lawful")(typical.lawful)
EXPORTS, WHAT_IF = exports.JOB, JOB
"""Imported, so that every process knows the jobs."""

closing_check("inventory.products")(closing.living_products)
closing_check("ledger.money")(closing.open_money)
closing_check("ordering.orders")(closing.running_orders)
account_closing_check("inventory.products")(closing.living_products_of_account)
account_closing_check("ledger.money")(closing.open_money_of_account)


# The words import every room's events, so by now all that name a customer are declared.
OF_CUSTOMERS = tuple(
    event
    for event in all_event_types().values()
    if "customer_id" in event.__struct_fields__ or event.event_name in OF_PARTIES
)


@consumer("insight.timeline", on=OF_CUSTOMERS)
def put_on_timeline(event: Event, work: Work) -> None:
    """Every event that names a customer is on that customer's timeline, whichever room it comes from."""
    if work.causation is not None:
        record(recorded(work.causation))
