"""The brand's own characteristics: what is declared, and the values that objects have."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.characterised import Subject, finder
from linehouse.edge.desk.characteristic_forms import KINDS, DeclarationForm, ValuesForm
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import in_memory
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Table
from linehouse.kernel.error import DomainError, NotFound
from linehouse.platform.characteristics import service
from linehouse.platform.characteristics.entities import entities, entity
from linehouse.platform.characteristics.values import Characteristic

STATES: Final = (("active", _("Active")), ("retired", _("Retired")))


@desk_view("catalog.read", section="characteristics")
def declared(request: DeskRequest) -> HttpResponse:
    """What the brand has declared."""
    brand = request.desk.brand.key
    language = get_language() or ""
    labels = {one.key: one.label for one in entities()}
    table = Table[Characteristic](
        key="characteristics",
        caption=__("Characteristics"),
        columns=(
            Column(
                "label",
                __("Characteristic"),
                value=lambda c: c.label_in(language),
                link=lambda c: reverse("desk:characteristic", args=(brand, c.entity, c.key)),
                note=lambda c: c.description,
                sort=True,
            ),
            Column("entity", __("Belongs to"), value=lambda c: labels.get(c.entity, c.entity), sort=True),
            Column("key", __("Key"), Kind.CODE, sort=True),
            Column(
                "kind", __("Kind"), value=lambda c: str(dict(KINDS)[c.kind.value]), sort=True, shown=Shown.FROM_TABLET
            ),
            Column("required", __("Must be given"), Kind.YES_NO, shown=Shown.FROM_DESKTOP),
            Column("personal", __("Personal"), Kind.YES_NO, shown=Shown.FROM_DESKTOP),
            Column("state", __("State"), Kind.STATUS, sort=True),
        ),
        filters=(
            Filter("entity", __("Belongs to"), tuple((one.key, one.label) for one in entities())),
            Filter("state", __("State"), STATES),
        ),
        search_label=__("Label, key or meaning"),
        sort="entity",
        empty=Empty(
            __("No characteristic yet"),
            __("Declare what this brand wants to know of its customers, products, numbers and orders."),
            "tag",
        ),
    )
    action = Action(__("Declare a characteristic"), reverse("desk:characteristic_new", args=(brand,)), "plus")
    context = {
        "title": __("Characteristics"),
        "lede": __("Fields that this brand adds to its objects. They appear on screens, in lists and in the APIs."),
        "actions": [action] if "characteristic.write" in request.desk.permissions else [],
    }
    return answer_list(request, table, in_memory(service.declared(), table), context=context)


@desk_view("characteristic.write", section="characteristics")
def new(request: DeskRequest) -> HttpResponse:
    """Declare a characteristic."""
    form = DeclarationForm(request.POST or None, initial={"entity": request.GET.get("entity", "customer")})
    if request.method == "POST" and form.is_valid():
        try:
            made = service.declare(form.declaration(), actor=request.desk.actor)
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, __("The characteristic is declared; objects can have it from now on."))
            return redirect("desk:characteristic", request.desk.brand.key, made.entity, made.key)
    return _form(request, form, __("Declare a characteristic"), __("Declare"))


@desk_view("catalog.read", section="characteristics", write="characteristic.write")
def characteristic(request: DeskRequest, kind: str, key: str) -> HttpResponse:
    """One characteristic with the objects that have it."""
    spec = service.characteristic(kind, key)
    known = entity(kind)
    if known is None:
        raise NotFound("nothing of that name has characteristics", field="entity", value=kind)
    masked = spec.personal and "personal.unmask" not in request.desk.permissions
    readable = known.read in request.desk.permissions and not masked
    table = _objects_table(spec)

    def source(query: Query) -> Slice[tuple[Subject, str]]:
        if not readable:
            return Slice((), 0)
        page, total = service.holders(spec, search=query.search, offset=query.offset, limit=query.limit)
        found = finder(kind).by_id(request.desk.brand.key, [object_id for object_id, _held in page])
        rows = [(found[object_id], held.shown) for object_id, held in page if object_id in found]
        return Slice(rows, total)

    context = {
        "spec": spec,
        "label": spec.label_in(get_language() or ""),
        "kind": dict(KINDS)[spec.kind.value],
        "entity": known,
        "readable": readable,
    }
    return answer_list(request, table, source, "desk/characteristic.html", context)


def _objects_table(spec: Characteristic) -> Table[tuple[Subject, str]]:
    return Table[tuple[Subject, str]](
        key="objects",
        caption=__("Objects that have it"),
        columns=(
            Column("key", __("Object"), Kind.CODE, value=lambda row: row[0].key, link=lambda row: row[0].url),
            Column("title", __("Name"), value=lambda row: row[0].title, shown=Shown.FROM_TABLET),
            Column("value", spec.label_in(get_language() or ""), value=lambda row: row[1]),
        ),
        search_label=__("Exactly this value") if spec.searchable else "",
        empty=Empty(__("Nothing has it"), __("No object has this characteristic with that value."), "tag"),
    )


@desk_view("characteristic.write", section="characteristics")
def edit(request: DeskRequest, kind: str, key: str) -> HttpResponse:
    """Change label, bounds and choices."""
    spec = service.characteristic(kind, key)
    form = DeclarationForm(request.POST or None, old=spec)
    if request.method == "POST" and form.is_valid():
        try:
            service.change(form.declaration(), actor=request.desk.actor)
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, __("The characteristic has been changed."))
            return redirect("desk:characteristic", request.desk.brand.key, kind, key)
    return _form(request, form, __("Change %(label)s") % {"label": spec.label_in(get_language() or "")}, __("Change"))


@require_POST
@desk_view("characteristic.write", section="characteristics")
def move(request: DeskRequest, kind: str, key: str, move: str) -> HttpResponse:
    """Retire a characteristic, or take it back."""
    reason = request.POST.get("reason", "").strip()
    if move == "retire":
        service.retire(kind, key, actor=request.desk.actor, reason=reason or __("retired at the desk"))
        messages.success(request, __("It takes no new values; those that exist stay."))
    elif move == "take-back":
        service.take_back(kind, key, actor=request.desk.actor, reason=reason or __("taken back at the desk"))
        messages.success(request, __("It takes values again."))
    else:
        raise NotFound("there is no such page", field="move", value=move)
    return redirect("desk:characteristic", request.desk.brand.key, kind, key)


def _values(request: DeskRequest, kind: str, name: str) -> HttpResponse:
    subject = finder(kind).by_key(request.desk.brand.key, name)
    held = {one.spec.key: one for one in service.values_of(kind, subject.id)}
    form = ValuesForm(
        request.POST or None,
        specs=service.declared(kind, retired=False),
        held=held,
        masked="personal.unmask" not in request.desk.permissions,
    )
    if request.method == "POST" and form.is_valid():
        try:
            service.set_values(
                kind,
                subject.id,
                form.values(),
                actor=request.desk.actor,
                reason=form.cleaned_data["reason"],
                customer_id=subject.customer_id,
            )
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, __("The characteristics have been changed."))
            return redirect(subject.url)
    context = {
        "title": __("Characteristics of %(name)s") % {"name": subject.title},
        "form": form,
        "submit": __("Change"),
        "crumbs": [(subject.title, subject.url)],
    }
    return render(request, "desk/form.html", context)


@desk_view("customer.write", section="customers")
def of_customer(request: DeskRequest, number: str) -> HttpResponse:
    """Change the values of a customer."""
    return _values(request, "customer", number)


@desk_view("customer.write", section="customers")
def of_account(request: DeskRequest, number: str) -> HttpResponse:
    """Change the values of a billing account."""
    return _values(request, "billing-account", number)


@desk_view("customer.write", section="customers")
def of_product(request: DeskRequest, number: str) -> HttpResponse:
    """Change the values of a product."""
    return _values(request, "product", number)


@desk_view("order.write", section="orders")
def of_order(request: DeskRequest, number: str) -> HttpResponse:
    """Change the values of an order."""
    return _values(request, "order", number)


@desk_view("resource.write", section="numbers")
def of_number(request: DeskRequest, digits: str) -> HttpResponse:
    """Change the values of a number."""
    return _values(request, "number", digits)


@desk_view("resource.write", section="sims")
def of_sim(request: DeskRequest, iccid: str) -> HttpResponse:
    """Change the values of a SIM card."""
    return _values(request, "sim", iccid)


def _form(request: DeskRequest, form: DeclarationForm, title: str, submit: str) -> HttpResponse:
    crumbs = [(__("Characteristics"), reverse("desk:characteristics", args=(request.desk.brand.key,)))]
    return render(request, "desk/form.html", {"title": title, "form": form, "submit": submit, "crumbs": crumbs})
