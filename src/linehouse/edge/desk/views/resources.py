"""Numbers and SIM cards in the brand's stock."""

from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.bulk import offering
from linehouse.edge.desk.bulk_acts import release_numbers
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action, read_upload
from linehouse.edge.desk.undoable import NUMBER_ASIDE, NUMBER_BACK, done
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.inventory import service as inventory
from linehouse.kernel.error import DomainError, NotFound
from linehouse.platform.personal.access_log import note_access
from linehouse.platform.texts.codes import titled_lazily
from linehouse.resource import service as resources
from linehouse.resource.lifecycle import NUMBER, SIM
from linehouse.resource.values import NumberView, ResourceKind, SimView

NUMBER_STATES: Final = tuple((state, titled_lazily(state)) for state in NUMBER.states)
SIM_STATES: Final = tuple((state, titled_lazily(state)) for state in SIM.states)


class NumberRangeForm(forms.Form):
    """A range of numbers that the brand was given."""

    first = forms.CharField(
        label=gettext_lazy("First number"), help_text=gettext_lazy("International, such as +31610200000.")
    )
    last = forms.CharField(label=gettext_lazy("Last number"), help_text=gettext_lazy("Included in the range."))


class SimFileForm(forms.Form):
    """A vendor's delivery file."""

    file = forms.FileField(
        label=gettext_lazy("Delivery file"), help_text=gettext_lazy("CSV with the columns iccid, imsi and puk.")
    )


def levels(kind: str) -> list[tuple[str, int]]:
    """How many of a kind are in which state."""
    return [(level.state, level.count) for level in resources.stock_levels() if level.kind == kind]


@desk_view("resource.read", section="numbers")
def numbers(request: DeskRequest) -> HttpResponse:
    """The numbers in stock."""
    brand = request.desk.brand.key
    table = Table[NumberView](
        key="numbers",
        caption=gettext("Numbers"),
        columns=(
            Column(
                "msisdn",
                gettext("Number"),
                Kind.CODE,
                sort=True,
                link=lambda n: reverse("desk:number", args=(brand, n.msisdn.digits)),
            ),
            Column("state", gettext("State"), Kind.STATUS, sort=True),
            Column(
                "holder",
                gettext("Held by"),
                Kind.CODE,
                value=lambda n: gettext("set aside") if n.holder.startswith(resources.SET_ASIDE) else n.holder,
                sort=True,
                link=lambda n: holder_url(brand, n.holder),
            ),
            Column("rests_until", gettext("Rests until"), Kind.INSTANT, sort=True, shown=Shown.FROM_TABLET),
        ),
        filters=(Filter("state", gettext("State"), NUMBER_STATES),),
        search_label=gettext("Part of a number, or a product"),
        sort="msisdn",
        empty=Empty(gettext("No numbers in stock"), gettext("Take a range into stock to sell plans with it."), "phone"),
        size=50,
    )
    source = paged(
        lambda q, offset, limit: resources.search_numbers(
            state=q.filters.get("state", ""), query=q.search, offset=offset, limit=limit
        ),
        table,
    )
    table = offering(
        request, table, release_numbers(request), row_id=lambda n: n.msisdn.digits, row_name=lambda n: n.msisdn
    )
    context = {
        "title": gettext("Numbers"),
        "levels": levels("number"),
        "levels_url": request.path,
        "above": "desk/stock_levels.html",
        "actions": [Action(gettext("Take a range into stock"), reverse("desk:number_import", args=(brand,)), "plus")]
        if "resource.write" in request.desk.permissions
        else [],
    }
    return answer_list(request, table, source, context=context)


@desk_view("resource.read", section="sims")
def sims(request: DeskRequest) -> HttpResponse:
    """The cards in stock."""
    brand = request.desk.brand.key
    table = Table[SimView](
        key="sims",
        caption=gettext("SIM cards"),
        columns=(
            Column(
                "iccid",
                "ICCID",
                Kind.CODE,
                sort=True,
                value=lambda s: s.iccid.digits,
                link=lambda s: reverse("desk:sim", args=(brand, s.iccid.digits)),
            ),
            Column("imsi", "IMSI", Kind.CODE, sort=True, value=lambda s: s.imsi.digits, shown=Shown.FROM_TABLET),
            Column("state", gettext("State"), Kind.STATUS, sort=True),
            Column("holder", gettext("Held by"), Kind.CODE, sort=True, link=lambda s: holder_url(brand, s.holder)),
        ),
        filters=(Filter("state", gettext("State"), SIM_STATES),),
        search_label=gettext("Part of ICCID or IMSI, or a product"),
        sort="iccid",
        empty=Empty(gettext("No cards in stock"), gettext("Load a vendor's delivery file."), "sim"),
        size=50,
    )
    source = paged(
        lambda q, offset, limit: resources.search_sims(
            state=q.filters.get("state", ""), query=q.search, offset=offset, limit=limit
        ),
        table,
    )
    context = {
        "title": gettext("SIM cards"),
        "levels": levels("sim"),
        "levels_url": request.path,
        "above": "desk/stock_levels.html",
        "actions": [Action(gettext("Load a delivery file"), reverse("desk:sim_import", args=(brand,)), "upload")]
        if "resource.write" in request.desk.permissions
        else [],
    }
    return answer_list(request, table, source, context=context)


def holder_url(brand: str, holder: str) -> str | None:
    """The address of the product that holds something."""
    return reverse("desk:product", args=(brand, holder)) if holder and ":" not in holder else None


@desk_view("resource.read", section="numbers")
def number(request: DeskRequest, digits: str) -> HttpResponse:
    """One number with everybody who ever held it."""
    found = resources.find_number(digits)
    brand = request.desk.brand.key
    held = [(one, holder_url(brand, one.holder)) for one in reversed(resources.history(ResourceKind.MSISDN, digits))]
    return render(
        request,
        "desk/number.html",
        {
            "number": found,
            "held": held,
            "holder_url": holder_url(brand, found.holder),
            "aside": found.holder.startswith(resources.SET_ASIDE),
            "caption": gettext("Holders of this number"),
        },
    )


@require_POST
@desk_view("resource.read", section="numbers", write="resource.write")
def number_move(request: DeskRequest, digits: str) -> HttpResponse:
    """Set an available number aside, or put one that rests or was set aside back on sale."""
    reason, actor = request.POST.get("reason", "").strip() or "at the desk", request.desk.actor
    back_on_sale = request.POST.get("move") == "back"
    was = resources.find_number(digits)
    moved = (resources.put_back if back_on_sale else resources.set_aside)(digits, actor=actor, reason=reason)
    told = gettext("The number is on sale again.") if back_on_sale else gettext("The number is set aside.")
    if back_on_sale and was.state == "quarantine":
        messages.success(request, told)  # the rest of a number cannot be given back once it has been ended
    else:
        done(request, told, NUMBER_BACK if back_on_sale else NUMBER_ASIDE, moved.msisdn.masked, {"number": digits})
    return redirect("desk:number", brand=request.desk.brand.key, digits=digits)


@desk_view("resource.read", section="sims", write="customer.write")
def sim(request: DeskRequest, iccid: str) -> HttpResponse:
    """One card; showing its PUK needs a reason and is recorded."""
    found = resources.find_sim(iccid)
    brand = request.desk.brand.key
    puk = ""
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()
        if reason:
            puk = resources.reveal_puk(iccid, reason=reason, actor=request.desk.actor)
            note_access(_users_of(found.holder), request.desk.actor, "unmask", gettext("PUK"), reason=reason)
        else:
            messages.error(request, gettext("Say why the PUK is shown."))
    held = [
        (one, holder_url(brand, one.holder))
        for one in reversed(resources.history(ResourceKind.IMSI, found.imsi.digits))
    ]
    return render(
        request,
        "desk/sim.html",
        {
            "sim": found,
            "held": held,
            "holder_url": holder_url(brand, found.holder),
            "puk": puk,
            "caption": gettext("Holders of this card"),
        },
    )


def _users_of(holder: str) -> list[UUID]:
    """Whose card it is, for the log of who looked."""
    if not holder:
        return []
    product = inventory.find_product(number=holder)
    return [one.party_id for one in customers.customers([product.customer_id]).values()]


@desk_view("resource.write", section="numbers")
def number_import(request: DeskRequest) -> HttpResponse:
    """Take a range of numbers into stock."""
    form = NumberRangeForm(request.POST or None)
    if form.is_valid():
        try:
            taken = resources.import_numbers(
                form.cleaned_data["first"], form.cleaned_data["last"], actor=request.desk.actor
            )
        except NotFound:
            raise
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(
                request,
                gettext("%(taken)s numbers taken into stock, %(known)s were there already.")
                % {"taken": taken.taken, "known": taken.known},
            )
            return redirect("desk:numbers", brand=request.desk.brand.key)
    context = {
        "title": gettext("Take a range into stock"),
        "form": form,
        "submit": gettext("Take into stock"),
        "crumbs": [(gettext("Numbers"), reverse("desk:numbers", args=(request.desk.brand.key,)))],
    }
    return render(request, "desk/form.html", context)


@desk_view("resource.write", section="sims")
def sim_import(request: DeskRequest) -> HttpResponse:
    """Load a vendor's delivery of cards."""
    form = SimFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            _, data = read_upload(form.cleaned_data["file"])
            taken = resources.import_sims(data.decode("utf-8-sig", errors="replace"), actor=request.desk.actor)
        except NotFound:
            raise
        except DomainError as refusal:
            tell(form, refusal, {"iccid": "file", "imsi": "file", "puk": "file"})
        else:
            messages.success(
                request,
                gettext("%(taken)s cards taken into stock, %(known)s were there already.")
                % {"taken": taken.taken, "known": taken.known},
            )
            return redirect("desk:sims", brand=request.desk.brand.key)
    context = {
        "title": gettext("Load a delivery file"),
        "form": form,
        "submit": gettext("Load"),
        "crumbs": [(gettext("SIM cards"), reverse("desk:sims", args=(request.desk.brand.key,)))],
    }
    return render(request, "desk/form.html", context)
