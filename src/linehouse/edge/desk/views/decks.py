"""Rate decks: hand a carrier's file in, say how it is read, look at what it changes, make drafts of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from linehouse.catalog import service as catalog
from linehouse.catalog.deck.changes import Change, What
from linehouse.catalog.errors import NothingPublished
from linehouse.catalog.service import DeckLook, DeckView
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.catalog_tabs import catalog_tabs
from linehouse.edge.desk.deck_forms import DeckForm, ReadingForm
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action, read_upload
from linehouse.edge.ui.formats import date_text
from linehouse.edge.ui.listing import answer_list, wants_part
from linehouse.edge.ui.sources import in_memory, paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.kernel.error import DomainError

TOLD: Final = 200
"""So many wrong rows are shown; the rest is told as a number."""
AT_ONCE: Final = 20_000
"""With more rows, the page says that the deck is being read before it is."""
MOVED: Final = "moved"
WHATS: Final = {
    What.NEW.value: _("New"),
    What.GONE.value: _("Gone"),
    What.DEARER.value: _("Dearer"),
    What.CHEAPER.value: _("Cheaper"),
    What.BLOCKED.value: _("Blocked"),
    What.OPENED.value: _("Open again"),
    What.OTHER.value: _("Another kind of price"),
    What.SAME.value: _("Unchanged"),
    MOVED: _("Prefix moved"),
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A destination, or a prefix that moved, on one of the deck's days."""

    day: date
    what: str
    name: str
    before: str
    after: str
    percent: Decimal | None
    prefixes: int
    came: int
    left: int

    @property
    def percent_text(self) -> str:
        """The change of the rate, signed."""
        return f"{self.percent:+f} %" if self.percent else ""

    @property
    def prefixes_note(self) -> str:
        """How many prefixes came and went."""
        came = f"+{self.came}" if self.came else ""
        left = f"−{self.left}" if self.left else ""
        return f"{came} {left}".strip()


@desk_view("catalog.read", section="catalog")
def decks(request: DeskRequest) -> HttpResponse:
    """Every deck that was handed in, the newest first."""
    brand = request.desk.brand.key
    table = Table[DeckView](
        key="decks",
        caption=__("Rate decks"),
        columns=(
            Column("file_name", __("File"), link=_url(brand), note=lambda d: d.number),
            Column("tariff", __("Tariff"), Kind.CODE),
            Column("rows", __("Rows"), Kind.NUMBER, shown=Shown.FROM_TABLET),
            Column("drafts", __("Drafts"), Kind.NUMBER, value=lambda d: len(d.drafts), shown=Shown.FROM_TABLET),
            Column("opened_by", __("By"), shown=Shown.FROM_DESKTOP),
            Column("created_at", __("Received"), Kind.INSTANT),
        ),
        empty=Empty(
            __("No rate deck yet"),
            __("Hand in what a carrier sends: its prices become a draft, looked at first."),
            "book",
        ),
    )
    source = paged(lambda _query, offset, limit: catalog.decks(offset=offset, limit=limit), table)
    actions = []
    if "catalog.publish" in request.desk.permissions:
        actions = [Action(__("Hand in a rate deck"), reverse("desk:deck_new", args=(brand,)), "upload")]
    context = {"title": __("Catalog"), "tabs": catalog_tabs(request, "decks"), "actions": actions}
    return answer_list(request, table, source, context=context)


def _url(brand: str) -> Any:
    return lambda view: reverse("desk:deck", args=(brand, view.number))


@desk_view("catalog.publish", section="catalog")
def new(request: DeskRequest) -> HttpResponse:
    """Take a carrier's file in."""
    brand = request.desk.brand.key
    try:
        tariffs = sorted(catalog.published().tariffs)
    except NothingPublished:
        tariffs = []
    form = DeckForm(
        request.POST or None,
        request.FILES or None,
        tariffs=tariffs,
        initial={"tariff": request.GET.get("tariff", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            name, data = read_upload(form.cleaned_data["file"])
            made = catalog.receive_deck(form.chosen(), name, data, actor=request.desk.actor)
        except DomainError as refusal:
            tell(form, refusal, {"tariff": "key"})
        else:
            return redirect("desk:deck", brand, made.number)
    context = {
        "title": __("Hand in a rate deck"),
        "lede": __("Nothing is changed yet: you say which column is what, and see what would change, first."),
        "form": form,
        "submit": __("Go on"),
        "crumbs": [(__("Rate decks"), reverse("desk:decks", args=(brand,)))],
    }
    return render(request, "desk/form.html", context)


@desk_view("catalog.read", section="catalog", write="catalog.publish")
def one(request: DeskRequest, deck_number: str) -> HttpResponse:
    """One deck: how it is read, what is wrong in it, and what it changes on each of its days."""
    view = catalog.find_deck(deck_number)
    if view.rows > AT_ONCE and request.method == "GET" and not catalog.deck_is_read(deck_number):
        if wants_part(request, "deck-reading"):
            catalog.look_at_deck(deck_number)
            return HttpResponse(headers={"HX-Refresh": "true"})
        if "HX-Request" not in request.headers and "format" not in request.GET:
            return render(request, "desk/deck_reading.html", {"view": view})
    look = catalog.look_at_deck(deck_number)
    form = ReadingForm(request.POST or None, view=view, new_tariff=look.new_tariff)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        catalog.set_deck_reading(
            deck_number,
            form.reading(),
            name=said.get("name", ""),
            tax=type(view.tax)(said.get("tax") or view.tax),
            line=said["line"],
            actor=request.desk.actor,
        )
        return redirect("desk:deck", request.desk.brand.key, deck_number)
    drafts = dict(view.drafts)
    context: dict[str, Any] = {
        "view": view,
        "look": look,
        "form": form,
        "editable": "catalog.publish" in request.desk.permissions,
        "faults": look.faults[:TOLD],
        "more_faults": max(len(look.faults) - TOLD, 0),
        "notes": look.notes[:TOLD],
        "unused": [name for name in view.heading if name not in view.reading.columns.values()],
        "days": [(step, drafts.get(step.day, ""), _counts(step.difference.counts)) for step in look.steps],
        "first_rows": look.deck.lines[:5],
    }
    table = _table(look)
    return answer_list(request, table, in_memory(_rows(look), table), "desk/deck.html", context)


def _counts(counts: Any) -> list[str]:
    return [f"{number} {str(WHATS[what]).lower()}" for what, number in counts.items()]


def _rows(look: DeckLook) -> list[ChangeRow]:
    return [
        row
        for step in look.steps
        for row in (
            *(_row(step.day, one) for one in step.difference.changes),
            *(ChangeRow(step.day, MOVED, m.prefix, m.before, m.after, None, 1, 0, 0) for m in step.difference.moved),
        )
    ]


def _row(day: date, one: Change) -> ChangeRow:
    before, after = str(one.before or ""), str(one.after or "")
    sizes = (one.prefixes, len(one.came), len(one.left))
    return ChangeRow(day, one.what.value, one.name, before, after, one.percent, *sizes)


def _table(look: DeckLook) -> Table[ChangeRow]:
    days = tuple((step.day.isoformat(), date_text(step.day)) for step in look.steps)
    return Table[ChangeRow](
        key="deck-changes",
        caption=__("What would change"),
        columns=(
            Column("name", __("Destination")),
            Column("what", __("What"), value=lambda r: str(WHATS[r.what])),
            Column("before", __("Before"), Kind.CODE),
            Column("after", __("After"), Kind.CODE),
            Column("percent_text", __("Change"), Kind.CODE),
            Column("prefixes", __("Prefixes"), Kind.NUMBER, note=lambda r: r.prefixes_note, shown=Shown.FROM_TABLET),
            Column("day", __("From"), Kind.DATE, shown=Shown.FROM_TABLET),
        ),
        filters=(
            Filter("day", __("From"), days, lambda r: r.day.isoformat()),
            Filter("what", __("What"), tuple(WHATS.items()), lambda r: r.what),
        ),
        search_label=__("Destination, or prefix that moved"),
        empty=Empty(
            __("Nothing changes"), __("What the file says is in force already, or it cannot be read yet."), "check"
        ),
        size=50,
    )


@require_POST
@desk_view("catalog.publish", section="catalog")
def draft(request: DeskRequest, deck_number: str) -> HttpResponse:
    """Make a draft for each day on which the deck changes something."""
    brand = request.desk.brand.key
    done = catalog.draft_deck(deck_number, actor=request.desk.actor)
    if not done.drafts or catalog.look_at_deck(deck_number).empty:
        messages.info(request, __("Nothing changes: what the file says is in force already."))
        return redirect("desk:deck", brand, deck_number)
    number = len(done.drafts)
    text = ngettext("%(number)s draft is there.", "%(number)s drafts are there: publish the first one first.", number)
    messages.success(request, text % {"number": number})
    return redirect("desk:draft", brand, done.drafts[0][1])


@desk_view("catalog.read", section="catalog")
def export(request: DeskRequest, key: str) -> HttpResponse:
    """What is in force by a tariff's deck, as a deck."""
    response = HttpResponse(catalog.exported_deck(key), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{key}-deck.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
