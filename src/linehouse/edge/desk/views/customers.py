"""Customers: the list, and taking a new one in."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy

from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.customer.lifecycle import CUSTOMER
from linehouse.customer.values import AccountWishes, CustomerSummary, RegisterCustomer
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.customer_forms import OWN, IndividualForm, OrganizationForm, RegisterForm
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Table
from linehouse.kernel.error import DomainError
from linehouse.party.values import (
    DocumentKind,
    Identification,
    NewIndividual,
    NewOrganization,
    PartyKind,
    PostalAddress,
)
from linehouse.platform.characteristics import service as characteristics
from linehouse.platform.characteristics.values import ValueKind
from linehouse.platform.texts.codes import titled_lazily

STATES: Final = tuple((state, titled_lazily(state)) for state in CUSTOMER.states)
KINDS: Final = (
    (PartyKind.INDIVIDUAL.value, gettext_lazy("Person")),
    (PartyKind.ORGANIZATION.value, gettext_lazy("Organisation")),
)


@desk_view("customer.read", section="customers", own=True)
def customer_list(request: DeskRequest) -> HttpResponse:
    """All customers, newest first."""
    brand = request.desk.brand.key
    table = Table[CustomerSummary](
        key="customers",
        caption=gettext("Customers"),
        columns=(
            Column(
                "number",
                gettext("Customer"),
                Kind.CODE,
                sort=True,
                link=lambda c: reverse("desk:customer", args=(brand, c.number)),
            ),
            Column("name", gettext("Name"), sort=True, link=lambda c: reverse("desk:customer", args=(brand, c.number))),
            Column(
                "kind", gettext("Kind"), value=lambda c: dict(KINDS)[c.kind.value], sort=True, shown=Shown.FROM_DESKTOP
            ),
            Column("state", gettext("State"), Kind.STATUS, sort=True),
            Column("language", gettext("Language"), value=lambda c: c.language.upper(), shown=Shown.FROM_DESKTOP),
            Column("created_at", gettext("Registered"), Kind.INSTANT, sort=True, shown=Shown.FROM_TABLET),
        ),
        filters=(
            Filter("state", gettext("State"), STATES),
            Filter("kind", gettext("Kind"), KINDS),
            *_own_filters(request),
        ),
        search_label=gettext("Name, number, e-mail, telephone"),
        sort="-number",
        empty=Empty(gettext("No customer yet"), gettext("Register the first one; it takes a minute."), "users"),
    )

    def source(query: Query) -> Slice[CustomerSummary]:
        request.desk.require_search(query.search)
        page = customers.find_customers(
            search=query.search,
            filters=query.filters,
            sort=query.sort,
            descending=query.descending,
            offset=query.offset,
            limit=query.limit,
        )
        return Slice(page.rows, page.total)

    register_action = [Action(gettext("Register a customer"), reverse("desk:customer_register", args=(brand,)), "plus")]
    return answer_list(
        request,
        table,
        source,
        context={
            "title": gettext("Customers"),
            "actions": register_action if "customer.write" in request.desk.permissions else [],
        },
    )


@desk_view("customer.write", section="customers", own=True)
def register(request: DeskRequest) -> HttpResponse:
    """Take in a person or an organisation with a first billing account."""
    brand = request.desk.brand.key
    profile = catalog.published().brand
    organization = request.GET.get("kind") == PartyKind.ORGANIZATION
    form_class: type[RegisterForm] = OrganizationForm if organization else IndividualForm
    form = form_class(
        request.POST if request.method == "POST" else None,
        languages=profile.languages,
        initial={"country": profile.country, "language": profile.language},
    )
    masked = "personal.unmask" not in request.desk.permissions
    specs = [
        spec
        for spec in characteristics.declared("customer", retired=False)
        if spec.required or not (spec.personal and masked)
    ]
    form.ask_for(specs)
    if request.method == "POST" and form.is_valid():
        new = _new_organization(form.cleaned_data) if organization else _new_individual(form.cleaned_data)
        wishes = AccountWishes(cycle_day=form.cleaned_data["cycle_day"])
        refuse = not organization and not form.cleaned_data.get("not_a_duplicate")
        try:
            made = customers.register_customer(
                RegisterCustomer(
                    party=new, account=wishes, refuse_duplicates=refuse, characteristics=form.characteristics()
                ),
                actor=request.desk.actor,
            )
        except DomainError as refusal:
            if refusal.code == "party.duplicate_suspected":
                form.warn_of_duplicate()
            tell(form, refusal, {**NAMES, **{spec.key: f"{OWN}{spec.key}" for spec in specs}})
        else:
            messages.success(
                request,
                gettext("%(customer_number)s is registered with billing account %(billing_account_number)s.")
                % {"customer_number": made.customer_number, "billing_account_number": made.billing_account_number},
            )
            return redirect("desk:customer", brand=brand, number=made.customer_number)
    return render(
        request,
        "desk/customer_register.html",
        {
            "form": form,
            "organization": organization,
            "kinds": _kinds(request, organization=organization),
            "own": [form[f"{OWN}{spec.key}"] for spec in specs],
        },
    )


NAMES: Final = {
    "account.cycle_day": "cycle_day",
    "identification.number": "document_number",
    "identification.country": "document_country",
}


def _own_filters(request: DeskRequest) -> tuple[Filter[CustomerSummary], ...]:
    """A filter for each of the brand's own characteristics that has few values."""
    language = get_language() or ""
    masked = "personal.unmask" not in request.desk.permissions
    found = []
    for spec in characteristics.declared("customer", retired=False):
        if not spec.searchable or (spec.personal and masked):
            continue
        if spec.kind is ValueKind.CHOICE:
            choices = tuple(spec.choices.items())
        elif spec.kind is ValueKind.YES_NO:
            choices = (("yes", gettext("Yes")), ("no", gettext("No")))
        else:
            continue
        found.append(Filter[CustomerSummary](f"characteristic.{spec.key}", spec.label_in(language), choices))
    return tuple(found)


def _kinds(request: HttpRequest, *, organization: bool) -> list[dict[str, object]]:
    return [
        {"key": "", "label": gettext("Person"), "url": request.path, "current": not organization, "count": None},
        {
            "key": "organization",
            "label": gettext("Organisation"),
            "url": f"{request.path}?kind=organization",
            "current": organization,
            "count": None,
        },
    ]


def _address(data: dict[str, Any]) -> PostalAddress:
    return PostalAddress(
        street1=data["street1"],
        street2=data["street2"],
        postcode=data["postcode"],
        city=data["city"],
        country=data["country"],
    )


def _new_individual(data: dict[str, Any]) -> NewIndividual:
    document = None
    if data["document_number"]:
        document = Identification(
            kind=DocumentKind(data["document_kind"]),
            number=data["document_number"],
            country=data["document_country"] or data["country"],
        )
    return NewIndividual(
        given_name=data["given_name"],
        family_name=data["family_name"],
        birth_date=data["birth_date"],
        email=data["email"],
        phone=data["phone"],
        address=_address(data),
        language=data["language"],
        identification=document,
    )


def _new_organization(data: dict[str, Any]) -> NewOrganization:
    return NewOrganization(
        trading_name=data["trading_name"],
        legal_name=data["legal_name"],
        registration_number=data["registration_number"],
        vat_id=data["vat_id"],
        email=data["email"],
        phone=data["phone"],
        address=_address(data),
        language=data["language"],
    )
