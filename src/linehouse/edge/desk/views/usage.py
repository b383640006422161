"""Usage: files with their reconciliation, records with their price, and what waits in suspense."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST
from django_stubs_ext import StrOrPromise

from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.bulk import offering
from linehouse.edge.desk.bulk_acts import resubmit_suspense
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action, read_upload
from linehouse.edge.desk.tabs import tabs
from linehouse.edge.desk.usage_rows import DIRECTIONS, TYPES, records_table, usage_source
from linehouse.edge.ui.listing import answer_list, wants_part
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.status import readable
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.kernel.error import DomainError
from linehouse.platform.texts.codes import titled, titled_lazily
from linehouse.usage import service as usage
from linehouse.usage.errors import Suspension
from linehouse.usage.lifecycle import USAGE_FILE, USAGE_SUSPENSE
from linehouse.usage.values import FileView, SuspenseView, UsageFilter

FILE_STATES: Final = tuple((state, titled_lazily(state)) for state in USAGE_FILE.states)
WAITING_STATES: Final = tuple((state, titled_lazily(state)) for state in USAGE_SUSPENSE.states)
REASONS: Final = tuple((one.value, titled_lazily(one.value)) for one in Suspension)
DONE: Final = frozenset({"processed", "refused"})

CORRECTABLE: Final[Mapping[str, tuple[StrOrPromise, StrOrPromise]]] = {
    "usage_type": (gettext_lazy("Usage"), ""),
    "direction": (gettext_lazy("Direction"), ""),
    "started_at": (
        gettext_lazy("Started"),
        gettext_lazy("An instant with its offset, such as 2026-11-01T08:00:00+01:00."),
    ),
    "quantity": (gettext_lazy("Quantity"), gettext_lazy("Whole base units: milliseconds, octets, messages or events.")),
    "imsi": ("IMSI", gettext_lazy("Digits.")),
    "msisdn": (gettext_lazy("Number"), gettext_lazy("International, without spaces.")),
    "party": (gettext_lazy("Other party"), gettext_lazy("The other party's number.")),
    "plmn": (gettext_lazy("Network"), gettext_lazy("Such as 204-04.")),
    "apn": (gettext_lazy("Access point"), gettext_lazy("Its name.")),
    "ended_at": (
        gettext_lazy("Closed"),
        gettext_lazy("An instant with its offset, such as 2026-11-01T08:00:00+01:00."),
    ),
    "amount": (gettext_lazy("What was bought for"), gettext_lazy("With its currency, such as 4.99 EUR.")),
}


class UploadForm(forms.Form):
    """A partner's file."""

    file = forms.FileField(
        label=gettext_lazy("Usage file"), help_text=gettext_lazy("TAP 3, NRTRDE, or a CSV file of one of the feeds.")
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Feed"),
        required=False,
        choices=(),
        help_text=gettext_lazy("Recognised by name and content unless chosen."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", gettext("Recognise it")), *((feed.key, feed.key) for feed in usage.feeds())]


class CorrectionForm(forms.Form):
    """New values for a waiting record; what is left empty stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, text) in CORRECTABLE.items():
            self.fields[name] = forms.CharField(label=label, required=False, help_text=text)
        for name, choices in (("usage_type", TYPES), ("direction", tuple(DIRECTIONS.items()))):
            unchanged = (
                ("", gettext("As it is")),
                *((value, words[:1].upper() + words[1:]) for value, words in choices),
            )
            self.fields[name] = forms.ChoiceField(label=CORRECTABLE[name][0], required=False, choices=unchanged)
        self.fields["reason"] = forms.CharField(
            label=gettext("Reason"), help_text=gettext("It is kept with the old values.")
        )

    def changes(self) -> dict[str, str]:
        """What was filled in."""
        return {name: self.cleaned_data[name] for name in CORRECTABLE if self.cleaned_data.get(name)}


@desk_view("usage.read", section="usage_files")
def files(request: DeskRequest) -> HttpResponse:
    """Every file that came in, newest first."""
    brand = request.desk.brand.key
    table = Table[FileView](
        key="usage-files",
        caption=gettext("Usage files"),
        columns=(
            Column(
                "name",
                gettext("File"),
                Kind.CODE,
                sort=True,
                link=lambda f: reverse("desk:usage_file", args=(brand, f.id)),
            ),
            Column("source", gettext("Feed"), sort=True, shown=Shown.FROM_TABLET),
            Column(
                "format",
                gettext("Format"),
                Kind.CODE,
                value=lambda f: f.format if f.version in ("", f.format) else f"{f.format} {f.version}",
                shown=Shown.FROM_DESKTOP,
            ),
            Column("state", gettext("State"), Kind.STATUS, sort=True, note=lambda f: readable(f.reason)),
            Column("records", gettext("Records"), Kind.NUMBER, sort=True),
            Column("suspended", gettext("Suspended"), Kind.NUMBER, sort=True, shown=Shown.FROM_TABLET),
            Column("duplicates", gettext("Repeats"), Kind.NUMBER, sort=True, shown=Shown.FROM_DESKTOP),
            Column("size", gettext("Size"), Kind.BYTES, sort=True, shown=Shown.FROM_DESKTOP),
            Column("received_at", gettext("Received"), Kind.INSTANT, sort=True),
        ),
        filters=(
            Filter("state", gettext("State"), FILE_STATES),
            Filter("source", gettext("Feed"), lambda: [(feed.key, feed.key) for feed in usage.feeds()]),
        ),
        search_label=gettext("File name, sender, number"),
        sort="-received_at",
        empty=Empty(gettext("No file yet"), gettext("Upload one, or drop it into the inbox folder."), "file"),
    )
    source = paged(
        lambda q, offset, limit: usage.list_files(
            state=q.filters.get("state", ""),
            source=q.filters.get("source", ""),
            text=q.search,
            offset=offset,
            limit=limit,
        ),
        table,
    )
    actions = [Action(gettext("Upload a file"), reverse("desk:usage_upload", args=(brand,)), "upload")]
    context = {"title": gettext("Usage files"), "actions": actions if "usage.write" in request.desk.permissions else []}
    return answer_list(request, table, source, context=context)


@desk_view("usage.write", section="usage_files")
def upload(request: DeskRequest) -> HttpResponse:
    """Receive a file, as if it had been dropped into the inbox."""
    form = UploadForm(request.POST or None, request.FILES or None)
    brand = request.desk.brand.key
    if form.is_valid():
        try:
            name, data = read_upload(form.cleaned_data["file"])
            file_id = usage.receive_file(name, data, form.cleaned_data["source"], actor=request.desk.actor)
        except DomainError as refusal:
            tell(form, refusal, {"name": "file"})
        else:
            messages.success(request, gettext("%(name)s has been received.") % {"name": name})
            return redirect("desk:usage_file", brand=brand, file_id=file_id)
    context = {
        "title": gettext("Upload a usage file"),
        "lede": gettext("It is kept whole, read once, and every record is priced or waits with a reason."),
        "form": form,
        "submit": gettext("Upload"),
        "crumbs": [(gettext("Usage files"), reverse("desk:usage_files", args=(brand,)))],
    }
    return render(request, "desk/form.html", context)


@desk_view("usage.read", section="usage_files")
def file(request: DeskRequest, file_id: UUID) -> HttpResponse:
    """One file: where each of its records is, and whether the charges agree."""
    brand = request.desk.brand.key
    view = usage.find_file(file_id)
    reconciliation = usage.reconcile(file_id)
    working = view.state not in DONE or reconciliation.guided > 0
    context: dict[str, Any] = {
        "file": view,
        "reconciliation": reconciliation,
        "outcomes": [
            (gettext("Rated"), reconciliation.rated, "good"),
            (gettext("Waiting to be priced"), reconciliation.guided, "info"),
            (gettext("Only reported"), reconciliation.reported, "quiet"),
            (gettext("In suspense"), reconciliation.suspended, "warn"),
            (gettext("Repeats"), reconciliation.duplicates, "quiet"),
            (gettext("Given up"), reconciliation.discarded, "quiet"),
        ],
        "working": working,
    }
    if wants_part(request, "file-state"):
        response = render(request, "desk/usage_file_state.html", context)
        if not working:
            response.headers["HX-Refresh"] = "true"
        return response
    suspended = reconciliation.suspended + reconciliation.discarded
    shown, key = tabs(
        request,
        [
            ("", gettext("Records"), reconciliation.records - suspended - reconciliation.duplicates),
            ("suspense", gettext("Suspense"), suspended),
            ("repeats", gettext("Repeats"), reconciliation.duplicates),
        ],
    )
    context["tabs"], context["tab"] = shown, key
    if key == "suspense":
        return answer_list(request, *_suspense(brand, file_id=file_id), "desk/usage_file.html", context, keep=("tab",))
    if key == "repeats":
        context["repeats"] = usage.duplicates_of(file_id)
        return render(request, "desk/usage_file.html", context)
    table = records_table(brand)
    return answer_list(
        request, table, usage_source(table, UsageFilter(file_id=file_id)), "desk/usage_file.html", context
    )


@desk_view("usage.read", section="usage_records")
def records(request: DeskRequest) -> HttpResponse:
    """All usage, newest first."""
    table = records_table(request.desk.brand.key)
    return answer_list(request, table, usage_source(table, UsageFilter()), context={"title": gettext("Usage records")})


def _suspense(brand: str, file_id: UUID | None = None) -> tuple[Table[SuspenseView], Any]:
    table = Table[SuspenseView](
        key="suspense",
        caption=gettext("Suspense"),
        columns=(
            Column(
                "reason",
                gettext("Reason"),
                value=lambda s: titled(s.reason),
                sort=True,
                link=lambda s: reverse("desk:suspended", args=(brand, s.id)),
                note=lambda s: s.message,
            ),
            Column("state", gettext("State"), Kind.STATUS, sort=True),
            Column(
                "usage_type",
                gettext("Usage"),
                value=lambda s: s.usage_type.capitalize(),
                sort=True,
                shown=Shown.FROM_TABLET,
            ),
            Column("started_at", gettext("Started"), Kind.INSTANT, sort=True, shown=Shown.FROM_TABLET),
            Column("quantity", gettext("Quantity"), Kind.QUANTITY, shown=Shown.FROM_DESKTOP),
            Column("msisdn", gettext("Number"), Kind.CODE, shown=Shown.FROM_DESKTOP),
            *(
                ()
                if file_id
                else (
                    Column[SuspenseView](
                        "file_name",
                        gettext("File"),
                        Kind.CODE,
                        link=lambda s: reverse("desk:usage_file", args=(brand, s.file_id)),
                        shown=Shown.FROM_DESKTOP,
                    ),
                )
            ),
            Column("created_at", gettext("Waits since"), Kind.INSTANT, sort=True),
        ),
        filters=(Filter("state", gettext("State"), WAITING_STATES), Filter("reason", gettext("Reason"), REASONS)),
        sort="created_at",
        empty=Empty(
            gettext("Nothing waits"),
            gettext("Every record that came in could be priced, or was never to be."),
            "check-circle",
        ),
    )
    source = paged(
        lambda q, offset, limit: usage.list_suspense(
            states=(q.filters["state"],)
            if "state" in q.filters
            else (USAGE_SUSPENSE.states if file_id else ("open", "corrected")),
            reason=q.filters.get("reason", ""),
            file_id=file_id,
            offset=offset,
            limit=limit,
        ),
        table,
    )
    return table, source


@desk_view("usage.read", section="suspense")
def suspense(request: DeskRequest) -> HttpResponse:
    """Records that wait for a person, the oldest first."""
    table, source = _suspense(request.desk.brand.key)
    table = offering(
        request,
        table,
        resubmit_suspense(request),
        row_id=lambda s: s.id,
        row_name=lambda s: f"{s.file_name}, {s.position}",
    )
    lede = gettext(
        "What could not be priced waits here with its reason. Correct it, send it round again, or give it up."
    )
    return answer_list(request, table, source, context={"title": gettext("Suspense"), "lede": lede})


@desk_view("usage.read", section="suspense", write="usage.write")
def suspended(request: DeskRequest, suspense_id: UUID) -> HttpResponse:
    """One waiting record, with the form that corrects it."""
    view = usage.find_suspense(suspense_id)
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            usage.correct(suspense_id, form.changes(), actor=request.desk.actor, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, gettext("The record has been corrected; it can be sent round again."))
            return redirect("desk:suspended", brand=request.desk.brand.key, suspense_id=suspense_id)
    return render(
        request,
        "desk/suspended.html",
        {"waiting": view, "form": form, "waits": view.state in {"open", "corrected"}, "record": _flat(view.record)},
    )


def _flat(record: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """A record's fields as words and text; what is empty is left out."""
    if record is None:
        return []
    shown = []
    for name, value in record.items():
        if value in (None, "", {}, []):
            continue
        text = ", ".join(f"{key} {inner}" for key, inner in value.items()) if isinstance(value, Mapping) else str(value)
        shown.append((str(CORRECTABLE.get(name, (titled(name), ""))[0]), text))
    return shown


@require_POST
@desk_view("usage.read", section="suspense", write="usage.write")
def suspended_move(request: DeskRequest, suspense_id: UUID) -> HttpResponse:
    """Send a waiting record round again, or give it up."""
    if request.POST.get("move") == "discard":
        usage.discard(
            suspense_id, actor=request.desk.actor, reason=request.POST.get("reason", "") or "given up at the desk"
        )
        messages.success(request, gettext("The record has been given up; it will never be charged."))
    elif usage.resubmit(suspense_id, actor=request.desk.actor, reason="sent round again from the desk"):
        messages.success(request, gettext("The record went through; it is being priced."))
    else:
        messages.warning(request, gettext("The record came back; its reason is shown."))
    return redirect("desk:suspended", brand=request.desk.brand.key, suspense_id=suspense_id)
