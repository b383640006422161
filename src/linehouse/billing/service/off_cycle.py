"""Bills of their own, beside the cycle: as soon as something was bought, or because somebody asks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from linehouse.billing import store
from linehouse.billing.errors import NothingToBill
from linehouse.billing.service.bill_account import compute, write
from linehouse.billing.service.posting import issue
from linehouse.billing.values import Cut, CutKind
from linehouse.customer import service as customers
from linehouse.kernel.period import local_date
from linehouse.platform.work import Actor, unit_of_work

FIRST_BILL = "billing.first_bill"


def bill_now(account_id: UUID, *, actor: Actor, reason: str, only_first_bills: bool = False) -> UUID:
    """Bill and post what the account owes by now; the next cycle's advance periods stay for its own bill.

    ``only_first_bills`` takes what asks for a bill as soon as it begins, such as a prepaid pack. Raises NothingToBill
    and whatever would park the account in a run.
    """
    with unit_of_work(actor, reason) as work:
        store.lock_account(account_id)
        account = customers.billing_account(account_id)
        # Usage and charges of today are on it: what began before tomorrow.
        cut = Cut(local_date(work.now, account.zone) + timedelta(days=1), CutKind.OFF_CYCLE)
        invoice = write(compute(account, cut, only_first_bills=only_first_bills), None)
        if invoice is None:
            raise NothingToBill(
                f"{account.number} owes nothing that is not billed", field="account", value=account.number
            )
        issue(invoice)
        return invoice.id
