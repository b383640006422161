"""Grants and the one function that decides by them: pure, so that every door asks the same question the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from linehouse.kernel.money import Money


class ObjectScope(StrEnum):
    """Which objects a grant reaches: all of the brand, or those that the caller's own dealer registered."""

    ALL = "all"
    OWN = "own"


class Sight(StrEnum):
    """How a field is seen: not at all, as a mask, or as it is."""

    HIDDEN = "hidden"
    MASKED = "masked"
    PLAIN = "plain"


_RANK = {Sight.HIDDEN: 0, Sight.MASKED: 1, Sight.PLAIN: 2}


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission as data: a role may do an action on a resource.

    ``group`` narrows the grant to a field group of the resource (``personal`` of ``customer``) that is seen as
    ``sight`` says; empty, it is the whole resource. ``limits`` are the amounts up to which the role acts by itself,
    one for each currency; None is no limit, and a currency that is not named has the limit nil. Beyond the limit the
    act needs approval (``approval``) or is denied.
    """

    role: str
    resource: str
    action: str
    group: str = ""
    sight: Sight = Sight.PLAIN
    scope: ObjectScope = ObjectScope.ALL
    limits: tuple[Money, ...] | None = None
    approval: bool = True

    @property
    def permission(self) -> str:
        """The simple name, such as ``customer.read``."""
        return f"{self.resource}.{self.action}"

    @property
    def field_group(self) -> str:
        """The field group's whole name, such as ``customer.personal``; empty for the whole resource."""
        return f"{self.resource}.{self.group}" if self.group else ""

    def limit(self, currency: str) -> Money | None:
        """Up to which amount the role acts by itself; None without a limit."""
        if self.limits is None:
            return None
        return next((limit for limit in self.limits if limit.currency == currency), Money.zero(currency))


@dataclass(frozen=True)
class Held:
    """All grants of one caller for one brand, and the dealer for whom it acts (empty: for no dealer)."""

    grants: tuple[Grant, ...] = ()
    dealer: str = ""

    @cached_property
    def permissions(self) -> frozenset[str]:
        """The simple names of everything that is granted on whole resources."""
        return frozenset(grant.permission for grant in self.grants if not grant.group)

    @cached_property
    def _bounded(self) -> frozenset[str]:
        """Roles that reach only their dealer's objects."""
        return frozenset(grant.role for grant in self.grants if grant.scope is ObjectScope.OWN)

    def of(self, permission: str) -> tuple[Grant, ...]:
        """The grants of this permission on the whole resource."""
        return self._by_permission.get(permission, ())

    @cached_property
    def _by_permission(self) -> Mapping[str, tuple[Grant, ...]]:
        """The grants on whole resources; every request asks for some of them several times."""
        found: dict[str, tuple[Grant, ...]] = {}
        for grant in self.grants:
            if not grant.group:
                found[grant.permission] = (*found.get(grant.permission, ()), grant)
        return found

    def reach(self, permission: str) -> ObjectScope:
        """ALL when any grant of the permission reaches everything."""
        scopes = {grant.scope for grant in self.of(permission)}
        return ObjectScope.OWN if scopes == {ObjectScope.OWN} else ObjectScope.ALL

    def bound_to(self, permission: str) -> str | None:
        """The dealer to whose objects this permission is bound, or None when it is not bound.

        It is bound when it is held only through roles that reach their dealer's objects alone; a bound caller without
        a dealer reaches nothing, which an empty code says.
        """
        roles = {grant.role for grant in self.of(permission)}
        return self.dealer if roles and roles <= self._bounded else None

    def sight(self, group: str) -> Sight:
        """How the caller sees a field group, such as ``customer.personal``; hidden unless granted."""
        seen = [grant.sight for grant in self.grants if grant.field_group == group]
        return max(seen, key=_RANK.__getitem__, default=Sight.HIDDEN)

    def limit_of(self, permission: str, currency: str) -> Money | None:
        """Up to which amount the caller acts by itself; None without a limit, nil when it is not granted at all."""
        limits = [grant.limit(currency) for grant in self.of(permission)]
        if None in limits:
            return None
        return max((limit for limit in limits if limit is not None), default=Money.zero(currency))


@dataclass(frozen=True, slots=True)
class Allowed:
    """The act may be done."""


@dataclass(frozen=True, slots=True)
class NeedsApproval:
    """The act may be proposed; somebody else must approve it."""

    reason: str
    limit: Money


@dataclass(frozen=True, slots=True)
class Denied:
    """The act may not be done. ``hidden`` says that even the object's existence is not told."""

    reason: str
    field: str = ""
    hidden: bool = False


Decision = Allowed | NeedsApproval | Denied


def decide(
    held: Held,
    permission: str,
    *,
    owner: str | None = None,
    amount: Money | None = None,
    fields: Iterable[str] = (),
) -> Decision:
    """Whether a caller may do this: the one decision that desk, APIs and exports share.

    ``owner`` is the dealer of the object concerned (empty for an object of no dealer, None when no object is meant),
    ``amount`` what the act moves, ``fields`` the field groups that it reads plainly, filters or sorts by.
    """
    grants = held.of(permission)
    if not grants:
        return Denied(f"this needs the permission {permission}", permission)
    bound = held.bound_to(permission)
    if owner is not None and bound is not None and (not bound or owner != bound):
        return Denied("there is no such object", hidden=True)
    for group in fields:
        if held.sight(group) is not Sight.PLAIN:
            return Denied(f"the field group {group} is not shown plainly to this caller", group)
    if amount is None:
        return Allowed()
    limit = held.limit_of(permission, amount.currency)
    if limit is None or abs(amount) <= limit:
        return Allowed()
    reason = f"{permission} is limited to {limit} for this caller"
    return NeedsApproval(reason, limit) if any(grant.approval for grant in grants) else Denied(reason, permission)


@dataclass(frozen=True, slots=True)
class ClientTerms:
    """What an API client was given: scopes are permissions; ``sights`` say how it sees field groups, ``limits`` up to
    which amounts it acts by itself, by permission."""

    scopes: frozenset[str]
    sights: Mapping[str, Sight] = field(default_factory=dict)
    limits: Mapping[str, tuple[Money, ...]] = field(default_factory=dict)
    dealer: str = ""


CLIENT = "client"
"""The role under which an API client's grants stand."""


def client_grants(terms: ClientTerms, groups: Iterable[str], own: frozenset[str]) -> Held:
    """The grants of an API client; one that acts for a dealer reaches of the ``own`` resources its dealer's alone.

    A field group that the terms do not name is seen plainly.
    """
    grants = []
    for scope in sorted(terms.scopes):
        resource, _, action = scope.partition(".")
        reach = ObjectScope.OWN if terms.dealer and resource in own else ObjectScope.ALL
        grants.append(Grant(CLIENT, resource, action, scope=reach, limits=terms.limits.get(scope)))
    for group in groups:
        resource, _, name = group.partition(".")
        grants.append(Grant(CLIENT, resource, "read", name, terms.sights.get(group, Sight.PLAIN)))
    return Held(tuple(grants), terms.dealer)
