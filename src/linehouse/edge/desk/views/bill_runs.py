"""Bill runs: started, watched, reviewed by sample, approved, posted."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from linehouse.billing import service as billing
from linehouse.billing.lifecycle import RUN, TASK
from linehouse.billing.service import RunAccountView, RunView
from linehouse.edge.desk.access import DeskRequest, back, desk_view, need
from linehouse.edge.desk.bill_rows import invoice_source, invoices_table
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action
from linehouse.edge.desk.tabs import tabs
from linehouse.edge.ui.listing import answer_list, wants_part
from linehouse.edge.ui.sources import paged
from linehouse.edge.ui.status import Tone
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.edge.ui.timeline import Milestone
from linehouse.kernel.error import DomainError, NotFound
from linehouse.kernel.period import local_date
from linehouse.platform.texts.codes import titled_lazily

STATES: Final = tuple((state, titled_lazily(state)) for state in RUN.states)
TASK_STATES: Final = tuple((state, titled_lazily(state)) for state in TASK.states)
WORKING: Final = frozenset({"draft", "calculating", "approved", "posting"})
STATIONS: Final = ((gettext_lazy("Calculated"), 1), (gettext_lazy("Approved"), 2), (gettext_lazy("Posted"), 4))
_PLACE: Final = {
    "draft": 0,
    "calculating": 0,
    "calculated": 1,
    "approved": 2,
    "posting": 3,
    "posted": 4,
    "cancelled": 0,
}


class StartForm(forms.Form):
    """Up to which local day the cycles end that are billed."""

    cycle_until = forms.DateField(
        label=gettext_lazy("Cycles that end by"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy(
            "Every account whose billing cycle ended by this day, and is not billed yet, is in the run."
        ),
    )


def run_gross(run: RunView) -> Any:
    """The sum of a run's bills where it has one currency."""
    return next(iter(run.gross.values())) if len(run.gross) == 1 else None


@desk_view("billing.read", section="bill_runs")
def runs(request: DeskRequest) -> HttpResponse:
    """All runs, newest first."""
    brand = request.desk.brand.key
    table = Table[RunView](
        key="bill-runs",
        caption=gettext("Bill runs"),
        columns=(
            Column(
                "number",
                gettext("Run"),
                Kind.CODE,
                sort=True,
                link=lambda r: reverse("desk:bill_run", args=(brand, r.number)),
            ),
            Column("state", gettext("State"), Kind.STATUS, sort=True),
            Column("cycle_until", gettext("Cycles until"), Kind.DATE, sort=True),
            Column("expected", gettext("Accounts"), Kind.NUMBER, value=lambda r: r.report.expected, sort=True),
            Column(
                "parked",
                gettext("Parked"),
                Kind.NUMBER,
                value=lambda r: r.report.parked,
                sort=True,
                shown=Shown.FROM_TABLET,
            ),
            Column("gross", gettext("Sum of bills"), Kind.MONEY, value=run_gross, sort=True, shown=Shown.FROM_TABLET),
            Column("created_at", gettext("Started"), Kind.INSTANT, sort=True, shown=Shown.FROM_TABLET),
            Column("started_by", gettext("By"), shown=Shown.FROM_DESKTOP),
        ),
        filters=(Filter("state", gettext("State"), STATES),),
        sort="-number",
        empty=Empty(gettext("No bill run yet"), gettext("Start one when a billing cycle has ended."), "run"),
    )
    source = paged(
        lambda q, offset, limit: billing.search_runs(state=q.filters.get("state", ""), offset=offset, limit=limit),
        table,
    )
    actions = [Action(gettext("Start a bill run"), reverse("desk:bill_run_start", args=(brand,)), "play")]
    return answer_list(
        request,
        table,
        source,
        context={
            "title": gettext("Bill runs"),
            "actions": actions if "billing.run" in request.desk.permissions else [],
        },
    )


@desk_view("billing.run", section="bill_runs")
def start(request: DeskRequest) -> HttpResponse:
    """Start a run; the worker calculates it."""
    brand = request.desk.brand.key
    today = local_date(request.desk.clock.now, request.desk.zone)
    form = StartForm(request.POST if request.method == "POST" else None, initial={"cycle_until": today})
    if request.method == "POST" and form.is_valid():
        try:
            chosen: date = form.cleaned_data["cycle_until"]
            run_id = billing.start_run(chosen, actor=request.desk.actor, reason=f"bill run until {chosen.isoformat()}")
        except DomainError as refusal:
            tell(form, refusal)
        else:
            return redirect("desk:bill_run", brand=brand, number=billing.run(run_id).number)
    context = {
        "title": gettext("Start a bill run"),
        "lede": gettext("Bills are calculated first, and nothing is posted before somebody has approved them."),
        "form": form,
        "submit": gettext("Start"),
        "crumbs": [(gettext("Bill runs"), reverse("desk:bill_runs", args=(brand,)))],
    }
    return render(request, "desk/form.html", context)


def _stations(run: RunView) -> list[Milestone]:
    place = _PLACE[run.state]
    notes = {2: run.approved_by}
    stations = []
    for name, reached in STATIONS:
        if run.state == "cancelled":
            tone = Tone.QUIET
        elif place >= reached:
            tone = Tone.GOOD
        elif run.state in WORKING and reached == next(r for _, r in STATIONS if r > place):
            tone = Tone.INFO
        else:
            tone = Tone.QUIET
        stations.append(Milestone(name, tone, notes.get(reached, "")))
    return [Milestone(gettext("Started"), Tone.GOOD, run.started_by), *stations]


@desk_view("billing.read", section="bill_runs")
def run(request: DeskRequest, number: str) -> HttpResponse:
    """One run: how far it is, its accounts, and its bills to look into before they are approved."""
    brand = request.desk.brand.key
    view = billing.run_by_number(number)
    working = view.state in WORKING
    report = view.report
    context: dict[str, Any] = {
        "run": view,
        "report": report,
        "working": working,
        "stations": _stations(view),
        "done": report.expected - report.waiting,
        "gross": list(view.gross.values()),
    }
    if wants_part(request, "run-state"):
        response = render(request, "desk/bill_run_state.html", context)
        if not working:
            response.headers["HX-Refresh"] = "true"
        return response
    bills = report.billed
    context["tabs"], key = tabs(
        request, [("", gettext("Bills"), bills), ("accounts", gettext("Accounts"), report.expected)]
    )
    if key == "accounts":
        table = _accounts_table(brand)
        source = paged(
            lambda q, offset, limit: billing.run_accounts(
                view.id, state=q.filters.get("state", ""), offset=offset, limit=limit
            ),
            table,
        )
        return answer_list(request, table, source, "desk/bill_run.html", context, keep=("tab",))
    bill_table = invoices_table(brand, drafts=True)
    return answer_list(request, bill_table, invoice_source(run_id=view.id, drafts=True), "desk/bill_run.html", context)


def _accounts_table(brand: str) -> Table[RunAccountView]:
    return Table[RunAccountView](
        key="run-accounts",
        caption=gettext("Accounts of the run"),
        columns=(
            Column("account_number", gettext("Account"), Kind.CODE, sort=True),
            Column("state", gettext("State"), Kind.STATUS, sort=True, note=lambda a: a.reason),
            Column("cut", gettext("Cycle ended"), Kind.DATE, sort=True, shown=Shown.FROM_TABLET),
            Column(
                "gross",
                gettext("Bill"),
                Kind.MONEY,
                sort=True,
                link=lambda a: reverse("desk:bill", args=(brand, a.invoice_id)) if a.invoice_id else None,
            ),
        ),
        filters=(Filter("state", gettext("State"), TASK_STATES),),
        sort="account_number",
        empty=Empty(gettext("No account"), gettext("No billing cycle had ended by that day."), "run"),
        size=50,
    )


def _approve(run_id: UUID, request: DeskRequest) -> str:
    need(request, "billing.approve")
    waiting = billing.approve(run_id, actor=request.desk.actor, reason="approved at the desk")
    if waiting is not None:
        return gettext("You started this run, and it exceeds your limit: another must approve %(number)s.") % {
            "number": waiting.number
        }
    return gettext("The run is approved; it can be posted.")


def _post(run_id: UUID, request: DeskRequest) -> str:
    need(request, "billing.approve")
    billing.post(run_id, actor=request.desk.actor, reason="posted at the desk")
    return gettext("The bills are being posted.")


def _cancel(run_id: UUID, request: DeskRequest) -> str:
    billing.cancel(run_id, actor=request.desk.actor, reason="given up at the desk")
    return gettext("The run has been given up; its drafts are gone.")


def _retry(run_id: UUID, request: DeskRequest) -> str:
    count = billing.retry_parked(run_id, actor=request.desk.actor, reason="tried again from the desk")
    return ngettext(
        "%(count)s parked account is calculated again.", "%(count)s parked accounts are calculated again.", count
    ) % {"count": count}


MOVES: Final[dict[str, Callable[[UUID, DeskRequest], str]]] = {
    "approve": _approve,
    "post": _post,
    "cancel": _cancel,
    "retry": _retry,
}


@require_POST
@desk_view("billing.read", section="bill_runs", write="billing.run")
def move(request: DeskRequest, number: str, move: str) -> HttpResponse:
    """Approve, post, give up, or try parked accounts again."""
    if move not in MOVES:
        raise NotFound(gettext("there is no such page"), field="move", value=move)
    messages.success(request, MOVES[move](billing.run_by_number(number).id, request))
    return back(request)
