"""Money on a line: what there is, putting some on, sending it, correcting it, and taking moves back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from linehouse.balance import service as balance
from linehouse.balance.money_rules import Method
from linehouse.balance.service import AdjustRequest, AutoRequest, TopUpRequest, TransferRequest
from linehouse.balance.values import BucketView
from linehouse.billing.reference import grouped
from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.money_forms import (
    AdjustForm,
    AutoForm,
    OverdraftForm,
    RedeemForm,
    TopUpForm,
    TransferForm,
    WhyForm,
    money_of,
)
from linehouse.edge.desk.products import meter
from linehouse.edge.desk.refused_form import tell
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.kernel.error import DomainError, Invalid
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Msisdn
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.payment.matching import top_up_reference
from linehouse.platform.approval.values import Proposal

CHANNEL = "desk"


@desk_view("customer.read", section="customers", own=True)
def money(request: DeskRequest, number: str) -> HttpResponse:
    """What a line has, and every top-up, transfer and adjustment of it."""
    found = inventory.find_product(number=number)
    main = _main(found)
    context = {
        "product": found,
        "customer": customers.customers([found.customer_id]).get(found.customer_id),
        "main": main,
        "main_left": Money(main.left or 0, main.asset) if main else None,
        "overdraft": Money(main.overdraft, main.asset) if main and main.overdraft else None,
        "meters": [meter(one) for one in balance.buckets_of(found.id, request.desk.clock.now) if one.is_money],
        "top_ups": balance.top_ups(subscription_id=found.id, limit=25)[0],
        "transfers": balance.transfers(subscription_id=found.id, limit=25)[0],
        "adjustments": balance.adjustments(subscription_id=found.id, limit=25)[0],
        "auto": balance.auto_of(found.id),
        "reference": grouped(top_up_reference(found.msisdn.digits)) if main and found.msisdn else "",
        "offers_transfers": balance.money_rules().transfer is not None,
    }
    return render(request, "desk/line_money.html", context)


def _main(found: ProductView) -> BucketView | None:
    mains = [b for b in balance.buckets_of(found.id) if b.ref == f"{found.number}/main" and b.closed_at is None]
    return mains[0] if mains else None


def _currency(found: ProductView) -> str:
    main = _main(found)
    if main is None:
        raise Invalid(gettext("this line has no prepaid balance"), field="line", value=found.number)
    return main.asset


def _once(form: forms.Form) -> str:
    return f"desk/{form.cleaned_data['once'] or secrets.token_urlsafe(12)}"


def _filled(request: DeskRequest, number: str, form: forms.Form, act: Callable[[], str], **words: Any) -> HttpResponse:
    """A form about a line: shown, and done when it is sent."""
    found = inventory.find_product(number=number)
    page = reverse("desk:line_money", args=(request.desk.brand.key, number))
    if request.method == "POST" and form.is_valid():
        try:
            said = act()
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, said)
            return redirect(page)
    crumbs = [(f"{found.offering_name} {found.number}", page)]
    return render(request, "desk/form.html", {"form": form, "crumbs": crumbs, **words})


def _data(request: DeskRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _key() -> dict[str, str]:
    return {"once": secrets.token_urlsafe(12)}


@desk_view("topup.write", section="customers", own=True)
def put_on(request: DeskRequest, number: str) -> HttpResponse:
    """Put money on a line that was paid here."""
    dealer = request.desk.held.bound_to("topup.write")
    form = TopUpForm(_data(request), initial=_key(), dealer=dealer is not None)

    def act() -> str:
        given, found = form.cleaned_data, inventory.find_product(number=number)
        method = Method.DEALER if dealer is not None else Method(given["method"])
        giver = customers.customer_by_number(given["reference"]).id if method is Method.GIFT else None
        made = balance.top_up(
            TopUpRequest(
                line=number,
                amount=money_of(given["amount"], _currency(found)),
                method=method,
                once=_once(form),
                reference=given["reference"],
                channel=CHANNEL,
                dealer=dealer or "",
                giver_id=giver,
            ),
            actor=request.desk.actor,
        )
        return _said(made)

    return _filled(
        request,
        number,
        form,
        act,
        title=gettext("Top up"),
        lede=gettext("Money that was paid here goes on the line at once; running sessions go on with it."),
        submit=gettext("Top up"),
    )


def _said(made: balance.TopUpView) -> str:
    text = gettext("%(number)s: %(amount)s is on the line.") % {"number": made.number, "amount": made.amount}
    if made.bonus:
        text += " " + gettext("With a bonus of %(bonus)s.") % {"bonus": made.bonus}
    return text


@desk_view("topup.write", section="customers", own=True)
def redeem(request: DeskRequest, number: str) -> HttpResponse:
    """Put a voucher on a line."""
    form = RedeemForm(_data(request), initial=_key())

    def act() -> str:
        inventory.find_product(number=number)
        dealer = request.desk.held.bound_to("topup.write")
        channel = f"desk/{dealer or request.desk.actor.id}"[:60]
        made = balance.redeem(
            form.cleaned_data["pin"], number, channel=channel, once=_once(form), actor=request.desk.actor
        )
        return _said(made)

    return _filled(
        request,
        number,
        form,
        act,
        title=gettext("Redeem a voucher"),
        lede=gettext("Each voucher can be used once, and only after it was sold."),
        submit=gettext("Redeem"),
    )


@desk_view("topup.write", section="customers", own=True)
def give(request: DeskRequest, number: str) -> HttpResponse:
    """Give bought credit to another line."""
    form = TransferForm(_data(request), initial=_key())
    rules = balance.money_rules().transfer

    def act() -> str:
        given, found = form.cleaned_data, inventory.find_product(number=number)
        made = balance.transfer(
            TransferRequest(
                giver=number,
                receiver=_line_of(request, given["receiver"]),
                amount=money_of(given["amount"], _currency(found)),
                once=_once(form),
                channel=CHANNEL,
            ),
            actor=request.desk.actor,
        )
        words = {"number": made.number, "amount": made.amount, "line": made.receiver, "fee": made.fee}
        return gettext("%(number)s: %(amount)s went to %(line)s, the fee was %(fee)s.") % words

    lede = gettext("Bought credit only; promotional credit is never given away.")
    if rules is not None:
        lede += " " + gettext("Between %(least)s and %(most)s, %(day)s a day, %(times)d times; the fee is %(fee)s.") % {
            "least": rules.minimum,
            "most": rules.maximum,
            "day": rules.per_day,
            "times": rules.times_a_day,
            "fee": rules.fee,
        }
    return _filled(
        request, number, form, act, title=gettext("Give credit to another line"), lede=lede, submit=gettext("Give")
    )


def _line_of(request: DeskRequest, text: str) -> str:
    """A line by its product number or telephone number."""
    wanted = text.strip()
    if wanted.startswith(("+", "0")):
        found = inventory.identify(
            msisdn=Msisdn.parse(wanted, catalog.published().brand.country), at=request.desk.clock.now
        )
        if found is None:
            raise Invalid(gettext("no line has this number now"), field="receiver", value=wanted)
        return found.product_number
    return wanted


@desk_view("balance.adjust", section="customers")
def adjust(request: DeskRequest, number: str) -> HttpResponse:
    """Change a balance by hand; beyond the role's limit it is proposed to somebody else."""
    found = inventory.find_product(number=number)
    open_ones = [
        one
        for one in balance.buckets_of(found.id, request.desk.clock.now)
        if not one.unlimited and one.closed_at is None
    ]
    form = AdjustForm(
        _data(request),
        initial=_key(),
        buckets=[(one.ref, f"{one.name()}: {one.human(one.left)}") for one in open_ones],
        reasons=list(balance.money_rules().reasons.values()),
    )

    def act() -> str:
        given = form.cleaned_data
        bucket = next(one for one in open_ones if one.ref == given["bucket"])
        outcome = balance.adjust(
            AdjustRequest(
                bucket_ref=bucket.ref,
                amount=_amount(given["amount"], bucket),
                reason_code=given["reason"],
                note=given["note"],
                once=_once(form),
            ),
            actor=request.desk.actor,
        )
        if outcome.adjustment is not None:
            return gettext("%(number)s is done.") % {"number": outcome.adjustment.number}
        return _waits(outcome.proposal)

    return _filled(
        request,
        number,
        form,
        act,
        title=gettext("Adjust a balance"),
        lede=gettext("Up or down, never below zero. Beyond your limit, and for units, somebody else decides."),
        submit=gettext("Adjust"),
    )


def _waits(proposal: Proposal | None) -> str:
    number = proposal.number if proposal is not None else ""
    return gettext("This goes beyond your limit: %(number)s waits for somebody else's approval.") % {"number": number}


def _amount(text: str, bucket: BucketView) -> int:
    """A signed change in the bucket's own units. Raises Invalid."""
    plain = text.strip().replace(",", ".")
    if bucket.is_money:
        return Money.of(plain, bucket.asset).micros
    negative = plain.startswith("-")
    quantity = Quantity.parse(plain.lstrip("+-").strip())
    if quantity.unit is not Unit(bucket.asset):
        raise Invalid(gettext("another kind of units"), field="amount", value=text, expected=bucket.human(bucket.left))
    return -quantity.amount if negative else quantity.amount


@desk_view("balance.adjust", section="customers")
def overdraft(request: DeskRequest, number: str) -> HttpResponse:
    """How far below zero a line's balance may go."""
    found = inventory.find_product(number=number)
    main = _main(found)
    now = Money(main.overdraft, main.asset).text if main else ""
    form = OverdraftForm(_data(request), initial={"amount": now, "overdraw": bool(main and main.overdraw)})

    def act() -> str:
        given = form.cleaned_data
        outcome = balance.set_overdraft(
            number,
            money_of(given["amount"], _currency(found)),
            overdraw=given["overdraw"],
            actor=request.desk.actor,
            reason=given["reason"],
        )
        if isinstance(outcome, Money):
            return gettext("The balance may go %(amount)s below zero.") % {"amount": outcome}
        return _waits(outcome)

    return _filled(
        request,
        number,
        form,
        act,
        title=gettext("Overdraft"),
        lede=gettext("A number: with 0 the line is plain prepaid."),
        submit=gettext("Set"),
    )


@desk_view("topup.write", section="customers", own=True)
def automatic(request: DeskRequest, number: str) -> HttpResponse:
    """Set a line's automatic top-up, or switch it off."""
    found = inventory.find_product(number=number)
    known = balance.auto_of(found.id)
    initial = {
        "amount": known.amount.text if known else "",
        "threshold": known.threshold.text if known and known.threshold else "",
        "day": known.day if known else None,
    }
    off = request.method == "POST" and "off" in request.POST
    if off:
        balance.stop_auto(number, actor=request.desk.actor, reason="switched off at the desk")
        messages.success(request, gettext("The automatic top-up is off."))
        return redirect("desk:line_money", brand=request.desk.brand.key, number=number)
    form = AutoForm(_data(request), initial=initial)

    def act() -> str:
        given, currency = form.cleaned_data, _currency(found)
        threshold = given["threshold"].strip()
        balance.set_auto(
            AutoRequest(
                line=number,
                amount=money_of(given["amount"], currency),
                threshold=money_of(threshold, currency) if threshold else None,
                day=given["day"],
                token=given["token"].strip(),
            ),
            actor=request.desk.actor,
        )
        return gettext("The automatic top-up is on.")

    return _filled(
        request,
        number,
        form,
        act,
        title=gettext("Automatic top-up"),
        lede=gettext("The card is charged without its holder being there. A charge that fails is tried again."),
        submit=gettext("Switch on"),
    )


def _move_page(
    request: DeskRequest, kind: str, found: Any, line: str, permission: str, undo: Callable[[str], object]
) -> HttpResponse:
    """A top-up, transfer or adjustment, which may be taken back."""
    form = WhyForm(_data(request))
    if request.method == "POST" and form.is_valid():
        try:
            undo(form.cleaned_data["reason"])
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, gettext("%(number)s was taken back.") % {"number": found.number})
            return redirect("desk:line_money", brand=request.desk.brand.key, number=line)
    context = {
        "kind": kind,
        "move": found,
        "line": line,
        "form": form,
        "may_undo": found.state == "booked" and permission in request.desk.permissions,
    }
    return render(request, "desk/money_move.html", context)


@desk_view("customer.read", section="customers", write="balance.adjust")
def top_up(request: DeskRequest, top_up_number: str) -> HttpResponse:
    """One top-up; care may take it back."""
    found = balance.find_top_up(top_up_number)
    actor = request.desk.actor
    return _move_page(
        request,
        "top-up",
        found,
        found.subscription,
        "balance.adjust",
        lambda reason: balance.reverse_top_up(found.number, actor=actor, reason=reason),
    )


@desk_view("customer.read", section="customers", write="balance.adjust")
def transfer(request: DeskRequest, transfer_number: str) -> HttpResponse:
    """One transfer; care may take it back."""
    found = balance.find_transfer(transfer_number)
    actor = request.desk.actor
    return _move_page(
        request,
        "transfer",
        found,
        found.giver,
        "balance.adjust",
        lambda reason: balance.reverse_transfer(found.number, actor=actor, reason=reason),
    )


@desk_view("customer.read", section="customers", write="balance.adjust")
def adjustment(request: DeskRequest, adjustment_number: str) -> HttpResponse:
    """One adjustment; it can be taken back."""
    found = balance.find_adjustment(adjustment_number)
    actor = request.desk.actor
    return _move_page(
        request,
        "adjustment",
        found,
        found.subscription,
        "balance.adjust",
        lambda reason: balance.reverse_adjustment(found.number, actor=actor, reason=reason),
    )
