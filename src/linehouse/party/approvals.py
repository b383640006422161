"""What of parties another must approve: that somebody who may not unmask sees a person's values for a day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from linehouse.platform.approval.kinds import approval_kind
from linehouse.platform.personal.access_log import grant
from linehouse.platform.work import Actor, Work

UNMASK = "party.unmask"


@approval_kind(
    UNMASK,
    title=_("Unmasking personal values"),
    propose="customer.read",
    decide="personal.unmask",
    link=lambda payload: f"customers/{payload['customer']}?tab=privacy",
    always=True,
)
def allow_unmasking(payload: dict[str, Any], work: Work) -> str:
    """Let the proposer see the values for a day; each look is logged."""
    asker = Actor(payload["actor_kind"], payload["actor_id"], payload["actor"])
    grant(UUID(payload["party"]), asker, payload["customer"], reason=f"allowed by {work.actor.name}")
    return f"{asker.name} may unmask the values of {payload['customer']} for a day"
