"""What of balances another must approve: adjusting one by hand, and letting one go below zero."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from linehouse.balance.service.adjust import ADJUST, OVERDRAFT, apply_adjustment, apply_overdraft
from linehouse.platform.approval.kinds import approval_kind
from linehouse.platform.work import Work


@approval_kind(ADJUST, title=_("Adjustment of a balance"), propose="balance.adjust", decide="balance.adjust")
def change_by_hand(payload: dict[str, Any], work: Work) -> str:
    """Move what was proposed."""
    return apply_adjustment(payload, work)


@approval_kind(OVERDRAFT, title=_("Overdraft of a line"), propose="balance.adjust", decide="balance.adjust")
def let_go_below_zero(payload: dict[str, Any], work: Work) -> str:
    """Set the number that was proposed."""
    return apply_overdraft(payload)
