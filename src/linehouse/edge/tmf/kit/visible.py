"""What of a resource a caller may see: its field groups, and whether a dealer's client may reach it at all.

Attributes of a hidden or masked group cannot be asked for, filtered or sorted by (403 naming the attribute): the answer
would tell what is not shown. In representations a hidden attribute is left out and a masked one shows a mask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from linehouse.edge.tmf.kit.declaration import Resource
from linehouse.edge.tmf.kit.jsonpath import Expression
from linehouse.edge.tmf.kit.paths import JsonObject, Path
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.query import ListQuery
from linehouse.platform.access.grants import Held, Sight
from linehouse.platform.access.policy import owned

MASK = "•••"

FIELDS: Mapping[str, Mapping[str, str]] = {
    "Customer": {"contactMedium": "customer.personal"},
    "Individual": {
        "birthDate": "customer.personal",
        "nationality": "customer.personal",
        "contactMedium": "customer.personal",
        "individualIdentification": "customer.personal",
    },
    "Organization": {"contactMedium": "customer.personal"},
    "PartyRole": {"contactMedium": "customer.personal"},
    "PartyAccount": {"accountBalance": "customer.financial", "paymentStatus": "customer.financial"},
    "FinancialAccount": {"accountBalance": "customer.financial"},
    "BillingAccount": {"accountBalance": "customer.financial", "paymentStatus": "customer.financial"},
    "CommunicationMessage": {"receiver": "customer.personal", "content": "customer.personal"},
    "Refund": {"requestor": "payment.account", "description": "payment.account", "paymentMethod": "payment.account"},
    "Payment": {"payer": "payment.account", "description": "payment.account"},
}
"""Kind of resource → attribute → field group; attributes that are not named are seen by whoever may read it."""

OWN: Mapping[str, frozenset[str]] = {
    "Customer": frozenset({"GET", "HEAD", "POST", "PATCH"}),
    "ProductOrder": frozenset({"GET", "HEAD", "POST"}),
    "Product": frozenset({"GET", "HEAD"}),
    "Individual": frozenset({"POST"}),
    "Organization": frozenset({"POST"}),
}
"""Kinds whose searches hold to the dealer of a bound caller, by method; every other is closed to such a caller."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How one caller sees one kind of resource."""

    hidden: frozenset[str]
    masked: frozenset[str]

    def check_fields(self, paths: Iterable[Path]) -> None:
        """Raises ApiProblem 403 naming the first attribute that is hidden from the caller."""
        self._refuse(paths, self.hidden, "asked for")

    def check(self, query: ListQuery) -> None:
        """Raises ApiProblem 403 naming the first attribute that the caller may not ask for, filter or sort by."""
        self.check_fields(query.fields or ())
        self._refuse_expressions(query.expressions, self.hidden, "asked for")
        self._refuse_expressions(query.filters, self.hidden | self.masked, "filtered by")
        keys = [key.expression for key in query.sort if key.expression is not None]
        self._refuse_expressions(keys, self.hidden | self.masked, "sorted by")
        self._refuse((condition.path for condition in query.conditions), self.hidden | self.masked, "filtered by")
        self._refuse((key.path for key in query.sort if key.path), self.hidden | self.masked, "sorted by")

    def _refuse(self, paths: Iterable[Path], closed: frozenset[str], how: str) -> None:
        for path in paths:
            if path[0] in closed:
                name = ".".join(path)
                raise ApiProblem(403, "access.field_hidden", f"{name} cannot be {how} by this caller", name)

    def _refuse_expressions(self, expressions: Iterable[Expression], closed: frozenset[str], how: str) -> None:
        for expression in expressions:
            # One that may look at anything might look at what is closed.
            heads = closed if expression.heads is None else closed & expression.heads
            self._refuse(((name,) for name in sorted(heads)), closed, how)

    def shown(self, representation: JsonObject) -> JsonObject:
        """The representation without what is hidden, masks in place of what is masked."""
        if not self.hidden and not self.masked:
            return representation
        return {
            name: _masked(value) if name in self.masked else value
            for name, value in representation.items()
            if name not in self.hidden
        }


_ALL = Seen(frozenset(), frozenset())
_KEPT = frozenset({"id", "href", "@type", "@baseType", "@schemaLocation", "@referredType", "mediumType", "preferred"})


def _masked(value: object) -> object:
    """The same shape with masks for its texts, so that a client still reads it."""
    if isinstance(value, Mapping):
        return {name: inner if name in _KEPT else _masked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    return MASK if isinstance(value, str) else None


def visible(held: Held, kind: str) -> Seen:
    """How a holder of these grants sees a kind of resource, such as ``Individual``."""
    fields = FIELDS.get(kind)
    if not fields:
        return _ALL
    sights = {name: held.sight(group) for name, group in fields.items()}
    return Seen(
        frozenset(name for name, sight in sights.items() if sight is Sight.HIDDEN),
        frozenset(name for name, sight in sights.items() if sight is Sight.MASKED),
    )


def visible_fields(held: Held, resource: Resource[Any]) -> Seen:
    """How a holder of these grants sees a declared resource."""
    return visible(held, resource.kind)


def reaches(held: Held, resource: Resource[Any]) -> bool:
    """Whether events of a resource may be told to a caller: to one bound to a dealer, only where its reading is."""
    bound = owned(resource.read) and held.bound_to(resource.read) is not None
    return not bound or "GET" in OWN.get(resource.kind, frozenset())


def require_reach(held: Held, permission: str, kind: str, method: str) -> None:
    """Raises ApiProblem 403 where a caller bound to a dealer asks a resource that does not hold to dealers."""
    if owned(permission) and held.bound_to(permission) is not None and method not in OWN.get(kind, frozenset()):
        raise ApiProblem(403, "access.not_allowed", f"{kind} is not open to a client that acts for a dealer")
