"""`/house/v1/lines/…/limits`: what bounds a line's usage, for the customer's own app: see, set, agree to go on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from linehouse.charging import service as charging
from linehouse.customer import service as customers
from linehouse.edge.house.circles import asked, read_body
from linehouse.edge.tmf.kit.access import called
from linehouse.edge.tmf.kit.answer import json_answer
from linehouse.edge.tmf.kit.serving import answered
from linehouse.inventory import service as inventory
from linehouse.kernel.money import Money
from linehouse.rating.controls import SetBy


class LimitBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Another limit: ``amount`` in the account's currency (nothing: the brand's); not ``on``: none at all."""

    limit: str
    reason: str
    amount: str = ""
    on: bool = True
    hard: bool = False


class BarBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A bar that comes or goes."""

    bar: str
    on: bool
    reason: str


class AgreementBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The customer agrees to go on above a limit; ``evidence`` is what shows it, ``channel`` how it was said."""

    limit: str
    channel: str
    evidence: str


def _money(amount: Money | None) -> dict[str, str] | None:
    return None if amount is None else {"value": amount.text, "currency": amount.currency}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _shown(number: str) -> dict[str, Any]:
    line = inventory.find_product(number=number)
    view = charging.controls_of_line(line.id)
    return {
        "line": line.number,
        "limits": [
            {
                "limit": one.key,
                "name": one.name,
                "amount": _money(one.amount),
                "withoutVat": one.without_vat,
                "amountWithVat": _money(one.bound),
                "spent": _money(one.spent),
                "reserved": _money(one.reserved),
                "percent": one.percent,
                "own": one.own,
                "mayAgree": one.consent,
                "agreedAt": _instant(one.consented_at),
                "countsAnew": _instant(one.ends),
            }
            for one in view.limits
        ],
        "bars": [{"bar": one.key, "name": one.name, "on": one.on, "setBy": list(one.set_by)} for one in view.bars],
        "policyCounters": [
            {
                "counter": one.key,
                "name": one.name,
                "used": one.used,
                "status": one.status.status,
                "nextStatus": one.status.next_status,
                "nextAt": _instant(one.status.next_at),
            }
            for one in view.counters
        ],
    }


@csrf_exempt
def limits(request: HttpRequest, number: str) -> HttpResponseBase:
    """`GET`: limits, bars and policy counters of a line. `POST`: another limit, as the customer wishes it."""

    def handle() -> HttpResponse:
        with called(request) as who:
            if not asked(request, who, ("GET", "HEAD", "POST")):
                return json_answer(_shown(number))
            given = read_body(request, LimitBody)
            line = inventory.find_product(number=number)
            currency = customers.billing_account(line.billing_account_id).currency
            charging.set_limit(
                line.id,
                given.limit,
                amount=Money.of(given.amount, currency) if given.amount else None,
                on=given.on,
                hard=given.hard,
                by=SetBy.CUSTOMER,
                actor=who.actor,
                reason=given.reason,
            )
            return json_answer(_shown(number))

    return answered(handle)


@csrf_exempt
def bars(request: HttpRequest, number: str) -> HttpResponseBase:
    """`POST`: a bar comes or goes, as the customer wishes it."""

    def handle() -> HttpResponse:
        with called(request) as who:
            asked(request, who, ("POST",))
            given = read_body(request, BarBody)
            line = inventory.find_product(number=number)
            charging.set_bar(line.id, given.bar, on=given.on, by=SetBy.CUSTOMER, actor=who.actor, reason=given.reason)
            return json_answer(_shown(number))

    return answered(handle)


@csrf_exempt
def agreements(request: HttpRequest, number: str) -> HttpResponseBase:
    """`POST`: the customer agrees to go on above a limit until it counts anew."""

    def handle() -> HttpResponse:
        with called(request) as who:
            asked(request, who, ("POST",))
            given = read_body(request, AgreementBody)
            line = inventory.find_product(number=number)
            charging.consent(line.id, given.limit, channel=given.channel, evidence=given.evidence, actor=who.actor)
            return json_answer(_shown(number), 201)

    return answered(handle)
