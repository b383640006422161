"""Closed user groups: who belongs to them, and within which of them a call stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from linehouse.customer import service as customers
from linehouse.inventory.errors import (
    GroupExists,
    GroupKeyInvalid,
    GroupUnknown,
    MemberAlready,
    NoMember,
    ProductNotFound,
)
from linehouse.inventory.models import ClosedGroup, GroupMember, Product
from linehouse.inventory.service.identify import identify_many
from linehouse.inventory.values import Circled, GroupView, IdentityKind, IdentityQuery, MemberKind, MemberView
from linehouse.kernel.ids import new_id
from linehouse.platform.work import Actor, unit_of_work

_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")


def closed_groups() -> tuple[GroupView, ...]:
    """All groups, without their members."""
    return tuple(GroupView(row.id, row.key, row.name, row.word) for row in ClosedGroup.objects.order_by("key"))


def closed_group(key: str, *, past: bool = False) -> GroupView:
    """One group with its members; with ``past`` those that left, too. Raises GroupUnknown."""
    row = _group(key)
    members = row.members.order_by("valid_from", "id")
    return GroupView(
        row.id, row.key, row.name, row.word, _views(list(members if past else members.filter(valid_to__isnull=True)))
    )


def groups_of(product_id: UUID) -> tuple[GroupView, ...]:
    """The groups to which a line belongs now: itself, by its customer or by its organisation."""
    belongs = _owners([product_id]).get(product_id, ())
    rows = ClosedGroup.objects.filter(
        id__in=GroupMember.objects.filter(member_id__in=belongs, valid_to__isnull=True).values("group_id")
    )
    return tuple(GroupView(row.id, row.key, row.name, row.word) for row in rows.order_by("key"))


def open_group(key: str, name: str, *, word: str = "", actor: Actor, reason: str) -> GroupView:
    """Make a group. ``word`` is what tariffs call it; empty: its key. Raises GroupKeyInvalid, GroupExists."""
    for field, text in (("key", key), ("word", word or key)):
        if not _KEY.fullmatch(text):
            raise GroupKeyInvalid(
                f"{text!r} is no key", field=field, value=text, expected="small letters, digits, hyphens"
            )
    with unit_of_work(actor, reason) as work:
        if ClosedGroup.objects.filter(key=key).exists():
            raise GroupExists("there is a group of that key", field="key", value=key, expected="another key")
        row = ClosedGroup(id=new_id(), key=key, name=name, word=word or key, created_at=work.now, changed_at=work.now)
        row.save(force_insert=True)
        return GroupView(row.id, row.key, row.name, row.word)


def join_group(
    key: str, kind: MemberKind, member_id: UUID, *, actor: Actor, reason: str, since: datetime | None = None
) -> None:
    """Take a line, a customer or an organisation into a group. Raises GroupUnknown, MemberAlready."""
    with unit_of_work(actor, reason) as work:
        group = _group(key, lock=True)
        if group.members.filter(kind=kind, member_id=member_id, valid_to__isnull=True).exists():
            raise MemberAlready("it belongs to the group", field="member", value=str(member_id), expected="another")
        GroupMember(
            id=new_id(),
            group=group,
            kind=kind.value,
            member_id=member_id,
            valid_from=since or work.now,
            created_at=work.now,
            changed_at=work.now,
        ).save(force_insert=True)


def member_of(kind: MemberKind, number: str) -> UUID:
    """What a business number means as a member: of a product for a line, else of a customer. Raises ProductNotFound,
    and what customer raises when there is none."""
    if kind is MemberKind.LINE:
        row = Product.objects.filter(number=number, parent__isnull=True).first()
        if row is None:
            raise ProductNotFound("there is no such line", field="product", value=number, expected="such as S-000001")
        return row.id
    found = customers.customer_by_number(number)
    return found.id if kind is MemberKind.CUSTOMER else found.party_id


def leave_group(key: str, kind: MemberKind, member_id: UUID, *, actor: Actor, reason: str) -> None:
    """Take a member out of a group, from now on. Raises GroupUnknown, NoMember."""
    with unit_of_work(actor, reason) as work:
        group = _group(key, lock=True)
        row = group.members.filter(kind=kind, member_id=member_id, valid_to__isnull=True).first()
        if row is None:
            raise NoMember("it does not belong to the group", field="member", value=str(member_id), expected="one")
        row.valid_to, row.changed_at = max(work.now, row.valid_from), work.now
        row.save()


def groups_within(questions: Sequence[Circled]) -> dict[UUID, frozenset[str]]:
    """Within which groups each call stays, by question: keys and words of groups that both sides belonged to.

    A few queries, however many questions there are.
    """
    if not questions or not ClosedGroup.objects.exists():
        return {}
    asked = [
        IdentityQuery(place, IdentityKind.MSISDN, one.number.removeprefix("+"), one.at)
        for place, one in enumerate(questions)
        if one.number.startswith("+")
    ]
    others = {place: who.product_id for place, who in identify_many(asked).items()}
    owners = _owners({one.product_id for one in questions} | set(others.values()))
    held = _memberships({owner for some in owners.values() for owner in some})
    found: dict[UUID, frozenset[str]] = {}
    for place, one in enumerate(questions):
        other = others.get(place)
        if other is None:
            continue
        names = _at(owners.get(one.product_id, ()), held, one.at) & _at(owners.get(other, ()), held, one.at)
        if names:
            found[one.ref] = frozenset(name for pair in names for name in pair)
    return found


_Membership = tuple[str, str, datetime, datetime | None]


def _memberships(owners: Iterable[UUID]) -> dict[UUID, list[_Membership]]:
    found: dict[UUID, list[_Membership]] = {}
    rows = GroupMember.objects.filter(member_id__in=set(owners)).values_list(
        "member_id", "group__key", "group__word", "valid_from", "valid_to"
    )
    for member_id, key, word, start, end in rows:
        found.setdefault(member_id, []).append((key, word, start, end))
    return found


def _at(owners: Iterable[UUID], held: Mapping[UUID, Sequence[_Membership]], at: datetime) -> set[tuple[str, str]]:
    return {
        (key, word)
        for owner in owners
        for key, word, start, end in held.get(owner, ())
        if start <= at and (end is None or at < end)
    }


def _owners(product_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """By what a line may belong to a group: itself, its customer, whoever the customer is."""
    rows = dict(Product.objects.filter(id__in=set(product_ids)).values_list("id", "customer_id"))
    parties = {row.id: row.party_id for row in customers.customers(rows.values()).values()}
    return {
        product_id: (product_id, customer_id, *((parties[customer_id],) if customer_id in parties else ()))
        for product_id, customer_id in rows.items()
    }


def _group(key: str, *, lock: bool = False) -> ClosedGroup:
    rows = ClosedGroup.objects.select_for_update() if lock else ClosedGroup.objects
    row = rows.filter(key=key).first()
    if row is None:
        raise GroupUnknown("there is no such group", field="group", value=key, expected="a key of a closed user group")
    return row


def _views(rows: Sequence[GroupMember]) -> tuple[MemberView, ...]:
    products = dict(Product.objects.filter(id__in=[row.member_id for row in rows]).values_list("id", "number"))
    known = customers.customers(row.member_id for row in rows)
    views = []
    for row in rows:
        kind = MemberKind(row.kind)
        if kind is MemberKind.ORGANIZATION:
            shown = ", ".join(one.number for one in customers.customers_of_party(row.member_id))
        else:
            shown = products.get(row.member_id) or (known[row.member_id].number if row.member_id in known else "")
        views.append(MemberView(row.id, kind, row.member_id, shown, row.valid_from, row.valid_to))
    return tuple(views)
