"""What of charging another must approve: rating usage again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from linehouse.charging.service.rerate_runs import APPROVAL, approve_rerate
from linehouse.platform.approval.kinds import approval_kind
from linehouse.platform.work import Work


@approval_kind(
    APPROVAL,
    title=_("Usage rated again"),
    propose="usage.rerate",
    decide="usage.rerate",
    link=lambda payload: f"usage/rerating/{payload['number']}",
    always=True,
)
def rate_usage_again(payload: dict[str, Any], work: Work) -> str:
    """Let the worker take the entries back and enter the records anew."""
    return approve_rerate(payload, work)
