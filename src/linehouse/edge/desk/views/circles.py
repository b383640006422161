"""Whom a line calls at another price: its own lists of numbers, and closed user groups."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.circle_forms import MEMBER_KINDS, FriendForm, GroupForm, MemberForm
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import in_memory
from linehouse.edge.ui.table import Column, Empty, Kind, Table
from linehouse.inventory import service as inventory
from linehouse.inventory.values import GroupView, MemberKind
from linehouse.kernel.error import DomainError, NotFound
from linehouse.platform.access.grants import Sight
from linehouse.platform.personal.masking import masked


def _id(request: DeskRequest, name: str) -> UUID:
    written = str(request.POST.get(name, ""))
    try:
        return UUID(written)
    except ValueError:
        raise NotFound(_("there is no such row"), field=name, value=written) from None


def _kind(request: DeskRequest) -> MemberKind:
    written = str(request.POST.get("kind", ""))
    if written not in set(MemberKind):
        raise NotFound(_("there is no such row"), field="kind", value=written)
    return MemberKind(written)


@desk_view("customer.read", section="customers", write="customer.write", own=True)
def friends(request: DeskRequest, number: str) -> HttpResponse:
    """The numbers on a line's lists: see them, put one on, take one off."""
    product = inventory.find_product(number=number)
    lists = inventory.friend_lists(request.desk.clock.now)
    form = FriendForm(request.POST if request.POST.get("act") == "add" else None, lists=lists)
    here = redirect("desk:friends", request.desk.brand.key, number)
    if request.POST.get("act") == "remove":
        inventory.drop_friend(
            product.id,
            "",
            "",
            listed_id=_id(request, "listed"),
            actor=request.desk.actor,
            reason=_("taken off at the desk"),
        )
        messages.success(request, _("The number is off the list; it counts until now."))
        return here
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            inventory.put_friend(
                product.id, data["list"], data["number"], actor=request.desk.actor, reason=data["reason"]
            )
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The number is on the list; it counts from now on."))
            return here
    plain = request.desk.sight("customer.personal") is Sight.PLAIN
    held = inventory.friends_of(product.id)
    context = {
        "product": product,
        "customer": customers.customers([product.customer_id]).get(product.customer_id),
        "form": form,
        "lists": [
            (
                one,
                [
                    (row, row.number if plain else masked(row.number, "phone"))
                    for row in held
                    if row.list_key == one.key
                ],
            )
            for one in lists
        ],
        "groups": inventory.groups_of(product.id),
    }
    return render(request, "desk/friends.html", context)


@desk_view("customer.read", section="groups")
def groups(request: DeskRequest) -> HttpResponse:
    """All closed user groups."""
    brand = request.desk.brand.key
    table = Table[GroupView](
        key="groups",
        caption=_("Closed user groups"),
        columns=(
            Column("name", _("Group"), link=lambda g: reverse("desk:closed_group", args=(brand, g.key)), sort=True),
            Column("key", _("Key"), Kind.CODE, sort=True),
            Column("word", _("What tariffs call it"), Kind.CODE, sort=True),
        ),
        search_label=_("Name or key"),
        sort="name",
        empty=Empty(
            _("No closed user group yet"),
            _("Calls between the members of a group can have a price of their own."),
            "users",
        ),
    )
    action = Action(_("New group"), reverse("desk:closed_group_new", args=(brand,)), "plus")
    context = {
        "title": _("Closed user groups"),
        "lede": _("Lines, customers and organisations that call each other at a price of their own."),
        "actions": [action] if "customer.write" in request.desk.permissions else [],
    }
    return answer_list(request, table, in_memory(inventory.closed_groups(), table), context=context)


@desk_view("customer.write", section="groups")
def new_group(request: DeskRequest) -> HttpResponse:
    """Make a closed user group."""
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = inventory.open_group(
                data["key"], data["name"], word=data["word"], actor=request.desk.actor, reason=data["reason"]
            )
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The group is made; now take its members in."))
            return redirect("desk:closed_group", request.desk.brand.key, made.key)
    crumbs = [(_("Closed user groups"), reverse("desk:closed_groups", args=(request.desk.brand.key,)))]
    context = {"title": _("New group"), "form": form, "crumbs": crumbs, "submit": _("Make the group")}
    return render(request, "desk/form.html", context)


@desk_view("customer.read", section="groups", write="customer.write")
def group(request: DeskRequest, key: str) -> HttpResponse:
    """A group with its members: take one in, let one go."""
    found = inventory.closed_group(key)
    form = MemberForm(request.POST if request.POST.get("act") == "join" else None)
    here = redirect("desk:closed_group", request.desk.brand.key, key)
    if request.POST.get("act") == "leave":
        inventory.leave_group(
            key,
            _kind(request),
            _id(request, "member"),
            actor=request.desk.actor,
            reason=_("taken out at the desk"),
        )
        messages.success(request, _("It has left the group; calls until now stay within it."))
        return here
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kind = MemberKind(data["kind"])
            member = inventory.member_of(kind, data["member"].strip())
            inventory.join_group(key, kind, member, actor=request.desk.actor, reason=data["reason"])
        except DomainError as refusal:
            tell(form, refusal, {"product": "member", "customer": "member", "number": "member"})
        else:
            messages.success(request, _("It belongs to the group from now on."))
            return here
    context = {
        "group": found,
        "form": form,
        "members": [(one, dict(MEMBER_KINDS)[one.kind.value]) for one in found.members],
    }
    return render(request, "desk/group.html", context)
