"""The catalogue: what is sold, at which prices and tariffs, in which version."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from linehouse.catalog import service as catalog
from linehouse.catalog.deck.written import RULE
from linehouse.catalog.errors import NothingPublished
from linehouse.catalog.service import VersionInfo
from linehouse.catalog.values import Catalogue, OfferingKind, ProductOffering
from linehouse.edge.desk.access import DeskRequest, desk_view, sentence
from linehouse.edge.desk.catalog_files import FilesForm, archive_of, files_of
from linehouse.edge.desk.catalog_tabs import catalog_tabs
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action
from linehouse.edge.desk.tariff_words import rules_in_words, scope_in_words
from linehouse.edge.ui.formats import every_text
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import in_memory, paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.kernel.error import DomainError, NotFound
from linehouse.kernel.money import Money

KINDS: Final = (
    (OfferingKind.PLAN.value, gettext_lazy("Plan")),
    (OfferingKind.ADDON.value, gettext_lazy("Add-on")),
    (OfferingKind.PACK.value, gettext_lazy("Pack")),
)


def _actions(request: DeskRequest) -> list[Action]:
    if "catalog.publish" not in request.desk.permissions:
        return []
    brand = request.desk.brand.key
    return [
        Action(gettext("Publish files"), reverse("desk:catalog_publish", args=(brand,)), "upload"),
        Action(gettext("Begin a draft"), reverse("desk:draft_new", args=(brand,)), "plus"),
    ]


def _in_force() -> Catalogue | None:
    try:
        return catalog.published()
    except NothingPublished:
        return None


def first_price(offering: ProductOffering) -> Money | None:
    """The price by which an offering is known: the recurring one, else the first one-time price."""
    prices = (*offering.recurring_prices, *offering.one_time_prices)
    return prices[0].amount if prices else None


@desk_view("catalog.read", section="catalog")
def offerings(request: DeskRequest) -> HttpResponse:
    """What is sold now."""
    brand, book = request.desk.brand.key, _in_force()
    table = Table[ProductOffering](
        key="offerings",
        caption=gettext("Offerings"),
        columns=(
            Column(
                "name",
                gettext("Offering"),
                sort=True,
                link=lambda o: reverse("desk:offering", args=(brand, o.key)),
                note=lambda o: o.key,
            ),
            Column(
                "kind", gettext("Kind"), value=lambda o: dict(KINDS)[o.kind.value], sort=True, shown=Shown.FROM_TABLET
            ),
            Column(
                "billing_mode",
                gettext("Paid"),
                value=lambda o: o.billing_mode.value.capitalize(),
                sort=True,
                shown=Shown.FROM_TABLET,
            ),
            Column("status", gettext("State"), Kind.STATUS, value=lambda o: o.status.value, sort=True),
            Column("price", gettext("Price"), Kind.MONEY, value=first_price, note=_every, sort=True),
            Column("version", gettext("Version"), Kind.NUMBER, sort=True, shown=Shown.FROM_DESKTOP),
        ),
        filters=(Filter("kind", gettext("Kind"), KINDS, lambda o: o.kind.value),),
        search_label=gettext("Name or key"),
        sort="name",
        empty=Empty(
            gettext("Nothing published yet"), gettext("Publish the brand's catalog files to sell something."), "book"
        ),
    )
    rows = list(book.offerings.values()) if book else []
    source = in_memory(rows, table, lambda o: f"{o.name} {o.key} {o.description('en')}")
    lede = gettext("Version %(version)s, in force.") % {"version": book.version} if book else ""
    context = {
        "title": gettext("Catalog"),
        "lede": lede,
        "tabs": catalog_tabs(request, ""),
        "actions": _actions(request),
    }
    return answer_list(request, table, source, context=context)


def _every(offering: ProductOffering) -> str:
    price = next(iter(offering.recurring_prices), None)
    if price is None or price.period is None:
        return gettext("once")
    return every_text(price.period.count, price.period.unit.value)


@desk_view("catalog.read", section="catalog")
def offering(request: DeskRequest, key: str) -> HttpResponse:
    """One offering: prices, allowances, rules of sale, and the tariff behind it."""
    book = _of_version(request)
    found = book.offering(key)
    tariff = book.tariffs.get(found.tariff) if found.tariff else None
    context: dict[str, Any] = {
        "offering": found,
        "book": book,
        "kind": dict(KINDS)[found.kind.value],
        "allowances": [(allowance, scope_in_words(allowance.scope, tariff)) for allowance in found.allowances],
        "tariff": tariff,
        "needs": book.decompose(key),
        "texts": sorted(found.texts.items()),
    }
    return render(request, "desk/offering.html", context)


def _of_version(request: DeskRequest) -> Catalogue:
    asked = request.GET.get("version", "")
    return (
        catalog.version(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 9 else catalog.published()
    )


@desk_view("catalog.read", section="catalog")
def tariffs(request: DeskRequest) -> HttpResponse:
    """The tariffs in force."""
    brand, book = request.desk.brand.key, _in_force()
    table = Table[Any](
        key="tariffs",
        caption=gettext("Tariffs"),
        columns=(
            Column(
                "name",
                gettext("Tariff"),
                sort=True,
                link=lambda t: reverse("desk:tariff", args=(brand, t.key)),
                note=lambda t: t.key,
            ),
            Column("version", gettext("Version"), Kind.CODE),
            Column("currency", gettext("Currency")),
            Column(
                "tax_mode",
                gettext("Prices"),
                value=lambda t: gettext("tax included") if t.tax_mode == "gross" else gettext("before tax"),
                shown=Shown.FROM_TABLET,
            ),
            Column("rules", gettext("Rules"), Kind.NUMBER, value=lambda t: len(t.rules), sort=True),
            Column("fallback_key", gettext("Else"), Kind.CODE, shown=Shown.FROM_DESKTOP),
            Column("valid_from", gettext("Valid from"), Kind.INSTANT, sort=True, shown=Shown.FROM_DESKTOP),
        ),
        search_label=gettext("Name or key"),
        sort="name",
        empty=Empty(gettext("No tariff published"), icon="calculator"),
    )
    source = in_memory(list(book.tariffs.values()) if book else [], table, lambda t: f"{t.name} {t.key}")
    return answer_list(
        request,
        table,
        source,
        context={"title": gettext("Catalog"), "tabs": catalog_tabs(request, "tariffs"), "actions": _actions(request)},
    )


@desk_view("catalog.read", section="catalog")
def tariff(request: DeskRequest, key: str) -> HttpResponse:
    """One tariff, its rules as sentences in the order in which they are asked."""
    book = _of_version(request)
    found = book.tariffs.get(key)
    if found is None:
        raise NotFound(gettext("there is no such tariff"), field="tariff", value=key)
    zones = [
        (zone.name or zone.key, len(zone.prefixes), len(zone.short_codes), len(zone.countries))
        for zone in found.number_zones.values()
    ]
    networks = [
        (zone.name or zone.key, ", ".join(sorted(map(str, zone.plmns))), len(zone.countries))
        for zone in found.network_zones.values()
    ]
    used_by = [one for one in book.offerings.values() if one.tariff == key]
    return render(
        request,
        "desk/tariff.html",
        {
            "tariff": found,
            "book": book,
            "rules": rules_in_words(found),
            "zones": zones,
            "networks": networks,
            "used_by": used_by,
            "has_deck": any(rule.key.startswith(RULE) for rule in found.rules),
            "path": found.source.partition(":")[0],
        },
    )


@desk_view("catalog.read", section="catalog")
def versions(request: DeskRequest) -> HttpResponse:
    """Every published version, newest first."""
    brand = request.desk.brand.key
    table = Table[VersionInfo](
        key="versions",
        caption=gettext("Versions"),
        columns=(
            Column(
                "number",
                gettext("Version"),
                Kind.NUMBER,
                sort=True,
                link=lambda v: reverse("desk:catalog_version", args=(brand, v.number)),
            ),
            Column("state", gettext("State"), Kind.STATUS, value=lambda v: "active" if v.in_force else v.state),
            Column("valid_from", gettext("In force from"), Kind.INSTANT, sort=True),
            Column("published_at", gettext("Published"), Kind.INSTANT, sort=True, shown=Shown.FROM_TABLET),
            Column("published_by", gettext("By"), shown=Shown.FROM_TABLET),
            Column("note", gettext("Note"), shown=Shown.FROM_DESKTOP),
        ),
        sort="-number",
        empty=Empty(gettext("Nothing published yet"), icon="book"),
    )
    source = paged(lambda _, offset, limit: catalog.versions(offset=offset, limit=limit), table)
    return answer_list(
        request,
        table,
        source,
        context={"title": gettext("Catalog"), "tabs": catalog_tabs(request, "versions"), "actions": _actions(request)},
    )


@desk_view("catalog.read", section="catalog", write="catalog.publish")
def version(request: DeskRequest, number: int) -> HttpResponse:
    """One version: what it changed; one that is not in force yet can be taken back."""
    info = catalog.version_info(number)
    if request.method == "POST":
        catalog.withdraw(
            number, actor=request.desk.actor, reason=request.POST.get("reason", "") or "withdrawn from the desk"
        )
        messages.success(request, gettext("Version %(number)s has been withdrawn.") % {"number": number})
        return redirect("desk:catalog_version", brand=request.desk.brand.key, number=number)
    changes = catalog.compare(info.base_number, number) if info.base_number else ()
    context = {
        "version": info,
        "changes": changes,
        "book": catalog.version(number),
        "future": info.valid_from > request.desk.clock.now and info.state == "published",
    }
    return render(request, "desk/catalog_version.html", context)


@desk_view("catalog.publish", section="catalog")
def publish(request: DeskRequest) -> HttpResponse:
    """Show what a set of files would change, and publish it when that is wanted."""
    brand = request.desk.brand.key
    form = FilesForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "newest": next(iter(catalog.versions(limit=1)[0]), None)}
    if request.method == "POST" and form.is_valid():
        try:
            files, base = files_of(form.cleaned_data["archive"])
            base = base if form.cleaned_data["base"] is None else form.cleaned_data["base"]
            if request.POST.get("move") == "publish":
                made = catalog.apply_texts(
                    files, actor=request.desk.actor, base_version=base, note=form.cleaned_data["note"]
                )
                if made.proposal:
                    text = gettext("New prices beyond your limit: %(number)s waits for somebody else's approval.")
                    messages.success(request, text % {"number": made.proposal})
                    return redirect("desk:approval", brand=brand, number=made.proposal)
                messages.success(
                    request,
                    gettext("Version %(number)s is published.") % {"number": made.number}
                    if made.changes
                    else gettext("Nothing differs from what is published."),
                )
                return redirect("desk:catalog_versions", brand=brand)
            context["plan"] = catalog.plan_texts(files, base_version=base)
        except DomainError as refusal:
            if getattr(refusal, "problems", ()):
                context["refusal"] = sentence(refusal)
            tell(form, refusal, {refusal.field: "archive"})
    return render(request, "desk/catalog_publish.html", context)


@desk_view("catalog.read", section="catalog")
def export(request: DeskRequest, number: int) -> HttpResponse:
    """The files of a version as an archive."""
    response = HttpResponse(archive_of(catalog.exported_files(number), number), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{request.desk.brand.key}-catalog-{number}.zip"'
    return response
