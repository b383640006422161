"""What money on lines means to somebody who looks at the customer: put there, sent, corrected, spent beyond zero."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext, gettext_lazy

from linehouse.balance import money_events as balance
from linehouse.insight.telling import amount, money, tells
from linehouse.insight.values import Mood, Subject, Told
from linehouse.platform.texts.codes import said

_METHODS = {
    "voucher": gettext_lazy("by voucher"),
    "card": gettext_lazy("by card"),
    "bank": gettext_lazy("by bank transfer"),
    "agent": gettext_lazy("at the counter"),
    "dealer": gettext_lazy("by a dealer"),
    "gift": gettext_lazy("as a gift"),
}


def _line(subscription_id: UUID, number: str) -> Subject:
    return Subject("product", subscription_id, number)


@tells(balance.ToppedUp)
def _topped_up(event: balance.ToppedUp) -> Told:
    text = gettext("%(number)s: %(amount)s %(how)s, %(left)s on the balance") % {
        "number": event.number,
        "amount": money(event.micros, event.currency),
        "how": _METHODS.get(event.method, event.method),
        "left": money(event.left_micros, event.currency),
    }
    if event.bonus_micros:
        text += gettext(", %(bonus)s bonus") % {"bonus": money(event.bonus_micros, event.currency)}
    return Told(gettext("Topped up"), text, Mood.GOOD, _line(event.subscription_id, event.subscription))


@tells(balance.TopUpReversed)
def _top_up_reversed(event: balance.TopUpReversed) -> Told:
    text = f"{event.number}: {money(event.micros, event.currency)}"
    return Told(gettext("Top-up taken back"), text, Mood.BAD, _line(event.subscription_id, event.subscription))


@tells(balance.MoneyTransferred)
def _transferred(event: balance.MoneyTransferred) -> Told:
    text = gettext("%(number)s: %(amount)s to %(line)s, fee %(fee)s") % {
        "number": event.number,
        "amount": money(event.micros, event.currency),
        "line": event.to_subscription,
        "fee": money(event.fee_micros, event.currency),
    }
    return Told(
        gettext("Credit given to another line"),
        text,
        Mood.INFO,
        _line(event.from_subscription_id, event.from_subscription),
    )


@tells(balance.MoneyReceived)
def _received(event: balance.MoneyReceived) -> Told:
    text = f"{event.number}: {money(event.micros, event.currency)}"
    subject = _line(event.to_subscription_id, event.to_subscription)
    return Told(gettext("Credit received from another line"), text, Mood.GOOD, subject)


@tells(balance.TransferReversed)
def _transfer_reversed(event: balance.TransferReversed) -> Told:
    text = f"{event.number}: {money(event.micros, event.currency)}"
    subject = _line(event.from_subscription_id, event.from_subscription)
    return Told(gettext("Transfer taken back"), text, Mood.INFO, subject)


@tells(balance.BalanceAdjusted)
def _adjusted(event: balance.BalanceAdjusted) -> Told:
    text = f"{event.number}: {amount(event.amount, event.asset)}, {event.ref}, {said(event.reason)}"
    mood = Mood.GOOD if event.amount > 0 else Mood.BAD
    return Told(gettext("Balance adjusted"), text, mood, _line(event.subscription_id, event.subscription))


@tells(balance.OverdraftChanged)
def _overdraft(event: balance.OverdraftChanged) -> Told:
    text = f"{event.subscription}: {money(event.micros, event.currency)}"
    return Told(gettext("Overdraft changed"), text, Mood.INFO, _line(event.subscription_id, event.subscription))


@tells(balance.AutoTopUpSet)
def _auto_set(event: balance.AutoTopUpSet) -> Told:
    text = f"{event.subscription}: {money(event.micros, event.currency)}, {said(event.state)}"
    return Told(gettext("Automatic top-up set"), text, Mood.INFO, _line(event.subscription_id, event.subscription))


@tells(balance.AutoTopUpFailed)
def _auto_failed(event: balance.AutoTopUpFailed) -> Told:
    text = f"{event.subscription}: {money(event.micros, event.currency)}, {event.why}"
    return Told(gettext("Automatic top-up failed"), text, Mood.BAD, _line(event.subscription_id, event.subscription))
