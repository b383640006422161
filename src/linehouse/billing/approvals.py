"""What of billing another may have to approve: credits, taking them back, and bill runs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from linehouse.billing.service.credits import GIVE, REVERSE, give, take_back
from linehouse.billing.service.running import APPROVE_RUN, approve_proposed, fingerprint_of_run
from linehouse.platform.approval.kinds import approval_kind
from linehouse.platform.work import Work


@approval_kind(GIVE, title=_("Customer credit"), propose="credit.write")
def give_approved(payload: dict[str, Any], work: Work) -> str:
    """Give the credit by a credit note."""
    made = give(payload, work)
    return f"{made.number}: {made.gross} by {made.invoice_number}"


@approval_kind(REVERSE, title=_("Customer credit taken back"), propose="credit.write")
def take_back_approved(payload: dict[str, Any], work: Work) -> str:
    """Take the credit back by an invoice."""
    made = take_back(payload, work)
    return f"{made.number} taken back by {made.reversal_number}"


@approval_kind(
    APPROVE_RUN,
    title=_("Bill run"),
    propose="billing.approve",
    decide="billing.approve",
    fingerprint=fingerprint_of_run,
    link=lambda payload: f"bill-runs/{payload['number']}",
)
def approve_run(payload: dict[str, Any], work: Work) -> str:
    """Approve the run, so that it can be posted."""
    return approve_proposed(payload, work)
