"""The one place where access is decided."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.error import Invalid, NotFound
from linehouse.kernel.money import Money
from linehouse.platform.access.clients import ClientIdentity, client, client_for_token, create_client, token_hash
from linehouse.platform.access.errors import DealerMissing, NotAllowed
from linehouse.platform.access.grants import Held
from linehouse.platform.access.models import User
from linehouse.platform.access.permissions import PERMISSIONS, ROLES
from linehouse.platform.access.policy import OWN_ROLES, held_by_roles
from linehouse.platform.control.models import Brand, Membership
from linehouse.platform.scope import current_brand
from linehouse.platform.texts.languages import BY_CODE, known
from linehouse.platform.work import Actor

__all__ = [
    "ClientIdentity",
    "allowed",
    "brands_of",
    "choose_language",
    "client",
    "client_for_token",
    "create_client",
    "grant_role",
    "held_among",
    "held_by",
    "held_by_actor",
    "limit_of",
    "permissions_of",
    "require",
    "staff_of",
    "token_hash",
    "user_by_email",
]


def held_by(user_id: UUID, brand: str) -> Held:
    """All grants of the member of staff for the brand; none for a stranger. One query."""
    rows = list(Membership.objects.filter(user_id=user_id, brand_id=brand).values_list("role", "dealer"))
    return held_by_roles((role for role, _ in rows), next((dealer for _, dealer in rows if dealer), ""))


def held_among(user_id: UUID, brand: str) -> tuple[Held, int]:
    """All grants for the brand, and for how many brands the member of staff works; one query for both."""
    rows = list(Membership.objects.filter(user_id=user_id).values_list("brand_id", "role", "dealer"))
    mine = [(role, dealer) for where, role, dealer in rows if where == brand]
    held = held_by_roles((role for role, _ in mine), next((dealer for _, dealer in mine if dealer), ""))
    return held, len({where for where, _, _ in rows})


def held_by_actor(actor: Actor, brand: str) -> Held | None:
    """The grants of whoever acts; None for those whom no role limits: the house itself, subscribers, and the operator
    at the machine's command line, who has no log-in."""
    if actor.kind == "staff":
        return held_by(UUID(actor.id), brand) if _is_id(actor.id) else None
    if actor.kind == "client":
        known = client(UUID(actor.id)) if _is_id(actor.id) else None
        return known.held if known else Held()
    return None


def limit_of(actor: Actor, permission: str, currency: str) -> Money | None:
    """Up to which amount the actor does this by itself in the brand served now.

    None: without a limit. Nil: every amount needs somebody else's approval. Beyond the limit, too.
    """
    held = held_by_actor(actor, current_brand())
    return None if held is None else held.limit_of(permission, currency)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def permissions_of(user_id: UUID, brand: str) -> frozenset[str]:
    """All that the member of staff may do for the brand; nothing for a stranger."""
    return held_by(user_id, brand).permissions


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


def choose_language(user_id: UUID, code: str) -> None:
    """Keep the language in which somebody reads the screens. Raises Invalid for one that they are not in."""
    if not known(code):
        raise Invalid(
            "there are no screens in this language",
            field="language",
            value=code,
            expected=f"one of {', '.join(BY_CODE)}",
        )
    User.objects.filter(id=user_id).update(language=code)


def grant_role(user_id: UUID, brand: str, role: str, dealer: str = "") -> None:
    """Give a member of staff a role for a brand; a second time changes nothing but the dealer.

    Raises KeyError for an unknown role, DealerMissing for a dealer's role without the dealer's code: it would reach
    nothing.
    """
    if role not in ROLES:
        raise KeyError(f"role {role!r} is not declared")
    if role in OWN_ROLES and not dealer:
        raise DealerMissing(f"the role {role} needs a dealer's code", field="dealer", expected="a code such as D-001")
    bound = dealer if role in OWN_ROLES else ""
    Membership.objects.update_or_create(user_id=user_id, brand_id=brand, role=role, defaults={"dealer": bound})
