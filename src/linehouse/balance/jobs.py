"""What balance does on its own: it grants when a product comes alive, and turns with the calendar."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from linehouse.balance import laws
from linehouse.balance.events import BucketExpired, BucketGranted, BucketUsedUp
from linehouse.balance.money_events import MoneyReceived, ToppedUp
from linehouse.balance.service import look as balance_look
from linehouse.balance.service.automatic import CHARGE, LOOK, ask_for_due, charge
from linehouse.balance.service.earning import EARN, earn
from linehouse.balance.service.grant import TURN, grant_product
from linehouse.balance.service.packs import NOTICE, RENEW
from linehouse.balance.service.prepaid_life import LIFE, follow, look, money_on_line
from linehouse.balance.service.renewing import line_ended, money_came, renew, tell_coming
from linehouse.balance.service.turn import end_product, turn
from linehouse.balance.service.vouchers import expire_vouchers
from linehouse.balance.values import TaxedAt
from linehouse.inventory import service as inventory
from linehouse.inventory.events import ProductActivated, ProductTerminated
from linehouse.kernel.quantity import Unit
from linehouse.platform.jobs.registry import Attempt, Payload, external_job, job
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.work import Work
from linehouse.rating.values import BucketKind
from linehouse.resource.voucher_events import VoucherBatchMade

__all__ = ["laws"]

EXPIRE_VOUCHERS = "balance.expire_vouchers"


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


@consumer("balance.vouchers", on=(VoucherBatchMade,))
def wait_for_their_end(event: VoucherBatchMade, work: Work) -> None:
    """The day comes on which the vouchers of a batch are over."""
    enqueue(EXPIRE_VOUCHERS, {"batch": str(event.batch_id)}, key=str(event.batch_id), due=event.expires_at)


@job(EXPIRE_VOUCHERS)
def end_vouchers(payload: Payload, work: Work) -> None:
    """Sold vouchers that were not used are breakage."""
    expire_vouchers(UUID(payload["batch"]), work)


@consumer("balance.low", on=(BucketUsedUp, BucketExpired))
def look_at_low_balance(event: BucketUsedUp | BucketExpired, work: Work) -> None:
    """A line that tops itself up may be due."""
    ask_for_due([event.subscription])


@job(LOOK)
def look_at_automatic(payload: Payload, work: Work) -> None:
    """A day has come, or a failed charge is tried again."""
    ask_for_due([str(payload["line"])])


@external_job(CHARGE, max_attempts=20)
def charge_card(payload: Payload, attempt: Attempt) -> None:
    """Charge a card for an automatic top-up."""
    charge(UUID(payload["auto"]))


@consumer("balance.topped_up", on=(ToppedUp, MoneyReceived))
def line_lives_on(event: ToppedUp | MoneyReceived, work: Work) -> None:
    """Bought credit came onto a prepaid line: it lives on, and one that was restricted works again."""
    line_id = event.subscription_id if isinstance(event, ToppedUp) else event.to_subscription_id
    money_on_line(line_id, work)
