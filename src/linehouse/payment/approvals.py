"""What of payments another must approve: paying money back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from linehouse.payment.service.refunds import PAY_BACK, approve_refund
from linehouse.platform.approval.kinds import approval_kind
from linehouse.platform.work import Work


@approval_kind(
    PAY_BACK,
    title=_("Refund"),
    propose="refund.write",
    decide="refund.write",
    link=lambda payload: f"refunds/{payload['refund']}",
    always=True,
)
def pay_back(payload: dict[str, Any], work: Work) -> str:
    """Take the money out of the account's credit, to be given to the bank."""
    return approve_refund(payload, work)
