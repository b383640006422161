"""What balance does on its own: it grants when a product comes alive, and turns with the calendar."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from linehouse.balance import laws
from linehouse.balance.events import BucketGranted
from linehouse.balance.service import look as balance_look
from linehouse.balance.service.earning import EARN, earn
from linehouse.balance.service.grant import TURN, grant_product
from linehouse.balance.service.packs import NOTICE, RENEW
from linehouse.balance.service.prepaid_life import LIFE, follow, look, money_on_line
from linehouse.balance.service.renewing import line_ended, money_came, renew, tell_coming
from linehouse.balance.service.turn import end_product, turn
from linehouse.balance.values import TaxedAt
from linehouse.inventory import service as inventory
from linehouse.inventory.events import ProductActivated, ProductTerminated
from linehouse.kernel.quantity import Unit
from linehouse.platform.jobs.registry import Payload, job
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.work import Work
from linehouse.rating.values import BucketKind

__all__ = ["laws"]


@consumer("balance.grant", on=(ProductActivated,))
def grant_what_it_brings(event: ProductActivated, work: Work) -> None:
    """Allowances and credit of the offering, as it was sold; and the life of a prepaid line begins."""
    grant_product(event, work)
    if event.parent_product_id is None:
        follow(inventory.find_product(id=event.product_id), work)


@consumer("balance.end", on=(ProductTerminated,))
def end_what_it_brought(event: ProductTerminated, work: Work) -> None:
    """Units end with their product."""
    end_product(event, work)
    line_ended(event.product_id, work)


@job(TURN)
def turn_with_the_calendar(payload: Payload, work: Work) -> None:
    """Periods end and begin."""
    turn(int(payload.get("part", 0)), work)


@job(RENEW)
def renew_a_pack(payload: Payload, work: Work) -> None:
    """A paid period is over, or money may have come."""
    renew(UUID(payload["pack"]), work)


@job(NOTICE)
def tell_of_a_renewal(payload: Payload, work: Work) -> None:
    """Who will pay again is told before."""
    tell_coming(UUID(payload["pack"]), payload["period"], work)


@job(EARN)
def earn_by_day(payload: Payload, work: Work) -> None:
    """A month has earned its part of what packs were paid."""
    earn(date.fromisoformat(payload["until"]), work)


@job(LIFE)
def look_at_a_prepaid_line(payload: Payload, work: Work) -> None:
    """A notice or a step of a prepaid line may be due."""
    look(UUID(payload["line"]), work)


@consumer("balance.bought_credit", on=(BucketGranted,))
def bought_credit_came(event: BucketGranted, work: Work) -> None:
    """Credit that is taxed when it is used was bought: what waits for money is tried, and a prepaid line lives on."""
    if not event.amount or event.asset in set(Unit):
        return
    bucket = balance_look.bucket_by_id(event.bucket_id)
    if bucket.kind is BucketKind.MAIN and bucket.taxed_at is TaxedAt.USE:
        money_came(bucket.owner.subscription_id, key=event.ref)
        money_on_line(bucket.owner.subscription_id, work)
