"""What sessions and files did to lines' limits, told to the other rooms as events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from linehouse.charging import controls_store as store
from linehouse.charging.events import ControlRefusedUsage, LimitReached, LineArrived, PolicyStatusChanged
from linehouse.charging.service.lines import lines_of
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import current_work
from linehouse.rating.controls.values import whereabouts


def happened(facts: Mapping[str, Any]) -> None:
    """Tell it, in the surrounding unit of work; of a line that is gone nothing is told."""
    subscription_id = UUID(facts["line"])
    line = lines_of([subscription_id]).get(subscription_id)
    if line is None:
        return
    named: dict[str, Any] = {
        "subscription_id": subscription_id,
        "subscription": line.subscription,
        "customer_id": line.customer_id,
    }
    rules = store.rules_at(current_work().now)
    match facts["what"]:
        case "limit":
            rule = rules.limits.get(facts["limit"])
            emit(
                LimitReached(
                    **named,
                    limit=facts["limit"],
                    percent=facts["percent"],
                    amount=facts["amount"],
                    spent=facts["spent"],
                    currency=facts["currency"],
                    without_vat=rule is not None and rule.without_vat,
                    consent=rule is not None and rule.consent,
                    starts=datetime.fromisoformat(facts["starts"]),
                )
            )
        case "refused":
            emit(ControlRefusedUsage(**named, control=facts["limit"], why=facts["why"]))
        case "arrived":
            at = datetime.fromisoformat(facts["at"])
            place = whereabouts(facts["country"], rules.home, at.date())
            emit(LineArrived(**named, country=facts["country"], plmn=facts["plmn"], roaming=place.value, at=at))
        case "status":
            emit(PolicyStatusChanged(**named, counter=facts["counter"], old=facts["old"], new=facts["new"]))
        case other:
            raise ValueError(f"nobody tells {other!r} of a line")


def decide_anew(subscription: str, now: datetime) -> None:
    """The statuses of a line, by its number, are to be decided anew, where the brand has policy counters."""
    if store.rules_at(now).counters:
        store.decide_anew_by_number(subscription, now)
