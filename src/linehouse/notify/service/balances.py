"""When people are told of money on their lines."""

from __future__ import annotations

from linehouse.balance.money_events import AutoTopUpFailed, MoneyReceived, MoneyTransferred, ToppedUp
from linehouse.kernel.money import Money
from linehouse.notify.service.writing import send_notice
from linehouse.notify.wording import Value
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.work import Work


@consumer("notify.topped_up", on=(ToppedUp,))
def tell_of_top_up(event: ToppedUp, work: Work) -> None:
    """Money came onto the line, with a bonus where there was one."""
    variables: dict[str, Value] = {
        "amount": Money(event.micros, event.currency),
        "left": Money(event.left_micros, event.currency),
    }
    notice = "topped-up"
    if event.bonus_micros and event.bonus_valid_to is not None:
        notice = "topped-up-with-bonus"
        variables |= {
            "bonus": Money(event.bonus_micros, event.currency),
            "until": event.bonus_valid_to.date(),
        }
    send_notice(
        notice,
        key=str(event.top_up_id),
        customer_id=event.customer_id,
        subject_ref=event.subscription,
        variables=variables,
    )


@consumer("notify.credit_sent", on=(MoneyTransferred,))
def tell_the_giver(event: MoneyTransferred, work: Work) -> None:
    """Credit was given to another line."""
    send_notice(
        "credit-sent",
        key=f"{event.transfer_id}/out",
        customer_id=event.customer_id,
        subject_ref=event.from_subscription,
        variables={
            "amount": Money(event.micros, event.currency),
            "fee": Money(event.fee_micros, event.currency),
            "left": Money(event.from_left_micros, event.currency),
        },
    )


@consumer("notify.credit_received", on=(MoneyReceived,))
def tell_the_receiver(event: MoneyReceived, work: Work) -> None:
    """Credit came from another line."""
    send_notice(
        "credit-received",
        key=f"{event.transfer_id}/in",
        customer_id=event.customer_id,
        subject_ref=event.to_subscription,
        variables={
            "amount": Money(event.micros, event.currency),
            "left": Money(event.left_micros, event.currency),
        },
    )


@consumer("notify.automatic_top_up_failed", on=(AutoTopUpFailed,))
def tell_of_failed_charge(event: AutoTopUpFailed, work: Work) -> None:
    """A card was declined: when it is tried again, or that it is not."""
    amount = Money(event.micros, event.currency)
    variables: dict[str, Value] = {"amount": amount}
    if event.again_at is not None:
        variables["again"] = event.again_at.date()
    send_notice(
        "automatic-top-up-stopped" if event.again_at is None else "automatic-top-up-failed",
        key=f"{event.subscription_id}/{event.failures}/{work.causation}",
        customer_id=event.customer_id,
        subject_ref=event.subscription,
        variables=variables,
    )
