"""Members of staff of a brand: invited, given roles, and roles taken from them; each with a reason, on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from linehouse.kernel.error import Invalid
from linehouse.platform.access.changes import record, require_reason
from linehouse.platform.access.errors import LastAdministrator, NotAllowed, RoleUnknown, StaffUnknown
from linehouse.platform.access.models import User
from linehouse.platform.access.permissions import ROLES
from linehouse.platform.access.service import grant_role, held_by, permissions_of
from linehouse.platform.control.models import Brand, Membership
from linehouse.platform.scope import CONTROL
from linehouse.platform.work import Actor

GIVES_ACCESS = "access.write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who works for a brand. ``roles`` is role to dealer (empty where the role has none)."""

    id: UUID
    name: str
    email: str
    roles: Mapping[str, str]
    active: bool
    last_login: datetime | None
    has_password: bool

    @property
    def dealer(self) -> str:
        """The dealer for whom they act, if any."""
        return next((dealer for dealer in self.roles.values() if dealer), "")


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was invited; ``new`` says that the log-in was made for it and needs a password."""

    user: User
    new: bool


def members(brand: str) -> Sequence[Member]:
    """Who works for the brand, by name; two queries."""
    roles: dict[UUID, dict[str, str]] = {}
    for row in Membership.objects.filter(brand_id=brand).order_by("role"):
        roles.setdefault(row.user_id, {})[row.role] = row.dealer
    return [_member(user, roles[user.id]) for user in User.objects.filter(id__in=roles).order_by("name")]


def member(brand: str, user_id: UUID) -> Member:
    """One of them. Raises StaffUnknown, also for somebody who works for other brands only."""
    roles = dict(Membership.objects.filter(brand_id=brand, user_id=user_id).values_list("role", "dealer"))
    user = User.objects.filter(id=user_id).first() if roles else None
    if user is None:
        raise StaffUnknown("nobody with this log-in works here", field="user", value=str(user_id))
    return _member(user, roles)


def invite(brand: str, *, email: str, name: str, role: str, dealer: str = "", actor: Actor, reason: str) -> Invited:
    """Let somebody work for the brand: a new log-in without a password, or one that other brands know already.

    Raises Invalid, RoleUnknown, DealerMissing, AccessReasonMissing.
    """
    why = require_reason(reason)
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid("this is no e-mail address", field="email", value=email, expected="name@host") from None
    with transaction.atomic(using=CONTROL):
        user = User.objects.filter(email=address).first()
        new = user is None
        if user is None:
            if not name.strip():
                raise Invalid("a log-in needs a name", field="name", expected="given and family name")
            user = User.objects.create_user(address, None, name=name.strip()[:120], is_staff=True)
        _give(brand, user, role, dealer, actor, why, "invited" if new else "role given")
    return Invited(user, new)


def give_role(brand: str, user_id: UUID, role: str, *, dealer: str = "", actor: Actor, reason: str) -> None:
    """Give a member of staff one more role. Raises StaffUnknown, RoleUnknown, DealerMissing, AccessReasonMissing."""
    why = require_reason(reason)
    one = member(brand, user_id)
    with transaction.atomic(using=CONTROL):
        _give(brand, User.objects.get(id=one.id), role, dealer, actor, why, "role given")


def take_role(brand: str, user_id: UUID, role: str, *, actor: Actor, reason: str) -> None:
    """Take a role; whoever has none left no longer works here. Raises LastAdministrator, StaffUnknown, RoleUnknown."""
    why = require_reason(reason)
    one = member(brand, user_id)
    if role not in one.roles:
        raise RoleUnknown("they do not have this role", field="role", value=role, expected=", ".join(one.roles))
    with transaction.atomic(using=CONTROL):
        # One after the other, so that two who take from each other do not both believe the other stays.
        Brand.objects.select_for_update().get(key=brand)
        Membership.objects.filter(brand_id=brand, user_id=user_id, role=role).delete()
        if not _somebody_gives_access(brand):
            raise LastAdministrator(
                "nobody would be left who can give access", field="role", value=role, expected="another one first"
            )
        record("role taken", brand=brand, actor=actor, subject_id=user_id, subject=one.name, detail=role, reason=why)


def ask_for_second_factor(brand: str, asked: bool, *, actor: Actor, reason: str) -> None:  # the new state
    """Whether whoever moves money or unmasks in the brand must have a second factor."""
    why = require_reason(reason)
    with transaction.atomic(using=CONTROL):
        Brand.objects.filter(key=brand).update(second_factor=asked)
        what = "second factor asked for" if asked else "second factor no longer asked for"
        record(what, brand=brand, actor=actor, subject_id=brand, subject=brand, reason=why)


def require_care_of(user_id: UUID, actor_id: UUID) -> None:
    """Raise NotAllowed unless the actor gives access in every brand for which the person works.

    What concerns a log-in as a whole (its sessions, its second factor) concerns all of those brands.
    """
    for brand in set(Membership.objects.filter(user_id=user_id).values_list("brand_id", flat=True)):
        if GIVES_ACCESS not in permissions_of(actor_id, brand):
            raise NotAllowed(
                "they work for another brand as well, whose access you do not give",
                field="permission",
                value=GIVES_ACCESS,
                expected="the permission in each of their brands",
            )


def _give(brand: str, user: User, role: str, dealer: str, actor: Actor, reason: str, what: str) -> None:
    if role not in ROLES:
        raise RoleUnknown("there is no such role", field="role", value=role, expected=", ".join(sorted(ROLES)))
    grant_role(user.id, brand, role, dealer.strip())
    bound = held_by(user.id, brand).dealer
    detail = f"{role} for {bound}" if bound and role == "dealer" else role
    record(what, brand=brand, actor=actor, subject_id=user.id, subject=user.name, detail=detail, reason=reason)


def _somebody_gives_access(brand: str) -> bool:
    giving = [role for role, permissions in ROLES.items() if GIVES_ACCESS in permissions]
    users = Membership.objects.filter(brand_id=brand, role__in=giving).values_list("user_id", flat=True)
    return User.objects.filter(id__in=list(users), is_active=True).exists()


def _member(user: User, roles: Mapping[str, str]) -> Member:
    return Member(
        id=user.id,
        name=user.name,
        email=user.email,
        roles=roles,
        active=user.is_active,
        last_login=user.last_login,
        has_password=user.has_usable_password(),
    )
