"""What packs, thresholds and the life of a prepaid line mean to somebody who looks at the customer."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext, gettext_lazy

from linehouse.balance import events as balance
from linehouse.insight.telling import amount, money, tells
from linehouse.insight.values import Mood, Subject, Told


@tells(balance.PackBought)
def _bought(event: balance.PackBought) -> Told:
    text = gettext("%(pack)s for %(line)s, %(price)s from the balance") % _facts(event)
    return Told(gettext("Pack bought"), text, Mood.GOOD, _product(event.product_id))


@tells(balance.PackRenewalComing)
def _coming(event: balance.PackRenewalComing) -> Told:
    text = gettext("%(pack)s for %(line)s, %(price)s from the balance") % _facts(event)
    mood = Mood.BAD if event.missing else Mood.INFO
    return Told(gettext("Pack is about to be renewed"), text, mood)


@tells(balance.PackRenewed)
def _renewed(event: balance.PackRenewed) -> Told:
    text = gettext("%(pack)s for %(line)s, %(price)s from the balance") % _facts(event)
    return Told(gettext("Pack renewed"), text, Mood.GOOD, _product(event.product_id))


@tells(balance.PackRenewalShort)
def _short(event: balance.PackRenewalShort) -> Told:
    facts = {"pack": event.offering_name, "missing": money(event.missing, event.currency)}
    text = gettext("%(pack)s: %(missing)s is missing") % facts
    return Told(gettext("Pack waits for money"), text, Mood.BAD)


@tells(balance.PackRenewalChanged)
def _changed(event: balance.PackRenewalChanged) -> Told:
    titles = {
        "on": gettext("Pack renews itself again"),
        "paused": gettext("Renewal of a pack paused"),
        "off": gettext("Renewal of a pack called off"),
    }
    title = titles.get(event.renewing, titles["paused"])
    return Told(title, f"{event.offering_key}, {event.subscription}", Mood.INFO)


_WHY = {
    "expired": gettext_lazy("its time is over"),
    "not-paid": gettext_lazy("it was not paid"),
    "cancelled": gettext_lazy("it was called off"),
    "line-ended": gettext_lazy("its line ended"),
}


@tells(balance.PackEnded)
def _ended(event: balance.PackEnded) -> Told:
    why = str(_WHY.get(event.why, event.why))
    return Told(gettext("Pack ended"), f"{event.offering_name}: {why}", Mood.QUIET, _product(event.product_id))


_CROSSED = {
    "remaining": gettext_lazy("%(value)s left, told at %(limit)s"),
    "used": gettext_lazy("%(value)s used, told at %(limit)s"),
    "spent": gettext_lazy("%(value)s spent, told at %(limit)s"),
}


@tells(balance.BucketThresholdCrossed)
def _crossed(event: balance.BucketThresholdCrossed) -> Told:
    facts = {"value": amount(event.value, event.asset), "limit": amount(event.limit, event.asset)}
    text = str(_CROSSED.get(event.measure, _CROSSED["remaining"])) % facts
    return Told(gettext("Threshold reached"), f"{event.subscription}: {text}", Mood.INFO)


@tells(balance.ThresholdSet)
def _threshold_set(event: balance.ThresholdSet) -> Told:
    limit = f"{event.percent} %" if event.percent is not None else amount(event.limit, event.asset)
    return Told(gettext("Threshold set"), f"{event.subscription}: {limit}", Mood.QUIET)


@tells(balance.ThresholdEnded)
def _threshold_ended(event: balance.ThresholdEnded) -> Told:
    return Told(gettext("Threshold taken away"), event.subscription, Mood.QUIET)


_MOVED = {
    "active": (gettext_lazy("Prepaid line works again"), Mood.GOOD),
    "grace": (gettext_lazy("Prepaid line can only be reached"), Mood.BAD),
    "inactive": (gettext_lazy("Prepaid line is barred"), Mood.BAD),
    "recycled": (gettext_lazy("Prepaid line is recycled"), Mood.BAD),
}


@tells(balance.PrepaidLineMoved)
def _moved(event: balance.PrepaidLineMoved) -> Told:
    title, mood = _MOVED.get(event.new, _MOVED["active"])
    return Told(str(title), event.subscription, mood, _product(event.subscription_id))


@tells(balance.PrepaidLineEnding)
def _ending(event: balance.PrepaidLineEnding) -> Told:
    return Told(gettext("Prepaid line is about to be restricted"), event.subscription, Mood.INFO)


@tells(balance.PrepaidRestKept)
def _rest(event: balance.PrepaidRestKept) -> Told:
    text = f"{event.subscription}: {money(event.micros, event.currency)}"
    if event.kept_as == "breakage":
        return Told(gettext("Credit of a recycled line lapsed"), text, Mood.QUIET)
    return Told(gettext("Credit of a recycled line is owed to the customer"), text, Mood.INFO)


def _facts(event: balance.PackBought | balance.PackRenewalComing | balance.PackRenewed) -> dict[str, str]:
    return {
        "pack": event.offering_name,
        "line": event.subscription,
        "price": money(event.micros, event.currency),
    }


def _product(product_id: UUID) -> Subject:
    return Subject("product", product_id)
