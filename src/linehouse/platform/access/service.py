"""The one place where access is decided."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import NotFound
from linehouse.platform.access.errors import NotAllowed
from linehouse.platform.access.models import User
from linehouse.platform.access.permissions import PERMISSIONS, ROLES
from linehouse.platform.control.models import ApiClient, Brand, Membership


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """An API client as it has proved itself: its brand and the permissions that it was given."""

    id: UUID
    name: str
    brand: str
    scopes: frozenset[str]

    def may(self, permission: str) -> bool:
        """Whether the scope list carries the permission."""
        return permission in self.scopes


def permissions_of(user_id: UUID, brand: str) -> frozenset[str]:
    """All that the member of staff may do for the brand; nothing for a stranger."""
    roles = Membership.objects.filter(user_id=user_id, brand_id=brand).values_list("role", flat=True)
    granted: frozenset[str] = frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
    return granted


def allowed(user_id: UUID, brand: str, permission: str) -> bool:
    """Whether the member of staff may do this for the brand. An unknown permission is a programming error."""
    if permission not in PERMISSIONS:
        raise KeyError(f"permission {permission!r} is not declared")
    return permission in permissions_of(user_id, brand)


def require(user_id: UUID, brand: str, permission: str) -> None:
    """Raise NotAllowed unless the member of staff may do this."""
    if not allowed(user_id, brand, permission):
        raise NotAllowed(f"this needs the permission {permission}", field="permission", value=permission)


def brands_of(user_id: UUID) -> list[Brand]:
    """The brands for which the member of staff works, by name."""
    return list(Brand.objects.filter(members__user_id=user_id).distinct().order_by("name"))


def staff_of(brand: str) -> list[tuple[User, list[str]]]:
    """Who works for the brand, with their roles; call it in the control realm."""
    roles: dict[UUID, list[str]] = {}
    for member in Membership.objects.filter(brand_id=brand).order_by("role"):
        roles.setdefault(member.user_id, []).append(member.role)
    return [(user, roles[user.id]) for user in User.objects.filter(id__in=roles).order_by("name")]


def user_by_email(email: str) -> User:
    """The log-in with this address in the current realm. Raises NotFound."""
    found = User.objects.filter(email=email.lower()).first()
    if found is None:
        raise NotFound("nobody has this log-in", field="email", value=email, expected="the e-mail address of a log-in")
    return found


def grant_role(user_id: UUID, brand: str, role: str) -> None:
    """Give a member of staff a role for a brand; a second time changes nothing. Raises KeyError for an unknown role."""
    if role not in ROLES:
        raise KeyError(f"role {role!r} is not declared")
    Membership.objects.get_or_create(user_id=user_id, brand_id=brand, role=role)


def token_hash(token: str) -> str:
    """What is kept of a token; tokens are long and random, so one fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_client(name: str, brand: str, scopes: frozenset[str], token: str | None = None) -> str:
    """Register an API client and return its token, which is shown this once. Raises KeyError for an unknown scope."""
    if unknown := scopes - PERMISSIONS.keys():
        raise KeyError(f"permissions {sorted(unknown)} are not declared")
    token = token or secrets.token_urlsafe(32)
    ApiClient.objects.update_or_create(
        token_hash=token_hash(token),
        defaults={"name": name, "brand_id": brand, "scopes": sorted(scopes), "created_at": MachineClock().now()},
    )
    return token


def client(client_id: UUID) -> ClientIdentity | None:
    """The client as it stands now; None when it was revoked or its brand is frozen."""
    row = ApiClient.objects.filter(id=client_id, revoked_at=None, brand__frozen=False).first()
    return None if row is None else ClientIdentity(row.id, row.name, row.brand_id, frozenset(row.scopes))


def client_for_token(token: str) -> ClientIdentity | None:
    """The client that the token proves, or None."""
    row = ApiClient.objects.filter(token_hash=token_hash(token), revoked_at=None, brand__frozen=False).first()
    if row is None:
        return None
    return ClientIdentity(row.id, row.name, row.brand_id, frozenset(row.scopes))
