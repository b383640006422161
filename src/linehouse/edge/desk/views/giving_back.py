"""Credits by hand, and money that goes back to customers."""

from __future__ import annotations

import secrets
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy
from django.views.decorators.http import require_POST

from linehouse.billing import service as billing
from linehouse.billing.credit_reasons import CREDIT_REASONS
from linehouse.catalog.values import text_in
from linehouse.customer import service as customers
from linehouse.customer.values import BillingAccountView, CustomerView
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.credit_rows import accounts_of
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.partner.bank import pain001
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.status import readable
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Table
from linehouse.kernel.error import DomainError, NotFound
from linehouse.kernel.money import Money
from linehouse.payment import service as payments
from linehouse.payment.lifecycle import REFUND
from linehouse.payment.values import RefundRequest, RefundView
from linehouse.platform.access.grants import Sight

REFUND_STATES: Final = tuple((state, readable(state).capitalize()) for state in REFUND.states)


class CreditForm(forms.Form):
    """How much, for what."""

    account = forms.ChoiceField(label=gettext_lazy("Billing account"))
    amount = forms.CharField(
        label=gettext_lazy("Amount, tax included"), help_text=gettext_lazy("In the account's currency, such as 12.50.")
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason on the credit note"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        help_text=gettext_lazy("Why it is given; it is kept, and whoever approves it reads it."),
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False)


class RefundForm(forms.Form):
    """How much of the unused credit, and where to."""

    account = forms.ChoiceField(label=gettext_lazy("Billing account"))
    amount = forms.CharField(label=gettext_lazy("Amount"), help_text=gettext_lazy("At most the unused credit."))
    iban = forms.CharField(label=gettext_lazy("IBAN"), max_length=42)
    holder = forms.CharField(label=gettext_lazy("Account holder"), max_length=70)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)
    once = forms.CharField(widget=forms.HiddenInput, required=False)


class WhyForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


def _chosen(accounts: list[BillingAccountView], number: str) -> BillingAccountView:
    return next(account for account in accounts if account.number == number)


@desk_view("credit.write", section="customers")
def give(request: DeskRequest, number: str) -> HttpResponse:
    """Give a customer a credit; beyond the role's limit it is proposed to somebody else."""
    view = customers.customer_by_number(number)
    accounts = accounts_of(view)
    form = CreditForm(request.POST if request.method == "POST" else None, initial={"once": secrets.token_urlsafe(12)})
    _offer(form, "account", [(a.number, f"{a.number} ({a.currency})") for a in accounts])
    language = (get_language() or "en")[:2]
    _offer(form, "reason", [(r.code, text_in(r.label, language)) for r in CREDIT_REASONS.values()])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        account = _chosen(accounts, given["account"])
        try:
            outcome = billing.give_credit(
                billing.CreditRequest(
                    account_id=account.id,
                    gross=Money.of(given["amount"].strip().replace(",", "."), account.currency),
                    reason_code=given["reason"],
                    note=given["note"],
                    once=f"desk/{given['once']}" if given["once"] else "",
                ),
                actor=request.desk.actor,
            )
        except DomainError as refusal:
            tell(form, refusal)
        else:
            return _after(request, outcome, view)
    context = {
        "title": gettext("Give a credit"),
        "lede": gettext(
            "A credit note with tax stated. It pays what is open, the oldest first; the rest pays the next bill."
        ),
        "form": form,
        "submit": gettext("Give the credit"),
        "crumbs": _crumbs(request, view),
    }
    return render(request, "desk/form.html", context)


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def _crumbs(request: DeskRequest, view: CustomerView) -> list[tuple[str, str]]:
    return [(view.name, reverse("desk:customer", args=(request.desk.brand.key, view.number)))]


def _after(request: DeskRequest, outcome: billing.CreditOutcome, view: CustomerView) -> HttpResponse:
    if outcome.proposal is not None:
        text = gettext("This goes beyond your limit: %(number)s waits for somebody else's approval.")
        messages.success(request, text % {"number": outcome.proposal.number})
        if "approval.read" in request.desk.permissions:
            return redirect("desk:approval", brand=request.desk.brand.key, number=outcome.proposal.number)
    elif outcome.credit is not None:
        text = gettext("%(number)s: %(amount)s by credit note %(note)s.")
        messages.success(
            request,
            text
            % {
                "number": outcome.credit.number,
                "amount": outcome.credit.gross,
                "note": outcome.credit.reversal_number or outcome.credit.invoice_number,
            },
        )
    address = reverse("desk:customer", args=(request.desk.brand.key, view.number))
    return redirect(f"{address}?tab=credits" if "billing.read" in request.desk.permissions else address)


@desk_view("billing.read", section="customers", write="credit.write")
def credit(request: DeskRequest, number: str) -> HttpResponse:
    """One credit with its documents; it can be taken back."""
    found = billing.credit(number)
    view = customers.customer_view(found.customer_id)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = billing.reverse_credit(number, actor=request.desk.actor, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            tell(form, refusal)
        else:
            return _after(request, outcome, view)
    return render(request, "desk/credit.html", {"credit": found, "customer": view, "form": form})


@desk_view("payment.read", section="refunds")
def refunds(request: DeskRequest) -> HttpResponse:
    """All refunds, newest first."""
    brand = request.desk.brand.key
    table = Table[RefundView](
        key="refunds",
        caption=gettext("Refunds"),
        columns=(
            Column(
                "number", gettext("Refund"), Kind.CODE, link=lambda r: reverse("desk:refund", args=(brand, r.number))
            ),
            Column("billing_account_number", gettext("Account"), Kind.CODE),
            Column("state", gettext("State"), Kind.STATUS),
            Column("requested_by", gettext("Asked by"), shown=Shown.FROM_TABLET),
            Column("requested_at", gettext("Asked"), Kind.INSTANT, shown=Shown.FROM_TABLET),
            Column("batch", gettext("File to the bank"), Kind.CODE, shown=Shown.FROM_DESKTOP),
            Column("amount", gettext("Amount"), Kind.MONEY),
        ),
        filters=(Filter("state", gettext("State"), REFUND_STATES),),
        search_label=gettext("Refund, account or proposal"),
        empty=Empty(gettext("No refund yet"), gettext("Unused credit is paid back from the customer's page."), "bank"),
    )

    def source(query: Query) -> Slice[RefundView]:
        rows, total = payments.refunds(
            state=query.filters.get("state", ""), search=query.search, offset=query.offset, limit=query.limit
        )
        return Slice(rows, total)

    _, waiting = payments.refunds(state="approved", limit=1)
    context = {"title": gettext("Refunds"), "above": "desk/refunds_waiting.html" if waiting else "", "waiting": waiting}
    return answer_list(request, table, source, context=context)


@desk_view("refund.write", section="refunds")
def ask(request: DeskRequest, number: str) -> HttpResponse:
    """Ask to pay unused credit back; another approves it."""
    view = customers.customer_by_number(number)
    accounts = accounts_of(view)
    form = RefundForm(
        request.POST if request.method == "POST" else None,
        initial={"once": secrets.token_urlsafe(12), "holder": view.name},
    )
    _offer(form, "account", [(a.number, f"{a.number}: {payments.credit_of(a.id, a.currency)}") for a in accounts])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        account = _chosen(accounts, given["account"])
        try:
            made = payments.request_refund(
                RefundRequest(
                    billing_account_id=account.id,
                    amount=Money.of(given["amount"].strip().replace(",", "."), account.currency),
                    iban=given["iban"],
                    holder=given["holder"],
                    reason=given["reason"],
                    once=f"desk/{given['once']}" if given["once"] else "",
                ),
                actor=request.desk.actor,
            )
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(
                request,
                gettext("%(refund)s waits for somebody else's approval (%(proposal)s).")
                % {"refund": made.number, "proposal": made.proposal},
            )
            return redirect("desk:refund", brand=request.desk.brand.key, number=made.number)
    context = {
        "title": gettext("Pay money back"),
        "lede": gettext("Unused credit goes back to the customer's bank account. Another person approves it."),
        "form": form,
        "submit": gettext("Ask for the refund"),
        "crumbs": _crumbs(request, view),
    }
    return render(request, "desk/form.html", context)


@desk_view("payment.read", section="refunds")
def refund(request: DeskRequest, number: str) -> HttpResponse:
    """One refund and where it stands."""
    found = payments.refund(number)
    plain = request.desk.sight("payment.account") is Sight.PLAIN
    context = {
        "refund": found,
        "customer": customers.customer_view(found.customer_id),
        "iban": found.iban if plain else f"{found.iban[:2]} … {found.iban[-4:]}",
        "holder": found.holder if plain else f"{found.holder[:1]}…",
    }
    return render(request, "desk/refund.html", context)


@require_POST
@desk_view("payment.read", section="refunds", write="refund.write")
def refund_move(request: DeskRequest, number: str, move: str) -> HttpResponse:
    """Say that the bank has paid, or that it sent the money back."""
    number, actor = payments.refund(number).number, request.desk.actor
    if move == "paid":
        today = request.desk.clock.now.astimezone(request.desk.zone).date()
        payments.record_paid(number, today, actor=actor)
        messages.success(request, gettext("The refund is paid."))
    elif move == "returned":
        payments.record_returned(number, actor=actor, reason=request.POST.get("reason", ""))
        messages.success(request, gettext("The money is the account's credit again."))
    else:
        raise NotFound(gettext("there is no such page"), field="move", value=move)
    return redirect("desk:refund", brand=request.desk.brand.key, number=number)


@require_POST
@desk_view("payment.read", section="refunds", write="refund.write")
def export(request: DeskRequest) -> HttpResponse:
    """Give all approved refunds to the bank in one file."""
    made = pain001.export(actor=request.desk.actor)
    messages.success(
        request,
        gettext("%(number)s: %(count)d refunds, %(sum)s. Hand the file to the bank.")
        % {"number": made.number, "count": len(made.orders), "sum": made.total},
    )
    return redirect("desk:refunds", brand=request.desk.brand.key)


__all__ = ["ask", "credit", "export", "give", "refund", "refund_move", "refunds"]
