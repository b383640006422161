"""What each role is granted, as data: reach, field groups and amounts on top of its permissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from linehouse.kernel.money import Money
from linehouse.platform.access.grants import Grant, Held, ObjectScope, Sight
from linehouse.platform.access.permissions import ROLES

FIELD_GROUPS: dict[str, str] = {
    "customer.personal": "contact data, birth date, nationality and documents of people",
    "customer.financial": "what a customer owes, has paid and has been credited",
    "payment.account": "bank accounts of payers",
    "sim.secrets": "PUK codes and keys of SIM cards",
}
"""Groups of fields that a role sees plainly, as a mask or not at all, with their meaning."""

OWN_ROLES: frozenset[str] = frozenset({"dealer"})
"""Roles that reach only the customers that their dealer registered, and what belongs to those."""

OWN_RESOURCES: frozenset[str] = frozenset({"customer", "order", "topup"})
"""Resources of which such a role reaches its own objects alone."""


def owned(permission: str) -> bool:
    """Whether the permission is one on such a resource."""
    return permission.partition(".")[0] in OWN_RESOURCES


SHARED_WITH_DEALERS: frozenset[str] = frozenset({"catalog.read", "clock.read"})
"""What a client of a dealer may hold besides: the brand's own, the same for every dealer."""

_EUR_25 = (Money.of("25.00", "EUR"),)
_EUR_500 = (Money.of("500.00", "EUR"),)
_EUR_1_000 = (Money.of("1000.00", "EUR"),)
_EUR_100_000 = (Money.of("100000.00", "EUR"),)

LIMITS: Mapping[str, Mapping[str, tuple[Money, ...]]] = {
    "admin": {
        "credit.write": _EUR_500,
        "refund.write": _EUR_500,
        "balance.adjust": _EUR_500,
        "billing.approve": _EUR_100_000,
        "catalog.publish": _EUR_1_000,
    },
    "finance": {
        "credit.write": _EUR_500,
        "refund.write": _EUR_500,
        "balance.adjust": _EUR_500,
        "billing.approve": _EUR_100_000,
    },
    "product": {"catalog.publish": _EUR_1_000},
    "care": {"credit.write": _EUR_25, "refund.write": (), "balance.adjust": _EUR_25},
    "client": {"credit.write": _EUR_25, "refund.write": (), "balance.adjust": _EUR_25},
}
"""Role → permission → the amount up to which it acts by itself, for each currency. A larger amount, or a currency that
is not named, needs somebody else's approval."""

LIMITED: frozenset[str] = frozenset(name for limits in LIMITS.values() for name in limits)
"""Permissions that move money within a limit."""

UNMASKING: frozenset[str] = frozenset({"personal.unmask"})

SENSITIVE: frozenset[str] = (
    LIMITED | UNMASKING | {"billing.approve", "payment.write", "approval.decide", "access.write"}
)
"""Permissions that move money, unmask, or give these to others: where a brand asks for a second factor, their holders
need one."""

_PLAIN, _MASKED = Sight.PLAIN, Sight.MASKED
SIGHTS: Mapping[str, Mapping[str, Sight]] = {
    "admin": dict.fromkeys(FIELD_GROUPS, _PLAIN),
    "care": {
        "customer.personal": _PLAIN,
        "customer.financial": _PLAIN,
        "payment.account": _MASKED,
        "sim.secrets": _MASKED,
    },
    "finance": {
        "customer.personal": _PLAIN,
        "customer.financial": _PLAIN,
        "payment.account": _PLAIN,
    },
    "network": {"sim.secrets": _PLAIN},
    "marketing": {"customer.personal": _MASKED},
    "auditor": {
        "customer.personal": _MASKED,
        "customer.financial": _PLAIN,
        "payment.account": _MASKED,
        "sim.secrets": _MASKED,
    },
    "dealer": {"customer.personal": _PLAIN},
    "product": {},
}
"""Role → field group → how it is seen; a group that is not named is hidden."""


def _grants(role: str, permissions: Iterable[str]) -> tuple[Grant, ...]:
    limits = LIMITS.get(role, {})
    made = []
    for permission in sorted(permissions):
        resource, _, action = permission.partition(".")
        own = role in OWN_ROLES and resource in OWN_RESOURCES
        reach = ObjectScope.OWN if own else ObjectScope.ALL
        made.append(Grant(role, resource, action, scope=reach, limits=limits.get(permission)))
    for group, sight in SIGHTS.get(role, {}).items():
        resource, _, name = group.partition(".")
        own = role in OWN_ROLES and resource in OWN_RESOURCES
        made.append(Grant(role, resource, "read", name, sight, scope=ObjectScope.OWN if own else ObjectScope.ALL))
    return tuple(made)


GRANTS: Mapping[str, tuple[Grant, ...]] = {role: _grants(role, permissions) for role, permissions in ROLES.items()}
"""Role → its grants."""


def held_by_roles(roles: Iterable[str], dealer: str = "") -> Held:
    """The grants of somebody with these roles; a role that is not declared grants nothing."""
    return Held(tuple(grant for role in roles for grant in GRANTS.get(role, ())), dealer)
