"""Imports: take a file in, say which column is what, try it, run it, look at each row, undo it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from linehouse.edge.desk.access import DeskRequest, desk_view, need
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action, read_upload
from linehouse.edge.ui.listing import answer_list, wants_part
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.status import readable
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.kernel.error import DomainError, NotFound
from linehouse.platform.imports import service
from linehouse.platform.imports.kinds import ImportKind, kind_of, kinds
from linehouse.platform.imports.lifecycle import IMPORT, ROW
from linehouse.platform.imports.values import Field, ImportView, RowView

MAY_MAP: Final = frozenset({"received", "tried"})
SAMPLE: Final = 3
"""Values of a column that are shown beside it."""


class FileForm(forms.Form):
    """A file, and what is in it."""

    kind = forms.ChoiceField(label=_("What is in the file"), choices=())
    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, with a heading in its first row."))

    def __init__(self, *args: Any, permissions: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(kind.name, kind.label) for kind in kinds() if kind.permission in permissions]


class MappingForm(forms.Form):
    """For each field the column that it comes from, or one text for all rows."""

    def __init__(
        self, *args: Any, view: ImportView, fields: tuple[Field, ...], heading: tuple[str, ...], **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.known = fields
        choices = [("", "–"), *((name, name) for name in heading)]
        for place, one in enumerate(fields):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=one.label, choices=choices, required=False, initial=view.columns.get(one.name, "")
            )
            self.fields[f"constant-{place}"] = forms.CharField(
                label=__("One text for all rows: %(field)s") % {"field": one.label},
                required=False,
                max_length=300,
                initial=view.constants.get(one.name, ""),
                widget=forms.TextInput(attrs={"placeholder": one.example}),
            )

    def _chosen(self, what: str) -> dict[str, str]:
        found = {one.name: self.cleaned_data.get(f"{what}-{place}", "") for place, one in enumerate(self.known)}
        return {name: text for name, text in found.items() if text}

    def columns(self) -> dict[str, str]:
        """Field → column."""
        return self._chosen("column")

    def constants(self) -> dict[str, str]:
        """Field → text for all rows."""
        return self._chosen("constant")

    def lines(self) -> list[tuple[Field, forms.BoundField, forms.BoundField]]:
        """Each field with its two inputs, for the template."""
        return [(one, self[f"column-{place}"], self[f"constant-{place}"]) for place, one in enumerate(self.known)]

    def names(self) -> dict[str, str]:
        """The room's word for a field → the input at which a refusal stands."""
        return {one.name: f"column-{place}" for place, one in enumerate(self.known)}


@desk_view("import.run", section="imports")
def import_list(request: DeskRequest) -> HttpResponse:
    """All imports, newest first."""
    brand = request.desk.brand.key
    labels = {kind.name: kind.label for kind in kinds()}
    table = Table[ImportView](
        key="imports",
        caption=__("Imports"),
        columns=(
            Column("number", __("Import"), Kind.CODE, link=lambda i: reverse("desk:import", args=(brand, i.number))),
            Column("file_name", __("File"), note=lambda i: labels.get(i.kind, i.kind)),
            Column("state", __("State"), Kind.STATUS),
            Column("rows", __("Rows"), Kind.NUMBER, shown=Shown.FROM_TABLET),
            Column("taken", __("Taken"), Kind.NUMBER),
            Column("refused", __("Refused"), Kind.NUMBER),
            Column("started_by", __("By"), shown=Shown.FROM_DESKTOP),
            Column("created_at", __("Received"), Kind.INSTANT, shown=Shown.FROM_TABLET),
        ),
        filters=(
            Filter("kind", __("What"), tuple(labels.items())),
            Filter("state", __("State"), tuple((state, readable(state).capitalize()) for state in IMPORT.states)),
        ),
        search_label=__("Name of the file, or number"),
        empty=Empty(__("No import yet"), __("Take a file of customers, numbers or SIM cards in."), "upload"),
    )
    source = paged(
        lambda q, offset, limit: service.imports(
            kind=q.filters.get("kind", ""),
            state=q.filters.get("state", ""),
            search=q.search,
            offset=offset,
            limit=limit,
        ),
        table,
    )
    context = {
        "title": __("Imports"),
        "lede": __("Files are tried without effect first. A row that is refused does not stop the others."),
        "actions": [Action(__("Import a file"), reverse("desk:import_new", args=(brand,)), "upload")],
    }
    return answer_list(request, table, source, context=context)


@desk_view("import.run", section="imports")
def new(request: DeskRequest) -> HttpResponse:
    """Take a file in."""
    brand = request.desk.brand.key
    form = FileForm(
        request.POST or None,
        request.FILES or None,
        permissions=request.desk.permissions,
        initial={"kind": request.GET.get("kind", "customers")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            name, data = read_upload(form.cleaned_data["file"])
            made = service.receive(form.cleaned_data["kind"], name, data, actor=request.desk.actor)
        except DomainError as refusal:
            tell(form, refusal)
        else:
            return redirect("desk:import", brand, made.number)
    context = {
        "title": __("Import a file"),
        "lede": __("Nothing is changed yet: you say which column is which field, and try it, first."),
        "form": form,
        "submit": __("Go on"),
        "crumbs": [(__("Imports"), reverse("desk:imports", args=(brand,)))],
    }
    return render(request, "desk/form.html", context)


@desk_view("import.run", section="imports")
def one(request: DeskRequest, number: str) -> HttpResponse:
    """One import: mapping and preview before it has run, then what came of each row."""
    view = service.find_import(number)
    kind = kind_of(view.kind)
    context: dict[str, Any] = {"view": view, "kind": kind, "may": kind.permission in request.desk.permissions}
    if wants_part(request, "import-state"):
        response = render(request, "desk/import_state.html", context)
        if not view.working:
            response.headers["HX-Refresh"] = "true"
        return response
    if request.method == "POST":
        need(request, kind.permission)
    form = None
    if view.state in MAY_MAP and not view.cleared:
        sheet = service.sheet_of(number)
        form = MappingForm(request.POST or None, view=view, fields=kind.fields(), heading=sheet.heading)
        if request.method == "POST" and form.is_valid() and _mapped(request, view, form):
            return redirect("desk:import", request.desk.brand.key, number)
        context |= _preview(view, kind, sheet.heading, sheet.rows[:SAMPLE]) | {"form": form}
    elif request.method == "POST":
        messages.error(request, __("The mapping cannot be changed any more."))
    table = _rows_table()
    source = paged(
        lambda q, offset, limit: service.results(number, state=q.filters.get("state", ""), offset=offset, limit=limit),
        table,
    )
    return answer_list(request, table, source, "desk/import.html", context)


def _mapped(request: DeskRequest, view: ImportView, form: MappingForm) -> bool:
    """Keep the mapping, and begin the try where that was asked; False when it was refused."""
    try:
        service.set_mapping(view.number, form.columns(), form.constants(), actor=request.desk.actor)
        if request.POST.get("then") == "try":
            service.start_try(view.number, actor=request.desk.actor)
    except DomainError as refusal:
        tell(form, refusal, form.names())
        return False
    return True


def _preview(
    view: ImportView, kind: ImportKind, heading: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> dict[str, Any]:
    used = [field for field in kind.fields() if field.name in view.columns or field.name in view.constants]
    first = service.preview(view.number)
    return {
        "sample": [(name, [row[place] for row in rows if row[place]]) for place, name in enumerate(heading)],
        "unused": [name for name in heading if name not in view.columns.values()],
        "preview_head": [field.label for field in used],
        "preview_rows": [[row.get(field.name, "") for field in used] for row in first],
    }


def _rows_table() -> Table[RowView]:
    return Table[RowView](
        key="import-rows",
        caption=__("Rows"),
        columns=(
            Column("position", __("Row"), Kind.NUMBER),
            Column("state", __("State"), Kind.STATUS),
            Column("ref", __("Became"), Kind.CODE),
            Column("faults", __("Why"), value=lambda r: "; ".join(map(str, r.faults))),
        ),
        filters=(Filter("state", __("State"), tuple((state, readable(state).capitalize()) for state in ROW.states)),),
        empty=Empty(__("No row yet"), __("Try the import to see what would come of each row."), "file"),
        size=50,
    )


@require_POST
@desk_view("import.run", section="imports")
def move(request: DeskRequest, number: str, move: str) -> HttpResponse:
    """Run an import, or undo it."""
    view = service.find_import(number)
    need(request, kind_of(view.kind).permission)
    actor = request.desk.actor
    if move == "run":
        service.start_run(number, actor=actor)
        messages.success(request, __("The rows are being taken in."))
    elif move == "undo":
        reason = request.POST.get("reason", "").strip()
        if not reason:
            messages.error(request, __("Say why the import is undone."))
        else:
            service.start_undo(number, actor=actor, reason=reason)
            messages.success(request, __("What the import has made is being taken back."))
    else:
        raise NotFound("there is no such page", field="move", value=move)
    return redirect("desk:import", request.desk.brand.key, number)


@desk_view("import.run", section="imports")
def result(request: DeskRequest, number: str) -> HttpResponse:
    """The file with what came of each row."""
    view = service.find_import(number)
    need(request, kind_of(view.kind).permission)
    response = HttpResponse(service.result_file(number), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-result.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
