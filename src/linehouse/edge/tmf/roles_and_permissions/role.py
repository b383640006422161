"""TMF672 `userRole`: a role of the house with what it may do."""

from __future__ import annotations

from linehouse.edge.tmf.kit.declaration import Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.shapes import Representation, Shape
from linehouse.kernel.error import NotFound
from linehouse.platform.access.permissions import PERMISSIONS, ROLES

_BUILT_IN = "what a role may do is decided with the product, so that one test can hold every door against every role"


class Entitlement(Shape):
    """`Entitlement`: an action on a function of the product."""

    action: str
    function: str


class UserRole(Representation):
    """`UserRole`."""

    involvement_role: str
    entitlement: list[Entitlement]


def entitlements(role: str) -> list[Entitlement]:
    """What a role may do, such as `write` on `customer`."""
    found = []
    for name in PERMISSIONS:
        if name in ROLES[role]:
            function, _, action = name.rpartition(".")
            found.append(Entitlement(action=action, function=function))
    return found


def _represent(role: str, _: Links) -> UserRole:
    return UserRole(id=role, involvement_role=role, entitlement=entitlements(role))


def _get(key: str) -> str:
    if key not in ROLES:
        raise NotFound("there is no such role", field="id", value=key)
    return key


def _search(narrow: Narrow) -> Slice[str]:
    wanted = narrow.get("involvementRole")
    return Slice.of([role for role in sorted(ROLES) if wanted in (None, role)], narrow)


USER_ROLE: Resource[str] = Resource(
    name="userRole",
    kind="UserRole",
    description="A role with what it may do",
    read="access.read",
    representation=UserRole,
    represent=_represent,
    search=_search,
    narrows=("involvementRole",),
    get=_get,
    refused={"POST": _BUILT_IN, "PATCH": _BUILT_IN},
)
