"""Lines that share: which buckets a line may use, who is in a group, and joining and leaving it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from linehouse.balance import sharing_store, store
from linehouse.balance.errors import MemberNotPossible
from linehouse.balance.events import MemberJoined, MemberLeft
from linehouse.balance.values import BucketView, GroupMember, Member
from linehouse.catalog.values import Sharing
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.kernel.period import Period
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work

GROUP_LIMIT = 50
"""How many lines one group may have: families and small teams. Larger ones share by account or by customer."""


def members_of(subscription_ids: Iterable[UUID]) -> dict[UUID, Member]:
    """The lines, with whoever may hold buckets that they use."""
    wanted = list(subscription_ids)
    if not wanted:
        return {}
    groups: dict[UUID, list[tuple[UUID, Period]]] = {}
    for one in sharing_store.groups_of(wanted):
        groups.setdefault(one.subscription_id, []).append((one.holder_id, one.period))
    return {
        product.id: Member(
            subscription_id=product.id,
            subscription=product.number,
            account_id=product.billing_account_id,
            customer_id=product.customer_id,
            groups=((product.id, _EVER), *groups.get(product.id, ())),
        )
        for product in inventory.products_by_id(wanted).values()
    }


def member_of(subscription_id: UUID) -> Member | None:
    """One line; None where inventory does not know it."""
    return members_of([subscription_id]).get(subscription_id)


def by_member(
    subscription_ids: Sequence[UUID], when: str, params: Sequence[Any], *, lock: bool = False
) -> dict[UUID, list[BucketView]]:
    """The buckets that each line may use, its own and shared ones; ``when`` is a condition on their time.

    They are locked in the order of their ids, shared or not, so that lines which share never cross.
    """
    members = members_of(subscription_ids)
    holders = {holder for member in members.values() for holder in member.holders}
    where = "((subscription_id = ANY(%s::uuid[]) AND holder_id IS NULL) OR holder_id = ANY(%s::uuid[])) AND " + when
    found: dict[UUID, list[BucketView]] = {}
    for bucket in store.buckets(where, [list(subscription_ids), list(holders), *params], lock=lock):
        if bucket.shared is None:
            found.setdefault(bucket.owner.subscription_id, []).append(bucket)
            continue
        for member in members.values():
            if bucket.shared.holder_id in member.holders:
                found.setdefault(member.subscription_id, []).append(bucket)
    return found


def group_of(holder_id: UUID) -> tuple[GroupMember, ...]:
    """Who is or was in the group of a plan, the latest first; the plan itself is always in it."""
    return tuple(sharing_store.group_members([holder_id]))


def groups_of(subscription_id: UUID) -> tuple[GroupMember, ...]:
    """The groups of other lines that this line is or was in."""
    return tuple(sharing_store.groups_of([subscription_id]))


def holds_group(plan: ProductView) -> bool:
    """Whether the plan has or had an allowance that a group shares."""
    return any(
        bucket.shared is not None and bucket.shared.by is Sharing.GROUP
        for bucket in store.buckets("holder_id = %s", [plan.id])
    )


def join(holder: ProductView, line: ProductView, *, actor: Actor, reason: str = "") -> bool:
    """Take a line into the group of a plan from now on; False where it is in it already.

    Raises MemberNotPossible: the plan shares nothing with a group, the line is no plan or not active, or the group is
    full.
    """
    with unit_of_work(actor, reason or "joined a group") as work:
        _possible(holder, line)
        member = GroupMember(holder.id, holder.number, line.id, line.number, Period(work.now))
        if not sharing_store.insert_group_member(member):
            return False
        emit(
            MemberJoined(
                holder_id=holder.id,
                holder=holder.number,
                subscription_id=line.id,
                subscription=line.number,
                joined_at=work.now,
            )
        )
        return True


def leave(holder_id: UUID, subscription_id: UUID, *, actor: Actor, reason: str = "") -> bool:
    """Take a line out of a group from now on; False where it is not in it. What it took stays taken."""
    with unit_of_work(actor, reason or "left a group") as work:
        return _end(work.now, holder_id=holder_id, subscription_id=subscription_id)


def leave_all(product_id: UUID, at: datetime) -> None:
    """A line that ended is in no group any more, and a group whose plan ended is no group any more."""
    _end(at, subscription_id=product_id)
    _end(at, holder_id=product_id)


def _end(at: datetime, *, holder_id: UUID | None = None, subscription_id: UUID | None = None) -> bool:
    ended = sharing_store.end_memberships(at, holder_id=holder_id, subscription_id=subscription_id)
    for one in ended:
        emit(
            MemberLeft(
                holder_id=one.holder_id,
                holder=one.holder,
                subscription_id=one.subscription_id,
                subscription=one.subscription,
                left_at=at,
            )
        )
    return bool(ended)


def _possible(holder: ProductView, line: ProductView) -> None:
    if not holds_group(holder):
        raise MemberNotPossible(
            f"{holder.number} has no allowance that a group shares",
            field="holder",
            value=holder.number,
            expected="a plan with an allowance that says `shared: group`",
        )
    if line.parent_product_id is not None or line.state != "active":
        raise MemberNotPossible(
            f"{line.number} is no active line", field="line", value=line.number, expected="a plan that is active"
        )
    if line.id == holder.id:
        raise MemberNotPossible(
            f"{line.number} holds the group and is always in it", field="line", value=line.number, expected="another"
        )
    going_on = [one for one in sharing_store.group_members([holder.id]) if one.period.end is None]
    if len(going_on) >= GROUP_LIMIT:
        raise MemberNotPossible(
            f"the group of {holder.number} has {len(going_on)} lines",
            field="line",
            value=line.number,
            expected=f"at most {GROUP_LIMIT}; more lines share by account or by customer",
        )


_EVER = Period(datetime.fromisoformat("0001-01-01T00:00:00+00:00"))
