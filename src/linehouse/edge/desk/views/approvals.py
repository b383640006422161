"""Proposals: what waits for a decision, one's own, and what was decided."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, desk_view, need
from linehouse.edge.desk.tabs import tabs
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Query, Shown, Slice, Source, Table
from linehouse.kernel.error import NotFound
from linehouse.platform.approval import reading, service
from linehouse.platform.approval.kinds import all_kinds, kind_named
from linehouse.platform.approval.lifecycle import PROPOSAL
from linehouse.platform.approval.values import Proposal

DECIDED: Final = tuple(state for state in PROPOSAL.states if state != "proposed")


@desk_view("approval.read", section="approvals")
def approvals(request: DeskRequest) -> HttpResponse:
    """What waits for the reader, what the reader has proposed, what is decided."""
    me = request.desk.actor.id
    _, waiting = reading.proposals(states=("proposed",), not_by=me, limit=1)
    _, mine = reading.proposals(states=("proposed",), proposer_id=me, limit=1)
    shown, tab = tabs(
        request,
        [("", gettext("To decide"), waiting), ("mine", gettext("My proposals"), mine), ("decided", gettext("Decided"))],
    )
    table = _table(request.desk.brand.key, decided=tab == "decided")
    context = {
        "title": gettext("Approvals"),
        "lede": gettext("Changes that one person proposes and another decides. Nothing is changed before that."),
        "tabs": shown,
    }
    return answer_list(request, table, _source(tab, me), context=context, keep=("tab",))


def _table(brand: str, *, decided: bool) -> Table[Proposal]:
    return Table[Proposal](
        key="approvals",
        caption=gettext("Proposals"),
        columns=(
            Column(
                "number",
                gettext("Proposal"),
                Kind.CODE,
                sort=True,
                link=lambda p: reverse("desk:approval", args=(brand, p.number)),
            ),
            Column("subject", gettext("What"), value=lambda p: f"{p.title}: {p.subject}", note=lambda p: p.reason),
            Column("effect_micros", gettext("Effect"), Kind.MONEY, value=lambda p: p.effect, sort=True),
            Column("proposer_name", gettext("Proposed by"), shown=Shown.FROM_TABLET),
            Column("created_at", gettext("Proposed"), Kind.INSTANT, value=lambda p: p.proposed_at, sort=True),
            Column("state", gettext("State"), Kind.STATUS, sort=True),
            Column("decider_name", gettext("Decided by"), shown=Shown.FROM_TABLET)
            if decided
            else Column("expires_at", gettext("Expires"), Kind.INSTANT, sort=True, shown=Shown.FROM_TABLET),
        ),
        filters=(Filter("kind", gettext("Kind"), _kinds),),
        search_label=gettext("Number, object, reason"),
        sort="-created_at",
        empty=Empty(gettext("Nothing here"), gettext("Whatever goes beyond a role's limit comes up here."), "shield"),
    )


def _kinds() -> list[tuple[str, str]]:
    return [(name, str(kind.title)) for name, kind in all_kinds().items()]


def _source(tab: str, me: str) -> Source[Proposal]:
    def source(query: Query) -> Slice[Proposal]:
        rows, total = reading.proposals(
            states=() if tab == "mine" else DECIDED if tab == "decided" else ("proposed",),
            proposer_id=me if tab == "mine" else "",
            not_by=me if tab == "" else "",
            kind=query.filters.get("kind", ""),
            text=query.search,
            sort=("-" if query.descending else "") + query.sort,
            offset=query.offset,
            limit=query.limit,
        )
        return Slice(rows, total)

    return source


@desk_view("approval.read", section="approvals")
def approval(request: DeskRequest, number: str) -> HttpResponse:
    """One proposal: the difference, its effect, and the decision."""
    found = reading.find_proposal(number)
    kind = kind_named(found.kind)
    brand = request.desk.brand.key
    link = kind.link(dict(found.payload)) if kind.link else ""
    waiting, _ = reading.proposals(states=("proposed",), not_by=request.desk.actor.id, sort="created_at", limit=200)
    numbers = [one.number for one in waiting]
    place = numbers.index(number) if number in numbers else -1
    context = {
        "proposal": found,
        "link": f"{reverse('desk:dashboard', args=(brand,))}{link}" if link else "",
        "customer": customers.customers([found.customer_id]).get(found.customer_id) if found.customer_id else None,
        "may_decide": found.waits and service.may_decide(found, request.desk.actor),
        "own": found.proposer_id == request.desk.actor.id,
        "previous_url": reverse("desk:approval", args=(brand, numbers[place - 1])) if place > 0 else "",
        "next_url": reverse("desk:approval", args=(brand, numbers[place + 1])) if -1 < place < len(numbers) - 1 else "",
    }
    return render(request, "desk/approval.html", context)


@require_POST
@desk_view("approval.read", section="approvals")
def move(request: DeskRequest, number: str, move: str) -> HttpResponse:
    """Approve, refuse, or take back one's own."""
    reading.find_proposal(number)  # what is not there is said before what is wrong with the form
    note = request.POST.get("note", "").strip()
    actor = request.desk.actor
    if move == "approve":
        need(request, "approval.decide")
        done = service.approve(number, actor=actor, note=note)
    elif move == "refuse":
        need(request, "approval.decide")
        done = service.refuse(number, actor=actor, note=note)
    elif move == "withdraw":
        done = service.withdraw(number, actor=actor, note=note)
    else:
        raise NotFound(gettext("there is no such page"), field="move", value=move)
    _tell(request, done)
    return redirect("desk:approval", brand=request.desk.brand.key, number=number)


def _tell(request: DeskRequest, done: Proposal) -> None:
    words = {
        "applied": gettext("Approved and done: %(result)s."),
        "approved": gettext("Approved; it is being done."),
        "failed": gettext("Approved, but it could not be done: %(result)s."),
        "refused": gettext("Refused. %(result)s"),
        "withdrawn": gettext("Taken back."),
    }
    say = messages.error if done.state == "failed" else messages.success
    say(request, (words[done.state] % {"result": done.result}).strip())
