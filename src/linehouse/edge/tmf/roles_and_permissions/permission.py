"""TMF672 `permission`: who works for the brand, in which roles. One for each member of staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET, UnsetType

from linehouse.edge.tmf.kit.declaration import Create, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, referred
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import PartyReference, Ref, RelatedParty, Representation, Shape, TimePeriod
from linehouse.edge.tmf.roles_and_permissions.role import entitlements
from linehouse.platform.access import people
from linehouse.platform.access.people import Member
from linehouse.platform.access.permissions import ROLES
from linehouse.platform.scope import CONTROL, current_brand, realm_scope
from linehouse.platform.work import Actor

API_PATH = "rolesAndPermissions"
_REASON = "changed by API"


class RoleRef(Shape):
    """`UserRoleRef`."""

    id: str
    href: str | None = None


class AssetUserRole(Shape):
    """`AssetUserRole`: a role, and what it holds for: the brand."""

    user_role: RoleRef
    manageable_asset: Ref


class Privilege(Shape):
    """`Privilege`: what follows from the roles."""

    action: str
    function: str
    manageable_asset: Ref


class Permission(Representation):
    """`Permission`."""

    description: str
    user: RelatedParty
    asset_user_role: list[AssetUserRole]
    privilege: list[Privilege]
    valid_for: TimePeriod


class PermissionCreate(Shape):
    """`Permission_Create`: roles for somebody who has a log-in; they hold until they are taken."""

    user: PartyReference
    valid_for: TimePeriod
    asset_user_role: list[AssetUserRole]
    description: str | None = None


class PermissionUpdate(Shape):
    """`Permission_Update`: the roles; none takes the access away. The description is the reason."""

    asset_user_role: list[AssetUserRole] | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET


def _member(user_id: UUID) -> Member:
    # At a brand's own host the realm is that of its subscribers; staff are of the house.
    with realm_scope(CONTROL):
        return people.member(current_brand(), user_id)


def represent(view: Member, links: Links) -> Permission:
    """A member of staff as TMF672 says it."""
    brand = Ref(id=current_brand(), name=current_brand(), referred_type="Brand")
    granted = {(one.action, one.function) for role in view.roles for one in entitlements(role)}
    return Permission(
        id=str(view.id),
        description=", ".join(
            f"{role} for {dealer}" if dealer else role for role, dealer in sorted(view.roles.items())
        ),
        user=RelatedParty(id=str(view.id), name=view.name, role="staff", referred_type="User"),
        asset_user_role=[
            AssetUserRole(user_role=RoleRef(id=role, href=links.to(API_PATH, "userRole", role)), manageable_asset=brand)
            for role in sorted(view.roles)
        ],
        privilege=[
            Privilege(action=action, function=function, manageable_asset=brand)
            for action, function in sorted(granted, key=lambda one: (one[1], one[0]))
        ],
        # Roles hold until they are taken; when they were given stands in the log of access.
        valid_for=TimePeriod(),
    )


def create(body: PermissionCreate, actor: Actor) -> Member:
    """Give roles to somebody who works for the brand already, or has a log-in of the house."""
    if body.user.referred_type != "User":
        raise bad_body("/user/@referredType", "expected User")
    if body.valid_for.end_date_time is not None:
        raise bad_body("/validFor/endDateTime", "a role holds until it is taken")
    user_id = referred(body.user.id, "/user/id")
    reason = body.description or _REASON
    roles = _roles(body.asset_user_role)
    with realm_scope(CONTROL):
        for role in roles:
            people.give_role(current_brand(), user_id, role, actor=actor, reason=reason)
    return _member(user_id)


def _roles(sent: Sequence[AssetUserRole]) -> list[str]:
    if not sent:
        raise bad_body("/assetUserRole", "name at least one role")
    found: list[str] = []
    for position, one in enumerate(sent):
        place = f"/assetUserRole/{position}"
        if one.user_role.id not in ROLES:
            raise bad_body(f"{place}/userRole/id", f"there is no such role; expected {', '.join(sorted(ROLES))}")
        if one.manageable_asset.id != current_brand():
            raise bad_body(f"{place}/manageableAsset/id", f"roles are given here for {current_brand()}")
        found.append(one.user_role.id)
    return list(dict.fromkeys(found))


def patch(key: str, body: PermissionUpdate, actor: Actor) -> Member:
    """Bring somebody's roles to what the body names."""
    user_id: UUID = id_of(key)
    brand, before = current_brand(), _member(user_id)
    if body.asset_user_role is UNSET:
        raise bad_body("/description", "a reason comes with the roles that it is for")
    wanted = _roles(body.asset_user_role or ())
    reason = body.description if isinstance(body.description, str) and body.description else _REASON
    with realm_scope(CONTROL):
        for role in wanted:
            if role not in before.roles:
                people.give_role(brand, user_id, role, actor=actor, reason=reason)
        for role in sorted(before.roles):
            if role not in wanted:
                people.take_role(brand, user_id, role, actor=actor, reason=reason)
    return _member(user_id)


def search(narrow: Narrow) -> Slice[Member]:
    """Who works for the brand, by name."""
    wanted: Any = narrow.get("user.id")
    with realm_scope(CONTROL):
        found = [one for one in people.members(current_brand()) if wanted in (None, str(one.id))]
    return Slice.of(found, narrow)


PERMISSION: Resource[Member] = Resource(
    name="permission",
    kind="Permission",
    description="Who works for the brand, in which roles",
    read="access.read",
    write="access.write",
    representation=Permission,
    represent=represent,
    search=search,
    narrows=("user.id",),
    get=lambda key: _member(id_of(key)),
    create=Create(PermissionCreate, create),
    patch=Patch(PermissionUpdate, patch),
    pointers={"user": "/user/id", "role": "/assetUserRole", "dealer": "/assetUserRole", "reason": "/description"},
)
