"""Vouchers: batches made, exported once, activated, sold, stopped; and one voucher by its serial."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, time
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from linehouse.balance import service as balance
from linehouse.balance.service import SaleRequest
from linehouse.catalog import service as catalog
from linehouse.edge.desk.access import DeskRequest, desk_view, need
from linehouse.edge.desk.money_forms import BatchForm, BlockForm, ExportForm, RangeForm, SellForm, WhyForm, money_of
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action
from linehouse.edge.ui.listing import answer_list, wants_part
from linehouse.edge.ui.status import readable
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Table
from linehouse.kernel.error import DomainError, NotFound
from linehouse.platform.documents.service import load
from linehouse.resource import service as resources
from linehouse.resource.lifecycle import VOUCHER
from linehouse.resource.vouchers import BatchView, NewBatch, VoucherKind, VoucherView

STATES: Final = tuple((state, readable(state).capitalize()) for state in VOUCHER.states)


@desk_view("voucher.read", section="vouchers")
def batches(request: DeskRequest) -> HttpResponse:
    """All batches, newest first."""
    brand = request.desk.brand.key
    table = Table[BatchView](
        key="voucher_batches",
        caption=gettext("Batches of vouchers"),
        columns=(
            Column(
                "number",
                gettext("Batch"),
                Kind.CODE,
                link=lambda b: reverse("desk:voucher_batch", args=(brand, b.number)),
                note=lambda b: b.name,
            ),
            Column("state", gettext("State"), Kind.STATUS),
            Column("count", gettext("Vouchers"), Kind.NUMBER),
            Column("sold", gettext("Sold"), Kind.NUMBER, value=lambda b: b.states.get("sold", 0)),
            Column("redeemed", gettext("Redeemed"), Kind.NUMBER, value=lambda b: b.states.get("redeemed", 0)),
            Column("expires_at", gettext("Not usable from"), Kind.INSTANT, shown=Shown.FROM_TABLET),
            Column("face", gettext("Value of each"), Kind.MONEY),
        ),
        search_label=gettext("Number or name"),
        empty=Empty(gettext("No batch yet"), gettext("Have vouchers made, printed and sold."), "tag"),
    )

    def source(query: Query) -> Slice[BatchView]:
        rows, total = resources.voucher_batches(search=query.search, offset=query.offset, limit=query.limit)
        return Slice(rows, total)

    actions = [Action(gettext("Find a voucher"), reverse("desk:vouchers", args=(brand,)), "search")]
    if "voucher.write" in request.desk.permissions:
        actions.insert(0, Action(gettext("Make a batch"), reverse("desk:voucher_batch_new", args=(brand,)), "plus"))
    return answer_list(request, table, source, context={"title": gettext("Batches of vouchers"), "actions": actions})


def _vouchers_table(brand: str) -> Table[VoucherView]:
    return Table[VoucherView](
        key="vouchers",
        caption=gettext("Vouchers"),
        columns=(
            Column(
                "serial", gettext("Serial"), Kind.CODE, link=lambda v: reverse("desk:voucher", args=(brand, v.serial))
            ),
            Column("batch", gettext("Batch"), Kind.CODE, shown=Shown.FROM_TABLET),
            Column("state", gettext("State"), Kind.STATUS),
            Column("sale", gettext("Sale"), Kind.CODE, shown=Shown.FROM_TABLET),
            Column("redeemed_by", gettext("On the line"), Kind.CODE),
            Column("face", gettext("Value"), Kind.MONEY),
        ),
        filters=(Filter("state", gettext("State"), STATES),),
        search_label=gettext("Beginning of a serial, a sale, or a line"),
        empty=Empty(gettext("No such voucher"), "", "tag"),
        size=50,
    )


@desk_view("voucher.read", section="vouchers")
def found(request: DeskRequest) -> HttpResponse:
    """Vouchers by serial, sale or line."""
    table = _vouchers_table(request.desk.brand.key)

    def source(query: Query) -> Slice[VoucherView]:
        rows, total = resources.vouchers(
            state=query.filters.get("state", ""), search=query.search, offset=query.offset, limit=query.limit
        )
        return Slice(rows, total)

    return answer_list(request, table, source, context={"title": gettext("Vouchers")})


@desk_view("voucher.write", section="vouchers")
def new(request: DeskRequest) -> HttpResponse:
    """Have a batch made."""
    form = BatchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given, brand = form.cleaned_data, catalog.published().brand
        try:
            made = resources.create_batch(
                NewBatch(
                    name=given["name"],
                    kind=VoucherKind(given["kind"]),
                    face=money_of(given["value"], brand.currency),
                    count=given["count"],
                    expires_at=datetime.combine(given["expires"], time(), brand.zone),
                    credit_days=given["credit_days"],
                ),
                actor=request.desk.actor,
            )
        except DomainError as refusal:
            tell(form, refusal, {"credit days": "credit_days"})
        else:
            return redirect("desk:voucher_batch", brand=request.desk.brand.key, number=made.number)
    context = {
        "title": gettext("Make a batch of vouchers"),
        "lede": gettext(
            "PINs are drawn at random and kept as hashes. They leave the house once, in an encrypted file."
        ),
        "form": form,
        "submit": gettext("Make them"),
        "crumbs": [(gettext("Batches of vouchers"), reverse("desk:voucher_batches", args=(request.desk.brand.key,)))],
    }
    return render(request, "desk/form.html", context)


@desk_view("voucher.read", section="vouchers")
def batch(request: DeskRequest, number: str) -> HttpResponse:
    """One batch: how far it is made, what can be done with it, and its vouchers."""
    view = resources.voucher_batch(number)
    if wants_part(request, "batch-state"):
        return render(request, "desk/voucher_batch_state.html", {"batch": view})
    return _batch_page(request, view, {})


def _batch_page(request: DeskRequest, view: BatchView, refused: dict[str, forms.Form]) -> HttpResponse:
    table = _vouchers_table(request.desk.brand.key)

    def source(query: Query) -> Slice[VoucherView]:
        rows, total = resources.vouchers(
            batch=view.number,
            state=query.filters.get("state", ""),
            search=query.search,
            offset=query.offset,
            limit=query.limit,
        )
        return Slice(rows, total)

    may = request.desk.permissions
    usable = view.state == "ready" and view.exported_at is not None
    shown: list[tuple[str, str, forms.Form, str]] = []
    if "voucher.write" in may and view.state == "ready" and view.exported_at is None:
        shown.append(("export", gettext("Export the PINs, once"), ExportForm(), gettext("Export")))
    if "voucher.write" in may and usable and view.states.get("generated"):
        shown.append(("activate", gettext("Activate"), RangeForm(), gettext("Activate")))
    if "voucher.sell" in may and usable and view.states.get("activated"):
        form = SellForm(initial={"once": secrets.token_urlsafe(12), "price": view.face.text})
        shown.append(("sell", gettext("Sell"), form, gettext("Sell")))
    if "voucher.write" in may and view.state != "generating":
        shown.append(("block", gettext("Block vouchers"), BlockForm(), gettext("Block")))
        move = "freeze" if view.state == "ready" else "thaw"
        title = gettext("Freeze the batch") if move == "freeze" else gettext("Open the batch again")
        shown.append((move, title, WhyForm(), title))
    context: dict[str, Any] = {
        "batch": view,
        "acts": [(key, title, refused.get(key, form), submit) for key, title, form, submit in shown],
        "sales": balance.voucher_sales(view.number, limit=20),
        "title": view.number,
    }
    return answer_list(request, table, source, "desk/voucher_batch.html", context)


@require_POST
@desk_view("voucher.read", section="vouchers")
def batch_move(request: DeskRequest, number: str, move: str) -> HttpResponse:
    """Do something with a batch; what is refused is shown at its form."""
    view = resources.voucher_batch(number)
    if move not in _ACTS:
        raise NotFound(gettext("there is no such page"), field="move", value=move)
    permission, make, act = _ACTS[move]
    need(request, permission)
    form = make(request.POST)
    if move == "activate":
        form.fields["first"].required = False
    if form.is_valid():
        try:
            said = act(request, view, form.cleaned_data)
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, said)
            return redirect("desk:voucher_batch", brand=request.desk.brand.key, number=number)
    return _batch_page(request, view, {move: form})


def _export(request: DeskRequest, view: BatchView, given: dict[str, Any]) -> str:
    resources.export_pins(
        view.number,
        resources.Recipient(certificate=given["certificate"], passphrase=given["passphrase"]),
        actor=request.desk.actor,
    )
    return gettext("The PINs left the house. Fetch the encrypted file and hand it to the printer.")


def _many(count: int, text: str) -> str:
    return text % {"count": count}


def _activate(request: DeskRequest, view: BatchView, given: dict[str, Any]) -> str:
    count = resources.activate_vouchers(view.number, given["first"], given["last"], actor=request.desk.actor)
    return _many(count, ngettext("%(count)d voucher can be sold.", "%(count)d vouchers can be sold.", count))


def _sell(request: DeskRequest, view: BatchView, given: dict[str, Any]) -> str:
    made = balance.sell_vouchers(
        SaleRequest(
            batch=view.number,
            first=given["first"],
            last=given["last"],
            price=money_of(given["price"], view.face.currency),
            once=f"desk/{given['once'] or secrets.token_urlsafe(12)}",
            dealer=given["dealer"],
        ),
        actor=request.desk.actor,
    )
    return gettext("%(number)s: %(count)d vouchers for %(paid)s, worth %(worth)s.") % {
        "number": made.number,
        "count": made.count,
        "paid": made.paid,
        "worth": made.worth,
    }


def _block(request: DeskRequest, view: BatchView, given: dict[str, Any]) -> str:
    count = resources.block_vouchers(
        view.number, given["first"], given["last"], actor=request.desk.actor, reason=given["reason"]
    )
    return _many(count, ngettext("%(count)d voucher is blocked.", "%(count)d vouchers are blocked.", count))


def _freeze(request: DeskRequest, view: BatchView, given: dict[str, Any]) -> str:
    resources.move_batch(view.number, "frozen", actor=request.desk.actor, reason=given["reason"])
    return gettext("The batch is frozen: none of its vouchers can be used.")


def _thaw(request: DeskRequest, view: BatchView, given: dict[str, Any]) -> str:
    resources.move_batch(view.number, "ready", actor=request.desk.actor, reason=given["reason"])
    return gettext("The batch is open again.")


_Act = Callable[[DeskRequest, BatchView, dict[str, Any]], str]
_ACTS: dict[str, tuple[str, Callable[[Any], forms.Form], _Act]] = {
    "export": ("voucher.write", ExportForm, _export),
    "activate": ("voucher.write", RangeForm, _activate),
    "sell": ("voucher.sell", SellForm, _sell),
    "block": ("voucher.write", BlockForm, _block),
    "freeze": ("voucher.write", WhyForm, _freeze),
    "thaw": ("voucher.write", WhyForm, _thaw),
}


@desk_view("voucher.write", section="vouchers")
def batch_file(request: DeskRequest, number: str) -> HttpResponse:
    """The encrypted file of a batch that was exported."""
    view = resources.voucher_batch(number)
    if view.document_id is None:
        raise NotFound(gettext("the PINs were not exported yet"), field="batch", value=number)
    file = load(view.document_id)
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=file.name) or "attachment"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@desk_view("voucher.read", section="vouchers", write="voucher.write")
def voucher(request: DeskRequest, serial: str) -> HttpResponse:
    """One voucher; it can be stopped, opened again, or bought back."""
    view = resources.voucher(serial)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason, actor = form.cleaned_data["reason"], request.desk.actor
        try:
            if "refund" in request.POST:
                balance.refund_voucher(serial, actor=actor, reason=reason)
                said = gettext("The voucher was bought back.")
            elif view.state == "blocked":
                resources.unblock_voucher(serial, actor=actor, reason=reason)
                said = gettext("The voucher can be used again.")
            else:
                resources.block_vouchers(view.batch, serial, actor=actor, reason=reason)
                said = gettext("The voucher is blocked.")
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, said)
            return redirect("desk:voucher", brand=request.desk.brand.key, serial=serial)
    may = "voucher.write" in request.desk.permissions
    context = {
        "voucher": view,
        "form": form,
        "may_block": may and view.state in ("generated", "activated", "sold"),
        "may_open": may and view.state == "blocked",
        "may_refund": may and view.sold_at is not None and view.state in ("sold", "blocked"),
    }
    return render(request, "desk/voucher.html", context)
