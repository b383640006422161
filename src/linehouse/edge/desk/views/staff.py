"""Who works for the brand: invited, given roles, unlocked; and what each role may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from linehouse.edge.desk.access import DeskRequest, back, desk_view
from linehouse.edge.desk.access_forms import InviteForm, RoleForm
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import in_memory
from linehouse.edge.ui.status import readable
from linehouse.edge.ui.table import Column, Empty, Kind, Shown, Table
from linehouse.edge.web import log_ins
from linehouse.kernel.error import DomainError, NotFound
from linehouse.platform.access import lockout, people
from linehouse.platform.access.changes import changes_of, record, require_reason
from linehouse.platform.access.grants import Grant, ObjectScope
from linehouse.platform.access.people import Member
from linehouse.platform.access.permissions import PERMISSIONS, ROLES
from linehouse.platform.access.policy import FIELD_GROUPS, GRANTS, held_by_roles


class StaffRow:
    """A member of staff as the list shows them."""

    def __init__(self, one: Member, *, second_factor: bool) -> None:
        self.id = one.id
        self.name = one.name
        self.email = one.email
        self.roles = ", ".join(readable(role) for role in one.roles)
        self.dealer = one.dealer
        self.is_active = one.active
        self.last_login = one.last_login
        self.second_factor = second_factor


@desk_view("access.read", section="staff")
def staff(request: DeskRequest) -> HttpResponse:
    """Who works for the brand."""
    brand = request.desk.brand.key
    table = Table[StaffRow](
        key="staff",
        caption=gettext("Staff"),
        columns=(
            Column(
                "name", gettext("Name"), sort=True, link=lambda one: reverse("desk:staff_member", args=(brand, one.id))
            ),
            Column("email", gettext("E-mail"), sort=True, shown=Shown.FROM_TABLET),
            Column("roles", gettext("Roles"), note=lambda one: one.dealer),
            Column("second_factor", gettext("Second factor"), Kind.YES_NO, shown=Shown.FROM_TABLET),
            Column("is_active", gettext("May log in"), Kind.YES_NO, shown=Shown.FROM_DESKTOP),
            Column(
                "last_login", gettext("Last log-in (machine time)"), Kind.INSTANT, sort=True, shown=Shown.FROM_DESKTOP
            ),
        ),
        search_label=gettext("Name, e-mail or role"),
        sort="name",
        empty=Empty(gettext("Nobody yet"), icon="staff"),
    )
    found = people.members(brand)
    safe = log_ins.with_second_factor(one.id for one in found)
    rows = [StaffRow(one, second_factor=one.id in safe) for one in found]
    actions = [Action(gettext("Roles and permissions"), reverse("desk:roles", args=(brand,)), "shield")]
    if "access.write" in request.desk.permissions:
        actions.insert(0, Action(gettext("Invite somebody"), reverse("desk:staff_invite", args=(brand,)), "plus"))
    context = {
        "title": gettext("Staff"),
        "actions": actions,
        "changes": changes_of(brand, limit=20),
    }
    return answer_list(request, table, in_memory(rows, table), template="desk/staff.html", context=context)


@desk_view("access.write", section="staff")
def invite(request: DeskRequest) -> HttpResponse:
    """Let somebody work for the brand."""
    desk = request.desk
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            done = people.invite(
                desk.brand.key,
                email=data["email"],
                name=data["name"],
                role=data["role"],
                dealer=data["dealer"],
                actor=desk.actor,
                reason=data["reason"],
            )
        except DomainError as refusal:
            tell(form, refusal)
        else:
            if not done.new:
                messages.success(request, gettext("%(name)s now works here, too.") % {"name": done.user.name})
                return redirect("desk:staff_member", brand=desk.brand.key, user_id=done.user.id)
            link = log_ins.password_link(request, done.user)
            sent = log_ins.send_password_link(request, done.user, link)
            return render(request, "desk/staff_invited.html", {"user": done.user, "link": link, "sent": sent})
    crumbs = [(gettext("Staff"), reverse("desk:staff", args=(desk.brand.key,)))]
    context = {
        "title": gettext("Invite somebody"),
        "lede": gettext("They get a link by which they set their own password."),
        "form": form,
        "submit": gettext("Invite"),
        "crumbs": crumbs,
    }
    return render(request, "desk/form.html", context)


@desk_view("access.read", section="staff")
def member(request: DeskRequest, user_id: UUID) -> HttpResponse:
    """One member of staff: roles, log-in, sessions, and what was changed."""
    return _page(request, people.member(request.desk.brand.key, user_id), RoleForm())


def _page(request: DeskRequest, one: Member, form: RoleForm) -> HttpResponse:
    context = {
        "member": one,
        "roles": [(role, readable(role), dealer) for role, dealer in one.roles.items()],
        "second_factor": one.id in log_ins.with_second_factor([one.id]),
        "sessions": log_ins.open_sessions(one.id),
        "locked_until": lockout.locked_until(one.email),
        "changes": changes_of(request.desk.brand.key, subject_id=one.id),
        "form": form,
    }
    return render(request, "desk/staff_member.html", context)


def _unlock(request: DeskRequest, one: Member, reason: str) -> str:
    lockout.unlock(one.email, actor=request.desk.actor, reason=reason)
    return gettext("%(name)s can try again.")


def _end_sessions(request: DeskRequest, one: Member, reason: str) -> str:
    why = require_reason(reason)
    people.require_care_of(one.id, request.desk.user.id)
    ended = log_ins.end_sessions(one.id)
    _on_record(request, one, "sessions ended", str(ended), why)
    return gettext("%(name)s is logged out everywhere.")


def _forget_factor(request: DeskRequest, one: Member, reason: str) -> str:
    why = require_reason(reason)
    people.require_care_of(one.id, request.desk.user.id)
    log_ins.forget_second_factor(one.id)
    log_ins.end_sessions(one.id)
    _on_record(request, one, "second factor taken away", "", why)
    return gettext("%(name)s logs in by password alone until they set up a new second factor.")


def _take(request: DeskRequest, one: Member, reason: str) -> str:
    people.take_role(
        request.desk.brand.key, one.id, request.POST.get("role", ""), actor=request.desk.actor, reason=reason
    )
    return gettext("The role was taken from %(name)s.")


def _on_record(request: DeskRequest, one: Member, what: str, detail: str, reason: str) -> None:
    desk = request.desk
    record(
        what, brand=desk.brand.key, actor=desk.actor, subject_id=one.id, subject=one.name, detail=detail, reason=reason
    )


MOVES: Final[dict[str, Callable[[DeskRequest, Member, str], str]]] = {
    "unlock": _unlock,
    "end-sessions": _end_sessions,
    "forget-factor": _forget_factor,
    "take-role": _take,
}


@require_POST
@desk_view("access.read", section="staff", write="access.write")
def member_move(request: DeskRequest, user_id: UUID, move: str) -> HttpResponse:
    """Give or take a role, unlock a log-in, end sessions, or take a lost second factor away."""
    brand = request.desk.brand.key
    one = people.member(brand, user_id)
    if move == "give-role":
        form = RoleForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                people.give_role(
                    brand, one.id, data["role"], dealer=data["dealer"], actor=request.desk.actor, reason=data["reason"]
                )
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, gettext("%(name)s has the role now.") % {"name": one.name})
                return redirect("desk:staff_member", brand=brand, user_id=one.id)
        return _page(request, one, form)
    if move not in MOVES:
        raise NotFound("there is no such move", field="move", value=move, expected=", ".join((*MOVES, "give-role")))
    text = MOVES[move](request, one, request.POST.get("reason", ""))
    messages.success(request, text % {"name": one.name})
    gone = move == "take-role" and len(one.roles) == 1
    return redirect("desk:staff", brand=brand) if gone else back(request)


@require_POST
@desk_view("access.read", section="staff", write="access.write")
def second_factor(request: DeskRequest) -> HttpResponse:
    """Ask for a second factor of whoever moves money or unmasks, or no longer."""
    desk = request.desk
    asked = request.POST.get("asked") == "1"
    people.ask_for_second_factor(desk.brand.key, asked, actor=desk.actor, reason=request.POST.get("reason", ""))
    messages.success(
        request, gettext("A second factor is asked for.") if asked else gettext("It is no longer asked for.")
    )
    return redirect("desk:staff", brand=desk.brand.key)


@desk_view("access.read", section="staff")
def roles(request: DeskRequest) -> HttpResponse:
    """Every role with what it may do, up to which amounts, and what it sees."""
    names = list(ROLES)
    matrix = [(name, meaning, [_mark(role, name) for role in names]) for name, meaning in PERMISSIONS.items()]
    sights = [
        (group, meaning, [SIGHTS_IN_WORDS[held_by_roles([role]).sight(group).value] for role in names])
        for group, meaning in FIELD_GROUPS.items()
    ]
    context = {"roles": [readable(role) for role in names], "matrix": matrix, "sights": sights}
    return render(request, "desk/roles.html", context)


SIGHTS_IN_WORDS: Final = {
    "plain": gettext_lazy("plainly"),
    "masked": gettext_lazy("masked"),
    "hidden": gettext_lazy("not at all"),
}


def _mark(role: str, permission: str) -> tuple[bool, str]:
    """Whether the role has it, and what bounds it."""
    found: Grant | None = next((g for g in GRANTS[role] if not g.group and g.permission == permission), None)
    if found is None:
        return False, ""
    notes = [gettext("own only")] if found.scope is ObjectScope.OWN else []
    if found.limits is not None:
        limit = ", ".join(str(limit) for limit in found.limits) or gettext("nothing")
        notes.append(gettext("up to %(limit)s") % {"limit": limit})
    return True, "; ".join(notes)
