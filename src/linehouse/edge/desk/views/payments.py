"""Bank statements, what they brought in, and whose it is."""

from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from linehouse.customer import service as customers
from linehouse.edge.desk.access import Desk, DeskRequest, desk_view
from linehouse.edge.desk.payment_rows import payment_source, payments_table, sort_word
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action, read_upload
from linehouse.edge.partner.bank.intake import receive
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.kernel.error import DomainError
from linehouse.payment import service as payments
from linehouse.payment.lifecycle import BANK_ENTRY
from linehouse.payment.values import EntryView, StatementView
from linehouse.platform.access.grants import Sight
from linehouse.platform.personal.masking import masked
from linehouse.platform.texts.codes import titled_lazily

ENTRY_STATES: Final = tuple((state, titled_lazily(state)) for state in BANK_ENTRY.states)


class StatementForm(forms.Form):
    """A bank's file."""

    file = forms.FileField(
        label=gettext_lazy("Bank statement"), help_text=gettext_lazy("ISO 20022 camt.053, as the bank gives it.")
    )


class AssignForm(forms.Form):
    """Whose money it is."""

    account = forms.CharField(
        label=gettext_lazy("Billing account"), help_text=gettext_lazy("Its number, such as BA-000001.")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), help_text=gettext_lazy("Why the money is this account's."))


class IgnoreForm(forms.Form):
    """Why it is no customer's."""

    reason = forms.CharField(label=gettext_lazy("Reason"), help_text=gettext_lazy("Why the money is no customer's."))


@desk_view("payment.read", section="payments")
def payment_list(request: DeskRequest) -> HttpResponse:
    """All payments, newest first."""
    brand = request.desk.brand.key
    table = payments_table(brand)
    context = {"title": gettext("Payments"), "actions": _upload_action(request)}
    return answer_list(
        request,
        table,
        payment_source(),
        context=context,
    )


def _upload_action(request: DeskRequest) -> list[Action]:
    if "payment.write" not in request.desk.permissions:
        return []
    return [
        Action(
            gettext("Upload a bank statement"),
            reverse("desk:statement_upload", args=(request.desk.brand.key,)),
            "upload",
        )
    ]


@desk_view("payment.read", section="payments")
def payment(request: DeskRequest, payment_id: UUID) -> HttpResponse:
    """One payment and what it settled."""
    found = payments.payment(payment_id)
    customer = customers.customers([found.customer_id]).get(found.customer_id)
    back = payments.refunds_of_payment(payment_id)
    return render(request, "desk/payment.html", {"payment": found, "customer": customer, "back": back})


@desk_view("payment.read", section="statements")
def statements(request: DeskRequest) -> HttpResponse:
    """Bank statements, newest first."""
    brand = request.desk.brand.key
    table = Table[StatementView](
        key="statements",
        caption=gettext("Bank statements"),
        columns=(
            Column(
                "number",
                gettext("Statement"),
                Kind.CODE,
                sort=True,
                link=lambda s: reverse("desk:statement", args=(brand, s.id)),
                note=lambda s: s.name,
            ),
            Column("received_at", gettext("Received"), Kind.INSTANT, sort=True),
            Column("iban", gettext("Bank account"), Kind.CODE, shown=Shown.FROM_DESKTOP),
            Column("entries", gettext("Entries"), Kind.NUMBER, sort=True),
            Column("matched", gettext("Matched"), Kind.NUMBER, sort=True, shown=Shown.FROM_TABLET),
            Column("unmatched", gettext("Unmatched"), Kind.NUMBER, sort=True),
            Column("closing", gettext("Closing balance"), Kind.MONEY, sort=True, shown=Shown.FROM_TABLET),
        ),
        search_label=gettext("Statement or file name"),
        sort="-received_at",
        empty=Empty(
            gettext("No bank statement yet"),
            gettext("Upload the bank's camt.053 file, or drop it into the bank inbox."),
            "bank",
        ),
    )
    source = paged(lambda q, offset, limit: payments.statements(search=q.search, offset=offset, limit=limit), table)
    return answer_list(
        request,
        table,
        source,
        context={"title": gettext("Bank statements"), "actions": _upload_action(request), "tabs": _tabs(request, "")},
    )


def _tabs(request: DeskRequest, current: str) -> list[dict[str, object]]:
    brand = request.desk.brand.key
    _, unmatched = payments.entries(state="unmatched", limit=1)
    return [
        {
            "key": "",
            "label": gettext("Statements"),
            "url": reverse("desk:statements", args=(brand,)),
            "current": not current,
            "count": None,
        },
        {
            "key": "entries",
            "label": gettext("Entries"),
            "url": reverse("desk:bank_entries", args=(brand,)),
            "current": current == "entries",
            "count": None,
        },
        {
            "key": "unmatched",
            "label": gettext("Unmatched"),
            "url": reverse("desk:bank_entries", args=(brand,)) + "?state=unmatched",
            "current": current == "unmatched",
            "count": unmatched,
        },
    ]


def payer_shown(one: EntryView, *, plain: bool) -> str:
    """Who paid, as the reader may see it."""
    return one.payer if plain else masked(one.payer, "name")


def _entries_table(desk: Desk, *, of_statement: bool) -> Table[EntryView]:
    brand = desk.brand.key
    plain = desk.sight("payment.account") is Sight.PLAIN
    return Table[EntryView](
        key="bank-entries",
        caption=gettext("Bank entries"),
        columns=(
            Column(
                "booked_on",
                gettext("Booked"),
                Kind.DATE,
                sort=True,
                link=lambda e: reverse("desk:bank_entry", args=(brand, e.id)),
            ),
            Column("payer", gettext("Payer"), value=lambda e: payer_shown(e, plain=plain), sort=False),
            Column("reference", gettext("Reference"), Kind.CODE, value=lambda e: e.reference or e.text),
            *(
                ()
                if of_statement
                else (Column[EntryView]("statement_number", gettext("Statement"), Kind.CODE, shown=Shown.FROM_DESKTOP),)
            ),
            Column("state", gettext("State"), Kind.STATUS, sort=True, note=lambda e: e.reason),
            Column(
                "payment_number",
                gettext("Payment"),
                Kind.CODE,
                link=lambda e: reverse("desk:payment", args=(brand, e.payment_id)) if e.payment_id else None,
                shown=Shown.FROM_TABLET,
            ),
            Column("amount_micros", gettext("Amount"), Kind.MONEY, value=lambda e: e.amount, sort=True),
        ),
        filters=(Filter("state", gettext("State"), ENTRY_STATES),),
        search_label=gettext("Reference, text, payer"),
        sort="-booked_on",
        empty=Empty(gettext("No entries"), gettext("A bank statement brings entries."), "bank"),
        size=50,
    )


@desk_view("payment.read", section="statements")
def entries(request: DeskRequest) -> HttpResponse:
    """All bank entries; the unmatched ones wait for a person."""
    table = _entries_table(request.desk, of_statement=False)
    current = "unmatched" if request.GET.get("state") == "unmatched" else "entries"
    source = paged(
        lambda q, offset, limit: payments.entries(
            search=q.search, state=q.filters.get("state", ""), sort=sort_word(q), offset=offset, limit=limit
        ),
        table,
    )
    return answer_list(
        request, table, source, context={"title": gettext("Bank statements"), "tabs": _tabs(request, current)}
    )


@desk_view("payment.read", section="statements")
def statement(request: DeskRequest, statement_id: UUID) -> HttpResponse:
    """One statement with its entries."""
    found = payments.statement(statement_id)
    table = _entries_table(request.desk, of_statement=True)
    source = paged(
        lambda q, offset, limit: payments.entries(
            statement_id=statement_id,
            search=q.search,
            state=q.filters.get("state", ""),
            sort=sort_word(q),
            offset=offset,
            limit=limit,
        ),
        table,
    )
    return answer_list(request, table, source, "desk/statement.html", {"statement": found})


@desk_view("payment.write", section="statements")
def upload(request: DeskRequest) -> HttpResponse:
    """Take a bank's file."""
    form = StatementForm(request.POST or None, request.FILES or None)
    brand = request.desk.brand.key
    if form.is_valid():
        try:
            name, data = read_upload(form.cleaned_data["file"])
            made = receive(name, data, actor=request.desk.actor)
        except DomainError as refusal:
            tell(form, refusal, dict.fromkeys((refusal.field,), "file"))
        else:
            messages.success(request, gettext("%(name)s has been taken.") % {"name": name})
            return redirect("desk:statement", brand=brand, statement_id=made[0])
    context = {
        "title": gettext("Upload a bank statement"),
        "lede": gettext("Every credit entry is matched by its reference. What cannot be matched waits for you."),
        "form": form,
        "submit": gettext("Upload"),
        "crumbs": [(gettext("Bank statements"), reverse("desk:statements", args=(brand,)))],
    }
    return render(request, "desk/form.html", context)


@desk_view("payment.read", section="statements", write="payment.write")
def entry(request: DeskRequest, entry_id: UUID) -> HttpResponse:
    """One bank entry; an unmatched one is assigned to an account, or set aside."""
    found = payments.entry(entry_id)
    ignoring = request.POST.get("move") == "ignore"
    assign = AssignForm(request.POST if request.method == "POST" and not ignoring else None, prefix="assign")
    ignore = IgnoreForm(request.POST if request.method == "POST" and ignoring else None, prefix="ignore")
    form = ignore if ignoring else assign
    if request.method == "POST" and form.is_valid():
        try:
            if ignoring:
                payments.ignore_entry(entry_id, actor=request.desk.actor, reason=form.cleaned_data["reason"])
                messages.success(request, gettext("The entry has been set aside."))
            else:
                account = customers.billing_account_by_number(form.cleaned_data["account"].strip().upper())
                payments.assign_entry(
                    entry_id, account.id, actor=request.desk.actor, reason=form.cleaned_data["reason"]
                )
                messages.success(request, gettext("The money is now %(number)s's.") % {"number": account.number})
        except DomainError as refusal:
            tell(form, refusal, {"number": "account"})
        else:
            return redirect("desk:bank_entry", brand=request.desk.brand.key, entry_id=entry_id)
    payer = payer_shown(found, plain=request.desk.sight("payment.account") is Sight.PLAIN)
    context = {"entry": found, "payer": payer, "assign": assign, "ignore": ignore}
    return render(request, "desk/bank_entry.html", context)
