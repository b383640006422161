"""Catalogue drafts: change prices and files, see what turns red and what would change, publish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from linehouse.catalog import service as catalog
from linehouse.catalog.service import Draft, DraftNote, DraftRow, Figure
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.catalog_tabs import catalog_tabs
from linehouse.edge.desk.draft_forms import FOLDER_ORDER, FiguresForm, NameForm, PublishForm, StandForm, TextForm
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.kernel.error import DomainError, NotFound

STATES: Final = (("open", _("Open")), ("published", _("Published")), ("discarded", _("Given up")))

LARGEST_SHEET: Final = 400_000
MOST_FIGURES: Final = 900
"""A file with more prices, such as a carrier's rate deck, is changed as text: no form has so many fields."""
SHOWN: Final = 400
"""So many changed lines of a file are shown."""


@desk_view("catalog.read", section="catalog")
def drafts(request: DeskRequest) -> HttpResponse:
    """Every draft, the last changed first."""
    brand = request.desk.brand.key
    table = Table[DraftRow](
        key="drafts",
        caption=__("Drafts"),
        columns=(
            Column(
                "name",
                __("Draft"),
                link=lambda d: reverse("desk:draft", args=(brand, d.number)),
                note=lambda d: d.number,
            ),
            Column("state", __("State"), Kind.STATUS),
            Column("base_number", __("Made from version"), Kind.NUMBER, shown=Shown.FROM_TABLET),
            Column("paths", __("Changed files"), Kind.NUMBER, value=lambda d: len(d.paths), shown=Shown.FROM_TABLET),
            Column("opened_by", __("By"), shown=Shown.FROM_DESKTOP),
            Column("changed_at", __("Last changed"), Kind.INSTANT),
        ),
        filters=(Filter("state", __("State"), STATES),),
        empty=Empty(
            __("No draft yet"),
            __("A draft is a safe place to change prices: nothing counts before you publish it."),
            "book",
        ),
    )
    source = paged(
        lambda query, offset, limit: catalog.drafts(state=query.filters.get("state", ""), offset=offset, limit=limit),
        table,
    )
    actions = []
    if "catalog.publish" in request.desk.permissions:
        actions = [Action(__("Begin a draft"), reverse("desk:draft_new", args=(brand,)), "plus")]
    context = {"title": __("Catalog"), "tabs": catalog_tabs(request, "drafts"), "actions": actions}
    return answer_list(request, table, source, context=context)


@desk_view("catalog.publish", section="catalog")
def new(request: DeskRequest) -> HttpResponse:
    """Begin a draft; one that begins at a tariff's page opens its prices at once."""
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = catalog.open_draft(form.cleaned_data["name"], actor=request.desk.actor)
        path = request.GET.get("path", "")
        place = reverse("desk:draft", args=(request.desk.brand.key, made.number))
        if path in made.files:
            place = _file_url(request, made.number, path)
        return redirect(place)
    return render(request, "desk/draft_new.html", {"form": form})


@desk_view("catalog.read", section="catalog")
def draft(request: DeskRequest, draft_number: str) -> HttpResponse:
    """A draft: its files, what is red, what would change, and publishing it."""
    plan = catalog.planned(draft_number)
    return _draft_page(
        request, catalog.draft(draft_number), PublishForm(initial={"valid_from": plan.begins if plan else None})
    )


def _draft_page(request: DeskRequest, found: Draft, form: PublishForm) -> HttpResponse:
    check = catalog.check_draft(found) if found.state == "open" else None
    examples = {failed.told: failed for failed in check.examples} if check else {}
    notes = [NoteRow.of(request, found, one) for one in catalog.notes_of(found, check)] if check else []
    context: dict[str, Any] = {
        "draft": found,
        "form": form,
        "check": check,
        "files": [_file(request, found, path) for path in _in_order(found)],
        "red": [
            (problem, examples.get(problem.message), _sheet_of(problem.message, notes)) for problem in check.problems
        ]
        if check
        else [],
        "notes": [row for row in notes if not row.note.refuses and row.note.until is None],
        "standing": [row for row in notes if row.note.until is not None],
        "conflicts": catalog.draft_conflicts(found) if check and check.plan and check.plan.stale else (),
        "diffs": [(path, *_shown(found.line_changes(path))) for path in sorted(found.changes)],
        "planned": catalog.planned(found.number),
        "editable": found.state == "open" and "catalog.publish" in request.desk.permissions,
    }
    return render(request, "desk/draft.html", context)


def _shown(lines: list[str]) -> tuple[list[tuple[str, str]], int]:
    """The first lines with their tones, and how many more there are."""
    return _toned(lines[:SHOWN]), max(len(lines) - SHOWN, 0)


def _sheet_of(message: str, notes: list[NoteRow]) -> str:
    """Where the price of a problem is changed."""
    return next((row.sheet for row in notes if row.note.message == message), "")


def _toned(lines: list[str]) -> list[tuple[str, str]]:
    tones = {"+": "added", "-": "gone", "@": "place"}
    return [(tones.get(line[:1], "same"), line) for line in lines]


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A finding with the places to which it leads: its price, and the form that lets it stand."""

    note: DraftNote
    sheet: str
    stand: str

    @classmethod
    def of(cls, request: DeskRequest, found: Draft, note: DraftNote) -> NoteRow:
        """For the reader of the request; who may not change the draft is led to its price only."""
        sheet = f"{_file_url(request, found.number, note.path)}{f'#line-{note.line}' if note.line else ''}"
        asked = urlencode({"path": note.path, "code": note.code, "item": note.item})
        place = reverse("desk:draft_stand", args=(request.desk.brand.key, found.number))
        may = note.can_stand and "catalog.publish" in request.desk.permissions
        return cls(note, sheet if note.path else "", f"{place}?{asked}" if may else "")


def _in_order(found: Draft) -> list[str]:
    paths = found.base.keys() | found.changes.keys()
    return sorted(paths, key=lambda path: (FOLDER_ORDER.index(path.partition("/")[0]), path))


def _file(request: DeskRequest, found: Draft, path: str) -> dict[str, object]:
    state = "unchanged"
    if path in found.changes:
        state = "removed" if found.changes[path] is None else "changed" if path in found.base else "added"
    return {"path": path, "state": state, "url": _file_url(request, found.number, path)}


def _file_url(request: DeskRequest, number: str, path: str, **more: str) -> str:
    return f"{reverse('desk:draft_file', args=(request.desk.brand.key, number))}?{urlencode({'path': path, **more})}"


@desk_view("catalog.read", section="catalog", write="catalog.publish")
def file(request: DeskRequest, draft_number: str) -> HttpResponse:
    """One file of a draft: its prices as a sheet, or its text."""
    found, path = catalog.draft(draft_number), request.GET.get("path", "")
    number = found.number
    text = found.files.get(path)
    if text is None and path:
        raise NotFound(__("the draft has no such file"), field="path", value=path)
    small = text is not None and path.endswith(".yaml") and len(text) <= LARGEST_SHEET
    figures = catalog.figures_of(text) if text and small else []
    figures = figures if len(figures) <= MOST_FIGURES else []
    as_text = not figures or request.GET.get("as") == "text"
    start = {"revision": found.revision, "path": path, "text": text or ""}
    form: TextForm | FiguresForm = (
        TextForm(request.POST or None, initial=start)
        if as_text
        else FiguresForm(figures, request.POST or None, initial=start)
    )
    if path and isinstance(form, TextForm):
        form.fields["path"].widget = form.fields["path"].hidden_widget()
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, number, path, form)
        except DomainError as refusal:
            tell(form, refusal, {refusal.field: refusal.field, "revision": "text"})
        else:
            messages.success(request, __("Kept in the draft."))
            return redirect("desk:draft", request.desk.brand.key, number)
    context = {
        "draft": found,
        "path": path,
        "form": form,
        "as_text": as_text,
        "text_url": _file_url(request, number, path, **{"as": "text"}) if figures and not as_text else "",
        "lines": _beside(form, found, path) if isinstance(form, FiguresForm) else [],
        "sheet_url": _file_url(request, number, path) if figures and as_text else "",
        "editable": found.state == "open" and "catalog.publish" in request.desk.permissions,
    }
    return render(request, "desk/draft_file.html", context)


def _beside(form: FiguresForm, found: Draft, path: str) -> list[tuple[Figure, BoundField, list[DraftNote]]]:
    """Each price with its field, and at the first price of a rule what lint says of it."""
    notes = catalog.notes_of(found, catalog.check_draft(found)) if found.state == "open" else ()
    by_line: dict[int, list[DraftNote]] = {}
    for note in notes:
        if note.path == path and note.line:
            by_line.setdefault(note.line, []).append(note)
    return [(figure, bound, by_line.pop(figure.line, [])) for figure, bound in form.lines]


def _save(request: DeskRequest, number: str, path: str, form: TextForm | FiguresForm) -> None:
    revision, actor = form.cleaned_data["revision"], request.desk.actor
    if isinstance(form, FiguresForm):
        if form.changes:
            catalog.write_figures(number, path, form.changes, revision=revision, actor=actor)
        return
    catalog.write_file(
        number, path or form.cleaned_data["path"], form.cleaned_data["text"], revision=revision, actor=actor
    )


@desk_view("catalog.publish", section="catalog")
def stand(request: DeskRequest, draft_number: str) -> HttpResponse:
    """Let a warning stand: why, and how long; written into the draft's file."""
    found = catalog.draft(draft_number)
    asked = tuple(request.GET.get(word, "") for word in ("code", "path", "item"))
    notes = catalog.notes_of(found, catalog.check_draft(found)) if found.state == "open" else ()
    note = next((one for one in notes if (one.code, one.path, one.item) == asked and one.can_stand), None)
    if note is None:
        raise NotFound(__("the draft has no such warning"), field="code", value=asked[0])
    form = StandForm(request.POST or None, initial={"revision": found.revision})
    if request.method == "POST" and form.is_valid():
        try:
            catalog.let_stand(
                found.number,
                note.code,
                note.path,
                note.item,
                reason=form.cleaned_data["reason"],
                until=form.cleaned_data["until"],
                revision=form.cleaned_data["revision"],
                actor=request.desk.actor,
            )
        except DomainError as refusal:
            tell(form, refusal, {"reason": "reason", "until": "until", "revision": "reason"})
        else:
            messages.success(request, __("The warning stands, as the file now says."))
            return redirect("desk:draft", request.desk.brand.key, found.number)
    return render(request, "desk/draft_stand.html", {"draft": found, "note": note, "form": form})


@require_POST
@desk_view("catalog.publish", section="catalog")
def move(request: DeskRequest, draft_number: str, move: str) -> HttpResponse:
    """Publish, give up, take up again, bring up to date; take back, remove or mend within a file."""
    brand, actor, number = request.desk.brand.key, request.desk.actor, draft_number
    sent = request.POST.get("revision", "")
    revision = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else 0
    path = request.POST.get("path", "")
    if move == "publish":
        return _publish(request, number, revision)
    if move == "discard":
        catalog.discard_draft(number, actor=actor, reason="given up at the desk")
        messages.success(request, __("The draft has been given up. It can be taken up again."))
    elif move == "reopen":
        catalog.reopen_draft(number, actor=actor)
        messages.success(request, __("The draft is open again."))
    elif move == "update":
        mine = frozenset(request.POST.getlist("mine"))
        catalog.bring_up_to_date(number, mine=mine, revision=revision, actor=actor)
        messages.success(request, __("The draft now stands on the newest version."))
    elif move == "restore":
        catalog.restore_file(number, path, revision=revision, actor=actor)
        messages.success(request, __("The file is as it was published."))
    elif move == "remove":
        catalog.remove_file(number, path, revision=revision, actor=actor)
        messages.success(request, __("The file goes when the draft is published."))
    elif move == "outcome":
        line = request.POST.get("line", "")
        at = int(line) if line.isascii() and line.isdigit() and len(line) < 9 else 0
        catalog.take_outcome(number, path, at, revision=revision, actor=actor)
        messages.success(request, __("The example says the new figure."))
    else:
        raise NotFound(__("a draft has no such move"), field="move", value=move)
    return redirect("desk:draft", brand, number)


def _publish(request: DeskRequest, number: str, revision: int) -> HttpResponse:
    brand = request.desk.brand.key
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, catalog.draft(number), form)
    done = catalog.publish_draft(
        number,
        revision=revision,
        actor=request.desk.actor,
        valid_from=form.cleaned_data["valid_from"],
        note=form.cleaned_data["note"],
    )
    if done.proposal:
        text = __("New prices beyond your limit: %(number)s waits for somebody else's approval.")
        messages.success(request, text % {"number": done.proposal})
        return redirect("desk:approval", brand=brand, number=done.proposal)
    messages.success(request, __("Version %(number)s is published.") % {"number": done.number})
    return redirect("desk:catalog_version", brand, done.number)
