"""`/house/v1/lines/…/friends` and `/house/v1/groups`: a line's own numbers, and closed user groups, for programs."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from linehouse.edge.tmf.kit.access import Caller, called
from linehouse.edge.tmf.kit.answer import json_answer
from linehouse.edge.tmf.kit.body import JSON, require_media_type
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.serving import answered, require_method
from linehouse.edge.tmf.kit.visible import require_reach
from linehouse.inventory import service as inventory
from linehouse.inventory.values import GroupView, MemberKind
from linehouse.platform.access.grants import Sight
from linehouse.platform.clock.service import business_now
from linehouse.platform.personal.masking import masked

READ, WRITE = "customer.read", "customer.write"


class FriendBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A number of a list, and why it comes or goes."""

    list: str
    number: str
    reason: str


class GroupBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A new group; ``word`` is what tariffs call it."""

    key: str
    name: str
    reason: str
    word: str = ""


class MemberBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who comes or goes: ``number`` is a product's for a line, else a customer's."""

    kind: MemberKind
    number: str
    reason: str


Body = TypeVar("Body")


def asked(request: HttpRequest, who: Caller, methods: tuple[str, ...]) -> bool:
    """Whether the request writes; the caller may do what it asks."""
    method = require_method(request, methods)
    writes = method == "POST"
    who.require(WRITE if writes else READ)
    require_reach(who.held, WRITE if writes else READ, "Line", method)
    return writes


def read_body(request: HttpRequest, kind: type[Body]) -> Body:
    """The body as that kind. Raises ApiProblem."""
    require_media_type(request, (JSON,))
    try:
        return msgspec.json.decode(request.body, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        names = ", ".join(kind.__annotations__)
        raise ApiProblem(400, "house.bad_body", f"the body must be an object of {names}: {error}") from None


def _friends(number: str, who: Caller) -> dict[str, Any]:
    line = inventory.find_product(number=number)
    sight = who.held.sight("customer.personal")
    held = inventory.friends_of(line.id)
    return {
        "line": line.number,
        "lists": [
            {
                "list": one.key,
                "name": one.name,
                "maximum": one.maximum,
                "numbers": [
                    {
                        "number": row.number if sight is Sight.PLAIN else masked(row.number, "phone"),
                        "since": row.valid_from.isoformat(),
                    }
                    for row in held
                    if row.list_key == one.key
                ],
            }
            for one in inventory.friend_lists(business_now())
        ],
    }


@csrf_exempt
def friends(request: HttpRequest, number: str) -> HttpResponseBase:
    """`GET`: the lists of a line with their numbers. `POST`: put a number on a list."""

    def handle() -> HttpResponse:
        with called(request) as who:
            if not asked(request, who, ("GET", "HEAD", "POST")):
                return json_answer(_friends(number, who))
            given = read_body(request, FriendBody)
            line = inventory.find_product(number=number)
            inventory.put_friend(line.id, given.list, given.number, actor=who.actor, reason=given.reason)
            return json_answer(_friends(number, who), 201)

    return answered(handle)


@csrf_exempt
def friend_removal(request: HttpRequest, number: str) -> HttpResponseBase:
    """`POST`: take a number off a list; it counts until now. The number stands in the body, never in an address."""

    def handle() -> HttpResponse:
        with called(request) as who:
            asked(request, who, ("POST",))
            given = read_body(request, FriendBody)
            line = inventory.find_product(number=number)
            inventory.drop_friend(line.id, given.list, given.number, actor=who.actor, reason=given.reason)
            return json_answer(_friends(number, who))

    return answered(handle)


def _group(view: GroupView, *, members: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {"key": view.key, "name": view.name, "word": view.word}
    if members:
        found["members"] = [
            {"kind": one.kind.value, "number": one.shown, "since": one.valid_from.isoformat()} for one in view.members
        ]
    return found


@csrf_exempt
def groups(request: HttpRequest) -> HttpResponseBase:
    """`GET`: all closed user groups. `POST`: make one."""

    def handle() -> HttpResponse:
        with called(request) as who:
            if not asked(request, who, ("GET", "HEAD", "POST")):
                return json_answer([_group(one, members=False) for one in inventory.closed_groups()])
            given = read_body(request, GroupBody)
            made = inventory.open_group(given.key, given.name, word=given.word, actor=who.actor, reason=given.reason)
            return json_answer(_group(made), 201)

    return answered(handle)


def group(request: HttpRequest, key: str) -> HttpResponseBase:
    """`GET`: a closed user group with its members."""

    def handle() -> HttpResponse:
        with called(request) as who:
            asked(request, who, ("GET", "HEAD"))
            return json_answer(_group(inventory.closed_group(key)))

    return answered(handle)


@csrf_exempt
def members(request: HttpRequest, key: str) -> HttpResponseBase:
    """`POST`: take a line, a customer or an organisation into a group."""
    return _member(request, key, joins=True)


@csrf_exempt
def member_removal(request: HttpRequest, key: str) -> HttpResponseBase:
    """`POST`: let a member go; calls until now stay within the group."""
    return _member(request, key, joins=False)


def _member(request: HttpRequest, key: str, *, joins: bool) -> HttpResponseBase:
    def handle() -> HttpResponse:
        with called(request) as who:
            asked(request, who, ("POST",))
            given = read_body(request, MemberBody)
            act = inventory.join_group if joins else inventory.leave_group
            member = inventory.member_of(given.kind, given.number)
            act(key, given.kind, member, actor=who.actor, reason=given.reason)
            return json_answer(_group(inventory.closed_group(key)), 201 if joins else 200)

    return answered(handle)
