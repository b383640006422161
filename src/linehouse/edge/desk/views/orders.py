"""Orders: the list, and each with its milestones, steps, and what can be done when something is stuck."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST
from django_stubs_ext import StrOrPromise

from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, back, desk_view
from linehouse.edge.desk.bulk import offering
from linehouse.edge.desk.bulk_acts import retry_orders
from linehouse.edge.desk.order_rows import order_source, orders_table
from linehouse.edge.desk.shown import Action
from linehouse.edge.desk.tabs import tabs
from linehouse.edge.ui.listing import answer_list, wants_part
from linehouse.edge.ui.status import Tone
from linehouse.edge.ui.timeline import Milestone
from linehouse.kernel.error import Invalid
from linehouse.ordering import service as ordering
from linehouse.ordering.values import MilestoneState, OrderView, StepKind
from linehouse.platform.outbox.service import search_events
from linehouse.platform.texts.codes import titled

DONE: Final = frozenset({"completed", "cancelled", "failed", "rejected", "partial", "held"})
"""States in which nothing moves by itself."""
MILESTONES: Final[Mapping[str, StrOrPromise]] = {
    "received": gettext_lazy("Received"),
    "reserved": gettext_lazy("Number and SIM reserved"),
    "network_ready": gettext_lazy("In the network"),
    "network_off": gettext_lazy("Out of the network"),
    "active": gettext_lazy("Active"),
    "ended": gettext_lazy("Ended"),
    "done": gettext_lazy("Completed"),
}
STEPS: Final[Mapping[StepKind, StrOrPromise]] = {
    StepKind.RESERVE_MSISDN: gettext_lazy("Reserve a number"),
    StepKind.RESERVE_SIM: gettext_lazy("Reserve a SIM"),
    StepKind.PROVISION_NETWORK: gettext_lazy("Set up in the network"),
    StepKind.ACTIVATE_PRODUCT: gettext_lazy("Activate the product"),
    StepKind.DEPROVISION_NETWORK: gettext_lazy("Take out of the network"),
    StepKind.TERMINATE_PRODUCT: gettext_lazy("End the product"),
    StepKind.RETIRE_SIM: gettext_lazy("Retire the SIM"),
    StepKind.QUARANTINE_MSISDN: gettext_lazy("Let the number rest"),
    StepKind.COMPLETE: gettext_lazy("Complete the item"),
}
_TONES: Final = {
    MilestoneState.DONE: Tone.GOOD,
    MilestoneState.NOW: Tone.INFO,
    MilestoneState.NEXT: Tone.QUIET,
    MilestoneState.STOPPED: Tone.BAD,
    MilestoneState.UNDONE: Tone.QUIET,
}


@desk_view("order.read", section="orders", own=True)
def orders(request: DeskRequest) -> HttpResponse:
    """All orders, newest first."""
    brand = request.desk.brand.key
    table = offering(
        request, orders_table(brand), retry_orders(request), row_id=lambda o: o.id, row_name=lambda o: o.number
    )
    _, stuck = ordering.fallout(limit=1)
    actions = [Action(gettext("New order"), reverse("desk:order_new", args=(brand,)), "plus")]
    context = {
        "title": gettext("Orders"),
        "actions": actions if "order.write" in request.desk.permissions else [],
        "above": "desk/orders_stuck.html" if stuck else "",
        "stuck": stuck,
    }
    return answer_list(request, table, order_source(table), context=context)


@desk_view("order.read", section="orders", own=True)
def fallout(request: DeskRequest) -> HttpResponse:
    """The work queue: steps that somebody must look at."""
    rows, total = ordering.fallout(limit=200)
    return render(
        request, "desk/order_fallout.html", {"rows": [(row, STEPS[row.kind]) for row in rows], "total": total}
    )


def stations(order: OrderView) -> list[Milestone]:
    """The milestones as the tracker draws them."""
    return [
        Milestone(MILESTONES.get(one.key, titled(one.key)), _TONES[one.state], one.reason)
        for one in ordering.track(order.id)
    ]


@desk_view("order.read", section="orders", own=True)
def order(request: DeskRequest, number: str) -> HttpResponse:
    """One order; the tracker asks again until nothing moves any more."""
    view = ordering.find_order(number=number)
    working = view.state not in DONE
    context: dict[str, Any] = {"order": view, "working": working, "stations": stations(view)}
    if wants_part(request, "order-state"):
        response = render(request, "desk/order_state.html", context)
        if not working:
            response.headers["HX-Refresh"] = "true"
        return response
    context["customer"] = customers.customers([view.customer_id]).get(view.customer_id)
    context["account"] = customers.billing_accounts([view.billing_account_id]).get(view.billing_account_id)
    facts, total = search_events(aggregate_id=view.id, limit=100)
    context["events"] = facts
    context["steps"] = [(step, STEPS[step.kind]) for step in view.steps]
    context["tabs"], context["tab"] = tabs(
        request,
        [
            ("", gettext("Items"), len(view.items)),
            ("steps", gettext("Steps"), len(view.steps)),
            ("events", gettext("Events"), total),
        ],
    )
    context["cancellable"] = view.state in {"acknowledged", "inProgress", "pending", "held"}
    return render(request, "desk/order.html", context)


def _cancel(request: DeskRequest, view: OrderView, reason: str) -> str:
    ordering.cancel_order(view.id, reason=reason, actor=request.desk.actor)
    return gettext("The order is being cancelled.")


def _retry(request: DeskRequest, view: OrderView, reason: str) -> str:
    ordering.retry_step(view.id, request.POST.get("step", ""), reason=reason, actor=request.desk.actor)
    return gettext("The step is tried again.")


def _give_up(request: DeskRequest, view: OrderView, reason: str) -> str:
    ordering.give_up_item(view.id, request.POST.get("item", ""), reason=reason, actor=request.desk.actor)
    return gettext("The item will not be delivered; the others go on.")


MOVES: Final[dict[str, Callable[[DeskRequest, OrderView, str], str]]] = {
    "cancel": _cancel,
    "retry": _retry,
    "give-up": _give_up,
}


@require_POST
@desk_view("order.read", section="orders", write="order.write", own=True)
def move(request: DeskRequest, number: str, move: str) -> HttpResponse:
    """Cancel an order, try a step again, or give an item up."""
    if move not in MOVES:
        raise Invalid(gettext("there is no such move"), field="move", value=move, expected=", ".join(MOVES))
    reason = request.POST.get("reason", "").strip() or "at the desk"
    messages.success(request, MOVES[move](request, ordering.find_order(number=number), reason))
    return back(request)
